"""What wrk sends: Lua scripts made for one run."""

from pathlib import Path

ONE_CODE = """
wrk.headers["Authorization"] = "Bearer {token}"
"""

MANY_CODES = """
wrk.headers["Authorization"] = "Bearer {token}"
local codes = {{}}
for line in io.lines("{codes}") do codes[#codes + 1] = line end
local at = 0
request = function()
  at = at + 1
  return wrk.format("GET", "{path}" .. codes[at % #codes + 1])
end
"""

POSTS = """
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer {token}"
wrk.headers["Content-Type"] = "application/json"
local head, tail = [==[{head}]==], [==[{tail}]==]
local at = 0
request = function()
  at = at + 1
  return wrk.format(nil, nil, nil, head .. string.format("%08x%08x%016x", {salt}, 0, at) .. tail)
end
"""


def one_code(folder: Path, *, token: str) -> Path:
    return _write(folder / "one.lua", ONE_CODE.format(token=token))


def many_codes(folder: Path, *, token: str, path: str) -> Path:
    """Every request asks for another code of `codes.txt`, so that each first answer is read from the database."""
    text = MANY_CODES.format(token=token, path=path, codes=folder / "codes.txt")
    return _write(folder / "many.lua", text)


def posts(folder: Path, *, token: str, body: str, salt: int) -> Path:
    """`body` with a fresh 32-hex id in the place of `@RID@`; another `salt` gives other ids."""
    head, tail = body.split("@RID@")
    return _write(folder / "posts.lua", POSTS.format(token=token, head=head, tail=tail, salt=salt))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
