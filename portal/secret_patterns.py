"""Removes what looks like a secret from text: the last line of defence of logs and error reports.

Nothing that is written to a log should be secret in the first place. This finds what comes there all the same, in a
message of a library or in the traceback of an error, by its form and by the name beside it.
"""

import re
from collections.abc import Callable

REMOVED = "[removed]"
# Longer text is cut before it is searched: the time of the search is in proportion to the length.
MOST_CHARACTERS = 1024 * 1024

_NAMES = (
    r"(?:pass(?:word|wd|phrase)|secret|token|session[_-]?(?:id|key)|cookie|api[_-]?key|private[_-]?key|authori[sz]ation"
    r"|credentials?|(?<![a-z])(?:totp|otp|seed)|signature|recovery[_-]?codes?)"
)
# name=value, "name": "value", 'name': 'value', name: value; also as a part of a name, as in aws_secret_key.
_NAMED = re.compile(
    rf"(?P<name>{_NAMES}[\w-]{{0,40}}(?:\\*[\"'])?\s*(?:=>|[=:])\s*)"
    r"(?P<value>b?\\*\"(?:[^\"\\\n]|\\.)*\"?|b?\\*'(?:[^'\\\n]|\\.)*'?|(?:(?:Bearer|Basic|Token)\s+)?[^\s,;&}\)\]]+)",
    re.IGNORECASE,
)
# Whole lines, since their values contain blanks and commas.
_HEADER_LINE = re.compile(
    r"\b(?P<name>(?:set-)?cookie|(?:proxy-)?authorization)(?P<colon>\s*:\s*)[^\r\n]+", re.IGNORECASE
)
_BLOCK = re.compile(
    r"-----BEGIN (?P<kind>[A-Z ]*PRIVATE KEY(?: BLOCK)?)-----.*?(?:-----END (?P=kind)-----|\Z)", re.DOTALL
)
_ACCESS_KEY_ID = re.compile(r"\b(?P<kind>AKIA|ASIA)[A-Z2-7]{8,}(?P<last>[A-Z2-7]{4})\b")
_SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
_LONG = re.compile(r"(?<![A-Za-z0-9/+_-])[A-Za-z0-9/+_-]{100,}={0,2}")
_SEED = re.compile(r"\b[A-Z2-7]{32,}={0,6}\b")
_URL_PASSWORD = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,200}:)[^\s/@]+(?=@)", re.IGNORECASE)
_OTP_URL = re.compile(r"otpauth://\S+", re.IGNORECASE)
# Slashes are percent-encoded where the address is a parameter of another, such as the page to return to.
_INVITATION = re.compile(r"(?P<path>(?:/|%2F)password(?:/|%2F)[\w-]+(?:/|%2F))[\w.:-]+", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?")
_OWN_TOKEN = re.compile(r"(?:(?<=%2F)|(?<=%2f)|\b)sluice_[a-z]+_[A-Za-z0-9_-]{16,}")


def _key(match: re.Match[str]) -> str:
    """Return the text of a possible secret access key: what is hexadecimal, or of one kind of letters, is none."""
    text = match[0]
    kinds = (any(map(kind, text)) for kind in (str.isupper, str.islower, str.isdigit))
    is_random = all(kinds) and not re.fullmatch(r"[0-9a-fA-F]+", text)
    return REMOVED if is_random else text


def _long(match: re.Match[str]) -> str:
    text = match[0]
    is_random = any(map(str.isupper, text)) and any(map(str.isdigit, text))
    return REMOVED if is_random else text


def _seed(match: re.Match[str]) -> str:
    return REMOVED if any(map(str.isdigit, match[0])) else match[0]


Replacement = str | Callable[[re.Match[str]], str]
# Each with words of which one must be there, in lower case: most lines have none, and a search for words is quick.
_REPLACEMENTS: tuple[tuple[tuple[str, ...], re.Pattern[str], Replacement], ...] = (
    (("private key",), _BLOCK, rf"-----BEGIN \g<kind>----- {REMOVED}"),
    (("cookie", "authorization"), _HEADER_LINE, rf"\g<name>\g<colon>{REMOVED}"),
    (("otpauth:",), _OTP_URL, rf"otpauth://{REMOVED}"),
    (("://",), _URL_PASSWORD, rf"\g<scheme>{REMOVED}"),
    (("password",), _INVITATION, rf"\g<path>{REMOVED}"),
    (
        (
            "pass",
            "secret",
            "token",
            "session",
            "cookie",
            "key",
            "authori",
            "credential",
            "otp",
            "seed",
            "sign",
            "recovery",
        ),
        _NAMED,
        rf"\g<name>{REMOVED}",
    ),
    (("eyj",), _JWT, REMOVED),
    (("sluice_",), _OWN_TOKEN, REMOVED),
    (("akia", "asia"), _ACCESS_KEY_ID, r"\g<kind>…\g<last>"),
)
_LONG_WORD = re.compile(r"[A-Za-z0-9/+_-]{32}")
_LONG_REPLACEMENTS: tuple[tuple[re.Pattern[str], Replacement], ...] = (
    (_SEED, _seed),
    (_SECRET_KEY, _key),
    (_LONG, _long),
)


def without_secrets(text: str) -> str:
    """Return the text with each secret replaced; of an access key ID its kind and last four characters stay."""
    if len(text) > MOST_CHARACTERS:
        text = f"{text[:MOST_CHARACTERS]} … [{len(text) - MOST_CHARACTERS} more characters]"
    lowered = text.lower()
    for needles, pattern, replacement in _REPLACEMENTS:
        if any(needle in lowered for needle in needles):
            text = pattern.sub(replacement, text)
    if _LONG_WORD.search(text):
        for pattern, replacement in _LONG_REPLACEMENTS:
            text = pattern.sub(replacement, text)
    return text
