"""What decoders said of a record, for templates: `{% load decoding %}`, then `{{ visible|attempts }}`."""

from functools import lru_cache

from django import template
from django.utils.translation import get_language

from monitoring.records.masking import masked_reason
from monitoring.records.record_row import VisibleRow
from monitoring.records.record_views import RecordView, attempts_from_json, details_from_json
from portal.messages.catalogue import text_of

register = template.Library()
_MOST_KEPT = 1024


@register.filter
def attempts(visible: VisibleRow) -> tuple[str, ...]:
    """Return a line for each decoder that could not read a record: its name and the reason, masked as the row is."""
    return _lines(visible.row.failed_attempts, visible.view.is_masked, get_language())


@register.filter
def details(view: RecordView) -> list[str]:
    """Return a line for each detail of a record besides its text, such as a sub-sequence number or a schema's ID."""
    return [text_of(message) for message in details_from_json(view.details)]


@lru_cache(maxsize=_MOST_KEPT)
def _lines(failed_attempts: str, is_masked: bool, language: str | None) -> tuple[str, ...]:
    # Records of one sender fail in the same way, and a hundred are on a page.
    stored = attempts_from_json(failed_attempts)
    found = [(decoder, masked_reason(reason) if is_masked else reason) for decoder, reason in stored]
    return tuple(f"{decoder}: {text_of(reason)}" if decoder else text_of(reason) for decoder, reason in found)
