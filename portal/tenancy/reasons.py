"""Reasons that people state on pages, for the audit trail: optional for clients, required of the vendor's staff."""

from django.http import QueryDict

MOST_CHARACTERS = 300
FIELD = "reason"


def reason_in(typed: QueryDict) -> str:
    """Return the reason of a form on one line, without characters that cannot be read; "" where none was typed."""
    text = "".join(letter if letter.isprintable() else " " for letter in typed.get(FIELD, ""))
    return " ".join(text.split())[:MOST_CHARACTERS]
