"""Updates of a data stream that AWS allows only a few times in 24 hours."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from onboarding.models.integration import Integration


class StreamUpdate(models.Model):
    """A change of the capacity mode or of the number of shards that AWS accepted from a run."""

    class Setting(models.TextChoices):
        """What was changed. AWS counts each setting separately."""

        MODE = "mode", _("capacity mode")
        SHARDS = "shards", _("number of shards")

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="stream_updates")
    setting = models.CharField(max_length=6, choices=Setting.choices)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["updated_at"]

    def __str__(self) -> str:
        return f"{self.get_setting_display()} of {self.integration}"
