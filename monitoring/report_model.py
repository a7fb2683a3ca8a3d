"""What a tenant's streams did in a calendar month, as it was known when the report was made."""

from django.db import models
from django.db.models.functions import Now

from portal.tenancy.models import Tenant


class MonthlyReport(models.Model):
    """One month of one tenant, in a time zone; `contents` is what `monitoring.reports.contents` wrote."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="monthly_reports")
    month = models.DateField(help_text="The first day of the month.")
    zone = models.CharField(max_length=64, help_text="The time zone of the month, by IANA's name.")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    contents = models.JSONField()

    class Meta:
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["tenant", "month"], name="monthly_report_once")]

    def __str__(self) -> str:
        return f"{self.tenant}: {self.month:%Y-%m}"
