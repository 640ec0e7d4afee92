"""The product and the bare handlers it is measured against, in one process and on one loop, on two ports.

python -m tests.bench.server FOLDER DATABASE_URL
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from backend import logs
from backend.app import OFFICE, build
from backend.demo.staff import PASSWORD
from backend.serve import listen, run_loop, settle_collector
from tests.bench.prepare import HASHING, bench_settings, take_body, utc_now

CONSTANT = b'{"kind":"case","state_label":"\\u5df2\\u53d7\\u7406","steps":[]}'
HEADERS = {"Content-Type": "application/json; charset=utf-8"}


async def bare(_: web.Request) -> web.Response:
    return web.Response(body=CONSTANT, headers=HEADERS)


async def body_only(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=CONSTANT, headers=HEADERS)


async def serve(folder: Path, url: str) -> None:
    """Listen, say where on standard output as one JSON line, and stay until standard input closes."""
    logs.configure(as_json=True)
    app = build(bench_settings(url, folder), clock=utc_now, hashing=HASHING)
    plain = web.Application()
    plain.router.add_get("/bare", bare)
    plain.router.add_post("/body", body_only)
    ports = []
    runners = []
    for each in (app, plain):
        runner = web.AppRunner(each, access_log=None)
        await runner.setup()
        listener = listen("127.0.0.1", 0)
        await web.SockSite(runner, listener).start()
        ports.append(listener.getsockname()[1])
        runners.append(runner)
    office = app[OFFICE]
    signed_in = await office.people.staff.sign_in("finance", PASSWORD, at=utc_now())
    facts = {
        "product": f"http://127.0.0.1:{ports[0]}",
        "plain": f"http://127.0.0.1:{ports[1]}",
        "token": signed_in.access_token,
        "body": take_body(office, office.catalogue.tenant_ids[0]).decode(),
    }
    settle_collector()
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for runner in runners:
        await runner.cleanup()


if __name__ == "__main__":
    run_loop(lambda: serve(Path(sys.argv[1]), sys.argv[2]))
