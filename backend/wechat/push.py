"""消息推送: is an event really from WeChat. Pure; knows neither HTTP nor what the event says."""

import hashlib
import hmac


def push_signature(token: str, timestamp: str, nonce: str) -> str:
    """Hex SHA-1 of the three in byte order, joined; the algorithm is WeChat's choice, not ours."""
    joined = "".join(sorted((token, timestamp, nonce))).encode()
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def check_push_signature(signature: str, *, token: str, timestamp: str, nonce: str) -> bool:
    """Whether whoever sent this knows `token`, the word agreed in the 公众平台 (never sent along)."""
    return hmac.compare_digest(signature.encode(), push_signature(token, timestamp, nonce).encode())
