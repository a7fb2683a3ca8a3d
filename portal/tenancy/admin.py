"""Tenants and people for support staff."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, QueryDict

from portal.tenancy import services
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import Boxed, KeptBySupport, SeenByStaff
from portal.tenancy.models import AuditEvent, Membership, Tenant, TenantRole, User
from portal.tenancy.people_admin import UserAdmin
from portal.tenancy.reasons import MOST_CHARACTERS, reason_in
from portal.tenancy.rights import Right

__all__ = ["AuditEventAdmin", "MembershipInline", "TenantAdmin", "UserAdmin"]

admin.site.unregister(Group)  # permissions come from roles; a group would have no effect


class MembershipRows(BaseInlineFormSet[Membership, Tenant, ModelForm[Membership]]):
    """A tenant's people, each field with an accessible name; whom the services would refuse is refused at the field."""

    actor: ClassVar[User]

    def add_fields(self, form: ModelForm[Membership], index: int | None) -> None:
        """Label the fields of the row; the person of an existing membership stays."""
        super().add_fields(form, index)
        for name, label in (("role", "Role"), ("DELETE", "Remove membership")):
            if name in form.fields:
                form.fields[name].widget.attrs["aria-label"] = label
        if "user" in form.fields and form.instance.pk:
            form.fields["user"].disabled = True

    def clean(self) -> None:
        """Refuse staff, changes of one's own membership, and an end of one without a reason."""
        super().clean()
        if self.deleted_forms and not reason_in(cast(QueryDict, self.data)):
            raise ValidationError("State a reason above to remove a membership.")
        for form in self.forms:
            is_kept = form.has_changed() and not form.cleaned_data.get("DELETE")
            if is_kept and (user := form.cleaned_data.get("user")):
                try:
                    services.check_member(user=user, actor=self.actor)
                except ValidationError as refused:
                    form.add_error("user", refused)


class MembershipInline(Boxed, KeptBySupport, admin.TabularInline[Membership, Tenant]):
    """The tenant's people."""

    model = Membership
    formset = MembershipRows
    autocomplete_fields = ["user"]
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Tenant | None = None, **options: Any) -> Any:
        """Return the rows for the person who changes them."""
        rows = cast(type[MembershipRows], super().get_formset(request, obj, **options))
        rows.actor = cast(User, request.user)
        return rows

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to end a membership."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)


class TenantForm(ModelForm[Tenant]):
    """A tenant, and why a membership is removed."""

    reason = forms.CharField(
        required=False,
        max_length=MOST_CHARACTERS,
        help_text="Required to remove a membership. The client reads it under Activity.",
    )


@admin.register(Tenant)
class TenantAdmin(KeptBySupport, admin.ModelAdmin[Tenant]):
    """Tenants, each with its people, connections and integrations."""

    list_display = ["name", "slug", "people", "connection_count", "integration_count", "is_suspended"]
    list_filter = ["is_suspended"]
    search_fields = ["name", "slug", "memberships__user__email", "connections__account_id"]
    form = TenantForm
    readonly_fields = ["created_at"]
    inlines = [MembershipInline]
    actions = ["suspend", "resume"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        """Count what belongs to each tenant in the same query."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                people_count=Count("memberships", distinct=True),
                connections_made=Count("connections", distinct=True),
                integrations_made=Count("integrations", distinct=True),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        """Make the slug read-only once it is in use in addresses."""
        return ["slug", "is_suspended", "created_at"] if obj else ["is_suspended", "created_at"]

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        """Create or rename the tenant through the services, which record it."""
        actor = cast(User, request.user)
        if not change:
            obj.pk = services.create_tenant(slug=obj.slug, name=obj.name, actor=actor).pk
        elif "name" in form.changed_data:
            services.rename_tenant(tenant=obj, name=obj.name, actor=actor)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save memberships through the services, which record them; other rows of a tenant are only shown."""
        formset.save(commit=False)
        if formset.model is not Membership:
            return
        tenant, actor = form.instance, cast(User, request.user)
        for membership in formset.deleted_objects:
            reason = reason_in(request.POST)
            services.remove_member(tenant=tenant, user=membership.user, actor=actor, reason=reason)
        for membership in [*formset.new_objects, *(changed for changed, _ in formset.changed_objects)]:
            services.add_member(tenant=tenant, user=membership.user, role=TenantRole(membership.role), actor=actor)

    @admin.display(description="people", ordering="people_count")
    def people(self, tenant: Any) -> int:
        """Return how many people the tenant has."""
        return int(tenant.people_count)

    @admin.display(description="connections", ordering="connections_made")
    def connection_count(self, tenant: Any) -> int:
        """Return how many AWS accounts are connected."""
        return int(tenant.connections_made)

    @admin.display(description="integrations", ordering="integrations_made")
    def integration_count(self, tenant: Any) -> int:
        """Return how many integrations there are."""
        return int(tenant.integrations_made)

    @admin.action(description="Suspend tenants (read-only access)", permissions=["change"])
    def suspend(self, request: HttpRequest, tenants: QuerySet[Tenant]) -> None:
        """Suspend the chosen tenants."""
        self._set(request, tenants, suspended=True)

    @admin.action(description="Resume tenants (full access)", permissions=["change"])
    def resume(self, request: HttpRequest, tenants: QuerySet[Tenant]) -> None:
        """Allow the chosen tenants to act again."""
        self._set(request, tenants, suspended=False)

    def _set(self, request: HttpRequest, tenants: QuerySet[Tenant], *, suspended: bool) -> None:
        for tenant in tenants:
            services.set_suspended(tenant=tenant, suspended=suspended, actor=cast(User, request.user))
        self.message_user(request, f"{len(tenants)} tenants {'suspended' if suspended else 'resumed'}.")


@admin.register(AuditEvent)
class AuditEventAdmin(SeenByStaff, admin.ModelAdmin[AuditEvent]):
    """What was done, by whom."""

    list_display = ["at", "tenant", "actor", "action", "target", "address", "request_id"]
    list_filter = ["action", "tenant"]
    search_fields = ["actor", "action", "target", "object_id", "request_id"]
    list_select_related = ["tenant"]
    date_hierarchy = "at"
