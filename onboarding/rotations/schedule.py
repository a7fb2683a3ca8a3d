"""Rotations by age: a reminder, or automatically where the vendor's sender fetches its keys automatically."""

from datetime import timedelta

from django.core.exceptions import ValidationError

from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.key_policy import KeyPolicy
from onboarding.models.rotation import OPEN_STATES, Rotation
from onboarding.models.states import CredentialState, IntegrationState
from onboarding.rotations import notices, requests
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec.integration_spec import ROLE
from portal import database_scope, deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy.models import Tenant

FEWEST_DAYS, MOST_DAYS = 7, 365
ACTOR = "schedule"
AT_ONCE = 20  # rotations that one call requests of one tenant


def policy_of(tenant: Tenant) -> KeyPolicy:
    """Return the tenant's choice; one that was never saved is the default."""
    return KeyPolicy.objects.filter(tenant=tenant).first() or KeyPolicy(tenant=tenant)


@deadlocks.atomic
def set_policy(*, tenant: Tenant, actor: Actor, days: int, is_automatic: bool) -> KeyPolicy:
    """Choose at which age keys are rotated, and whether that is automatic. Raises ValidationError."""
    may_act(tenant)
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise validation_error(Message("rotation.days_not_allowed", fewest=FEWEST_DAYS, most=MOST_DAYS))
    policy, _ = KeyPolicy.objects.update_or_create(tenant=tenant, defaults={"days": days, "is_automatic": is_automatic})
    record("credential:policy-changed", tenant, actor, tenant.name, about=policy, days=days, automatic=is_automatic)
    return policy


def apply_to_all() -> None:
    """Remind of every key that is old enough, or rotate it."""
    with database_scope.every_tenant("the schedule finds every key that is due"):
        tenants = list(Tenant.objects.filter(is_suspended=False))
    for tenant in tenants:
        with database_scope.of_tenant(tenant.pk):
            apply(tenant)


def apply(tenant: Tenant) -> None:
    """Remind of the tenant's keys that are old enough, or rotate them."""
    policy, now = policy_of(tenant), DatabaseClock().now()
    for credential in _due(tenant, policy)[:AT_ONCE]:
        if policy.is_automatic and is_fetched_by_program(credential):
            _rotate(credential, policy)
        else:
            age = (now - credential.created_at).days
            notices.reminder(credential, policy.days * (age // policy.days))


def _due(tenant: Tenant, policy: KeyPolicy) -> list[Credential]:
    before = DatabaseClock().now() - timedelta(days=policy.days)
    live = Integration.objects.filter(tenant=tenant, state=IntegrationState.LIVE)
    free = live.exclude(rotations__in=Rotation.objects.filter(state__in=OPEN_STATES))
    usable = [CredentialState.READY, CredentialState.IN_USE]
    rows = Credential.objects.filter(integration__in=free, uploaded_by="", state__in=usable, created_at__lt=before)
    found = rows.select_related("integration__tenant", "integration__connection").order_by("created_at")
    return [row for row in found if (row.integration.spec or {}).get("producer") != ROLE]


def is_fetched_by_program(credential: Credential) -> bool:
    """Return whether the vendor's sender fetched this key automatically, with an API token."""
    vendors = Download.objects.filter(copy__credential=credential, copy__audience=SealedCopy.Audience.VENDOR)
    return vendors.filter(token__isnull=False).exists()


def _rotate(credential: Credential, policy: KeyPolicy) -> None:
    cause = Rotation.Cause.SCHEDULE
    try:
        requests.rotate(integration=credential.integration, actor=ACTOR, wait=policy.wait, cause=cause)
    except ValidationError:  # as for a person: it is tried again, and the reminder says that the key is old
        notices.reminder(credential, policy.days)
