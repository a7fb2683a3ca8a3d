"""The columns by which a board can be sorted, as PostgreSQL computes them; only the chosen one costs time."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FloatField, Func, Min, OuterRef, Subquery
from django.db.models.fields.json import KT, KeyTextTransform
from django.db.models.functions import Cast, Lower

from monitoring.alert_models import SHOWN, AlertStream
from onboarding.credentials.selectors import keys_of_age


class HighestNumber(Func):
    """The highest number that a JSON path finds in a column; NULL where it finds none."""

    template = (
        "(SELECT max((found.value #>> '{}')::float8) FROM jsonb_path_query("
        "%(expressions)s, '%(path)s ? (@.type() == \"number\")') AS found(value))"
    )
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Sort:
    """A column by which a board can be sorted; its first click sorts in this direction, the next in the other.

    Of an age PostgreSQL has the moment at which it began: the highest age is the earliest.
    """

    column: str
    by: Any
    starts_descending: bool = False
    is_age: bool = False


def _measured(name: str) -> Cast:
    return Cast(KeyTextTransform(name, "health__measurements"), FloatField())


def key_created_at() -> Subquery:
    """Return when the oldest access key was created that the stream's producer can use."""
    rows = keys_of_age().filter(integration=OuterRef("pk")).order_by().values("integration")
    return Subquery(rows.annotate(oldest=Min("created_at")).values("oldest"))


def _open_alerts() -> Subquery:
    rows = AlertStream.objects.filter(integration=OuterRef("pk"), alert__state__in=SHOWN, left_at=None).order_by()
    return Subquery(rows.values("integration").annotate(number=Count("pk")).values("number"))


STREAM = KT("spec__stream__name")
_LAST = KeyTextTransform("last_record_at", "health__measurements")
_FRESHNESS = HighestNumber(F("health__measurements"), path="$.deliveries[*].freshness_seconds")
SORTS = {
    sort.column: sort
    for sort in (
        Sort("tenant", Lower("tenant__name")),
        Sort("stream", Lower(STREAM)),
        Sort("alerts", _open_alerts(), starts_descending=True),
        Sort("records", _measured("records_per_second"), starts_descending=True),
        Sort("peak", HighestNumber(F("health__sparkline"), path="$[*]"), starts_descending=True),
        Sort("usage", _measured("write_usage_share"), starts_descending=True),
        Sort("throttled", _measured("throttled_writes"), starts_descending=True),
        Sort("age", _measured("iterator_age_seconds"), starts_descending=True),
        Sort("freshness", _FRESHNESS, starts_descending=True),
        Sort("data", _LAST, starts_descending=True, is_age=True),
        Sort("key", key_created_at(), starts_descending=True, is_age=True),
        Sort("last", _LAST, starts_descending=True),  # in links and views from before there was the age
    )
}
