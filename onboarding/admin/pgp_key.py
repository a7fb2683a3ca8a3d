"""Recipients' public keys."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from onboarding.credentials import possession
from onboarding.models.pgp_key import PgpKey
from portal.messages.catalogue import explanation_of
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import SeenByStaff, time_text
from portal.tenancy.models import User
from portal.tenancy.reasons import MOST_CHARACTERS, reason_in
from portal.tenancy.rights import Right


class ExcuseActionForm(ActionForm):
    """The choice of an action, and why, which an excuse requires."""

    reason = forms.CharField(required=False, max_length=MOST_CHARACTERS, label="Reason:")


@admin.register(PgpKey)
class PgpKeyAdmin(SeenByStaff, admin.ModelAdmin[PgpKey]):
    """Recipients' public keys."""

    action_form = ExcuseActionForm
    actions = ["excuse"]
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
        "possession_text",
        "mail_address",
        "disabled_at",
        "disabled_text",
        "removed_at",
        "warning_texts",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PgpKey]:
        """List removed keys, too."""
        return PgpKey.with_removed.all()

    @admin.display(description="Proof of possession")
    def possession_text(self, key: PgpKey) -> str:
        """Return the proof or the excuse for each subkey, newest first."""
        proofs = (f"{proof}: {proof.actor}, {time_text(proof.at)} {proof.excuse}".strip() for proof in key.proofs.all())
        return "; ".join(proofs) or "-"

    @admin.action(description="Excuse from the test message", permissions=["excuse"])
    def excuse(self, request: HttpRequest, selected: QuerySet[PgpKey]) -> None:
        """Allow downloads for the chosen keys without a proof, for a reason."""
        reason = reason_in(request.POST)
        if not reason:
            self.message_user(request, _("State a reason beside the action."), messages.ERROR)
            return
        for key in selected.select_related("tenant"):
            possession.excuse(key=key, actor=cast(User, request.user), reason=reason)
            self.message_user(request, _("Excused %(key)s.") % {"key": key.title})

    def has_excuse_permission(self, request: HttpRequest) -> bool:
        """Allow support to excuse keys."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    @admin.display(description="Why it is disabled")
    def disabled_text(self, key: PgpKey) -> str:
        """Return the reason with what its owner can do."""
        return explanation_of(key.disabled_message) or "-"

    @admin.display(description="Warnings")
    def warning_texts(self, key: PgpKey) -> str:
        """Return what a person must know about the key."""
        return " ".join(map(explanation_of, key.warning_messages)) or "-"
