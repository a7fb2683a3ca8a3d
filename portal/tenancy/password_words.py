"""Passwords made of words that anyone would try here: the product, what it is about, the person and their organisation.

docs/accounts.md lists the words; a test compares them.
"""

import re
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from portal.messages.errors import validation_error
from portal.messages.message import Message

WORDS = (
    "access", "admin", "amazon", "building", "client", "firehose", "invitation", "kinesis", "password", "portal",
    "secret", "sensor", "sluice", "stream", "support", "tenant", "vendor", "welcome",
)  # fmt: skip
LEAST_BESIDE = 8
_WORD = re.compile(r"[^\W\d_]{4,}")


class NotOfWords:
    """Refuse a password with fewer than eight characters beside such words; Django calls this at every choice."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError for a password that is little more than such words."""
        typed = left = password.casefold()
        for word in sorted({*WORDS, *_own_words(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        if left != typed and len(left) < LEAST_BESIDE:
            raise validation_error(Message("people.password_of_words", least=LEAST_BESIDE))

    def get_help_text(self) -> str:
        """Return no help: the pages have their own."""
        return ""


def _own_words(user: AbstractBaseUser | None) -> Iterator[str]:
    own = (settings.SLUICE_VENDOR_NAME, getattr(user, "email", ""), getattr(user, "full_name", ""))
    for text in own:
        yield from _WORD.findall(text.casefold())
