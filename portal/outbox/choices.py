"""What people chose: which kinds of events they do not want by which channel. Security kinds are always delivered."""

from collections.abc import Collection

from django.contrib.auth.models import AbstractUser

from portal import deadlocks
from portal.outbox.kinds import CHOSEN, Kind
from portal.outbox.models import PERSONAL, Channel, NotificationChoice


def switched_off(kind: Kind, people: Collection[int]) -> set[tuple[int, str]]:
    """Return which of the people, by their ids, do not want the kind by which channel."""
    if kind.is_security:
        return set()
    rows = NotificationChoice.objects.filter(kind=kind.key, person_id__in=list(people))
    return set(rows.values_list("person_id", "channel"))


def wants(person: AbstractUser, kind: Kind, channel: Channel) -> bool:
    """Return whether a person wants a kind by a channel."""
    return (person.pk, channel) not in switched_off(kind, [person.pk])


def chosen(person: AbstractUser) -> set[tuple[str, str]]:
    """Return the kinds and channels that a person switched off."""
    return set(NotificationChoice.objects.filter(person_id=person.pk).values_list("kind", "channel"))


@deadlocks.atomic
def choose(person: AbstractUser, wanted: Collection[tuple[str, str]]) -> None:
    """Store what a person wants, as pairs of kind and channel; every other pair that can be chosen is switched off."""
    off = [(kind.key, channel) for kind in CHOSEN for channel in PERSONAL if (kind.key, channel) not in wanted]
    NotificationChoice.objects.filter(person_id=person.pk).delete()
    rows = [NotificationChoice(person_id=person.pk, kind=kind, channel=channel) for kind, channel in off]
    NotificationChoice.objects.bulk_create(rows, ignore_conflicts=True)


def switch_off(person: AbstractUser, kind: Kind, channel: Channel) -> None:
    """Switch one kind off by one channel; nothing happens for a security kind, or if it is off already."""
    if not kind.is_security:
        NotificationChoice.objects.get_or_create(person_id=person.pk, kind=kind.key, channel=channel)
