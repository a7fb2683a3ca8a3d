"""Links for screens: created, found by their token, revoked. Each opens one board's wall display and nothing else.

A link is never more than its creator: at each use they must still have the right to create it, so it opens nothing
while they lack it or the tenant is suspended. Decision 70 says why.
"""

from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from monitoring.wall_link_model import LONGEST_NAME, WallLink
from portal import database_scope, deadlocks, live
from portal.database_clock import DatabaseClock
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.tenancy import audit, services, token_text
from portal.tenancy.access import has_right, has_staff_right, scope_of_person
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right

PREFIX = "sluice_wall_"
BOARD_OF_ALL = "all"
USUAL_DAYS, MOST_DAYS = 90, 365
MOST = 20  # of a board, that have not ended
NOTED_EVERY = timedelta(minutes=1)
_UNNOTED = Q(last_used_at=None) | Q(last_used_at__lte=Now() - NOTED_EVERY)


@deadlocks.atomic
def create(
    *, person: User, tenant: Tenant | None, name: str, days: int = USUAL_DAYS, actor: User | str = ""
) -> tuple[WallLink, str]:
    """Create a person's link to a board; return it with its token, which is shown once.

    The person is also the actor, unless another is given. Raises ValidationError, by field or for the person.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise field_error("name", Message("wall.name_not_valid", limit=LONGEST_NAME))
    if not 1 <= days <= MOST_DAYS:
        raise field_error("days", Message("wall.days_not_valid", limit=MOST_DAYS))
    _lock_board(tenant)
    if of_board(tenant).count() >= MOST:
        raise field_error("name", Message("wall.too_many", limit=MOST))
    token = token_text.new_token(PREFIX)
    link = WallLink.objects.create(
        person=person,
        tenant=tenant,
        name=name,
        token_hash=token_text.hash_of(token),
        expires_at=DatabaseClock().now() + timedelta(days=days),
    )
    if not may_open(link):
        raise validation_error(Message("wall.person_may_not", person=person.email))
    _record("created", link, actor or person, days=days)
    return link, token


def _lock_board(tenant: Tenant | None) -> None:
    """Let one request at a time count the links to a board; that of all tenants has no row that could be locked."""
    if tenant is not None:
        services.lock_tenant(tenant.pk)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wall-links'), 0)")


def of_board(tenant: Tenant | None) -> QuerySet[WallLink]:
    """Return the links to a board that have not ended, newest first."""
    return current().filter(tenant=tenant)


def current() -> QuerySet[WallLink]:
    """Return the links to all boards that have not ended, newest first, each with its tenant and creator."""
    return WallLink.objects.filter(revoked_at=None, expires_at__gt=Now()).select_related("tenant", "person")


def listed(tenant: Tenant | None) -> list[tuple[WallLink, bool]]:
    """Return the same, each with whether it opens its board now: its creator is asked once for all their links."""
    links = list(of_board(tenant))
    by_person = {link.person_id: link for link in links}
    works = {person_id: may_open(link) for person_id, link in by_person.items()}
    return [(link, works[link.person_id]) for link in links]


def revoke(*, tenant: Tenant | None, uid: str, actor: User) -> WallLink | None:
    """End a link to a board and its open screens at once; None if there is no such link any more."""
    link = of_board(tenant).filter(uid=uid).first()
    return end(link=link, actor=actor) if link else None


@deadlocks.atomic
def end(*, link: WallLink, actor: User | str) -> WallLink | None:
    """End a link and its open screens at once; None if it was revoked before."""
    if not WallLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=Now()):
        return None
    transaction.on_commit(partial(live.end_streams, session_digest=link.token_hash))
    _record("revoked", link, actor)
    return link


def find(token: str) -> WallLink | None:
    """Return the link of a token that can be used now, with its tenant and creator; otherwise None.

    A text that is no token costs no query.
    """
    if not token_text.is_well_formed(token, PREFIX):
        return None
    wanted = token_text.hash_of(token)
    with database_scope.every_tenant("finds a link by its hash, before its tenant is known"):
        link = current().filter(token_hash=wanted).first()
    if link is None or not constant_time_compare(link.token_hash, wanted):
        return None
    return link if may_open(link) else None


def may_open(link: WallLink) -> bool:
    """Return whether the creator of a link may create it now."""
    with scope_of_person(link.person):
        if link.tenant is None:
            return has_staff_right(link.person, Right.BOARD)
        return not link.person.is_staff and has_right(link.person, link.tenant, Right.WALL_DISPLAYS)


def board_of(link: WallLink) -> str:
    """Return which board a link shows, as topics name it: a tenant's slug, or `all`."""
    return link.tenant.slug if link.tenant else BOARD_OF_ALL


def note_use(link: WallLink, *, address: str) -> None:
    """Note that a screen used the link, at most once a minute; its first use is an audit event."""
    used = WallLink.objects.filter(_UNNOTED, pk=link.pk).update(last_used_at=Now(), last_used_from=address[:45])
    if used and link.last_used_at is None:
        _record("opened", link, "wall display")


def scope_of(link: WallLink) -> AbstractContextManager[None]:
    """Return the scope of what a link shows: its tenant, or for staff every tenant."""
    if link.tenant_id is None:
        return database_scope.every_tenant("the wall display of staff lists the streams of all tenants")
    return database_scope.of_tenant(link.tenant_id)


def _record(verb: str, link: WallLink, actor: User | str, **details: object) -> None:
    named: dict[str, object] = {"person": link.person.email, **details}
    action = f"monitoring:wall-link:{verb}"
    audit.record(action, tenant=link.tenant, actor=actor, target=link.name, about=link, details=named)
