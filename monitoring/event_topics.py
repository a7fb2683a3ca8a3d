"""Who may watch the live updates of streams: those who may open their pages."""

from datetime import datetime

from monitoring import wall_links
from monitoring.read_audit.live_notes import note_sent_records
from monitoring.records.access import Audience, audience_of, clear_until
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.selection import remembered
from monitoring.records.stream_topics import FORM
from onboarding.models.integration import Integration
from portal import event_access
from portal.tenancy.access import has_right, has_staff_right
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right

EVERY_TENANT = "all"


def register() -> None:
    """Register the topics: `<kind>:<tenant>` and `<kind>:all` of boards, walls and alerts, `stream:<uid>:<audience>`.

    A stream's topic can end with the key of a filter that is in use. Walls can be watched by a link, too.
    """
    event_access.register("wall", form=r"[\w-]+", rule=_may_watch_board)
    event_access.register_links(wall_links.PREFIX, _viewer_by_link)
    event_access.register("board", form=r"[\w-]+", rule=_may_watch_board)
    event_access.register("alerts", form=r"[\w-]+", rule=_may_watch_board)
    event_access.register(
        "stream",
        form=FORM,
        rule=_may_watch_stream,
        note=note_sent_records,
        until=_clear_until,
    )


def _viewer_by_link(topic: str, token: str) -> event_access.Viewer | None:
    """Return who watches a wall display by a link: its creator stands for it, and its end is the link's."""
    link = wall_links.find(token)
    if link is None or topic != f"wall:{wall_links.board_of(link)}":
        return None
    return event_access.Viewer(link.person_id, link.expires_at, link=link.uid)


def _may_watch_board(user: User, slug: str) -> Tenant | bool:
    if slug == EVERY_TENANT:
        return has_staff_right(user, Right.BOARD)
    tenant = Tenant.objects.filter(slug=slug).first()
    return tenant if tenant is not None and has_right(user, tenant, Right.VIEW) else False


def _may_watch_stream(user: User, uid: str, audience: str, key: str = "") -> Tenant | bool:
    integration = Integration.objects.select_related("tenant").filter(uid=uid).first()
    if integration is None:
        return False
    tenant = integration.tenant
    # The masked topic too is only for those who see masked rows now: a page that shows the others must load again.
    may_watch = has_right(user, tenant, Right.VIEW) and audience == audience_of(user, tenant, uid)
    return tenant if may_watch and (not key or _may_filter(tenant, uid, audience, key)) else False


def _may_filter(tenant: Tenant, uid: str, audience: str, key: str) -> bool:
    """Return whether a filter is in use that this audience may use: from others a masked viewer would learn values."""
    selection = remembered(uid, key)
    if selection is None:
        return False
    return audience == Audience.CLEAR or selection.is_allowed(allowed_fields(tenant.pk))


def _clear_until(user: User, uid: str, audience: str, _key: str = "") -> datetime | None:
    """Return when the records of a topic are masked again for the person, None if that is not known to happen."""
    integration = Integration.objects.select_related("tenant").filter(uid=uid).first()
    if integration is None or audience != Audience.CLEAR:
        return None
    return clear_until(user, integration.tenant, uid)
