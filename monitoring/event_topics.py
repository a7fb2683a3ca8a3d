"""Who may watch the live updates of streams: those who may open their pages."""

from monitoring.records.access import Audience, audience_of
from onboarding.models.integration import Integration
from portal import event_access
from portal.tenancy.access import is_any_staff, may_view
from portal.tenancy.models import Tenant, User

EVERY_TENANT = "all"


def register() -> None:
    """Register the topics `board:<tenant>` and `board:all`, `stream:<uid>:clear` and `stream:<uid>:masked`."""
    event_access.register("board", form=r"[\w-]+", rule=_may_watch_board)
    event_access.register("stream", form=rf"[\w-]+:({'|'.join(Audience)})", rule=_may_watch_stream)


def _may_watch_board(user: User, slug: str) -> Tenant | bool:
    if slug == EVERY_TENANT:
        return is_any_staff(user)
    tenant = Tenant.objects.filter(slug=slug).first()
    return tenant if tenant is not None and may_view(user, tenant) else False


def _may_watch_stream(user: User, uid: str, audience: str) -> Tenant | bool:
    integration = Integration.objects.select_related("tenant").filter(uid=uid).first()
    if integration is None:
        return False
    tenant = integration.tenant
    may_watch = may_view(user, tenant) and audience in {Audience.MASKED, audience_of(user, tenant)}
    return tenant if may_watch else False
