"""Rotations: one access key of an integration is replaced by another, in stages that survive any worker."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.claimed_work import ClaimedWork
from onboarding.models.credential import Credential
from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RotationState

A_DAY = timedelta(days=1)
OPEN_STATES = (
    RotationState.REQUESTED,
    RotationState.CREATING,
    RotationState.DELIVERED,
    RotationState.USED,
    RotationState.INACTIVE,
    RotationState.DELETING,
    RotationState.UNDOING,
)


class Rotation(ClaimedWork):
    """The replacement of an integration's access key. Both keys are valid until the new one was seen in use."""

    class Cause(models.TextChoices):
        """Why it was requested."""

        PERSON = "person", _("Requested")
        SCHEDULE = "schedule", _("Scheduled")
        COMPROMISED = "compromised", _("Key compromised")

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="rotations")
    old = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="rotated_by")
    new = models.ForeignKey(Credential, null=True, on_delete=models.PROTECT, related_name="created_by")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="rotations")
    cause = models.CharField(max_length=11, choices=Cause.choices, default=Cause.PERSON)
    state = models.CharField(max_length=11, choices=RotationState.choices, default=RotationState.REQUESTED)
    requested_by = models.CharField(max_length=254)
    batch = models.CharField(max_length=12, blank=True, help_text="Common to rotations that were requested together.")
    wait = models.DurationField(default=A_DAY, help_text="Before the old key is inactive, and before it is deleted.")
    paused_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True, help_text="When the new key could be downloaded.")
    used_at = models.DateTimeField(null=True, help_text="When the new key was seen in use.")
    used_confirmed_by = models.CharField(max_length=254, blank=True, help_text="Person who confirmed its use.")
    inactive_at = models.DateTimeField(null=True, help_text="When the old key was deactivated.")
    reactivated_at = models.DateTimeField(null=True, help_text="When the old key was reactivated.")
    finished_at = models.DateTimeField(null=True)
    foreign_keys = models.JSONField(default=list, help_text="Access keys on the old user that Sluice did not create.")
    agreed_keys = models.JSONField(default=list, help_text="Those of them that a person agreed to delete.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration"], condition=models.Q(state__in=OPEN_STATES), name="rotation_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.old} {self.state}"

    @property
    def status(self) -> RotationState:
        """Return the state with its label and look."""
        return RotationState(self.state)

    @property
    def is_open(self) -> bool:
        """Return whether the rotation continues, now or when it is resumed."""
        return self.state in OPEN_STATES

    @property
    def can_be_undone(self) -> bool:
        """Return whether the old key can still become the only one again."""
        return self.is_open and self.state not in {RotationState.DELETING, RotationState.UNDOING}
