"""The file with the keys of the secret store: one key a line, the newest first. The first encrypts, all decrypt.

A key is 32 random bytes in base64url. Its ID is the start of its SHA-256, so that what is stored names its key without
revealing it. Empty lines and lines that begin with # are skipped. Read without Django: the settings check the file.
"""

import binascii
import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from portal.env import BadEnvironment

VARIABLE = "SLUICE_ENCRYPTION_KEYS_FILE"
KEY_BYTES = 32
_ID_CHARACTERS = 8
_LEAST_DIFFERENT_BYTES = 12  # of 32 random bytes fewer differ once in 10^12 keys
_HOW = "To create one: manage.py secrets key --file FILE"


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its ID, which may be shown."""

    id: str
    material: bytes = field(repr=False)


def read(path: Path) -> tuple[Key, ...]:
    """Return the file's keys, the newest first. Raises BadEnvironment with the variable's name, never with a key."""
    try:
        text = path.read_text(encoding="ascii")
    except OSError as fault:
        raise BadEnvironment(f"{VARIABLE}: {path} cannot be read: {fault.strerror}. {_HOW}") from None
    except UnicodeDecodeError:
        raise BadEnvironment(f"{VARIABLE}: {path} is not a file of keys. {_HOW}") from None
    keys = parse(text, name=str(path))
    if not keys:
        raise BadEnvironment(f"{VARIABLE}: {path} contains no key. {_HOW}")
    return keys


def parse(text: str, *, name: str) -> tuple[Key, ...]:
    """Return the keys of a file's text. Raises BadEnvironment with the number of the line that is not valid."""
    keys: list[Key] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        key = _key(line.strip())
        if key is None or key in keys:
            reason = "repeats a key" if key else f"is not a key: {KEY_BYTES} random bytes in base64url"
            raise BadEnvironment(f"{VARIABLE}: line {number} of {name} {reason}. {_HOW}")
        keys.append(key)
    return tuple(keys)


def new_line() -> str:
    """Return a new key as a line of the file."""
    return urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_id(line: str) -> str:
    """Return the ID of a key that `new_line` made."""
    return _id(urlsafe_b64decode(line))


def _key(line: str) -> Key | None:
    try:
        material = urlsafe_b64decode(line.encode())
    except (binascii.Error, ValueError):
        return None
    if len(material) != KEY_BYTES or len(set(material)) < _LEAST_DIFFERENT_BYTES:
        return None
    return Key(_id(material), material)


def _id(material: bytes) -> str:
    return hashlib.sha256(b"key id" + material).hexdigest()[:_ID_CHARACTERS]
