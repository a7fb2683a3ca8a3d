"""API tokens: created, found again by their text, used, revoked.

A token belongs to a person and names some of the rights that tokens can have. What it may do is asked at each use: it
is never more than its person may at that moment. A token is found by its hash before anything of a tenant is known.
"""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from portal import database_scope, deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.errors import field_error
from portal.messages.message import Message
from portal.tenancy import audit, services, sign_in_notices, token_text
from portal.tenancy.access import rights_in, scope_of_person, staff_roles, tenants_of
from portal.tenancy.models import ApiToken, AuditEvent, Tenant, User
from portal.tenancy.rights import TABLE, Right, Role, rights_of

USUAL_DAYS, MOST_DAYS = 90, 365
MOST_TOKENS = 20  # of a person, that have not ended
MOST_CHARACTERS_OF_NAME = 60
NOTED_EVERY = timedelta(minutes=1)
_UNNOTED = Q(last_used_at=None) | Q(last_used_at__lte=Now() - NOTED_EVERY)
BY_TOKEN = tuple(right for right, rule in TABLE.items() if rule.by_token)


class TokenRefused(Exception):
    """A token that does not work, with the reason, which only someone who has the token learns."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@deadlocks.atomic
def create(
    *,
    person: User,
    name: str,
    scopes: Collection[str],
    actor: User | str,
    days: int = USUAL_DAYS,
    tenant: Tenant | None = None,
) -> tuple[ApiToken, str]:
    """Create a token; return it with its text, which is shown once. Raises ValidationError by field."""
    name, chosen = " ".join(name.split()), [right.value for right in offered_to(person) if right in scopes]
    if not name or len(name) > MOST_CHARACTERS_OF_NAME:
        raise field_error("name", Message("token.name_not_valid", limit=MOST_CHARACTERS_OF_NAME))
    if not chosen or set(scopes) - set(chosen):
        raise field_error("scopes", Message("token.scopes_not_valid"))
    if not 1 <= days <= MOST_DAYS:
        raise field_error("days", Message("token.days_not_valid", limit=MOST_DAYS))
    services.lock_person(person.pk)  # two requests at once would each count what there was before the other
    if tokens_of(person).count() >= MOST_TOKENS:
        raise field_error("name", Message("token.too_many", limit=MOST_TOKENS))
    text = token_text.new_token()
    token = ApiToken.objects.create(
        person=person,
        tenant=tenant,
        name=name,
        scopes=chosen,
        token_hash=token_text.hash_of(text),
        created_by=str(actor),
        expires_at=DatabaseClock().now() + timedelta(days=days),
    )
    sign_in_notices.token_created(_record("created", token, actor, scopes=chosen, days=days), person, name)
    return token, text


def use(text: str, *, address: str) -> ApiToken:
    """Return the token of a text, with its person, and note from where it was used. Raises TokenRefused.

    A text that is no token is refused without a query.
    """
    if not token_text.is_well_formed(text):
        raise TokenRefused(Message("token.malformed"))
    wanted = token_text.hash_of(text)
    found = ApiToken.objects.filter(token_hash=wanted).select_related("person")
    token = found.annotate(is_current=Q(expires_at__gt=Now()), is_due=_UNNOTED).first()
    if token is None or not constant_time_compare(token.token_hash, wanted):
        raise TokenRefused(Message("token.unknown"))
    if token.revoked_at is not None or not token.person.is_active:
        raise TokenRefused(Message("token.revoked"))
    if not token.is_current:
        raise TokenRefused(Message("token.expired"))
    if token.is_due:
        ApiToken.objects.filter(_UNNOTED, pk=token.pk).update(last_used_at=Now(), last_used_from=address[:45])
    return token


def rights_of_token(token: ApiToken, tenant: Tenant | None = None) -> frozenset[Right]:
    """Return what the token may do now, in a tenant or in what belongs to none: its scopes that its person has."""
    if tenant is None:
        held = rights_of(staff_roles(token.person))
    else:
        held = rights_in(token.person, tenant) if token.tenant_id in {None, tenant.pk} else frozenset()
    return frozenset(right for right in held if TABLE[right].by_token and right.value in token.scopes)


def scope_of_token(token: ApiToken) -> AbstractContextManager[None]:
    """Return the scope in which a token reads: its one tenant, or what its person may see."""
    return database_scope.of_tenant(token.tenant_id) if token.tenant_id else scope_of_person(token.person)


def offered_to(person: User) -> list[Right]:
    """Return the scopes that a new token of the person can have: what they may do in at least one tenant."""
    roles = staff_roles(person) or {Role(role) for role in person.memberships.values_list("role", flat=True)}
    held = rights_of(frozenset(roles)) if person.is_active else frozenset()
    return [right for right in BY_TOKEN if right in held]


@deadlocks.atomic
def revoke(*, token: ApiToken, actor: User | str) -> None:
    """End a token at once; nothing happens to one that was revoked."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
        _record("revoked", token, actor)


def tenant_for(person: User, slug: str) -> Tenant | None:
    """Return the tenant for which alone a token of the person may be, if they may view it."""
    with scope_of_person(person):
        viewed = Tenant.objects.all() if staff_roles(person) else tenants_of(person)
        return viewed.filter(slug=slug).first()


def revoke_all(*, person: User, actor: User | str) -> None:
    """End all tokens of a person, such as one who leaves."""
    for token in tokens_of(person):
        revoke(token=token, actor=actor)


def current_tokens() -> QuerySet[ApiToken]:
    """Return all tokens that have not ended, newest first."""
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=Now()).select_related("person")


def tokens_of(person: User) -> QuerySet[ApiToken]:
    """Return the person's tokens that have not ended, newest first."""
    return current_tokens().filter(person=person)


def listed(person: User) -> list[ApiToken]:
    """Return the same with their tenants, as far as the person may view them."""
    with scope_of_person(person):
        return list(tokens_of(person).select_related("tenant"))


def _record(verb: str, token: ApiToken, actor: User | str, **details: object) -> AuditEvent:
    named: dict[str, object] = {"person": token.person.email, **details}
    with database_scope.of_tenant(token.tenant_id) if token.tenant_id else nullcontext():
        # Read here: in the scope of a person who may not view it, what was read with the token is no tenant.
        tenant = Tenant.objects.get(pk=token.tenant_id) if token.tenant_id else None
        action, target = f"tenancy:token:{verb}", token.name
        return audit.record(action, tenant=tenant, actor=actor, target=target, about=token, details=named)
