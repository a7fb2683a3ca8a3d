"""Updates of an integration: what another spec changes, and the wizard opened on its settings."""

from dataclasses import replace

from onboarding.account_state.perhaps_in_aws import with_intended
from onboarding.account_state.spec_in_aws import spec_in_aws
from onboarding.connections import selectors
from onboarding.drafts.codec import pages_of
from onboarding.integrations import adoption, daily_limits
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState, IntegrationState, ResourceState, RunKind, RunState
from onboarding.provisioning.claims import ACTIVE
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec import diff
from onboarding.spec import integration_spec as specs
from onboarding.spec.change import Change, Verb
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message

OPEN = "update"


def changes_of(integration: Integration, spec: IntegrationSpec) -> list[Change]:
    """Return what a declaration changes of what is in AWS, as far as that was seen.

    Before its stream was made anything may change, so nothing is listed but what becomes of a stream that is to be
    adopted.
    """
    in_aws = spec_in_aws(integration)
    if not has_stream(integration) or in_aws is None:
        return adoption.changes(integration, spec.stream)
    has_key = _has_key(integration)
    before = _by_uid(integration, with_intended(integration, in_aws, spec))
    return diff.between(before, _by_uid(integration, spec), has_key=has_key, usage=daily_limits.used_of(integration))


def creates_key(integration: Integration, spec: IntegrationSpec) -> bool:
    """Return whether a run of a declaration creates an access key, and so encrypts one, as far as is known here.

    A key that someone deleted in AWS is replaced as well, which only the run finds.
    """
    return not spec.is_by_role and not _has_key(integration)


def keeps_key(integration: Integration) -> bool:
    """Return whether the open update is of an integration with an access key, whose recipients stay as they are."""
    return is_open(integration) and _has_key(integration)


def _has_key(integration: Integration) -> bool:
    # A plan may be shown before its integration is saved: then there is no row.
    rows = Credential.objects.filter(integration_id=integration.pk)
    return rows.filter(state__in=[CredentialState.READY, CredentialState.IN_USE]).exists()


def unapplied(integration: Integration) -> list[Change]:
    """Return what was requested last and is not in AWS, because its run stopped or someone changed it since."""
    if not integration.spec or integration.is_self_managed or not has_stream(integration):
        return []
    return changes_of(integration, specs.from_row(integration.spec))


def refusals(integration: Integration, spec: IntegrationSpec) -> list[Problem]:
    """Return what a living integration cannot change: that would be another stream, or another key."""
    found = changes_of(integration, spec)
    return [Problem(change.path, change.effect) for change in found if change.verb is Verb.REFUSE]


def losses(integration: Integration, spec: IntegrationSpec) -> list[Problem]:
    """Return what somebody must say twice, because records are lost by it for good."""
    return [
        Problem(change.path, Message("change.confirm_loss", effect=change.effect))
        for change in changes_of(integration, spec)
        if change.loses
    ]


def was_accepted(integration: Integration, spec: IntegrationSpec) -> bool:
    """Tell whether the last run stopped on the way to this very declaration, and its losses were accepted."""
    last = integration.runs.exclude(kind=RunKind.ROTATE).first()
    return last is not None and last.accept_loss and last.spec == spec.as_dict() and last.state != RunState.DONE


def has_stream(integration: Integration) -> bool:
    """Tell whether the data stream was made, so that not everything can be chosen anew."""
    rows = integration.resources.filter(kind="data stream")
    return rows.exclude(state=ResourceState.REMOVED).exists()


def is_open(integration: Integration) -> bool:
    """Return whether an update of a live integration is open in the wizard."""
    return bool(integration.draft.get(OPEN))


@deadlocks.atomic
def open_update(*, integration: Integration, actor: Actor) -> None:
    """Open an update with the settings as they are. Raises ValidationError while a run is at work."""
    locked = _locked(integration)
    changeable = {IntegrationState.LIVE, IntegrationState.ATTENTION, IntegrationState.SELF_MANAGED}
    if locked.state not in changeable or not locked.spec:
        raise validation_error(Message("integration.not_set_up"))
    if locked.runs.filter(state__in=ACTIVE).exists():
        raise validation_error(Message("integration.run_in_progress"))
    locked.draft = {
        **pages_of(specs.from_row(locked.spec), locked),
        OPEN: True,
        **adoption.stored_confirmation(locked),
    }
    _save(locked, integration)
    record("change:begun", locked.tenant, actor, locked.name, about=locked, integration=locked.uid)


@deadlocks.atomic
def discard_update(*, integration: Integration, actor: Actor) -> None:
    """Discard the open update; the integration stays unchanged."""
    locked = _locked(integration)
    if is_open(locked) and locked.spec:
        locked.draft = {**pages_of(specs.from_row(locked.spec), locked), **adoption.stored_confirmation(locked)}
        _save(locked, integration)
        record("change:left", locked.tenant, actor, locked.name, about=locked, integration=locked.uid)


def _by_uid(integration: Integration, spec: IntegrationSpec) -> IntegrationSpec:
    # A declaration may name its connection by name or by uid; both mean the same.
    try:
        return replace(spec, connection=selectors.connection_of(integration.tenant, spec).name)
    except SpecRefused:
        return spec


def _locked(integration: Integration) -> Integration:
    locked = lock_integration(integration.pk)
    may_act(locked.tenant)
    return locked


def _save(locked: Integration, integration: Integration) -> None:
    # A turn ends what an open page of before would still save.
    locked.turn += 1
    locked.save(update_fields=["draft", "turn", "changed_at"])
    integration.refresh_from_db()
