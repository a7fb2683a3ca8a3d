"""An address of a tenant's own server, or of a chat, to which events are posted."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.outbound.chat import Service
from portal.outbox.identifiers import new_uid
from portal.secret_store.field import EncryptedField

SERVICES = {
    Service.SLACK: _("Slack"),
    Service.TEAMS: _("Microsoft Teams"),
    Service.PAGERDUTY: _("PagerDuty"),
    Service.PAGERDUTY_EU: _("PagerDuty, EU service region"),
}


class WebhookEndpoint(models.Model):
    """An address, the kinds of events that it receives, and the secrets that sign them: two during a rotation.

    One of a chat has a service, and its address is itself the secret: anyone who has it can post. It is stored
    encrypted and shown nowhere; `url` has only its host.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list, help_text="The kinds of events, by key.")
    secret = EncryptedField(bound_to="uid")
    previous_secret = EncryptedField(bound_to="uid")
    previous_until = models.DateTimeField(null=True, help_text="Until when the previous secret signs too.")
    service = models.CharField(max_length=12, blank=True, db_default="", default="", help_text="Of a chat.")
    address = EncryptedField(bound_to="uid")
    failed_count = models.PositiveIntegerField(db_default=0, default=0, help_text="Events that failed in a row.")
    disabled_at = models.DateTimeField(null=True, help_text="Since when it receives nothing, because events failed.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.CharField(max_length=254)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "webhook endpoint"

    def __str__(self) -> str:
        return self.place

    @property
    def is_chat(self) -> bool:
        """Return whether messages go to a chat service."""
        return bool(self.service)

    @property
    def has_incidents(self) -> bool:
        """Return whether an alert is an incident there, which stays open until its end is posted."""
        return self.is_chat and Service(self.service).is_pagerduty

    @property
    def title(self) -> str:
        """Return what people know it by: the name of the chat service, or the address."""
        return str(SERVICES[Service(self.service)]) if self.service else self.url

    @property
    def place(self) -> str:
        """Return scheme and host: a path or query may itself be what gives access, so it is shown to admins only."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
