"""What people do in onboarding. Every service is one transaction, checks its own rules, and leaves an audit event."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from onboarding import adopting, changing, drafts, inventory, opening, reach, tasks
from onboarding import spec as specs
from onboarding.connections import start_connection, verify_connection
from onboarding.granting import role_template
from onboarding.mends import Mend
from onboarding.models import Fetch, Integration, PgpKey, Run, SealedCopy, Step
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.context import Refused
from onboarding.provisioning.teardown import removals_of
from onboarding.provisioning.workflow import steps_of
from onboarding.rules import Actor, one_name_at_a_time
from onboarding.rules import may_act as _may_act
from onboarding.rules import record as _record
from onboarding.spec import IntegrationSpec, Problem, SpecRefused
from onboarding.states import ConnectionState, CredentialState, IntegrationState, RunState, StepState
from portal.messages.catalogue import explanation_of
from portal.openpgp.certificates import inspect
from portal.tenancy.models import Tenant

__all__ = [
    "Actor",
    "StaleDraft",
    "add_pgp_key",
    "begin_turn",
    "bucket_conflict",
    "cancel_run",
    "confirm_pgp_key",
    "fetch_copy",
    "retry_run",
    "role_template",
    "save_page",
    "spec_of",
    "start_connection",
    "start_integration",
    "start_run",
    "verify_connection",
]


@transaction.atomic
def add_pgp_key(*, tenant: Tenant, blob: bytes, actor: Actor) -> PgpKey:
    """Keep a recipient's public certificate, not yet confirmed.

    Raises CertificateRefused with the reason in words; nothing of what was refused is kept anywhere.
    """
    _may_act(tenant)
    certificate = inspect(blob)
    key, created = PgpKey.objects.update_or_create(
        tenant=tenant,
        fingerprint=certificate.fingerprint,
        defaults={
            "user_ids": list(certificate.user_ids),
            "algorithm": certificate.algorithm,
            "encryption_key_id": certificate.encryption_key_id,
            "certificate": certificate.armored,
            "warning": " ".join(explanation_of(warning) for warning in certificate.warnings),
            "expires_at": certificate.expires_at,
        },
    )
    _record("pgpkey:added" if created else "pgpkey:renewed", tenant, actor, key.fingerprint)
    return key


@transaction.atomic
def confirm_pgp_key(*, key: PgpKey, actor: Actor) -> PgpKey:
    """Note that a person compared the fingerprint with the key's owner."""
    _may_act(key.tenant)
    if key.confirmed_at is None:
        key.confirmed_at, key.confirmed_by = timezone.now(), str(actor)
        key.save(update_fields=["confirmed_at", "confirmed_by"])
        _record("pgpkey:confirmed", key.tenant, actor, key.fingerprint)
    return key


@transaction.atomic
def start_integration(*, tenant: Tenant, actor: Actor) -> Integration:
    """Open a draft that the wizard fills."""
    _may_act(tenant)
    integration = Integration.objects.create(tenant=tenant, name="New integration", created_by=str(actor))
    _record("integration:drafted", tenant, actor, integration.uid)
    return integration


class StaleDraft(Exception):
    """A page that was saved while typing, and reached the server after the same page had been submitted."""


@transaction.atomic
def begin_turn(*, integration: Integration) -> None:
    """Note that a page is submitted: what was saved while typing and comes later than this is stale."""
    Integration.objects.filter(pk=integration.pk).update(turn=F("turn") + 1)
    integration.refresh_from_db(fields=["turn"])


@transaction.atomic
def save_page(*, integration: Integration, page: str, values: dict[str, Any], turn: int | None = None) -> None:
    """Keep a page of the wizard as it was typed.

    `turn` is given by what is saved while typing: the turn that the page was shown in. Raises StaleDraft when a page
    was submitted since, because the submitted one is what its reader meant.
    """
    _may_act(integration.tenant)
    locked = Integration.objects.select_for_update().get(pk=integration.pk)
    if turn is not None and turn != locked.turn:
        raise StaleDraft
    locked.draft = {**locked.draft, page: values}
    if locked.status is IntegrationState.DRAFT:
        locked.name = drafts.name_of(locked.draft) or locked.name
    locked.save(update_fields=["draft", "name", "changed_at"])
    integration.draft, integration.name = locked.draft, locked.name


