"""What decoders said of a record, for templates: `{% load decoding %}`, then `{{ row|attempts }}`."""

from functools import lru_cache

from django import template
from django.utils.translation import get_language

from monitoring.records.record_views import RecordContent, RecordView, attempts_from_json, details_from_json
from portal.messages.catalogue import text_of

register = template.Library()
_MOST_KEPT = 1024


@register.filter
def attempts(content: RecordContent) -> tuple[str, ...]:
    """Return a line for each decoder that could not read a record: its name and the reason."""
    return _lines(content.failed_attempts, get_language())


@register.filter
def details(view: RecordView) -> list[str]:
    """Return a line for each detail of a record besides its text, such as a sub-sequence number or a schema's ID."""
    return [text_of(message) for message in details_from_json(view.details)]


@lru_cache(maxsize=_MOST_KEPT)
def _lines(failed_attempts: str, language: str | None) -> tuple[str, ...]:
    # Records of one sender fail in the same way, and a hundred are on a page.
    found = attempts_from_json(failed_attempts)
    return tuple(f"{decoder}: {text_of(reason)}" if decoder else text_of(reason) for decoder, reason in found)
