"""Requested checks of a connection's role: whether it can be assumed, and what it may do."""

from django.db import models

from onboarding.models.connection import Connection
from onboarding.models.requested_check import RequestedCheck
from onboarding.models.run import Run


class ConnectionCheck(RequestedCheck):
    """A check of a connection's role; each connection keeps the last one of each kind."""

    class Kind(models.TextChoices):
        """What is checked: whether the role can be assumed, or what it may do."""

        TRUST = "trust"
        PERMISSIONS = "permissions"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="requested_checks")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    role_arn = models.CharField(max_length=2048, blank=True)
    is_quiet = models.BooleanField(default=False, help_text="Leave an audit event of changes only.")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, help_text="To be resumed if the role works.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="connection_check_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.connection}"
