"""Settings that differ from the spec."""

from django.contrib import admin

from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from portal.messages.catalogue import text_of
from portal.tenancy.admin_access import Boxed, SeenByStaff


class DriftFindingInline(Boxed, SeenByStaff, admin.TabularInline[DriftFinding, Integration]):
    """An integration's drift findings."""

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
