"""Recipients' public keys."""

from django.contrib import admin

from onboarding.models.pgp_key import PgpKey
from portal.tenancy.admin import SeenByStaff


@admin.register(PgpKey)
class PgpKeyAdmin(SeenByStaff, admin.ModelAdmin[PgpKey]):
    """Recipients' public keys."""

    list_display = ["title", "tenant", "fingerprint", "algorithm", "expires_at", "confirmed_at", "confirmed_by"]
    search_fields = ["fingerprint", "tenant__name"]
    list_select_related = ["tenant"]
    fields = ["tenant", "fingerprint", "user_ids", "algorithm", "encryption_key_id", "expires_at", "confirmed_by"]
