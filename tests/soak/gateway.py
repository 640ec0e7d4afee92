"""What stands between villages and township and is worse than a slow line: it doubles, delays, forgets and pretends.

It works on whole requests; `tests.support.link` beside it works on bytes.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

LATE_S = 2.0
DROPPED = frozenset({"transfer-encoding", "connection", "host", "content-length", "date", "server"})


@dataclass
class Gateway:
    """Listens on `port` and passes on to `target`.

    Args:
        trouble: chance that a request meets one of the troubles; 0 for a fair one.
    """

    target: str
    chance: random.Random
    trouble: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)
    port: int = 0
    _runner: web.AppRunner | None = None
    _session: aiohttp.ClientSession | None = None
    _late: set["asyncio.Task[None]"] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**26, handler_args={"auto_decompress": False})
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await asyncio.gather(*self._late)
        assert self._runner is not None
        assert self._session is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.read()
        except ConnectionResetError:  # cut in the middle of a body: nobody is left to answer
            self.seen["half a body"] += 1
            return web.Response(status=400)
        self.seen["requests"] += 1
        if self.chance.random() >= self.trouble:
            return await self._once(request, body)
        trouble = self.chance.choice(["doubled", "late", "forgotten", "captive"])
        self.seen[trouble] += 1
        match trouble:
            case "doubled":
                first, second = await asyncio.gather(self._once(request, body), self._once(request, body))
                return self.chance.choice([first, second])
            case "late":
                task = asyncio.create_task(self._later(request, body))
                self._late.add(task)
                task.add_done_callback(self._late.discard)
                return web.Response(status=504)
            case "forgotten":
                await self._once(request, body)
                return web.Response(status=502)
        return web.Response(text="<html><title>WiFi</title>请先登录</html>", content_type="text/html")

    async def _later(self, request: web.Request, body: bytes) -> None:
        """It arrives all the same, after others that were sent later."""
        await asyncio.sleep(LATE_S * self.chance.random())
        await self._once(request, body)

    async def _once(self, request: web.Request, body: bytes) -> web.Response:
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in DROPPED}
        try:
            async with self._session.request(
                request.method, self.target + request.raw_path, headers=headers, data=body or None
            ) as answer:
                content = await answer.read()
                back = {n: v for n, v in answer.headers.items() if n.lower() not in DROPPED}
                return web.Response(status=answer.status, headers=back, body=content)
        except aiohttp.ClientError:
            return web.Response(status=502)
