"""Integrations: one data stream with everything that belongs to it."""

from uuid import uuid4

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils import timezone

from onboarding.models.connection import Connection
from onboarding.models.identifiers import new_uid
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import IntegrationState
from portal.messages.fields import MessageField
from portal.tenancy.models import Tenant


class Integration(models.Model):
    """One stream with all that belongs to it. While a draft, it holds the wizard's pages as they were typed."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="integrations")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.PROTECT, related_name="integrations")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=IntegrationState.choices, default=IntegrationState.DRAFT)
    draft = models.JSONField(default=dict, help_text="The wizard's pages as entered.")
    turn = models.PositiveIntegerField(default=0, help_text="How often a page of the wizard was submitted.")
    spec = models.JSONField(null=True, help_text="The last requested declaration.")
    recipients: "models.ManyToManyField[PgpKey, models.Model]" = models.ManyToManyField(
        PgpKey, related_name="integrations", blank=True
    )
    producer_external_id = models.UUIDField(
        default=uuid4,
        db_default=RandomUUID(),
        editable=False,
        help_text="External ID of the role that the vendor assumes to send records.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=254, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    abandoned_at = models.DateTimeField(null=True, editable=False)
    watched_at = models.DateTimeField(
        null=True, editable=False, help_text="Start of monitoring of a self-managed stream."
    )
    earlier_deliveries = models.JSONField(
        default=list, editable=False, help_text="Deliveries of plans that a newer self-managed plan replaced."
    )
    drift_count = models.PositiveIntegerField(default=0, help_text="Number of differences that are not accepted.")
    drift_requested_at = models.DateTimeField(null=True, editable=False)
    drift_checked_at = models.DateTimeField(null=True, editable=False)
    drift_problem = MessageField(help_text="Why the last drift check failed.")
    share_keys = models.JSONField(
        default=dict, editable=False, help_text="Whether the client's own key allowed each share then, by label."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=~models.Q(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]),
                name="integration_name_once_per_tenant",
            ),
            models.CheckConstraint(
                condition=models.Q(state=IntegrationState.DRAFT)
                | models.Q(connection__isnull=False, spec__isnull=False),
                name="integration_has_spec_and_connection",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_self_managed(self) -> bool:
        """Return whether its owner applies the plan without Sluice, which has created none of it."""
        return self.state == IntegrationState.SELF_MANAGED

    @property
    def stream_name(self) -> str:
        """Return the data stream's name, or an empty string before it is chosen."""
        return str((self.spec or {}).get("stream", {}).get("name", ""))

    @property
    def region(self) -> str:
        """Return the stream's Region, or an empty string before it is chosen."""
        return str((self.spec or {}).get("stream", {}).get("region", ""))
