"""What looks like a secret where none belongs: it is refused, not kept, and not repeated."""

import re

from onboarding.deliveries.form_inputs import Input, InputKind, plain_of
from portal.messages.message import Message

REFUSAL = Message("delivery.looks_secret")
_PATTERNS = re.compile(
    r"://[^/\s@:]*:[^/\s@]+@"  # a name and a password in a URL
    r"|(?:password|passwd|pwd|token|secret)\s*[=:]\s*(?!!\{)\S"  # but not “token=!{…}/”, as prefixes have it
    r"|secret_access_key|aws_access_key_id"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\."  # a JSON web token
    r"|\bgh[pousr]_\w{20,}|\bxox[abeprs]-[\w-]{10,}",
    re.IGNORECASE,
)
# What is a token or a key if it is all that a line holds: a UUID, as Splunk's tokens are, or an AWS secret access key.
_WHOLE = re.compile(
    r"(?i:(?:splunk\s+)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[A-Za-z0-9/+]{40}",
)
_NAMES = re.compile(r"secret|token|passw|api[_-]?key|credential", re.IGNORECASE)


def looks_secret(text: str) -> bool:
    """Tell whether a text looks as if it held a password, a token or a key."""
    return bool(_PATTERNS.search(text))


def names_a_secret(name: str) -> bool:
    """Tell whether the name of an attribute says that its value is a secret."""
    return bool(_NAMES.search(name))


def must_not_be_kept(field_input: Input, text: str) -> bool:
    """Tell whether what was typed for an input must not rest in a draft."""
    if field_input.kind is InputKind.SECRET:
        return bool(text) and not text.startswith("arn:")
    if field_input.path == "destination.partitioning.keys":
        return False  # it tells where in a record a value stands
    if field_input.kind is InputKind.PAIRS and any(names_a_secret(name) for name in plain_of(InputKind.PAIRS, text)):
        return True
    return looks_secret(text) or is_token(text)


def is_token(text: str) -> bool:
    """Tell whether a line is nothing but a token or a key."""
    return _WHOLE.fullmatch(text.strip()) is not None
