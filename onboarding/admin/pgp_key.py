"""Recipients' public keys."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from onboarding.models.pgp_key import PgpKey
from portal.messages.catalogue import explanation_of
from portal.tenancy.admin_access import SeenByStaff


@admin.register(PgpKey)
class PgpKeyAdmin(SeenByStaff, admin.ModelAdmin[PgpKey]):
    """Recipients' public keys."""

    list_display = ["title", "tenant", "fingerprint", "algorithm", "expires_at", "confirmed_by", "disabled_at"]
    search_fields = ["fingerprint", "tenant__name"]
    list_select_related = ["tenant"]
    fields = [
        "tenant",
        "fingerprint",
        "user_ids",
        "algorithm",
        "encryption_key_id",
        "revoked_key_ids",
        "expires_at",
        "confirmed_at",
        "confirmed_by",
        "disabled_at",
        "disabled_text",
        "removed_at",
        "warning_texts",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PgpKey]:
        """List removed keys, too."""
        return PgpKey.with_removed.all()

    @admin.display(description="Why it is disabled")
    def disabled_text(self, key: PgpKey) -> str:
        """Return the reason with what its owner can do."""
        return explanation_of(key.disabled_message) or "-"

    @admin.display(description="Warnings")
    def warning_texts(self, key: PgpKey) -> str:
        """Return what a person must know about the key."""
        return " ".join(map(explanation_of, key.warning_messages)) or "-"
