"""What the page of devices shows."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from onboarding.iot.device_package import DeviceFacts
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import ThingState
from onboarding.models.thing import DeviceWork, Thing
from onboarding.models.unused_certificate import UnusedCertificate
from onboarding.spec import integration_spec as specs
from portal.aws.iot_endpoint import amazon_root_ca
from portal.messages.message import Message

_GONE = ThingState.REMOVED
MOST_LISTED = 100  # of unused certificates
# What a person asks for: all stages of the creation are one.
STATES = {
    "open": (ThingState.REQUESTED, ThingState.SEALED, ThingState.CERTIFIED),
    "ready": (ThingState.READY,),
    "failed": (ThingState.FAILED,),
    "removing": (ThingState.REMOVING,),
}
_AT_WORK = {ThingState.REQUESTED, ThingState.SEALED, ThingState.CERTIFIED, ThingState.REMOVING}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the things of an integration are; `waits_for` is why nothing happens for now.

    `delayed` are removals that failed and are tried again; `unused` are certificates that no thing has.
    """

    total: int
    ready: int
    failed: int
    removing: int
    delayed: int
    unused: tuple[UnusedCertificate, ...]
    waits_for: Message | None
    due_at: datetime | None

    @property
    def open(self) -> int:
        """Return how many things are to be created."""
        return self.total - self.ready - self.failed - self.removing

    @property
    def is_at_work(self) -> bool:
        """Return whether something is created or removed."""
        return self.open > 0 or self.removing > 0

    @property
    def can_be_tried_again(self) -> bool:
        """Return whether something failed."""
        return bool(self.failed or self.delayed or self.unused)


def listed(integration: Integration) -> QuerySet[Thing]:
    """Return the things that are not removed, in the order in which they were added."""
    return integration.things.exclude(state=_GONE).prefetch_related("downloads")


def device_count(integration_id: int) -> int:
    """Return how many devices an integration has, also those that are not created yet."""
    return Thing.objects.filter(integration_id=integration_id).exclude(state=_GONE).count()


def progress(integration: Integration) -> Progress:
    """Return how far the things are, by as many queries whatever their number."""
    rows = listed(integration).order_by().values_list("state").annotate(count=Count("pk"))
    by_state = {ThingState(state): count for state, count in rows}
    work = DeviceWork.objects.filter(integration=integration).first()
    is_open = any(state in _AT_WORK for state in by_state) or integration.unused_certificates.exists()
    return Progress(
        total=sum(by_state.values()),
        ready=by_state.get(ThingState.READY, 0),
        failed=by_state.get(ThingState.FAILED, 0),
        removing=by_state.get(ThingState.REMOVING, 0),
        delayed=listed(integration).filter(state=ThingState.REMOVING, attempts__gt=0).count(),
        unused=tuple(integration.unused_certificates.all()[:MOST_LISTED]),
        waits_for=work.problem if work and is_open else None,
        due_at=work.due_at if work and is_open else None,
    )


def usable_keys(integration: Integration) -> list[PgpKey]:
    """Return the tenant's OpenPGP keys that can receive the private keys of devices."""
    keys = integration.tenant.pgp_keys.filter(confirmed_at__isnull=False)
    return [key for key in keys if not key.is_disabled]


def facts_of(thing: Thing) -> DeviceFacts | None:
    """Return what a device's package contains; None before it is ready."""
    work = DeviceWork.objects.filter(integration=thing.integration).first()
    source = specs.from_row(thing.integration.spec).devices
    if thing.state != ThingState.READY or work is None or not work.endpoint or source is None:
        return None
    return DeviceFacts(
        thing=thing.name,
        host=work.endpoint,
        topic=source.topic_of(thing.name),
        certificate=thing.certificate_pem,
        root_ca=amazon_root_ca(),
        keys={copy.fingerprint: copy.ciphertext for copy in thing.copies.all()},
    )
