"""How this node speaks to its township: signs, compresses, checks that it is the right one, names what went wrong.

It knows the wire, not what the answers mean.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import coding, signature, sync
from api_spec.errors import ErrorCode
from api_spec.sync import EnrolAnswer, EnrolRequest, ExchangeAnswer, ExchangeRequest
from village_node.photos.chunk_pace import Moved, Reached, SentBack, Spoilt, Verdict
from village_node.sync.exchange import Failure
from village_node.sync.line import LineCut, LineDown, Reply, Send, TookTooLong

LARGEST_INFLATED: Final = 32 * 1024 * 1024
_JSON: Final = "application/json"
_BYTES: Final = "application/octet-stream"
_NEVER: Final = "blob_"
"""How codes begin that say something of the photo itself, and not of this try."""


class Failed(Exception):
    """One exchange did not succeed.

    Args:
        failure: what kind, which decides what is tried next.
        why: a code for the log and the page.
        wait: how long the township asked to be left alone.
    """

    def __init__(self, failure: Failure, why: str, *, wait: timedelta = timedelta(0)) -> None:
        super().__init__(f"{failure}: {why}")
        self.failure = failure
        self.why = why
        self.wait = wait


class _Problem(msgspec.Struct):
    """The part of a refusal a program reads."""

    code: str = ""


class Township:
    """One township, as one enrolled node reaches it."""

    def __init__(self, send: Send, *, node: int, county: str, key: Ed25519PrivateKey) -> None:
        self._send = send
        self._node = node
        self._county = county
        self._key = key
        self._nonce = ""

    async def exchange(self, request: ExchangeRequest) -> ExchangeAnswer:
        """The one working call. A stale nonce costs one retry.

        Raises:
            Failed
        """
        body = coding.pack(sync.encode(request))
        reply = await self._signed("POST", sync.EXCHANGE_PATH, body)
        answer = _read(reply, ExchangeAnswer)
        self._nonce = answer.nonce
        return answer

    async def pack(self, sha: str) -> bytes:
        """A catalogue pack; what comes back is what the hash names, or nothing.

        Raises:
            Failed
        """
        reply = await self._signed("GET", f"{sync.CATALOGUE_PATH}/{sha}", b"")
        pack = _inflated(reply)
        if sha256(pack).hexdigest() != sha:
            raise Failed(Failure.LINE, "pack does not match its name")
        return pack

    async def append(self, sha: str, *, offset: int, size: int, chunk: bytes) -> Verdict:
        """Send the bytes of a photo that begin at `offset`, out of `size`.

        Raises:
            Failed
        """
        about = {"Content-Type": _BYTES, sync.UPLOAD_OFFSET: str(offset), sync.UPLOAD_LENGTH: str(size)}
        reply = await self._fresh("PATCH", f"{sync.BLOBS_PATH}/{sha}", chunk, about)
        told = reply.headers.get(sync.UPLOAD_OFFSET.lower(), "")
        there = int(told) if told.isdecimal() and int(told) <= size else None
        if there is not None and reply.status in {200, 204, 409}:
            return Moved(there) if reply.status == 409 else Reached(there)
        why = _code(reply) if reply.status == 422 else ""
        if why == ErrorCode.BLOB_MISMATCH:
            return Spoilt(why)
        if why.startswith(_NEVER):
            return SentBack(why)
        self._nonce = ""
        raise _failure(reply)

    async def _signed(self, method: str, path: str, body: bytes) -> Reply:
        about = {"Content-Type": _JSON, "Content-Encoding": coding.Coding.ZSTD.value} if body else {}
        reply = await self._fresh(method, path, body, about)
        if reply.status != 200:
            self._nonce = ""
            raise _failure(reply)
        return reply

    async def _fresh(self, method: str, path: str, body: bytes, about: Mapping[str, str]) -> Reply:
        """The answer under a nonce the township takes."""
        if not self._nonce:
            self._nonce = await hello(self._send, county=self._county)
        reply = await self._once(method, path, body, about)
        if reply.status == 409 and _code(reply) == ErrorCode.NONCE_STALE:
            self._nonce = reply.headers.get(sync.NONCE_HEADER.lower(), "") or await hello(
                self._send, county=self._county
            )
            reply = await self._once(method, path, body, about)
        return reply

    async def _once(self, method: str, path: str, body: bytes, about: Mapping[str, str]) -> Reply:
        headers = signature.sign_request(
            method, path, body=body, node=self._node, nonce=self._nonce, key=self._key
        )
        headers |= {"Accept-Encoding": "zstd, gzip", **about}
        try:
            return await self._send(method, path, headers, body)
        except TookTooLong as slow:
            self._nonce = ""
            raise Failed(Failure.SLOW, "timeout") from slow
        except LineCut as cut:
            self._nonce = ""
            raise Failed(Failure.CUT, str(cut)) from cut
        except LineDown as cut:
            self._nonce = ""
            raise Failed(Failure.LINE, str(cut)) from cut


async def hello(send: Send, *, county: str | None) -> str:
    """Ask who is there, before anything personal leaves. Returns the server's nonce.

    Args:
        county: whose township we belong to; None before enrolment.

    Raises:
        Failed: no line, a captive portal, another county's server, or one that speaks no protocol of ours.
    """
    try:
        reply = await send("GET", sync.HELLO_PATH, {}, b"")
    except LineDown as cut:
        raise Failed(Failure.LINE, str(cut)) from cut
    server = reply.headers.get(sync.SERVER_HEADER.lower(), "")
    if reply.status == 503:
        raise _failure(reply)
    if reply.status != 204 or not server or (county is not None and server != county):
        raise Failed(Failure.LINE, "not our township")
    lowest, _, highest = reply.headers.get(sync.PROTOS_HEADER.lower(), "").partition("-")
    if not (lowest.isdigit() and highest.isdigit() and int(lowest) <= sync.PROTO <= int(highest)):
        raise Failed(Failure.REFUSED, "protocol")
    return reply.headers.get(sync.NONCE_HEADER.lower(), "")


async def ask_to_enrol(send: Send, request: EnrolRequest) -> EnrolAnswer:
    """Show the one-time code.

    Raises:
        Failed
    """
    await hello(send, county=None)
    try:
        reply = await send("POST", sync.ENROL_PATH, {"Content-Type": _JSON}, sync.encode(request))
    except LineDown as cut:
        raise Failed(Failure.LINE, str(cut)) from cut
    if reply.status != 200:
        raise _failure(reply)
    return _read(reply, EnrolAnswer)


def _read(reply: Reply, kind: type[sync.T]) -> sync.T:
    """A 200 that is no answer of ours is a captive portal's."""
    try:
        return sync.decode(_inflated(reply), kind)
    except sync.BadMessage as foreign:
        raise Failed(Failure.LINE, f"not an answer: {foreign}") from None


def _inflated(reply: Reply) -> bytes:
    try:
        return coding.unpack(reply.body, reply.headers.get("content-encoding", ""), limit=LARGEST_INFLATED)
    except coding.BadBody as bad:
        raise Failed(Failure.LINE, f"answer {bad}") from None


def _code(reply: Reply) -> str:
    try:
        return msgspec.json.decode(reply.body, type=_Problem).code
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def _failure(reply: Reply) -> Failed:
    asked = reply.headers.get("retry-after", "")
    wait = timedelta(seconds=min(int(asked), 3600)) if asked.isdigit() else timedelta(0)
    why = _code(reply) or f"status {reply.status}"
    match reply.status:
        case 413 | 408:
            return Failed(Failure.TOO_LARGE, why)
        case 429 | 503:
            return Failed(Failure.BUSY, why, wait=wait)
        case 403 if why == ErrorCode.NODE_REVOKED:
            return Failed(Failure.REVOKED, why)
        case 401 | 403 | 426:
            return Failed(Failure.REFUSED, why)
        case status if status >= 500 and _code(reply):
            return Failed(Failure.BROKEN, why)
        case 400 | 422 if _code(reply):
            return Failed(Failure.BROKEN, why)
    return Failed(Failure.LINE, why)
