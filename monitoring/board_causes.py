"""The streams of a board by what their state is based on: many rows with one sentence are one row."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, Min, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from monitoring.cause_titles import title_of
from monitoring.models import HealthState, state_label
from monitoring.selectors import is_expired
from onboarding.models.integration import Integration
from portal.messages.message import Message, from_json

NOT_CHECKED, NOT_COLLECTED = Message("stream.not_checked"), Message("stream.not_collected")
_WITHOUT_MEASUREMENTS = {message.code: message for message in (NOT_CHECKED, NOT_COLLECTED)}
MOST_CAUSES = 200  # of states and the codes of their messages there are fewer


@dataclass(frozen=True, slots=True)
class Cause:
    """What the state of several streams is based on: the code of their messages, and one of the messages.

    `sentences` is how many different ones there are: those with other figures or names have the same code.
    """

    code: str
    state: HealthState
    message: Message
    streams: int
    tenants: int
    sentences: int

    @property
    def title(self) -> Message:
        """Return what all of these streams have in common."""
        return title_of(self.code) or self.message

    @property
    def label(self) -> str:
        """Return the label of the state."""
        return state_label(self.state, self.message)


def with_cause(rows: QuerySet[Integration], cause: str, *, now: datetime) -> QuerySet[Integration]:
    """Return those streams of a board whose state is based on a message with this code."""
    return rows.annotate(shown_cause=_cause(now)).filter(shown_cause=cause)


def causes(rows: QuerySet[Integration], *, now: datetime) -> list[Cause]:
    """Return the causes of a board's streams in one query: the worst state first, then what concerns most streams."""
    text = Cast("health__message", TextField())
    found = (
        rows.order_by()
        .annotate(shown_cause=_cause(now))
        .values_list("shown_state", "shown_cause")
        .annotate(
            streams=Count("pk"),
            tenants=Count("tenant", distinct=True),
            sentences=Count(text, distinct=True),
            example=Min(text),
        )[:MOST_CAUSES]
    )
    listed = [_cause_of(*row) for row in found]
    return sorted(listed, key=lambda cause: (cause.state.rank, -cause.streams, cause.code))


def _cause_of(state: str, code: str, streams: int, tenants: int, sentences: int, example: str | None) -> Cause:
    known = _WITHOUT_MEASUREMENTS.get(code)
    message = known or (from_json(json.loads(example)) if example else NOT_COLLECTED)
    return Cause(code, HealthState(state), message, streams, tenants, 1 if known else sentences)


def _cause(now: datetime) -> Case:
    # What was checked too long ago says nothing about now.
    expired = When(is_expired(now), then=Value(NOT_CHECKED.code))
    known = Coalesce(KeyTextTransform("code", "health__message"), Value(NOT_COLLECTED.code), output_field=CharField())
    return Case(expired, default=known, output_field=CharField())