@transaction.atomic
def save_delivery(
    *, integration: Integration, key: str, values: dict[str, Any] | None, turn: int | None = None
) -> dict[str, dict[str, Any]]:
    """Keep one delivery of a draft as it was typed, or with None forget it; return all that there are.

    Raises StaleDraft as `save_page` does.
    """
    locked = Integration.objects.select_for_update().get(pk=integration.pk)
    items = drafts.deliveries_of(locked.draft)
    if values is None:
        items.pop(key, None)
    else:
        items[key] = values
    save_page(integration=integration, page="delivery", values={"items": items}, turn=turn)
    return items


def spec_of(integration: Integration) -> IntegrationSpec:
    """Return the declaration that the draft's pages make; raises SpecRefused with every problem."""
    return drafts.as_spec(integration)


def bucket_conflict(*, integration: Integration, values: dict[str, Any]) -> str | None:
    """Return why this bucket cannot serve, or None. Raises AwsFault."""
    return drafts.bucket_conflict(integration, values)


def start_run(
    *,
    integration: Integration,
    actor: Actor,
    spec: IntegrationSpec | None = None,
    accept_loss: bool = False,
    mends: Sequence[Mend] = (),
) -> Run:
    """Start carrying a spec out, or return the run that is already at it: two clicks make one run.

    Without `spec` the draft's is taken. A change that loses records needs `accept_loss`, said by a person; `mends` is
    what a repair does to the IAM user.
    Raises SpecRefused with every problem, before any call to AWS.
    """
    with transaction.atomic():
        one_name_at_a_time(integration.tenant)
        locked = Integration.objects.select_for_update().select_related("tenant").get(pk=integration.pk)
        _may_act(locked.tenant)
        if running := locked.runs.filter(state__in=ACTIVE).first():
            return _applying(running)
        if locked.is_self_run:
            words = "You run this integration yourselves, so Sluice makes nothing of it. Set up another one for that."
            raise SpecRefused([Problem("name", words)])
        if locked.state == IntegrationState.REMOVED:
            raise SpecRefused([Problem("name", "This integration was removed; set up another one in its place.")])
        wanted = spec or (specs.from_dict(locked.spec) if locked.spec else drafts.as_spec(locked))
        run = _new_run(locked, wanted, actor, accept_loss or changing.was_accepted(locked, wanted))
        if mends:
            _agree(run, mends, actor)
        tasks.wake(run.pk)
    integration.refresh_from_db()
    return run


def _agree(run: Run, mends: Sequence[Mend], actor: Actor) -> None:
    run.mends = [one.as_dict() for one in mends]
    run.save(update_fields=["mends"])
    told = {"run": run.pk, "integration": run.integration.uid, "does": [one.words for one in mends]}
    _record("repair:agreed", run.integration.tenant, actor, run.integration.name, **told)


def _applying(running: Run) -> Run:
    if running.is_removal:
        raise SpecRefused([Problem("name", "This integration is being removed; wait until that is over.")])
    return running


def _new_run(integration: Integration, spec: IntegrationSpec, actor: Actor, accept_loss: bool) -> Run:
    connection = drafts.connection_of(integration.tenant, spec)
    problems = specs.check(spec, name_prefix=connection.name_prefix, account_id=connection.account_id)
    problems += changing.refusals(integration, spec) + _name_taken(integration, spec)
    problems += [] if accept_loss else changing.losses(integration, spec)
    problems += reach.problems(spec, connection) + adopting.problems(integration, spec, connection)
    if spec.stream.makes_key and connection.has_grant and not connection.allow_keys:
        words = f"The role of {connection.name} was set up without the right to make keys. Choose another key."
        problems.append(Problem("stream.kms_key", words))
    if not connection.has_grant:
        words = f"{connection.name} gives Sluice no access: run it yourself, with the files of its plan."
        problems.append(Problem("connection", words))
    elif connection.state != ConnectionState.VERIFIED:
        problems.append(Problem("connection", f"The connection {connection.name} is not verified."))
    if problems:
        raise SpecRefused(problems)
    integration.connection, integration.spec, integration.name = connection, spec.as_dict(), spec.name
    if integration.state == IntegrationState.DRAFT or integration.state == IntegrationState.ATTENTION:
        integration.state = IntegrationState.PROVISIONING
    integration.draft.pop(changing.CHANGING, None)
    integration.save(update_fields=["connection", "spec", "name", "state", "draft", "changed_at"])
    integration.recipients.set(integration.tenant.pgp_keys.filter(fingerprint__in=spec.recipients))
    return _write_run(integration, spec, actor, accept_loss)


