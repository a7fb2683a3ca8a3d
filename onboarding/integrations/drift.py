"""Drift: what is no longer as an integration left it. Looked for on schedule and on demand, kept until it is gone,
accepted by somebody, or mended by a run."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from onboarding.connections import sessions
from onboarding.credentials.vault import SealerVault
from onboarding.integrations import share_keys
from onboarding.integrations.context_factory import may_fan_out, may_set_log_retention, may_share
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.provisioning import plan_factory
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.claims import ACTIVE, Claim
from onboarding.provisioning.context import Context, Terms
from onboarding.provisioning.differences import Difference
from onboarding.provisioning.drift_checks import checks_of
from onboarding.provisioning.ledger import DatabaseLedger
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec import integration_spec as specs
from onboarding.spec.remediation import Remediation
from portal import deadlocks
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message

log = logging.getLogger(__name__)

# A claim to no run: whatever a check would write with it raises FenceLost and changes no row.
NO_CLAIM = Claim(run_id=0, owner="", fence=0)


def scheduled_integrations() -> QuerySet[Integration]:
    """Return the integrations that are checked on schedule: those that are live, with no run at work."""
    rows = Integration.objects.filter(state=IntegrationState.LIVE, tenant__is_suspended=False)
    return rows.exclude(runs__state__in=ACTIVE)


def check(integration: Integration) -> list[DriftFinding]:
    """Compare what there is with what was asked for, keep what differs, and return it, the accepted too.

    A fault of AWS is kept in words in the integration's `drift_problem`, and leaves what was found before. While a run
    is at work nothing is looked at: things are meant to change then.
    """
    refuse_self_managed(integration)
    if integration.spec is None or integration.runs.filter(state__in=ACTIVE).exists():
        return findings(integration)
    began = DatabaseClock().now()
    try:
        context = _context(integration)
        found, of_keys = _differences(context), share_keys.read(integration, context)
    except AwsFault as fault:
        return _troubled(integration, fault.message, began)
    except Refused as refused:
        return _troubled(integration, refused.message, began)
    share_keys.keep(integration, of_keys)
    return keep(integration, found, began)


def refuse_self_managed(integration: Integration) -> None:
    """Raise ValidationError for an integration that its owner runs: what there is was never Sluice's to compare."""
    if integration.is_self_managed:
        raise validation_error(Message("drift.self_managed"))


def findings(integration: Integration) -> list[DriftFinding]:
    """Return what differs, in the order of the steps."""
    return list(integration.drift.all())


def repair_loses_records(integration: Integration) -> bool:
    """Tell whether mending would shorten the retention period, and so lose records."""
    rows = integration.drift.filter(step="stream", what__code="drift.retention_period")
    return any(_hours(row.found) > _hours(row.expected) for row in rows)


def remediations_of(integration: Integration) -> list[Remediation]:
    """Return what a repair does to the IAM user: all that was found there and that nobody accepted."""
    open_findings = integration.drift.filter(accepted_at__isnull=True)
    return [remediation for finding in open_findings for remediation in finding.repairs]


def _hours(message: Message | None) -> int:
    return int(str(message.params["retention_hours"])) if message else 0


def request_check(*, integration: Integration, actor: Actor) -> None:
    """Note that somebody asked for a look; the caller sees to it that a worker looks. Raises ValidationError."""
    may_act(integration.tenant)
    refuse_self_managed(integration)
    if integration.runs.filter(state__in=ACTIVE).exists():
        raise validation_error(Message("drift.run_in_progress"))
    Integration.objects.filter(pk=integration.pk).update(drift_requested_at=Now())


@deadlocks.atomic
def accept(*, finding: DriftFinding, actor: Actor) -> None:
    """Take a difference as it is: it counts no more, and no run stops at it, until it changes.

    Raises ValidationError for an access key that Sluice did not make, and for AWS's quarantine of one.
    """
    integration = finding.integration
    lock_integration(integration.pk)
    may_act(integration.tenant)
    if why := finding.why_not_acceptable:
        raise validation_error(why)
    if finding.accepted_at is None:
        finding.accepted_at, finding.accepted_by = timezone.now(), str(actor)
        finding.save(update_fields=["accepted_at", "accepted_by"])
        _count(integration)
        details = _as_json(finding)
        record("drift:accepted", integration.tenant, actor, integration.name, about=integration, **details)


