"""Access keys, and who downloaded them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from portal.tenancy.admin_access import Boxed, SeenByStaff


class CredentialInline(Boxed, SeenByStaff, admin.TabularInline[Credential, Integration]):
    """An integration's access keys, by ID; encrypted copies are not shown here."""

    model = Credential
    fields = ["user_name", "access_key_id", "state", "uploaded_by", "sealed_at", "ready_at", "receipts"]
    readonly_fields = ["user_name", "access_key_id", "state", "uploaded_by", "sealed_at", "ready_at", "receipts"]
    extra = 0

    @admin.display(description="downloaded by")
    def receipts(self, credential: Credential) -> str:
        """Return who downloaded which copy, and when."""
        return "; ".join(
            f"{download.actor} {download.at:%Y-%m-%d %H:%M}"
            for copy in credential.copies.all()
            for download in copy.downloads.all()
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credential]:
        """Fetch the receipts with the credentials."""
        return super().get_queryset(request).prefetch_related("copies__downloads")
