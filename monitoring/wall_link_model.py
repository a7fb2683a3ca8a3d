"""Links that open a board on a screen without anyone signed in."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from onboarding.models.identifiers import new_uid

LONGEST_NAME = 60


class WallLink(models.Model):
    """A link to the wall display of a tenant's board, or of staff's. Of its token only the hash is stored.

    A revoked or expired row stays. While `person` lacks the right to create such links, it opens nothing.
    """

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(
        "tenancy.Tenant",
        null=True,
        on_delete=models.PROTECT,
        related_name="wall_links",
        help_text="Whose board it shows; empty: the board of all tenants.",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wall_links", help_text="Who created it."
    )
    name = models.CharField(max_length=LONGEST_NAME, help_text="Where the screen is.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute.")
    last_used_from = models.CharField(max_length=45, blank=True, db_default="", help_text="The IP address then.")
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} (wall display link {self.uid})"
