"""Filters and columns of a stream's records that were saved under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.named_view_model import LONGEST_NAME

_LONGEST = 500  # as long as a filter can be


class StreamView(models.Model):
    """A filter and columns of one stream: a person's own, or without a person those of everyone in the tenant.

    One of each can be the default, which pages use whose address has neither.
    """

    integration = models.ForeignKey("onboarding.Integration", on_delete=models.CASCADE, related_name="stream_views")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="stream_views",
        help_text="Empty: for everyone in the tenant.",
    )
    name = models.CharField(max_length=LONGEST_NAME)
    wanted = models.CharField(max_length=_LONGEST, blank=True, help_text="The filter.")
    columns = models.CharField(max_length=2 * _LONGEST, blank=True)
    is_default = models.BooleanField(default=False)
    saved_by = models.CharField(max_length=254)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["integration", "person", "name"], name="stream_view_once"),
            models.UniqueConstraint(
                fields=["integration", "name"], condition=Q(person=None), name="shared_stream_view_once"
            ),
            models.UniqueConstraint(
                fields=["integration", "person"], condition=Q(is_default=True), name="default_view_once"
            ),
            models.UniqueConstraint(
                fields=["integration"], condition=Q(is_default=True, person=None), name="shared_default_view_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.integration}"
