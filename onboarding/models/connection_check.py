"""Requested checks of a connection's role: who asked for one, how far it is, and what prevented it."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from onboarding.models.connection import Connection
from onboarding.models.run import Run
from portal.messages.fields import MessageField

# A worker begins within seconds, and the nine calls of a check take at most four minutes.
CHECK_EXPIRES = timedelta(minutes=5)


class ConnectionCheck(models.Model):
    """A check that someone requested and a worker does; each connection keeps the last one of each kind."""

    class Kind(models.TextChoices):
        """What is checked: whether the role can be assumed, or what it may do."""

        TRUST = "trust"
        PERMISSIONS = "permissions"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="requested_checks")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    role_arn = models.CharField(max_length=2048, blank=True)
    requested_by = models.CharField(max_length=254)
    requested_at = models.DateTimeField(default=timezone.now)
    is_quiet = models.BooleanField(default=False, help_text="Leave an audit event of changes only.")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, help_text="To be resumed if the role works.")
    progress = MessageField(help_text="What the check is doing.")
    problem = MessageField(help_text="Why the check could not be done.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="connection_check_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.connection}"

    def is_open_at(self, now: datetime) -> bool:
        """Return whether the check is to be done or under way; one that no worker did in time is not."""
        return self.finished_at is None and now < self.requested_at + CHECK_EXPIRES
