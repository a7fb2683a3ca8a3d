"""Connections: the right to act in one AWS account of a tenant."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from onboarding.models.grant_fields import GrantFields
from onboarding.models.identifiers import new_external_id, new_uid
from onboarding.models.states import ConnectionState
from portal.messages.fields import MessageField
from portal.tenancy.models import Tenant

EXTERNAL_ID_LASTS = timedelta(hours=48)


PROPAGATION_TAKES = timedelta(minutes=2)


class Connection(GrantFields):
    """The permission to act in one AWS account of a tenant, through a role that the tenant created."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="connections")
    name = models.CharField(max_length=80)
    role_arn = models.CharField(max_length=2048, blank=True)
    external_id = models.CharField(max_length=100, unique=True, default=new_external_id, editable=False)
    external_id_created_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=ConnectionState.choices, default=ConnectionState.DRAFT)
    state_since = models.DateTimeField(default=timezone.now, editable=False, help_text="Last change of the state.")
    trust_report = models.JSONField(default=dict, help_text="Outcomes of the last verification of the role.")
    verdict = MessageField(help_text="Result of the last verification of the role.")
    permission_report = models.JSONField(default=dict, help_text="Result of the last permission checks.")
    first_tried_at = models.DateTimeField(
        null=True, editable=False, help_text="First verification with this external ID."
    )
    checked_at = models.DateTimeField(null=True, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False, help_text="Last successful verification of the role.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="connection_name_once_per_tenant")]

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id or 'no account yet'})"

    @property
    def has_grant(self) -> bool:
        """Return whether there is, or will be, a role for Sluice; without one its owner applies every plan."""
        return self.state != ConnectionState.NO_ACCESS

    @property
    def is_propagating(self) -> bool:
        """Return whether the role may not be active in AWS yet."""
        return self.is_propagating_at(timezone.now())

    def is_propagating_at(self, now: datetime) -> bool:
        """Return whether a denial may be temporary: two minutes from the first test, of a role never verified."""
        refused = self.state == ConnectionState.REFUSED and self.trust_report.get("right") == "refused"
        if not refused or self.verified_at is not None or self.first_tried_at is None:
            return False
        return now < self.first_tried_at + PROPAGATION_TAKES

    @property
    def propagates_until(self) -> datetime | None:
        """Return when a refusal stops counting as propagating, or None before the first test."""
        return self.first_tried_at + PROPAGATION_TAKES if self.first_tried_at else None

    @property
    def external_id_ends_at(self) -> datetime | None:
        """Return when the external ID becomes void, or None once it has been used."""
        return None if self.verified_at else self.external_id_created_at + EXTERNAL_ID_LASTS

    def is_expired_at(self, now: datetime) -> bool:
        """Return whether the external ID was not used in time, so that another must replace it."""
        return self.external_id_ends_at is not None and now >= self.external_id_ends_at

    @property
    def is_expired(self) -> bool:
        """Return whether the external ID has expired."""
        return self.is_expired_at(timezone.now())
