#!/bin/sh
# The mini-program's types and tests; where node or its packages cannot be had, says so and passes.
cd "$(dirname "$0")/.." || exit 1

skip() {
  echo "小程序的测试没有跑：$1"
  exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || skip "这台机器上没有 node 和 npm，请装 node 20 或更新的。"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "node 太旧，请装 20 或更新的。"
# What `npm ci` installed last is listed there; it is as new as the lock it came from.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error || skip "测试要用的包没能取得，请看看网络。"
fi
exec npm test --silent
