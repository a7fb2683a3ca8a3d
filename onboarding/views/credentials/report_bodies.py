"""What the vendor's sender sends as JSON, read strictly: an unknown name or a value of another type is no report."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from onboarding.integrations import rejected_records
from onboarding.integrations.expected_networks import address_in
from onboarding.integrations.key_addresses import Sighting
from onboarding.integrations.producer_reports import RoleReport, SentRecord
from portal.aws.sts import Outcome

MOST_BYTES = 4096
_ATTEMPTS = ("right", "wrong", "missing")
_NAMES = {*_ATTEMPTS, "record", "in_use", "detail"}
MOST_REJECTIONS = 20
_LONGEST = 128  # AWS's own limit of a sequence number and of a shard's ID


def body_of(request: HttpRequest) -> bytes:
    """Return the body of a request that sends JSON; nothing of another, of which Django may have read a form."""
    return request.body if request.content_type == "application/json" else b""


def report_in(body: bytes) -> RoleReport | None:
    """Return the report on a role, or None for what is none."""
    found = _object(body)
    if found is None or not set(_ATTEMPTS) <= set(found) <= _NAMES:
        return None
    right, wrong, missing = (_outcome(found[name]) for name in _ATTEMPTS)
    given, in_use, detail = found.get("record"), found.get("in_use", False), found.get("detail", "")
    sent = _sent(given)
    if right is None or wrong is None or missing is None or (given is not None and sent is None):
        return None
    if not isinstance(in_use, bool) or not isinstance(detail, str) or not _is_storable(detail):
        return None
    return RoleReport(right, wrong, missing, sent=sent, is_in_use=in_use, detail=detail)


def record_in(body: bytes) -> SentRecord | None:
    """Return the record that was put with an access key, or None for what is none."""
    found = _object(body)
    return _sent(found["record"]) if found is not None and set(found) == {"record"} else None


def rejections_in(body: bytes) -> list[Sighting] | None:
    """Return the records that AWS rejected, by the address they were sent from, or None for what is no such report."""
    found = _object(body)
    given = found.get("rejections") if found is not None and set(found) == {"rejections"} else None
    if not isinstance(given, list) or not 0 < len(given) <= MOST_REJECTIONS:
        return None
    sightings = [_rejection(each) for each in given]
    return [each for each in sightings if each is not None] if None not in sightings else None


def _rejection(value: Any) -> Sighting | None:
    if not isinstance(value, dict) or set(value) != {"address", "at", "error"}:
        return None
    address, error = value["address"], value["error"]
    if not all(isinstance(text, str) and 0 < len(text) <= _LONGEST and text.isprintable() for text in value.values()):
        return None
    try:
        at = datetime.fromisoformat(value["at"])
    except ValueError:
        return None
    found = address_in(address)
    if found is None or at.tzinfo is None:
        return None
    return Sighting(at, str(found), rejected_records.OPERATION, error)


def _object(body: bytes) -> dict[str, Any] | None:
    if len(body) > MOST_BYTES:
        return None
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _outcome(value: Any) -> Outcome | None:
    return Outcome(value) if isinstance(value, str) and value in set(Outcome) else None


def _sent(value: Any) -> SentRecord | None:
    if not isinstance(value, dict) or set(value) != {"shard_id", "sequence_number"}:
        return None
    if not all(isinstance(text, str) and 0 < len(text) <= _LONGEST and text.isprintable() for text in value.values()):
        return None
    return SentRecord(**value)


def _is_storable(text: str) -> bool:
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)
