"""Requests for an account, for support; allauth's own pages of the admin, which would show secrets, are removed."""

from typing import cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.accounts import second_factors, sessions, sign_up
from portal.accounts.models import SignUpRequest
from portal.accounts.step_up import to_confirmation
from portal.tenancy import proof, tokens
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import SeenByStaff
from portal.tenancy.invitations import invite
from portal.tenancy.models import ApiToken, User
from portal.tenancy.people_admin import UserAdmin
from portal.tenancy.rights import Right

for model in (EmailAddress, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """People, with what support does for someone who lost their phone."""

    actions = [*UserAdmin.actions, "reset_second_factor"]

    @admin.action(description="Reset second factor: of people who lost theirs", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, selected: QuerySet[User]) -> HttpResponse | None:
        """Remove all second factors of the chosen people, and end their sessions."""
        if not proof.is_recent(request.session):
            return to_confirmation(request, "security")
        for user in selected:
            actor = cast(User, request.user)
            second_factors.remove_all(user, actor=actor)
            sessions.end_others(user, None, actor=actor)
            self.message_user(request, _("Reset the second factor of %(email)s.") % {"email": user.email})
        return None


@admin.register(SignUpRequest)
class SignUpRequestAdmin(SeenByStaff, admin.ModelAdmin[SignUpRequest]):
    """People who asked for an account. Approving one creates and invites the person, who has no access yet."""

    list_display = ["email", "full_name", "organisation", "created_at", "is_approved", "decided_by"]
    list_filter = ["is_approved"]
    search_fields = ["email", "full_name", "organisation"]
    actions = ["approve", "decline"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to view requests."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show requests to support."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    @admin.action(
        description="Approve: create and invite the person, without access to any tenant", permissions=["view"]
    )
    def approve(self, request: HttpRequest, selected: QuerySet[SignUpRequest]) -> None:
        """Approve the chosen requests."""
        actor = cast(User, request.user)
        for found in selected.filter(decided_at=None):
            try:
                with transaction.atomic():
                    invite(user=sign_up.approve(found, actor=actor), actor=actor)
            except ValidationError as refused:
                self.message_user(request, f"{found.email}: {' '.join(refused.messages)}", messages.ERROR)
            else:
                self.message_user(request, _("Invited %(email)s by mail.") % {"email": found.email})

    @admin.action(description="Decline", permissions=["view"])
    def decline(self, request: HttpRequest, selected: QuerySet[SignUpRequest]) -> None:
        """Decline the chosen requests."""
        for found in selected.filter(decided_at=None):
            sign_up.decline(found, actor=cast(User, request.user))
        self.message_user(request, _("Declined."))


@admin.register(ApiToken)
class ApiTokenAdmin(SeenByStaff, admin.ModelAdmin[ApiToken]):
    """API tokens, for support: whose, for what, used when and from where. Their text is not known to Sluice."""

    list_display = ("name", "person", "tenant", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ["person", "tenant"]
    search_fields = ["name", "person__email"]
    fields = (*list_display, "last_used_from", "scopes_text", "created_at", "created_by")
    actions = ["revoke"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to view tokens."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show tokens to support."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    @admin.display(description="scopes")
    def scopes_text(self, token: ApiToken) -> str:
        """Return the scopes."""
        return ", ".join(token.scopes)

    @admin.action(description="Revoke: end the chosen tokens at once", permissions=["view"])
    def revoke(self, request: HttpRequest, selected: QuerySet[ApiToken]) -> HttpResponse | None:
        """Revoke the chosen tokens."""
        if not proof.is_recent(request.session):
            return to_confirmation(request, "token")
        for token in selected.select_related("person", "tenant"):
            tokens.revoke(token=token, actor=cast(User, request.user))
            self.message_user(request, _("Revoked %(token)s.") % {"token": token})
        return None
