"""How a person says when records of a stream are expected."""

from dataclasses import dataclass

from django.db.models.functions import Now

from monitoring.collection.arrivals import learn_again
from monitoring.expected_hours.registry_credentials import NO_REGISTRY, ChosenRegistry, store_registry
from monitoring.models import ExpectedHours
from monitoring.silence.stored import Source
from onboarding.models.integration import Integration
from onboarding.row_locks import lock_integration
from portal import deadlocks
from portal.tenancy.audit import record
from portal.tenancy.models import User

DAYS, HOURS = 7, 24
_AUDITED = ("source", "zone", "country", "hours", "read_seconds", "lease_tables")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose: the source, the building's calendar, for set hours a range of each day.

    `read_seconds` is how often metrics are read while no one watches; None leaves it to the portal's setting.
    `lease_tables` are those of the applications that read the stream, `registry` has the schemas of its records.
    """

    source: Source
    zone: str
    country: str
    ranges: tuple[tuple[int, int] | None, ...] = (None,) * DAYS
    read_seconds: int | None = None
    lease_tables: tuple[str, ...] = ()
    registry: ChosenRegistry = NO_REGISTRY


@deadlocks.atomic
def choose(*, integration: Integration, chosen: Chosen, actor: User) -> ExpectedHours:
    """Store when records are expected, and what the known minutes tell in that calendar."""
    lock_integration(integration.pk)
    row, _ = ExpectedHours.objects.get_or_create(integration=integration)
    row.source, row.zone, row.country = chosen.source, chosen.zone, chosen.country
    row.hours = hours_of(chosen.ranges) if chosen.source == "set" else row.hours
    row.read_seconds, row.lease_tables = chosen.read_seconds, list(chosen.lease_tables)
    registry = store_registry(row, chosen.registry)
    row.changed_at, row.changed_by = Now(), actor.email
    learn_again(row)
    row.save()
    record(
        "monitoring:expected-hours:changed",
        tenant=integration.tenant,
        actor=actor,
        target=integration.name,
        about=integration,
        details={name: getattr(row, name) for name in _AUDITED} | registry,
    )
    return row


def hours_of(ranges: tuple[tuple[int, int] | None, ...]) -> list[int]:
    """Return the hours of the week within the range of each day."""
    return [HOURS * day + hour for day, found in enumerate(ranges) if found for hour in range(*found)]


def ranges_of(hours: frozenset[int]) -> list[list[tuple[int, int]]]:
    """Return for each day the ranges of hours: [(7, 18)]; the end is the hour after the last."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(DAYS)]
    for hour in sorted(hours):
        day, at = divmod(hour, HOURS)
        if days[day] and days[day][-1][1] == at:
            days[day][-1] = (days[day][-1][0], at + 1)
        else:
            days[day].append((at, at + 1))
    return days
