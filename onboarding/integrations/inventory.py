"""What an integration has in the client's account, in the order of the steps, and what a removal would do with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.stream_settings import unknown_since
from onboarding.account_state.values import UnknownSince
from onboarding.integrations import adoption
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import ResourceState
from onboarding.provisioning import adopted_stream
from onboarding.provisioning.deletion import ADOPTED, ROLE_MAY_NOT_DELETE, by_hand
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import INTEGRATION_TAG
from onboarding.provisioning.steps import (
    access_key,
    bucket,
    consumer_role,
    device_policy,
    fan_out,
    firehose,
    firehose_role,
    key,
    log_group,
    producer_policy,
    producer_role,
    share,
    stream,
    thing_group,
    thing_type,
    topic_rule,
)
from onboarding.sharing.share import Share
from onboarding.spec.integration_spec import ROLE, USER
from portal.messages.catalogue import described
from portal.messages.message import Message

_DEVICES = (thing_type, thing_group, device_policy, topic_rule)
_DELIVERY = (bucket, log_group, firehose_role, firehose)
ORDER = tuple(
    step.KIND
    for step in (
        key,
        stream,
        fan_out,
        share,
        producer_policy,
        producer_role,
        consumer_role,
        *_DELIVERY,
        *_DEVICES,
        access_key,
    )
)
_FATES = {
    stream.KIND: Message("on_removal.stream_kept"),
    bucket.KIND: Message("on_removal.bucket"),
    key.KIND: Message("on_removal.key_scheduled"),
    access_key.KIND: Message("on_removal.user"),
    log_group.KIND: Message("on_removal.log_group"),
    thing_type.KIND: Message("on_removal.thing_type"),
    producer_policy.KIND: Message("on_removal.policy"),
    producer_role.KIND: Message("on_removal.producer_role"),
    consumer_role.KIND: Message("on_removal.consumer_role"),
    share.KIND: Message("on_removal.share"),
    fan_out.KIND: Message("on_removal.fan_out"),
}
# What can write or read must be revocable, whatever the client excluded.
_ALWAYS_DELETED = {access_key.KIND, producer_role.KIND, consumer_role.KIND, share.KIND, fan_out.KIND}
_PRODUCERS = {USER: (access_key, producer_policy), ROLE: (producer_role,)}
_IN_AWS = {ResourceState.PRESENT, ResourceState.REMOVING}
_KEY_KEPT = Message("on_removal.key_kept")
_DELETED = Message("on_removal.deleted")
ADOPTED_STAYS = Message("on_removal.adopted_kept")
_STREAM_DELETED = Message("on_removal.stream_deleted")


@dataclass(frozen=True, slots=True)
class Line:
    """One resource: what it is, whose tag it carries, since when, and why it was kept where it was.

    `fate` is what a removal does with it, `stays` tells that it does not go; `command` is AWS's own way by hand.
    Of what was there before and `is_adopted`, `owner` says whose it is and who had it adopted. `unknown_since` is set
    while the account cannot be seen; what is seen is shown as such until `expires_at`, and was seen at `seen_at`.
    """

    kind: str
    name: str
    arn: str
    state: ResourceState
    tag: str
    since: datetime
    kept: Message | None
    fate: Message
    stays: bool
    command: str
    is_adopted: bool = False
    owner: Message | None = None
    unknown_since: UnknownSince | None = None
    seen_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def label(self) -> str:
        """Return the state in a word or two."""
        if self.is_adopted:
            return _("Kept (adopted)") if self.kept else _("Adopted")
        return _("Kept") if self.kept else str(self.state.label)

    @property
    def look(self) -> str:
        """Return how the state is shown."""
        if self.is_adopted:
            return "info"
        return "attention" if self.kept else str(self.state.look)

    @property
    def is_expired(self) -> bool:
        """Return whether what is shown was seen too long ago."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "kind": self.kind,
            "name": self.name,
            "arn": self.arn,
            "state": str(self.state),
            "owner_tag": self.tag,
            "since": self.since,
            "kept": described(self.kept),
            "adopted": self.is_adopted,
            "unknown_since": self.unknown_since.at if self.unknown_since else None,
        }


def lines(integration: Integration, *, delete_data: bool = False, removed: bool = False) -> list[Line]:
    """Return the inventory; what was removed only with `removed`."""
    rows = Resource.objects.filter(integration=integration)
    if not removed:
        rows = rows.exclude(state=ResourceState.REMOVED)
    found = sorted(rows, key=lambda row: (_position(row.kind), row.pk))
    return [_with_age(integration, _line(integration, row, delete_data)) for row in found]


