"""Requests for diagnoses, and the worker's part: one at a time for each stream, and none within half a minute."""

from datetime import timedelta

from django.db.models.functions import Now

from monitoring.diagnosis.diagnose import diagnose
from monitoring.diagnosis.report import Report, report_of
from onboarding import check_queue
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from onboarding.models.requested_check import OPEN, OPEN_NOW
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act
from portal import deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.message import Message
from portal.tenancy import audit

# For all who view a stream together: a diagnosis makes about 70 calls to AWS.
AGAIN_AFTER = timedelta(seconds=30)
# A worker begins within a second; the sweep finds what was lost within ten.
STARTS_WITHIN = timedelta(seconds=20)


@deadlocks.atomic
def request(*, integration: Integration, actor: Actor) -> bool:
    """Request a diagnosis; return False, and request none, while one is under way or was finished just now.

    Raises ValidationError for a suspended tenant.
    """
    lock_integration(integration.pk)
    may_act(integration.tenant)
    rows = Diagnosis.objects.filter(integration=integration)
    if rows.filter(OPEN).exists() or rows.filter(finished_at__gt=Now() - AGAIN_AFTER).exists():
        return False
    check_queue.request(
        Diagnosis,
        of={"integration": integration},
        inputs={},
        actor=str(actor),
        progress=Message("diagnosis.waiting"),
    )
    _record(integration, actor)
    return True


def last(integration_id: int) -> Diagnosis | None:
    """Return the row of a stream's diagnosis, with `is_open`; None before the first was requested."""
    return Diagnosis.objects.filter(integration_id=integration_id).annotate(open_now=OPEN_NOW).first()


def perform(check_id: int) -> None:
    """Do a requested diagnosis, as a worker; nothing where another worker does it, or it was requested long ago."""
    check = check_queue.claim(Diagnosis, check_id)
    if check is None:
        return
    integration = check.integration
    with check_queue.finishing(check, integration.tenant):
        report = diagnose(
            integration,
            requested_by=check.requested_by,
            progress=lambda progress: check_queue.keep(check, progress=progress),
        )
        check_queue.keep(check, results=report.as_json())


def diagnose_here(integration: Integration, *, actor: Actor) -> Report:
    """Diagnose in this process, for the command line, and keep the results. Raises ValidationError."""
    may_act(integration.tenant)
    _record(integration, actor)
    report = diagnose(integration, requested_by=str(actor), progress=lambda _: None)
    values = {"requested_by": str(actor), "results": report.as_json()}
    created = {**values, "requested_at": report.began_at, "finished_at": report.finished_at}
    Diagnosis.objects.update_or_create(integration=integration, defaults=values, create_defaults=created)
    return report


def report_in(check: Diagnosis | None) -> Report | None:
    """Return the results of the last diagnosis that was finished, or None."""
    return report_of(check.results) if check is not None else None


def waits_for_worker(check: Diagnosis) -> bool:
    """Return whether workers have not begun or finished a diagnosis, although they had time."""
    now = DatabaseClock().now()
    if not check.is_open:
        return check.finished_at is None
    if check.claimed_at is None:
        return now - check.requested_at > STARTS_WITHIN
    return now - check.claimed_at > check_queue.CLAIM_HOLDS


def _record(integration: Integration, actor: Actor) -> None:
    audit.record(
        "monitoring:diagnosis:requested",
        tenant=integration.tenant,
        actor=actor,
        target=integration.name,
        about=integration,
    )
