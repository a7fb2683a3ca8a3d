"""The states of things, each with the word and the look that people see. Templates ask a property, never compare."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Look(models.TextChoices):
    """The four looks of a state; the front end gives each a colour, an icon and a word."""

    HEALTHY = "healthy"
    ATTENTION = "attention"
    FAILING = "failing"
    UNKNOWN = "unknown"


class State(models.TextChoices):
    """A state that knows its look."""

    @property
    def look(self) -> Look:
        """Return how the state looks."""
        return LOOKS.get(f"{type(self).__name__}.{self.name}", Look.UNKNOWN)

    @classmethod
    def of(cls, value: str) -> Self:
        """Return the state of a stored value."""
        return cls(value)


class ConnectionState(State):
    DRAFT = "draft", _("Not verified yet")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Verification failed")
    PROPAGATING = "waiting", _("Propagating")  # shown, never stored: a refusal that may pass by itself
    DEGRADED = "degraded", _("Degraded")
    NO_ACCESS = "no_access", _("No access")  # no role: its owner applies every plan without Sluice


class IntegrationState(State):
    DRAFT = "draft", _("Draft")
    PROVISIONING = "provisioning", _("Creating")
    LIVE = "live", _("Live")
    SELF_MANAGED = "self_managed", _("Self-managed")
    ATTENTION = "attention", _("Needs attention")
    REMOVING = "removing", _("Removing")
    REMOVED = "removed", _("Removed")


class RunKind(models.TextChoices):
    """What a run is for: to create what a spec declares, to remove that, or to create another access key beside it."""

    APPLY = "apply", _("Setup")
    DESTROY = "destroy", _("Removal")
    ROTATE = "rotate", _("New access key")


class RunState(State):
    PENDING = "pending", _("Pending")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for AWS")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @property
    def is_over(self) -> bool:
        """Return whether nothing more will happen automatically."""
        return self in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}


class StepState(State):
    TODO = "todo", _("To do")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")

    @property
    def is_over(self) -> bool:
        """Return whether the step needs nothing more."""
        return self in {StepState.DONE, StepState.SKIPPED}


class ResourceState(State):
    INTENDED = "intended", _("Planned")
    PRESENT = "present", _("Created")
    REMOVING = "removing", _("Removing")
    REMOVED = "removed", _("Removed")


class CredentialState(State):
    INTENT = "intent", _("Creating")
    SEALED = "sealed", _("Encrypted, not tested")
    PROVED = "proved", _("Tested, waiting for the end of the setup")
    READY = "ready", _("Ready")
    IN_USE = "in_use", _("In use")
    INACTIVE = "inactive", _("Inactive")
    ROTATED = "rotated", _("Replaced and deleted")
    REVOKED = "revoked", _("Revoked")
    DISCARDED = "discarded", _("Discarded")


class ProducerRoleState(State):
    WAITING = "waiting", _("Waiting for the vendor's test")
    READY = "ready", _("Ready")
    IN_USE = "in_use", _("In use")
    RETIRED = "retired", _("Removed")


class ThingState(State):
    REQUESTED = "requested", _("Waiting")
    SEALED = "sealed", _("Key encrypted")
    CERTIFIED = "certified", _("Certificate created")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    REMOVING = "removing", _("Removing")
    REMOVED = "removed", _("Removed")


class RotationState(State):
    REQUESTED = "requested", _("Requested")
    CREATING = "creating", _("Creating the new key")
    DELIVERED = "delivered", _("Waiting for the new key's first use")
    USED = "used", _("New key in use")
    INACTIVE = "inactive", _("Old key inactive")
    DELETING = "deleting", _("Deleting the old key")
    DONE = "done", _("Rotated")
    UNDOING = "undoing", _("Undoing")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Failed")


class RevocationState(State):
    REQUESTED = "requested", _("Deactivating the key")
    INACTIVE = "inactive", _("Key inactive")
    DELETED = "deleted", _("Key deleted, not proved yet")
    PROVED = "proved", _("Revoked and proved")


LOOKS = {
    "ConnectionState.VERIFIED": Look.HEALTHY,
    "ConnectionState.REFUSED": Look.FAILING,
    "ConnectionState.PROPAGATING": Look.ATTENTION,
    "ConnectionState.DEGRADED": Look.ATTENTION,
    "IntegrationState.LIVE": Look.HEALTHY,
    "IntegrationState.ATTENTION": Look.FAILING,
    "IntegrationState.REMOVING": Look.ATTENTION,
    "RunState.DONE": Look.HEALTHY,
    "RunState.WAITING": Look.ATTENTION,
    "RunState.FAILED": Look.FAILING,
    "StepState.DONE": Look.HEALTHY,
    "StepState.SKIPPED": Look.HEALTHY,
    "StepState.WAITING": Look.ATTENTION,
    "StepState.FAILED": Look.FAILING,
    "ResourceState.PRESENT": Look.HEALTHY,
    "ResourceState.REMOVING": Look.ATTENTION,
    "CredentialState.SEALED": Look.ATTENTION,
    "CredentialState.PROVED": Look.ATTENTION,
    "CredentialState.READY": Look.HEALTHY,
    "CredentialState.IN_USE": Look.HEALTHY,
    "CredentialState.INACTIVE": Look.ATTENTION,
    "CredentialState.REVOKED": Look.FAILING,
    "ProducerRoleState.WAITING": Look.ATTENTION,
    "ProducerRoleState.READY": Look.HEALTHY,
    "ProducerRoleState.IN_USE": Look.HEALTHY,
    "ThingState.REQUESTED": Look.ATTENTION,
    "ThingState.SEALED": Look.ATTENTION,
    "ThingState.CERTIFIED": Look.ATTENTION,
    "ThingState.READY": Look.HEALTHY,
    "ThingState.FAILED": Look.FAILING,
    "ThingState.REMOVING": Look.ATTENTION,
    "RotationState.REQUESTED": Look.ATTENTION,
    "RotationState.CREATING": Look.ATTENTION,
    "RotationState.DELIVERED": Look.ATTENTION,
    "RotationState.USED": Look.ATTENTION,
    "RotationState.INACTIVE": Look.ATTENTION,
    "RotationState.DELETING": Look.ATTENTION,
    "RotationState.DONE": Look.HEALTHY,
    "RotationState.UNDOING": Look.ATTENTION,
    "RotationState.FAILED": Look.FAILING,
    "RevocationState.REQUESTED": Look.ATTENTION,
    "RevocationState.INACTIVE": Look.ATTENTION,
    "RevocationState.DELETED": Look.ATTENTION,
    "RevocationState.PROVED": Look.HEALTHY,
}
