"""Runs: read-only, with their failure; retried and cancelled by the same services as on the page."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from onboarding.admin.step import StepInline
from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal.messages.catalogue import explanation_of, text_of
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import Boxed, SeenByStaff
from portal.tenancy.rights import Right


class RunInline(Boxed, SeenByStaff, admin.TabularInline[Run, Integration]):
    """An integration's runs."""

    model = Run
    fields = ["kind", "state", "why", "requested_by", "created_at", "finished_at"]
    readonly_fields = ["kind", "state", "why", "requested_by", "created_at", "finished_at"]
    show_change_link = True
    extra = 0

    @admin.display(description="failure")
    def why(self, run: Run) -> str:
        """Return why the run stopped."""
        return text_of(run.failure)


@admin.register(Run)
class RunAdmin(SeenByStaff, admin.ModelAdmin[Run]):
    """Runs: read-only, with their failure; retried and cancelled by the same services as on the page."""

    list_display = ["id", "integration", "tenant", "kind", "state", "why", "requested_by", "created_at"]
    list_filter = ["kind", "state"]
    search_fields = ["integration__name", "integration__tenant__name", "requested_by", "failure"]
    list_select_related = ["integration__tenant"]
    fields = [
        "integration",
        "kind",
        "delete_data",
        "state",
        "why",
        "is_shut_out",
        "page",
        "requested_by",
        "created_at",
        "started_at",
        "finished_at",
        "due_at",
        "owner",
        "fence",
        "crashes",
        "spec",
    ]
    readonly_fields = ["why"]
    inlines = [StepInline]
    actions = ["retry", "cancel"]

    @admin.display(description="failure")
    def why(self, run: Run) -> str:
        """Return why the run stopped, and what to do."""
        return explanation_of(run.failure)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may retry and cancel runs."""
        return has_staff_right(request.user, Right.RETRY_RUNS)

    @admin.display(description="tenant")
    def tenant(self, run: Run) -> str:
        """Return whose run it is."""
        return run.integration.tenant.name

    @admin.display(description="client page")
    def page(self, run: Run) -> SafeString:
        """Return a link to the page that the client sees."""
        url = reverse("run", kwargs={"slug": run.integration.tenant.slug, "pk": run.pk})
        return format_html('<a href="{}">{}</a>', url, url)

    @admin.action(description="Retry runs at the failed step", permissions=["act"])
    def retry(self, request: HttpRequest, selected: QuerySet[Run]) -> None:
        """Resume the selected runs at their failed steps."""
        for run in selected:
            try:
                before = run.state
                after = runs.retry_run(run=run, actor=str(request.user))
            except ValidationError as refused:
                self.message_user(request, f"{run}: {' '.join(refused.messages)}", messages.ERROR)
            else:
                result = (
                    "resumed"
                    if after.state != before
                    else f"is {after.status.label.lower()}; there is nothing to retry"
                )
                self.message_user(request, f"{run} {result}.")

    @admin.action(description="Cancel runs before the next step", permissions=["act"])
    def cancel(self, request: HttpRequest, selected: QuerySet[Run]) -> None:
        """Stop the selected runs; resources created so far stay and are listed."""
        for run in selected:
            try:
                runs.cancel_run(run=run, actor=str(request.user))
            except ValidationError as refused:
                self.message_user(request, f"{run}: {' '.join(refused.messages)}", messages.ERROR)
            else:
                self.message_user(request, f"{run} stops before its next step.")
