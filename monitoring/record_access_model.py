"""What a tenant lets the vendor's staff see of its records: fields for good, and everything for a while."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from onboarding.models.identifiers import new_uid


class RecordAccess(models.Model):
    """The fields of a tenant's records that the vendor's staff see, as dotted paths; everything else is masked."""

    tenant = models.OneToOneField("tenancy.Tenant", on_delete=models.CASCADE, related_name="record_access")
    fields = models.JSONField(default=list, help_text="Dotted paths, in the order of the alphabet.")
    shows_partition_key = models.BooleanField(default=False)
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.CharField(max_length=254)

    class Meta:
        verbose_name_plural = "record access"

    def __str__(self) -> str:
        return f"{self.tenant}: {len(self.fields)} fields"


class Unmasking(models.Model):
    """A member of the vendor's staff sees a tenant's records unmasked until `ends_at`, or until it was ended."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.PROTECT, related_name="unmaskings")
    integration = models.ForeignKey(
        "onboarding.Integration",
        null=True,
        on_delete=models.CASCADE,
        related_name="unmaskings",
        help_text="The stream; empty: every stream of the tenant.",
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="unmaskings")
    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="When a person ended it before its time.")
    ended_by = models.CharField(max_length=254, blank=True, db_default="")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["person", "tenant", "ends_at"], name="unmasking_of_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.tenant} until {self.ends_at:%Y-%m-%d %H:%M}"