def _write_run(integration: Integration, spec: IntegrationSpec, actor: Actor, accept_loss: bool) -> Run:
    try:
        plan = opening.plan_for(integration, spec)
    except Refused as refused:
        raise SpecRefused([Problem("recipients", f"{refused.what} {refused.todo}")]) from refused
    run = Run.objects.create(
        integration=integration, spec=spec.as_dict(), requested_by=str(actor), accept_loss=accept_loss
    )
    steps = [(kind, kind.title(plan)) for kind in steps_of(plan)]
    steps += removals_of(inventory.unwanted(integration), opening.terms_of(run, plan))
    Step.objects.bulk_create(
        Step(run=run, name=kind.name, position=position, title=title[:200])
        for position, (kind, title) in enumerate(steps, start=1)
    )
    told = {"run": run.pk, "integration": integration.uid, **({"accept_loss": True} if accept_loss else {})}
    _record("run:started", integration.tenant, actor, integration.name, **told)
    return run


def _name_taken(integration: Integration, spec: IntegrationSpec) -> list[Problem]:
    others = Integration.objects.filter(tenant=integration.tenant, name=spec.name).exclude(pk=integration.pk)
    if others.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]).exists():
        return [Problem("name", f"Another integration is called “{spec.name}” already.")]
    return []


@transaction.atomic
def retry_run(*, run: Run, actor: Actor) -> Run:
    """Go on from where a run stopped; a run that goes on already is left alone."""
    locked = Run.objects.select_for_update().select_related("integration__tenant").get(pk=run.pk)
    _may_act(locked.integration.tenant)
    if locked.state not in {RunState.FAILED, RunState.CANCELLED} or _is_superseded(locked):
        return locked
    locked.steps.filter(state=StepState.FAILED).update(
        state=StepState.TODO, reason="", todo="", aws_detail="", retry_at=None, started_at=None, finished_at=None
    )
    locked.state, locked.failure, locked.cancel_asked = RunState.PENDING, "", False
    locked.due_at, locked.finished_at, locked.crashes, locked.is_shut_out = timezone.now(), None, 0, False
    locked.save(update_fields=["state", "failure", "cancel_asked", "due_at", "finished_at", "crashes", "is_shut_out"])
    state = IntegrationState.REMOVING if locked.is_removal else IntegrationState.PROVISIONING
    rows = Integration.objects.filter(pk=locked.integration_id).exclude(state=IntegrationState.REMOVED)
    rows.update(state=state)
    _record("run:retried", locked.integration.tenant, actor, locked.integration.name, run=locked.pk)
    tasks.wake(locked.pk)
    return locked


@transaction.atomic
def cancel_run(*, run: Run, actor: Actor) -> Run:
    """Stop a run before its next step. What it has made stays and is listed; an unproven key is removed."""
    locked = Run.objects.select_for_update().select_related("integration__tenant").get(pk=run.pk)
    _may_act(locked.integration.tenant)
    if RunState(locked.state).is_over:
        return locked
    locked.cancel_asked, locked.due_at = True, timezone.now()
    locked.save(update_fields=["cancel_asked", "due_at"])
    _record("run:cancel-asked", locked.integration.tenant, actor, locked.integration.name, run=locked.pk)
    tasks.wake(locked.pk)
    return locked


@transaction.atomic
def fetch_copy(*, copy: SealedCopy, actor: Actor) -> SealedCopy:
    """Hand out a sealed copy, leaving a receipt of who took it and when."""
    integration = copy.credential.integration
    if copy.credential.state not in {CredentialState.READY, CredentialState.IN_USE}:
        raise ValidationError("This key is not ready, or no longer valid, so its sealed copy is not handed out.")
    Fetch.objects.create(copy=copy, actor=str(actor))
    _record(
        "credential:fetched",
        integration.tenant,
        actor,
        copy.credential.access_key_id or copy.credential.user_name,
        integration=integration.uid,
        fingerprint=copy.fingerprint,
    )
    return copy


def _is_superseded(run: Run) -> bool:
    return Run.objects.filter(integration=run.integration_id, pk__gt=run.pk).exists()
