"""Access tokens: who is asking, signed by the township. Knows keys and claims, nothing of sessions in a database.

ES256 and nothing else. The algorithm is never read from the token, the key is an object loaded once, and time comes
in as an argument, so PyJWT's own look at the system's clock is switched off and done here.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Partner, Role
from backend.actors import Actor
from backend.faults import Fault

ALGORITHM: Final = "ES256"
ACCESS: Final = "access"
REQUIRED: Final = ("iss", "aud", "exp", "iat", "jti", "typ", "sub", "sid")
LEEWAY: Final = timedelta(seconds=60)
REMEMBERED_FOR: Final = timedelta(seconds=60)
LONGEST_TOKEN: Final = 4096
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token said, after its signature and times were found good."""

    actor: Actor
    issued_at: datetime
    expires_at: datetime


def signing_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 key that belongs to 32 secret bytes, so that a deployment keeps one master key and no key file.

    Raises:
        ValueError: fewer than 32 bytes.
    """
    if len(secret) < 32:
        raise ValueError("a signing secret needs 32 bytes")
    scalar = int.from_bytes(hashlib.sha512(b"es256" + secret).digest()) % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


class Tokens:
    """Issues and verifies access tokens.

    Args:
        key: P-256 private key; its public half verifies.
        issuer, audience: who signs and for whom; tokens of another deployment are refused.
        random: source of `jti`.
        remembered: how many verified tokens are kept so that their signature need not be computed again.
    """

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        *,
        issuer: str,
        audience: str,
        random: Callable[[int], bytes],
        remembered: int = 20_000,
    ) -> None:
        self._key = key
        self._public = key.public_key()
        self._issuer = issuer
        self._audience = audience
        self._random = random
        self._room = remembered
        self._known: dict[bytes, tuple[datetime, Verified]] = {}

    def issue(self, actor: Actor, *, at: datetime, expires_at: datetime) -> str:
        """A signed token for `actor`, who needs a session; staff names go into it, as on their badges."""
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "iat": int(at.timestamp()),
            "exp": int(expires_at.timestamp()),
            "jti": self._random(16).hex(),
            "typ": ACCESS,
            "sub": actor.id,
            "sid": actor.session_id,
            "ten": actor.tenant_id,
            "rol": sorted(role.value for role in actor.roles),
        }
        if actor.department_id:
            claims["dep"] = actor.department_id
        if actor.window_ids:
            claims["win"] = list(actor.window_ids)
        if actor.village_id:
            claims["vil"] = actor.village_id
        if actor.partner is not None:
            claims["par"] = actor.partner.value
        if actor.name:
            claims["nam"] = actor.name
        if actor.must_change_password:
            claims["pwc"] = True
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def verify(self, token: str, *, at: datetime) -> Verified:
        """What `token` says, from memory if it was verified less than a minute ago.

        Raises:
            Fault: TOKEN_INVALID, TOKEN_EXPIRED.
        """
        try:
            fingerprint = hashlib.sha256(token.encode()).digest()
        except UnicodeEncodeError:
            raise Fault(ErrorCode.TOKEN_INVALID) from None
        known = self._known.get(fingerprint)
        if known is not None and at < known[0]:
            return known[1]
        self._known.pop(fingerprint, None)
        verified = self._read(token, at)
        self._remember(fingerprint, verified, at)
        return verified

    def _remember(self, fingerprint: bytes, verified: Verified, at: datetime) -> None:
        while len(self._known) >= self._room:
            del self._known[next(iter(self._known))]
        self._known[fingerprint] = (min(at + REMEMBERED_FOR, verified.expires_at), verified)

    def _read(self, token: str, at: datetime) -> Verified:
        if len(token) > LONGEST_TOKEN or not _written_once(token):
            raise Fault(ErrorCode.TOKEN_INVALID)
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                options={
                    "require": list(REQUIRED),
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            verified = _verified(claims)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, OSError):
            raise Fault(ErrorCode.TOKEN_INVALID) from None
        if verified.issued_at > at + LEEWAY:
            raise Fault(ErrorCode.TOKEN_INVALID)
        if verified.expires_at <= at - LEEWAY:
            raise Fault(ErrorCode.TOKEN_EXPIRED)
        return verified


def _written_once(token: str) -> bool:
    """Whether each part is the one way to write its bytes: lenient base64 would let altered tokens pass."""
    parts = token.split(".")
    if len(parts) != 3:
        return False
    try:
        return all(
            urlsafe_b64encode(urlsafe_b64decode(part + "=" * (-len(part) % 4))).rstrip(b"=") == part.encode()
            for part in parts
        )
    except ValueError:
        return False


def _verified(claims: dict[str, Any]) -> Verified:
    """Raises ValueError, TypeError or KeyError: signed by us, but not a token this version issues."""
    if claims["typ"] != ACCESS:
        raise ValueError("another kind of token")
    texts = {name: claims[name] for name in ("sub", "sid", "ten", "jti")}
    texts |= {name: claims.get(name, "") for name in ("dep", "vil", "nam")}
    if any(type(text) is not str for text in texts.values()) or not texts["sub"] or not texts["sid"]:
        raise ValueError("a claim is not text")
    return Verified(
        actor=Actor(
            id=texts["sub"],
            roles=frozenset(Role(role) for role in claims["rol"]),
            tenant_id=texts["ten"],
            department_id=texts["dep"],
            window_ids=tuple(str(window) for window in claims.get("win", ())),
            village_id=texts["vil"],
            partner=Partner(claims["par"]) if "par" in claims else None,
            session_id=texts["sid"],
            name=texts["nam"],
            must_change_password=claims.get("pwc", False) is True,
        ),
        issued_at=_moment(claims["iat"]),
        expires_at=_moment(claims["exp"]),
    )


def _moment(seconds: object) -> datetime:
    if type(seconds) is not int:
        raise TypeError("a time is a whole number of seconds")
    return datetime.fromtimestamp(seconds, UTC)
