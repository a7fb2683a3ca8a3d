"""Runs and their steps: a plan that is being carried out."""

from django.db import models
from django.db.models.functions import Now

from onboarding.models.integration import Integration
from onboarding.models.remediation_fields import RemediationFields
from onboarding.models.states import RunKind, RunState, StepState
from portal.messages.catalogue import text_of
from portal.messages.fields import MessageField


class Run(RemediationFields):
    """A plan being carried out. Only the worker that holds the lease with the newest fence may write."""

    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=7, choices=RunKind.choices, default=RunKind.APPLY)
    delete_data = models.BooleanField(default=False, help_text="The removal also deletes the records.")
    accept_loss = models.BooleanField(default=False, help_text="A person accepted the loss of records.")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.PENDING)
    spec = models.JSONField()
    requested_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(db_default=Now(), help_text="Earliest start.")
    owner = models.CharField(max_length=80, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    crashes = models.PositiveIntegerField(
        default=0, help_text="Claims that ended without a result since the last progress."
    )
    cancel_requested = models.BooleanField(default=False)
    shut_out_since = models.DateTimeField(
        null=True, editable=False, help_text="Since when no session in the account could be opened."
    )
    failure = MessageField(help_text="Why it stopped.")
    is_shut_out = models.BooleanField(default=False, help_text="Failed because Sluice had no access to the account.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration"],
                condition=models.Q(state__in=[RunState.PENDING, RunState.RUNNING, RunState.WAITING]),
                name="one_run_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="run_due")]

    def __str__(self) -> str:
        return f"Run {self.pk} of {self.integration}"

    @property
    def status(self) -> RunState:
        """Return the state with its label and look."""
        return RunState(self.state)

    @property
    def is_removal(self) -> bool:
        """Return whether the run removes what was created."""
        return self.kind == RunKind.DESTROY

    @property
    def is_rotation(self) -> bool:
        """Return whether the run creates another access key beside the one that there is, and nothing else."""
        return self.kind == RunKind.ROTATE


class Step(models.Model):
    """One step of a run: what it ensures, what it found and did, and why it waits or failed."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    # In a delivery's step, the name of its Firehose stream or bucket follows a colon.
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()
    title = MessageField(help_text="The condition that it guarantees.")
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.TODO)
    found = MessageField(help_text="What existed before.")
    did = MessageField(help_text="What was changed.")
    arn = models.CharField(max_length=2048, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    reason = MessageField(help_text="Why it waits or failed.")
    aws_detail = models.TextField(blank=True, help_text="Message from AWS.")
    retry_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="step_once_per_run")]

    def __str__(self) -> str:
        return text_of(self.title)

    @property
    def status(self) -> StepState:
        """Return the state with its label and look."""
        return StepState(self.state)
