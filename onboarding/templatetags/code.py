"""Filters for code that people read."""

import json
import re
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from portal.numbers import in_fours

register = template.Library()

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false)|(null)|([{}\[\],:])')


@register.filter
def json_code(document: Any) -> SafeString:
    """Return a JSON document, indented, as escaped HTML whose parts carry the classes of the design system."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    pieces, position = [], 0
    for match in _TOKEN.finditer(text):
        pieces += [escape(text[position : match.start()]), _span(match)]
        position = match.end()
    return mark_safe("".join([*pieces, escape(text[position:])]))  # noqa: S308  (every piece was escaped)


def _span(match: re.Match[str]) -> str:
    string, colon, number, boolean, null, mark = match.groups()
    if string is not None:
        spaces = f'<span class="j-p">{escape(colon)}</span>' if colon else ""
        return f'<span class="{"j-k" if colon else "j-s"}">{escape(string)}</span>{spaces}'
    name = "j-n" if number else "j-b" if boolean else "j-z" if null else "j-p"
    return f'<span class="{name}">{escape(number or boolean or null or mark)}</span>'


@register.filter
def account(account_id: str) -> str:
    """Return an account ID in groups of four, as people read it."""
    return in_fours(account_id)


@register.filter
def fingerprint(digits: str) -> str:
    """Return a fingerprint in groups of four, as people compare it."""
    return in_fours(digits)


@register.filter
def json_file(title: str) -> str:
    """Return the file name under which a policy of this title is saved."""
    return f"{slugify(title)}.json"
