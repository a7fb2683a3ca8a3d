"""Who may watch the live updates of streams: those who may open their pages."""

from monitoring.records.access import Audience, audience_of
from onboarding.models.integration import Integration
from portal import event_access
from portal.tenancy.access import has_right, has_staff_right
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right

EVERY_TENANT = "all"


def register() -> None:
    """Register `board:<tenant>` and `board:all`, `alerts` likewise, `stream:<uid>:clear` and `stream:<uid>:masked`."""
    event_access.register("board", form=r"[\w-]+", rule=_may_watch_board)
    event_access.register("alerts", form=r"[\w-]+", rule=_may_watch_board)
    event_access.register("stream", form=rf"[\w-]+:({'|'.join(Audience)})", rule=_may_watch_stream)


def _may_watch_board(user: User, slug: str) -> Tenant | bool:
    if slug == EVERY_TENANT:
        return has_staff_right(user, Right.BOARD)
    tenant = Tenant.objects.filter(slug=slug).first()
    return tenant if tenant is not None and has_right(user, tenant, Right.VIEW) else False


def _may_watch_stream(user: User, uid: str, audience: str) -> Tenant | bool:
    integration = Integration.objects.select_related("tenant").filter(uid=uid).first()
    if integration is None:
        return False
    tenant = integration.tenant
    may_watch = has_right(user, tenant, Right.VIEW) and audience in {Audience.MASKED, audience_of(user, tenant)}
    return tenant if may_watch else False