def after_run(run_id: int) -> None:
    """Look again when a run is over at whose integration something differed."""
    rows = Integration.objects.filter(runs__pk=run_id, drift__isnull=False, state=IntegrationState.LIVE)
    for integration in rows.select_related("tenant", "connection").distinct():
        check(integration)


def reading_context(integration: Integration, aws: AwsSession) -> Context:
    """Return what the checks of the steps compare with: the integration's plan, and a session that reads settings."""
    spec = specs.from_row(integration.spec)
    former = plan_factory.former_producer(integration, spec)
    plan = replace(plan_factory.plan_for(integration, spec), former=former)
    ledger = DatabaseLedger(NO_CLAIM, integration, vendor_fingerprint="")
    connection = plan_factory.connected(integration)
    terms = Terms(
        may_set_log_retention=may_set_log_retention(connection),
        may_share=may_share(connection),
        may_fan_out=may_fan_out(connection),
    )
    return Context(plan=plan, aws=aws, ledger=ledger, vault=SealerVault(), terms=terms)


def _context(integration: Integration) -> Context:
    stream, connection = specs.from_row(integration.spec).stream, plan_factory.connected(integration)
    purpose, fips = f"drift-{integration.uid}", stream.endpoint.is_fips
    aws = sessions.session_for(connection, stream.region, purpose, SessionScope.SETTINGS, fips=fips)
    return reading_context(integration, aws)


def _differences(context: Context) -> list[tuple[str, Difference]]:
    return [(name, difference) for name, check in checks_of(context.plan) for difference in check(context)]


@deadlocks.atomic
def keep(integration: Integration, found: Iterable[tuple[str, Difference]], began: datetime) -> list[DriftFinding]:
    """Keep what a check that began then found, and return all findings; a later check or a run makes it void."""
    lock_integration(integration.pk)
    if not _note_check(integration, began, problem=None):
        return findings(integration)
    before = {(row.step, row.what): row for row in integration.drift.all()}
    for position, (step, difference) in enumerate(found):
        row = before.pop((step, difference.what), None)
        if row is None or (row.expected, row.found) != (difference.expected, difference.found):
            row = _write(integration, row, step, difference)
        remediations = [remediation.as_dict() for remediation in difference.remediations]
        DriftFinding.objects.filter(pk=row.pk).update(position=position, remediations=remediations)
    integration.drift.filter(pk__in=[row.pk for row in before.values()]).delete()
    _count(integration)
    return findings(integration)


def _note_check(integration: Integration, began: datetime, *, problem: Message | None) -> bool:
    """Note a check's time and problem; return False, and note nothing, of one that a later check or a run overtook."""
    if integration.runs.filter(Q(state__in=ACTIVE) | Q(finished_at__gt=began)).exists():
        return False
    no_later = Q(drift_checked_at__isnull=True) | Q(drift_checked_at__lt=began)
    rows = Integration.objects.filter(no_later, pk=integration.pk)
    return bool(rows.update(drift_checked_at=began, drift_problem=problem))


def _write(integration: Integration, row: DriftFinding | None, step: str, difference: Difference) -> DriftFinding:
    row = row or DriftFinding(integration=integration, step=step, what=difference.what)
    row.expected, row.found, row.found_at = difference.expected, difference.found, timezone.now()
    row.accepted_at, row.accepted_by = None, ""
    row.save()
    details = {**_as_json(row), "integration": integration.uid}
    record("drift:found", integration.tenant, "drift", integration.name, about=integration, **details)
    return row


def _as_json(finding: DriftFinding) -> dict[str, Any]:
    messages = {"what": finding.what, "expected": finding.expected, "found": finding.found}
    return {name: message.as_json() if message else None for name, message in messages.items()}


def _count(integration: Integration) -> None:
    count = integration.drift.filter(accepted_at__isnull=True).count()
    Integration.objects.filter(pk=integration.pk).update(drift_count=count)
    integration.refresh_from_db(fields=["drift_count", "drift_checked_at", "drift_problem", "drift_requested_at"])


def _troubled(integration: Integration, trouble: Message, began: datetime) -> list[DriftFinding]:
    log.warning("drift.not_checked integration=%s: %s", integration.uid, trouble.code)
    _note_check(integration, began, problem=trouble)
    _count(integration)
    return findings(integration)
