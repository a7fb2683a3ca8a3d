"""Decrypts messages, for those who hold a private key: the simulated building, the demo and the tests."""

from portal.openpgp.homes import temporary_home
from portal.openpgp.keyring import keyring


class OpeningFailed(Exception):
    """The private key does not decrypt the message."""


def decrypt(ciphertext: str, *, private_key: str, passphrase: str | None = None) -> bytes:
    """Decrypt an armored message with an armored private key, by GnuPG in a home of its own.

    The portal itself holds no private key and never calls this. Raises OpeningFailed, GnuPGMissing.
    """
    with temporary_home(has_agent=True) as home, keyring(home, has_agent=True) as ring:
        if not ring.add(private_key, passphrase=passphrase):
            raise OpeningFailed("GnuPG rejected the private key.")
        plaintext = ring.decrypt(ciphertext, passphrase=passphrase)
    if plaintext is None:
        raise OpeningFailed("This private key, or its passphrase, does not decrypt the message.")
    return plaintext
