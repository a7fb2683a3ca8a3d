"""Connections, integrations, runs and steps for support staff: read, explained in words, retried and cancelled."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from onboarding.integrations import runs as services
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.resource import Resource
from onboarding.models.run import Run, Step
from onboarding.provisioning.adopted_stream import is_noted
from onboarding.spec import validation
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS
from portal.messages.catalogue import explanation_of, text_of
from portal.tenancy.access import is_staff_with
from portal.tenancy.admin import Boxed, SeenByStaff, TenantAdmin
from portal.tenancy.models import StaffRole, Tenant


class ConnectionInline(Boxed, SeenByStaff, admin.TabularInline[Connection, Tenant]):
    """A tenant's connections."""

    model = Connection
    fields = ["name", "account_id", "state", "role_arn", "verified_at"]
    readonly_fields = ["name", "account_id", "state", "role_arn", "verified_at"]
    show_change_link = True
    extra = 0


class IntegrationInline(Boxed, SeenByStaff, admin.TabularInline[Integration, Tenant]):
    """A tenant's integrations."""

    model = Integration
    fields = ["name", "state", "connection", "created_by", "changed_at"]
    readonly_fields = ["name", "state", "connection", "created_by", "changed_at"]
    show_change_link = True
    extra = 0


TenantAdmin.inlines = [*TenantAdmin.inlines, ConnectionInline, IntegrationInline]


@admin.register(Connection)
class ConnectionAdmin(SeenByStaff, admin.ModelAdmin[Connection]):
    """AWS accounts, and what the last trust test found."""

    list_display = ["name", "tenant", "account_id", "state", "why", "verified_at"]
    list_filter = ["state"]
    search_fields = ["name", "account_id", "tenant__name", "uid"]
    list_select_related = ["tenant"]
    fields = [
        *("uid", "tenant", "name", "account_id", "role_arn", "external_id", "external_id_made_at", "name_prefix"),
        *(
            "name_suffix",
            *(f"allow_{permission.key}" for permission in OPTIONAL_PERMISSIONS),
            "other_resources",
            "state",
            "why",
            "page",
            "checked_at",
            "verified_at",
        ),
        *("report", "sheet", "deployed"),
    ]

    @admin.display(description="message")
    def why(self, connection: Connection) -> str:
        """Return what the trust test found."""
        return explanation_of(connection.verdict)

    @admin.display(description="client page")
    def page(self, connection: Connection) -> SafeString:
        """Return a link to the page that the client sees."""
        url = reverse("connection", kwargs={"slug": connection.tenant.slug, "uid": connection.uid})
        return format_html('<a href="{}">{}</a>', url, url)


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


class ResourceInline(Boxed, SeenByStaff, admin.TabularInline[Resource, Integration]):
    """What an integration created in the client's account."""

    model = Resource
    fields = ["kind", "name", "arn", "state", "adopted", "present_at", "why_kept"]
    readonly_fields = ["kind", "name", "arn", "state", "adopted", "present_at", "why_kept"]
    extra = 0

    @admin.display(description="kept")
    def why_kept(self, resource: Resource) -> str:
        """Return why a removal kept it."""
        return text_of(resource.kept)

    @admin.display(description="adopted", boolean=True)
    def adopted(self, resource: Resource) -> bool:
        """Return whether it is the client's own and existed before."""
        return is_noted(resource.notes)


class DriftInline(Boxed, SeenByStaff, admin.TabularInline[DriftFinding, Integration]):
    """What is not as an integration left it."""

    model = DriftFinding
    fields = ["setting", "as_set_up", "as_found", "found_at", "accepted_by", "accepted_at"]
    readonly_fields = ["setting", "as_set_up", "as_found", "found_at", "accepted_by", "accepted_at"]
    extra = 0

    @admin.display(description="setting")
    def setting(self, finding: DriftFinding) -> str:
        """Return what differs."""
        return text_of(finding.what)

    @admin.display(description="expected")
    def as_set_up(self, finding: DriftFinding) -> str:
        """Return the setting as set up."""
        return text_of(finding.expected)

    @admin.display(description="found")
    def as_found(self, finding: DriftFinding) -> str:
        """Return the setting as found in AWS."""
        return text_of(finding.found)


