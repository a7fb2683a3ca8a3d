"""What people chose: which kinds of events they want by which channel. Security kinds are always delivered.

A row says that a person departed from what a kind does by itself: they switched it off, or on if it is opt-in.
"""

from collections.abc import Collection

from django.contrib.auth.models import AbstractUser

from portal import deadlocks
from portal.outbox.kinds import BY_KEY, CHOSEN, Kind
from portal.outbox.models import PERSONAL, Channel, NotificationChoice


def switched_off(kind: Kind, people: Collection[int]) -> set[tuple[int, str]]:
    """Return which of the people, by their ids, do not want the kind by which channel."""
    if kind.is_security:
        return set()
    rows = NotificationChoice.objects.filter(kind=kind.key, person_id__in=list(people))
    found = set(rows.values_list("person_id", "channel"))
    return {(pk, channel.value) for pk in people for channel in PERSONAL} - found if kind.is_opt_in else found


def wants(person: AbstractUser, kind: Kind, channel: Channel) -> bool:
    """Return whether a person wants a kind by a channel."""
    return (person.pk, channel) not in switched_off(kind, [person.pk])


def wants_any(person: AbstractUser, kind: Kind) -> bool:
    """Return whether a person wants a kind by any channel."""
    return len(switched_off(kind, [person.pk])) < len(PERSONAL)


def chosen(person: AbstractUser) -> set[tuple[str, str]]:
    """Return the kinds and channels that are off for a person."""
    rows = set(NotificationChoice.objects.filter(person_id=person.pk).values_list("kind", "channel"))
    opt_in = {(kind.key, channel.value) for kind in CHOSEN if kind.is_opt_in for channel in PERSONAL}
    return (rows - opt_in) | (opt_in - rows)


@deadlocks.atomic
def choose(person: AbstractUser, wanted: Collection[tuple[str, str]]) -> None:
    """Store what a person wants, as pairs of kind and channel; every other pair that can be chosen is off."""
    pairs = [(kind, channel) for kind in CHOSEN for channel in PERSONAL]
    stored = [(kind.key, channel) for kind, channel in pairs if ((kind.key, channel) in wanted) == kind.is_opt_in]
    NotificationChoice.objects.filter(person_id=person.pk).delete()
    rows = [NotificationChoice(person_id=person.pk, kind=kind, channel=channel) for kind, channel in stored]
    NotificationChoice.objects.bulk_create(rows, ignore_conflicts=True)


def switch_off(person: AbstractUser, kind: Kind, channel: Channel) -> None:
    """Switch one kind off by one channel; nothing happens for a security kind, or if it is off already."""
    if kind.is_security:
        return
    named = {"person_id": person.pk, "kind": kind.key, "channel": channel}
    if BY_KEY[kind.key].is_opt_in:
        NotificationChoice.objects.filter(**named).delete()
    else:
        NotificationChoice.objects.get_or_create(**named)
