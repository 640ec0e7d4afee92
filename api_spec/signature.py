"""Signed requests of village nodes, in the form of RFC 9421 with Content-Digest (RFC 9530).

Covered: method, path, body digest, node number and server nonce. Nothing about time is covered or checked, because a PC
whose clock says 2016 must still be able to send; a replayed push is harmless, and pulls carry the server's nonce.

It knows bytes and headers; which key belongs to a node, and whether it was revoked, is the township's business.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALG: Final = "ed25519-sha256"

NODE: Final = "Sync-Node"
NONCE: Final = "Sync-Nonce"
CONTENT_DIGEST: Final = "Content-Digest"
SIGNATURE_INPUT: Final = "Signature-Input"
SIGNATURE: Final = "Signature"

_COVERED: Final = '("@method" "@path" "content-digest" "sync-node" "sync-nonce")'
_PLAIN: Final = re.compile(r"[\x21-\x7e]{0,200}")
_DIGEST: Final = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_LABELLED: Final = re.compile(r"sig1=:([A-Za-z0-9+/]{1,2000}={0,2}):")
_NUMBER: Final = re.compile(r"[0-9]{1,7}")


class BadSignature(Exception):
    """A signed message was refused; `args[0]` says which part, for the log."""


def content_digest(body: bytes) -> str:
    """The Content-Digest header of `body` as it goes over the wire (compressed)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def check_content_digest(header: str, body: bytes) -> None:
    """Raises BadSignature: not a SHA-256 digest, or another body's."""
    if not _DIGEST.fullmatch(header) or not hmac.compare_digest(header, content_digest(body)):
        raise BadSignature("content-digest")


def sign_request(
    method: str, path: str, *, body: bytes, node: int, nonce: str, key: Ed25519PrivateKey
) -> dict[str, str]:
    """The five headers that sign one request.

    Args:
        path: as requested, percent-encoded, without the query; sync requests have none.
        nonce: the last `Sync-Nonce` the server gave; "" before the first.
    """
    digest = content_digest(body)
    base = _base(method, path, digest=digest, node=str(node), nonce=nonce)
    return {
        NODE: str(node),
        NONCE: nonce,
        CONTENT_DIGEST: digest,
        SIGNATURE_INPUT: f"sig1={_parameters(str(node))}",
        SIGNATURE: f"sig1=:{base64.b64encode(key.sign(base)).decode()}:",
    }


def claimed_node(headers: Mapping[str, str]) -> int:
    """The node a request claims to come from, to look its key up; nothing is proved yet.

    Raises:
        BadSignature: no such header, or no number.
    """
    node = headers.get(NODE, "")
    if not _NUMBER.fullmatch(node):
        raise BadSignature("sync-node")
    return int(node)


def verify_request(
    method: str, path: str, *, body: bytes, headers: Mapping[str, str], key: Ed25519PublicKey
) -> None:
    """Check digest and signature on the raw bytes, before anything is decompressed or decoded.

    Args:
        headers: case-insensitive on lookup, as aiohttp's are.

    Raises:
        BadSignature: a header is missing or malformed, or any covered part was changed.
    """
    digest, node, nonce = headers.get(CONTENT_DIGEST, ""), headers.get(NODE, ""), headers.get(NONCE, "")
    check_content_digest(digest, body)
    if headers.get(SIGNATURE_INPUT) != f"sig1={_parameters(node)}":
        raise BadSignature("signature-input")
    labelled = _LABELLED.fullmatch(headers.get(SIGNATURE, ""))
    if not labelled:
        raise BadSignature("signature")
    try:
        signed = base64.b64decode(labelled[1])
        if (
            base64.b64encode(signed).decode() != labelled[1]
        ):  # the last symbol has bits that decoders pass over
            raise BadSignature("signature")
        key.verify(signed, _base(method, path, digest=digest, node=node, nonce=nonce))
    except (InvalidSignature, ValueError):
        raise BadSignature("signature") from None


def _parameters(node: str) -> str:
    return f'{_COVERED};keyid="{node}";alg="{ALG}"'


def _base(method: str, path: str, *, digest: str, node: str, nonce: str) -> bytes:
    """The signature base (RFC 9421, 2.5). Values with line breaks could forge a second line, so they are refused."""
    if not all(_PLAIN.fullmatch(value) for value in (method, path, digest, node, nonce)):
        raise BadSignature("a covered value is not plain ASCII")
    lines = (
        f'"@method": {method.upper()}',
        f'"@path": {path}',
        f'"content-digest": {digest}',
        f'"sync-node": {node}',
        f'"sync-nonce": {nonce}',
        f'"@signature-params": {_parameters(node)}',
    )
    return "\n".join(lines).encode()
