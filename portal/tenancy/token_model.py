"""API tokens: how a program acts for a person, with some of the person's rights."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class ApiToken(models.Model):
    """A token of a person, for a program. Of its text only the hash is kept; a revoked or expired row stays."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    tenant = models.ForeignKey(
        "tenancy.Tenant",
        null=True,
        on_delete=models.PROTECT,
        related_name="api_tokens",
        help_text="The only tenant in which it can be used; empty: wherever its person has the rights.",
    )
    name = models.CharField(max_length=60, help_text="What uses it.")
    scopes = models.JSONField(default=list, help_text="Rights that it may use while its person has them.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.CharField(max_length=254)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute.")
    last_used_from = models.CharField(max_length=45, blank=True, db_default="", help_text="The IP address then.")
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} (API token {self.pk})"