class CredentialInline(Boxed, SeenByStaff, admin.TabularInline[Credential, Integration]):
    """An integration's access keys, by id; sealed copies are not shown here."""

    model = Credential
    fields = ["user_name", "access_key_id", "state", "uploaded_by", "sealed_at", "ready_at", "receipts"]
    readonly_fields = ["user_name", "access_key_id", "state", "uploaded_by", "sealed_at", "ready_at", "receipts"]
    extra = 0

    @admin.display(description="downloaded by")
    def receipts(self, credential: Credential) -> str:
        """Return who took which copy, and when."""
        return "; ".join(
            f"{download.actor} {download.at:%Y-%m-%d %H:%M}"
            for copy in credential.copies.all()
            for download in copy.downloads.all()
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credential]:
        """Fetch the receipts with the credentials."""
        return super().get_queryset(request).prefetch_related("copies__downloads")


@admin.register(Integration)
class IntegrationAdmin(SeenByStaff, admin.ModelAdmin[Integration]):
    """Integrations: what was asked for, what was made, how the runs went."""

    list_display = [
        *("name", "tenant", "state", "stream_name", "region", "drift_count", "last_failure", "abandoned_at"),
        "changed_at",
    ]
    list_filter = ["state", ("abandoned_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "uid", "tenant__name", "connection__account_id"]
    list_select_related = ["tenant"]
    fields = [
        *("uid", "name", "tenant", "connection", "state", "watched_at", "abandoned_at", "spec", "records_to"),
        "created_by",
        "created_at",
        "changed_at",
    ]
    readonly_fields = ["records_to"]
    inlines = [RunInline, ResourceInline, DriftInline, CredentialInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Integration]:
        """Fetch the runs with the integrations."""
        return super().get_queryset(request).prefetch_related("runs")

    @admin.display(description="endpoint")
    def records_to(self, integration: Integration) -> str:
        """Return the address for the producer, and which endpoint it is."""
        if not integration.spec:
            return ""
        stream = validation.of_schema(integration.spec).stream
        return f"{stream.endpoint_url} ({stream.endpoint.words})"

    @admin.display(description="last failure")
    def last_failure(self, integration: Integration) -> str:
        """Return why the newest run stopped, if it did."""
        newest = next(iter(integration.runs.all()), None)
        return text_of(newest.failure) if newest else ""


class StepInline(Boxed, SeenByStaff, admin.TabularInline[Step, Run]):
    """A run's steps, as the client's page shows them."""

    model = Step
    fields = ["condition", "state", "outcome", "why", "attempts", "finished_at"]
    readonly_fields = ["condition", "state", "outcome", "why", "attempts", "finished_at"]
    ordering = ["position"]
    extra = 0

    @admin.display(description="title")
    def condition(self, step: Step) -> str:
        """Return the condition that the step guarantees."""
        return text_of(step.title)

    @admin.display(description="result")
    def outcome(self, step: Step) -> str:
        """Return what the step found, and what it changed."""
        return "; ".join(filter(None, [text_of(step.found), text_of(step.did)]))

    @admin.display(description="reason")
    def why(self, step: Step) -> str:
        """Return the reason, what to do, and AWS's own text."""
        aws = f"AWS response: {step.aws_detail}" if step.aws_detail else ""
        return f"{explanation_of(step.reason)} {aws}".strip()


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
        """Let support act on runs."""
        return is_staff_with(request.user, StaffRole.SUPPORT)

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
    def retry(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        """Go on from the failed steps."""
        for run in runs:
            try:
                before = run.state
                after = services.retry_run(run=run, actor=str(request.user))
            except ValidationError as refused:
                self.message_user(request, f"{run}: {' '.join(refused.messages)}", messages.ERROR)
            else:
                said = (
                    "resumed"
                    if after.state != before
                    else f"is {after.status.label.lower()}; there is nothing to retry"
                )
                self.message_user(request, f"{run} {said}.")

    @admin.action(description="Cancel runs before the next step", permissions=["act"])
    def cancel(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        """Stop runs; what they have made stays and is listed."""
        for run in runs:
            try:
                services.cancel_run(run=run, actor=str(request.user))
            except ValidationError as refused:
                self.message_user(request, f"{run}: {' '.join(refused.messages)}", messages.ERROR)
            else:
                self.message_user(request, f"{run} stops before its next step.")


@admin.register(PgpKey)
class PgpKeyAdmin(SeenByStaff, admin.ModelAdmin[PgpKey]):
    """Recipients' public keys."""

    list_display = ["title", "tenant", "fingerprint", "algorithm", "expires_at", "confirmed_at", "confirmed_by"]
    search_fields = ["fingerprint", "tenant__name"]
    list_select_related = ["tenant"]
    fields = ["tenant", "fingerprint", "user_ids", "algorithm", "encryption_key_id", "expires_at", "confirmed_by"]
