"""What staff may do with rows in the Django admin, and how the admin shows times."""

from datetime import datetime

from django.contrib.admin.utils import display_for_value
from django.db.models import Model
from django.http import HttpRequest

from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_lookups import DeclaredLookups
from portal.tenancy.rights import Right


def time_text(moment: datetime | None) -> str:
    """Return a computed time as the admin shows a stored one; a read-only field would show Python's own text for it."""
    return str(display_for_value(moment, "-"))


class SeenByStaff(DeclaredLookups):
    """Rows that support and operators may view and no one changes here: services change them."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow staff with a role to view."""
        return has_staff_right(request.user, Right.ADMINISTRATION)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the model to staff with a role."""
        return has_staff_right(request.user, Right.ADMINISTRATION)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow no one to add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow no one to change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow no one to delete."""
        return False


class KeptBySupport(SeenByStaff):
    """Rows that support may also add and change."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to add."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to change."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)


class Boxed:
    """Rows below another row, in a box that scrolls sideways where the screen is narrow."""

    template = "admin/edit_inline/box.html"
