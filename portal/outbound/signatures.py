"""Signatures of webhooks after Standard Webhooks: HMAC-SHA256 of ID, time and body, in version `v1`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "whsec_"
_SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """Return a new signing secret, as the libraries of receivers take it."""
    return PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers_of(message_id: str, timestamp: int, body: bytes, *, signing_secrets: Iterable[str]) -> dict[str, str]:
    """Return the three headers; with two secrets, while one replaces the other, there are two signatures."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in signing_secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return f"v1,{b64encode(hmac.new(key, signed, sha256).digest()).decode()}"
