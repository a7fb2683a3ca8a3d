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
    DRAFT = "draft", "not verified yet"
    VERIFIED = "verified", "verified"
    REFUSED = "refused", "refused"
    PROPAGATING = "waiting", "still propagating"  # shown, never stored: a refusal that may pass by itself
    DEGRADED = "degraded", "degraded"
    SELF_RUN = "self_run", "no access"  # there is no role: its owner applies every plan without Sluice


class IntegrationState(State):
    DRAFT = "draft", "draft"
    PROVISIONING = "provisioning", "being set up"
    LIVE = "live", "live"
    SELF_RUN = "self_run", "self-run"
    ATTENTION = "attention", "needs attention"
    REMOVING = "removing", "being removed"
    REMOVED = "removed", "removed"


class RunKind(models.TextChoices):
    """What a run is for: to make what a spec says, or to remove what was made."""

    APPLY = "apply", "set up"
    DESTROY = "destroy", "remove"


class RunState(State):
    PENDING = "pending", "about to start"
    RUNNING = "running", "running"
    WAITING = "waiting", "waiting for AWS"
    DONE = "done", "done"
    FAILED = "failed", "stopped"
    CANCELLED = "cancelled", "cancelled"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen by itself."""
        return self in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}


class StepState(State):
    TODO = "todo", "to do"
    RUNNING = "running", "running"
    WAITING = "waiting", "waiting"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    SKIPPED = "skipped", "not needed"

    @property
    def is_over(self) -> bool:
        """Tell whether the step needs nothing more."""
        return self in {StepState.DONE, StepState.SKIPPED}


class ResourceState(State):
    INTENDED = "intended", "intended"
    PRESENT = "present", "present"
    REMOVING = "removing", "being removed"
    REMOVED = "removed", "removed"


class CredentialState(State):
    INTENT = "intent", "being made"
    SEALED = "sealed", "sealed, not proven"
    READY = "ready", "ready"
    IN_USE = "in_use", "in use"
    REVOKED = "revoked", "revoked"
    DISCARDED = "discarded", "discarded"


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
