"""The states of things, each with the word and the look that people see. Templates ask a property, never compare."""

from typing import Self

from django.db import models


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
    DRAFT = "draft", "Not verified yet"
    VERIFIED = "verified", "Verified"
    REFUSED = "refused", "Verification failed"
    PROPAGATING = "waiting", "Propagating"  # shown, never stored: a refusal that may pass by itself
    DEGRADED = "degraded", "Degraded"
    NO_ACCESS = "no_access", "No access"  # no role: its owner applies every plan without Sluice


class IntegrationState(State):
    DRAFT = "draft", "Draft"
    PROVISIONING = "provisioning", "Creating"
    LIVE = "live", "Live"
    SELF_MANAGED = "self_managed", "Self-managed"
    ATTENTION = "attention", "Needs attention"
    REMOVING = "removing", "Removing"
    REMOVED = "removed", "Removed"


class RunKind(models.TextChoices):
    """What a run is for: to create what a spec declares, or to remove what was created."""

    APPLY = "apply", "Setup"
    DESTROY = "destroy", "Removal"


class RunState(State):
    PENDING = "pending", "Pending"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting for AWS"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def is_over(self) -> bool:
        """Return whether nothing more will happen automatically."""
        return self in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}


class StepState(State):
    TODO = "todo", "To do"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"

    @property
    def is_over(self) -> bool:
        """Return whether the step needs nothing more."""
        return self in {StepState.DONE, StepState.SKIPPED}


class ResourceState(State):
    INTENDED = "intended", "Planned"
    PRESENT = "present", "Created"
    REMOVING = "removing", "Removing"
    REMOVED = "removed", "Removed"


class CredentialState(State):
    INTENT = "intent", "Creating"
    SEALED = "sealed", "Encrypted, not tested"
    READY = "ready", "Ready"
    IN_USE = "in_use", "In use"
    REVOKED = "revoked", "Revoked"
    DISCARDED = "discarded", "Discarded"


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
    "CredentialState.READY": Look.HEALTHY,
    "CredentialState.IN_USE": Look.HEALTHY,
    "CredentialState.REVOKED": Look.FAILING,
}
