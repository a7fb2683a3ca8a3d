"""An address of a tenant's own server to which events are posted."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models.functions import Now

from portal.outbox.identifiers import new_uid
from portal.secret_store.field import EncryptedField


class WebhookEndpoint(models.Model):
    """An address, the kinds of events that it receives, and the secrets that sign them: two during a rotation."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list, help_text="The kinds of events, by key.")
    secret = EncryptedField(bound_to="uid")
    previous_secret = EncryptedField(bound_to="uid")
    previous_until = models.DateTimeField(null=True, help_text="Until when the previous secret signs too.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.CharField(max_length=254)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "webhook endpoint"

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        """Return scheme and host: a path or query may itself be what gives access, so it is shown to admins only."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
