"""People in the Django admin: created, invited and deactivated by support, through the services."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.tenancy import people
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import KeptBySupport
from portal.tenancy.invitations import invite
from portal.tenancy.models import StaffRole, User
from portal.tenancy.reasons import MOST_CHARACTERS, reason_in
from portal.tenancy.rights import Right


class PersonForm(ModelForm[User]):
    """A person's name and staff role; a staff role that the services would refuse is refused at its field."""

    actor: ClassVar[User]

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["email", "full_name", "staff_role"]

    def clean_email(self) -> str:
        """Compare addresses in lower case, as they are stored."""
        return str(self.cleaned_data["email"]).lower()

    def clean_staff_role(self) -> str:
        """Refuse one's own role, and members of a tenant."""
        role = StaffRole(self.cleaned_data["staff_role"])
        if self.instance.pk and "staff_role" in self.changed_data:
            people.check_staff_role(user=self.instance, role=role, actor=self.actor)
        return role


class PeopleActionForm(ActionForm):
    """The choice of an action, and why, which ending someone's access requires."""

    reason = forms.CharField(required=False, max_length=MOST_CHARACTERS, label="Reason:")


@admin.register(User)
class UserAdmin(KeptBySupport, admin.ModelAdmin[User]):
    """People; passwords are neither shown nor set here: a person chooses theirs by the link of an invitation."""

    form = PersonForm
    action_form = PeopleActionForm
    list_display = ["email", "full_name", "staff_role", "is_active", "last_login"]
    list_filter = ["staff_role", "is_active"]
    search_fields = ["email", "full_name"]
    readonly_fields = ["may_sign_in", "last_login", "date_joined"]
    ordering = ["email"]
    actions = ["send_invitation", "deactivate"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to view people."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show people to support."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show of a new person what is to be typed."""
        typed = ["email", "full_name", "staff_role"]
        return [*typed, *self.readonly_fields] if obj else typed

    @admin.display(description="active", boolean=True)
    def may_sign_in(self, user: User) -> bool:
        """Return whether the person is not deactivated."""
        return user.is_active

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Keep the address of a person: it is who they are in the audit trail."""
        return ["email", *self.readonly_fields] if obj else list(self.readonly_fields)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any) -> Any:
        """Return the form for the person who changes it."""
        form = cast(type[PersonForm], super().get_form(request, obj, change, **options))
        form.actor = cast(User, request.user)
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Create and invite a person, or change their name and staff role."""
        actor, role = cast(User, request.user), StaffRole(obj.staff_role)
        if change:
            if "full_name" in form.changed_data:
                people.rename(user=obj, full_name=obj.full_name, actor=actor)
            if "staff_role" in form.changed_data:
                people.set_staff_role(user=obj, role=role, actor=actor)
            return
        made = people.create_person(email=obj.email, full_name=obj.full_name, staff_role=role, actor=actor)
        obj.pk = made.pk
        transaction.on_commit(lambda: self._invite(request, made))

    @admin.action(description="Send an invitation to choose a password", permissions=["change"])
    def send_invitation(self, request: HttpRequest, selected: QuerySet[User]) -> None:
        """Send each of the chosen people a link."""
        for user in selected:
            self._invite(request, user)

    @admin.action(description="Deactivate people: end all their access", permissions=["change"])
    def deactivate(self, request: HttpRequest, selected: QuerySet[User]) -> None:
        """Deactivate the chosen people, for a reason."""
        reason = reason_in(request.POST)
        if not reason:
            self.message_user(request, _("State a reason beside the action."), messages.ERROR)
            return
        for user in selected:
            try:
                people.deactivate(user=user, actor=cast(User, request.user), reason=reason)
            except ValidationError as refused:
                self.message_user(request, " ".join(refused.messages), messages.ERROR)
            else:
                self.message_user(request, _("Deactivated %(email)s.") % {"email": user.email})

    def _invite(self, request: HttpRequest, user: User) -> None:
        try:
            invite(user=user, actor=cast(User, request.user))
        except ValidationError as refused:
            found = {"email": user.email, "reason": " ".join(refused.messages)}
            self.message_user(request, _("Could not invite %(email)s. %(reason)s") % found, messages.ERROR)
        else:
            self.message_user(request, _("Invited %(email)s. The mail is in the outbox.") % {"email": user.email})
