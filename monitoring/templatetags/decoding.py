"""What decoders said of a record, for templates: `{% load decoding %}`, then `{{ row|attempts }}`."""

from functools import lru_cache

from django import template
from django.utils.translation import get_language

from monitoring.records.record_contents import RecordContent, attempts_from_json
from portal.messages.catalogue import text_of

register = template.Library()
_MOST_KEPT = 1024


@register.filter
def attempts(content: RecordContent) -> tuple[str, ...]:
    """Return a line for each decoder that could not read a record: its name and the reason."""
    return _lines(content.failed_attempts, get_language())


@lru_cache(maxsize=_MOST_KEPT)
def _lines(failed_attempts: str, language: str | None) -> tuple[str, ...]:
    # Records of one sender fail in the same way, and a hundred are on a page.
    found = attempts_from_json(failed_attempts)
    return tuple(f"{decoder}: {text_of(reason)}" if decoder else text_of(reason) for decoder, reason in found)
