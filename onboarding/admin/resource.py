"""Resources in the client's account."""

from django.contrib import admin

from onboarding.account_state import stream_settings
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import ResourceState
from onboarding.provisioning.adopted_stream import is_noted
from portal.messages.catalogue import text_of
from portal.tenancy.admin_access import Boxed, SeenByStaff


class ResourceInline(Boxed, SeenByStaff, admin.TabularInline[Resource, Integration]):
    """What an integration created in the client's account."""

    model = Resource
    fields = ["kind", "name", "arn", "status", "adopted", "present_at", "why_kept"]
    readonly_fields = ["kind", "name", "arn", "status", "adopted", "present_at", "why_kept"]
    extra = 0

    @admin.display(description="state")
    def status(self, resource: Resource) -> str:
        """Return the state, or since when the account cannot be seen."""
        unknown = stream_settings.unknown_since(resource.integration)
        state = ResourceState(resource.state)
        if unknown is None or state not in {ResourceState.PRESENT, ResourceState.REMOVING}:
            return str(state.label)
        return f"Unknown since {unknown.at:%Y-%m-%d %H:%M} UTC, before: {state.label}"

    @admin.display(description="kept")
    def why_kept(self, resource: Resource) -> str:
        """Return why a removal kept it."""
        return text_of(resource.kept)

    @admin.display(description="adopted", boolean=True)
    def adopted(self, resource: Resource) -> bool:
        """Return whether it is the client's own and existed before."""
        return is_noted(resource.notes)
