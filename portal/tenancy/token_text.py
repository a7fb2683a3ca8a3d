"""The text of an API token, or of a wall display's link: a prefix that scanners know, 190 random bits, and a checksum.

With the checksum, what is mistyped, cut off or made up is refused before anything is looked up, and a scanner can tell
a token from text that resembles one. The form is that of GitHub's tokens:
https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "sluice_token_"
RANDOM_CHARACTERS = 32
CHECKSUM_CHARACTERS = 6  # a CRC-32 in base 62
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_FORM = re.compile(rf"[0-9A-Za-z]{{{RANDOM_CHARACTERS + CHECKSUM_CHARACTERS}}}", re.ASCII)


def new_token(prefix: str = PREFIX) -> str:
    """Return a new token."""
    body = prefix + "".join(secrets.choice(_ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return body + _checksum(body)


def is_well_formed(text: str, prefix: str = PREFIX) -> bool:
    """Return whether a text has the form of a token and the right checksum."""
    if not (text.startswith(prefix) and _FORM.fullmatch(text.removeprefix(prefix))):
        return False
    return secrets.compare_digest(text[-CHECKSUM_CHARACTERS:], _checksum(text[:-CHECKSUM_CHARACTERS]))


def hash_of(token: str) -> str:
    """Return what is stored of a token. Its 190 random bits cannot be guessed, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), []
    for _ in range(CHECKSUM_CHARACTERS):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
