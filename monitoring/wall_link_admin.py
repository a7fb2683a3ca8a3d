"""Links for wall displays in the Django admin: listed, and revoked by support."""

from typing import cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from monitoring import wall_links
from monitoring.wall_link_model import WallLink
from portal.accounts.step_up import to_confirmation
from portal.tenancy import proof
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import SeenByStaff
from portal.tenancy.models import User
from portal.tenancy.rights import Right


@admin.register(WallLink)
class WallLinkAdmin(SeenByStaff, admin.ModelAdmin[WallLink]):
    """Whose link, to which board, used when and from where. Its token is not known to Sluice."""

    list_display = ("name", "tenant", "person", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ["tenant", "person"]
    search_fields = ["uid", "name", "person__email", "tenant__name"]
    fields = ("uid", *list_display, "last_used_from", "created_at")
    readonly_fields = ["uid", "created_at", "last_used_at", "last_used_from", "revoked_at"]
    actions = ["revoke"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to view links."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show links to support."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    @admin.action(description="Revoke: end the chosen links and their screens at once", permissions=["view"])
    def revoke(self, request: HttpRequest, selected: QuerySet[WallLink]) -> HttpResponse | None:
        """Revoke the chosen links."""
        if not proof.is_recent(request.session):
            return to_confirmation(request, "wall_link")
        for link in selected.filter(revoked_at=None).select_related("person", "tenant"):
            if wall_links.end(link=link, actor=cast(User, request.user)):
                self.message_user(request, _("Revoked %(link)s.") % {"link": link})
        return None
