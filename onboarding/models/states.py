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
    """What a run is for: to create what a spec declares, or to remove what was created."""

    APPLY = "apply", _("Setup")
    DESTROY = "destroy", _("Removal")


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
    REVOKED = "revoked", _("Revoked")
    DISCARDED = "discarded", _("Discarded")


class ProducerRoleState(State):
    WAITING = "waiting", _("Waiting for the vendor's test")
    READY = "ready", _("Ready")
    IN_USE = "in_use", _("In use")
    RETIRED = "retired", _("Removed")


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
    "CredentialState.REVOKED": Look.FAILING,
    "ProducerRoleState.WAITING": Look.ATTENTION,
    "ProducerRoleState.READY": Look.HEALTHY,
    "ProducerRoleState.IN_USE": Look.HEALTHY,
}