def owned(integration: Integration) -> list[Owned]:
    """Return the inventory as the engine's steps see it."""
    return [
        Owned(line.kind, line.name, line.arn, line.since, is_seen=True, is_adopted=line.is_adopted)
        for line in lines(integration)
    ]


def leftovers(found: list[Line]) -> list[Line]:
    """Return what of an inventory a person may still want to remove: not what is theirs and was adopted."""
    return [line for line in found if not line.is_adopted]


def unwanted(integration: Integration, retired: str = "") -> list[Owned]:
    """Return what a run that applies a declaration looks at for removal: what belongs to a delivery, devices,
    a consumer (by role, share or registration), or a producer that is `retired` ("user" or "role"), and was not kept.

    What was kept once stays until a removal is asked for.
    """
    kinds = {step.KIND for step in (consumer_role, share, fan_out, *_DELIVERY, *_DEVICES, *_PRODUCERS.get(retired, ()))}
    return [
        Owned(line.kind, line.name, line.arn, line.since, is_seen=True)
        for line in lines(integration)
        if line.kind in kinds and not line.kept
    ]


def unused_producer(integration: Integration, retired: str) -> list[Resource]:
    """Return the resources of a kind of producer, "user" or "role", that exist and that no removal kept."""
    kinds = [step.KIND for step in _PRODUCERS[retired]]
    rows = Resource.objects.filter(integration=integration, kind__in=kinds, kept__isnull=True)
    return list(rows.exclude(state=ResourceState.REMOVED))


def adopted(integration: Integration) -> list[Message]:
    """Return what the integration uses and did not make: nothing is ever done to it."""
    deliveries = (integration.spec or {}).get("deliveries") or []
    theirs = dict.fromkeys(delivery["bucket"] for delivery in deliveries if delivery.get("new_bucket") is False)
    return [Message("on_removal.bucket_unchanged", bucket=name) for name in theirs]


def _position(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _with_age(integration: Integration, line: Line) -> Line:
    if line.state not in _IN_AWS:  # planned or removed: nothing is claimed to be there
        return line
    if integration.connection is None:
        return replace(line, unknown_since=unknown_since(integration))
    status = connection_status(integration.connection)
    return replace(line, unknown_since=unknown_since(integration), seen_at=status.seen_at, expires_at=status.expires_at)


def _line(integration: Integration, row: Resource, delete_data: bool) -> Line:
    fate, stays = _fate(integration, row, delete_data)
    return Line(
        kind=row.kind,
        name=row.name,
        arn=row.arn,
        state=ResourceState(row.state),
        tag=f"{INTEGRATION_TAG}={integration.uid}",
        since=row.present_at or row.intended_at,
        kept=row.kept,
        fate=fate,
        stays=stays,
        command=_command(integration, row),
        is_adopted=adopted_stream.is_noted(row.notes),
        owner=_owner(integration, row),
    )


def _command(integration: Integration, row: Resource) -> str:
    if not adopted_stream.is_noted(row.notes):
        name = Share(row.name, "").sid(integration.uid) if row.kind == share.KIND else row.name
        return by_hand(row.kind, name, row.arn, integration.region)
    # Never the command that deletes: only what takes our tags off, where no removal did.
    return "" if row.kept == adopted_stream.KEPT.reason else by_hand(ADOPTED, row.name, row.arn, integration.region)


def _owner(integration: Integration, row: Resource) -> Message | None:
    if not adopted_stream.is_noted(row.notes):
        return None
    found = adoption.confirmed(integration)
    return Message("adoption.adopted_by", name=found.by) if found and found.by else Message("adoption.adopted")


def _is_on_adopted(integration: Integration) -> bool:
    return bool((integration.spec or {}).get("stream", {}).get("adopt"))


def _fate(integration: Integration, row: Resource, delete_data: bool) -> tuple[Message, bool]:
    if adopted_stream.is_noted(row.notes):
        return ADOPTED_STAYS, True
    may_delete = integration.connection is None or getattr(integration.connection, "allow_deletion", True)
    if row.kind not in _ALWAYS_DELETED and not may_delete:
        return ROLE_MAY_NOT_DELETE, True
    if row.kind == key.KIND and _is_on_adopted(integration):
        return _KEY_KEPT, True
    if row.kind == key.KIND:
        return (_FATES[row.kind], False) if delete_data else (_KEY_KEPT, True)
    if row.kind == stream.KIND:
        return (_STREAM_DELETED, False) if delete_data else (_FATES[row.kind], True)
    return _FATES.get(row.kind, _DELETED), False
