"""The way out when the way back is closed: an integration in whose account Sluice can do nothing more is forgotten.

That is so when a removal was tried, and AWS, for a reason on the account's side,

- let nobody in: the role is gone, trusts another or another external ID, the account or the Region is closed; or
- let Sluice in and refused the first thing it tried: the account is suspended, the role lost its rights, a policy of
  the organisation forbids it.

A removal that did anything at all can go on, once the right that it lacks is given; and what is amiss with Sluice's own
identity is no reason to give anything up.

Nothing is done in AWS. What was made there stays listed, with the commands that remove it by hand, and the list is kept
in the audit trail; the sealed copies are handed out no more.
"""

from django.utils import timezone

from onboarding import vendor_feed
from onboarding.integrations import inventory, selectors, update
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import CredentialState, IntegrationState, ResourceState, RunState
from onboarding.provisioning.claims import ACTIVE
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message

ABANDONED = Message("kept.abandoned")
_WITHOUT_KEY = [CredentialState.DISCARDED, CredentialState.REVOKED, CredentialState.ROTATED]
_PROVED = [CredentialState.READY, CredentialState.IN_USE, CredentialState.INACTIVE]


def can_be_abandoned(integration: Integration) -> bool:
    """Tell whether a removal was tried last and AWS let Sluice do nothing."""
    run = selectors.current_run(integration)
    tried = run is not None and run.is_removal and run.state == RunState.FAILED and run.is_shut_out
    return tried and integration.abandoned_at is None


@deadlocks.atomic
def abandon(*, integration: Integration, actor: Actor, reason: str = "") -> list[inventory.Line]:
    """Forget an integration and return what it had in the account. Raises ValidationError in words where it may not."""
    found = lock_integration(integration.pk)
    may_act(found.tenant)
    _refuse_unless_shut_out(found)
    left = inventory.lines(found)
    _write(found, left, actor, reason)
    integration.refresh_from_db()
    return left


def _refuse_unless_shut_out(integration: Integration) -> None:
    if integration.abandoned_at is not None:
        raise validation_error(Message("integration.already_abandoned"))
    if integration.runs.filter(state__in=ACTIVE).exists():
        raise validation_error(Message("integration.run_in_progress"))
    if not can_be_abandoned(integration):
        raise validation_error(Message("integration.not_abandonable"))


def _write(integration: Integration, left: list[inventory.Line], actor: Actor, reason: str) -> None:
    Resource.objects.filter(integration=integration).exclude(state=ResourceState.REMOVED).update(kept=ABANDONED)
    voided = integration.credentials.exclude(state__in=_WITHOUT_KEY)
    revoked = list(voided.filter(state__in=_PROVED))
    voided.filter(state__in=_PROVED).update(state=CredentialState.REVOKED)
    for credential in revoked:
        vendor_feed.publish(vendor_feed.Kind.REVOKED, integration, credential=credential)
    integration.credentials.exclude(state__in=_WITHOUT_KEY).update(state=CredentialState.DISCARDED)
    integration.drift.all().delete()
    integration.state, integration.abandoned_at, integration.drift_count = (IntegrationState.REMOVED, timezone.now(), 0)
    integration.draft.pop(update.OPEN, None)
    integration.save(update_fields=["state", "abandoned_at", "drift_count", "draft", "changed_at"])
    run = selectors.current_run(integration)
    record(
        "integration:abandoned",
        integration.tenant,
        actor,
        integration.name,
        about=integration,
        stated_reason=reason,
        integration=integration.uid,
        failure=run.failure.as_json() if run and run.failure else "",
        voided_access_keys=[credential.access_key_id for credential in revoked],
        left=[{"kind": line.kind, "name": line.name, "arn": line.arn, "command": line.command} for line in left],
    )
