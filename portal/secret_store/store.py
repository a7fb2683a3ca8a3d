"""Encrypts and decrypts a secret with AES-256-GCM, bound to the row that owns it.

What is stored reads `v1.<key ID>.<base64url of nonce and ciphertext>`. The owner, such as `mfa.totp:17`, is associated
data: a ciphertext that was copied to another row or column does not decrypt. See
docs/decisions/0037-a-secret-store.md and https://cryptography.io/en/latest/hazmat/primitives/aead/.
"""

import binascii
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from portal.secret_store import key_file
from portal.secret_store.key_file import Key

_VERSION = "v1"
_NONCE_BYTES = 12


class SecretStoreOff(Exception):
    """There is no file of keys, so nothing can be encrypted or decrypted."""


class SecretUnreadable(Exception):
    """A stored secret does not decrypt: its key is not in the file, it belongs to another row, or it was changed."""


def is_on() -> bool:
    """Return whether a file of keys is configured."""
    return settings.SLUICE_ENCRYPTION_KEYS_FILE is not None


def encrypt(text: str, *, owner: str) -> str:
    """Return what is stored for the secret of the owner. Raises SecretStoreOff."""
    key, nonce = _keys()[0], os.urandom(_NONCE_BYTES)
    body = nonce + AESGCM(key.material).encrypt(nonce, text.encode(), _bound_to(owner))
    return f"{_VERSION}.{key.id}.{urlsafe_b64encode(body).decode()}"


def decrypt(stored: str, *, owner: str) -> str:
    """Return the secret of the owner. Raises SecretStoreOff, and SecretUnreadable without any part of the secret."""
    keys = {key.id: key for key in _keys()}
    key = keys.get(key_id_of(stored))
    if key is None:
        raise SecretUnreadable(f"{owner}: the key “{key_id_of(stored)}” is not in {key_file.VARIABLE}")
    try:
        body = urlsafe_b64decode(stored.rpartition(".")[2].encode())
        return AESGCM(key.material).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], _bound_to(owner)).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise SecretUnreadable(f"{owner}: the stored secret was changed, or belongs to another row") from None


def key_id_of(stored: str) -> str:
    """Return the ID of the key that encrypted what is stored; "" for what is not a stored secret."""
    version, _, rest = stored.partition(".")
    return rest.partition(".")[0] if version == _VERSION else ""


def newest_key_id() -> str:
    """Return the ID of the key that encrypts. Raises SecretStoreOff."""
    return _keys()[0].id


def known_key_ids() -> list[str]:
    """Return the IDs of all keys of the file, the newest first. Raises SecretStoreOff."""
    return [key.id for key in _keys()]


def _keys() -> tuple[Key, ...]:
    path: Path | None = settings.SLUICE_ENCRYPTION_KEYS_FILE
    if path is None:
        raise SecretStoreOff(f"{key_file.VARIABLE} is not set")
    try:
        status = path.stat()
    except OSError as fault:
        raise SecretStoreOff(f"{key_file.VARIABLE}: {path} cannot be read: {fault.strerror}") from None
    return _read(path, status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, inode: int) -> tuple[Key, ...]:
    """Read the file anew when it was changed, so that a new key is known without a restart."""
    return key_file.read(path)


def _bound_to(owner: str) -> bytes:
    return f"sluice:{_VERSION}:{owner}".encode()
