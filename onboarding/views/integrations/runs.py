"""Page 6: a run, live, step by step."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from onboarding.account_state.connection_status import connection_status
from onboarding.connections import check_requests
from onboarding.credentials import possession
from onboarding.integrations import abandon, inventory, runs, selectors
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run, Step
from onboarding.models.states import RunState, StepState
from onboarding.provisioning.plan import INTEGRATION_TAG
from onboarding.provisioning.plan_factory import connected
from onboarding.provisioning.root_causes import with_one_cause
from onboarding.provisioning.usual_durations import usual_duration
from onboarding.views import page
from onboarding.wizard import pages
from portal import live, rate_limits
from portal.messages.catalogue import advice_of, text_of
from portal.messages.message import Message
from portal.numbers import in_fours
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

_STATES = {StepState.SKIPPED: "done"}
_WAITING = Message("waiting.aws")
_SAME_CAUSE = Message("run.step_has_shared_cause")
_NOT_DONE = Message("run.step_cancelled")


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as the page shows it; `started_at` only while it runs, `took` only when it is over."""

    state: str
    title: str
    note: str
    retry_at: datetime | None
    started_at: datetime | None
    took: str
    todo: str
    detail: str


@require_safe
@of_tenant()
def run(request: TenantRequest, pk: int) -> HttpResponse:
    """Show a run; the steps refresh themselves until it is over."""
    found = _run_of(request, pk)
    unproved = _unproved(found) if Right.KEYS in request.rights and not found.status.is_over else []
    return render(request, "onboarding/run.html", {**_context(request, found), "unproved": unproved})


def _unproved(run: Run) -> list[PgpKey]:
    """Return the recipients of a setup who can open a test message meanwhile: their copies wait for that."""
    keys = [] if run.is_removal else list(run.integration.recipients.filter(removed_at=None))
    known = possession.possession_of(keys) if keys else {}
    return [key for key in keys if key.can_receive and known[key.fingerprint].proof is None]


@require_safe
@of_tenant()
def run_steps(request: TenantRequest, pk: int) -> HttpResponse:
    """Send the changing part of the page; when the run is over, the whole page, so that nothing polls any more."""
    context = _context(request, _run_of(request, pk))
    response = render(
        request, context["template"] if context["view"].is_over else "onboarding/_run_steps.html", context
    )
    return reswap(retarget(response, "#run"), "outerHTML") if context["view"].is_over else response


@require_POST
@of_tenant(Right.SET_UP)
def run_retry(request: TenantRequest, pk: int) -> HttpResponse:
    """Resume at the failed step."""
    runs.retry_run(run=_run_of(request, pk), actor=request.user)
    return redirect("run", slug=request.tenant.slug, pk=pk)


@require_POST
@of_tenant(Right.SET_UP)
def run_verify(request: TenantRequest, pk: int) -> HttpResponse:
    """Request a test of the role that AWS denied to the run, which is resumed if the role works; show the test."""
    found = _run_of(request, pk)
    connection = connected(found.integration)
    rate_limits.use(rate_limits.VERIFICATIONS, tenant=request.tenant, user=request.user)
    try:
        check_requests.request_trust_test(
            connection=connection, role_arn=connection.role_arn, actor=request.user, run=found
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("run", slug=request.tenant.slug, pk=pk)
    return redirect("connection", slug=request.tenant.slug, uid=connection.uid)


@require_POST
@of_tenant(Right.SET_UP)
def run_cancel(request: TenantRequest, pk: int) -> HttpResponse:
    """Stop the run before its next step."""
    runs.cancel_run(run=_run_of(request, pk), actor=request.user)
    return redirect("run", slug=request.tenant.slug, pk=pk)


def _run_of(request: TenantRequest, pk: int) -> Run:
    rows = Run.objects.select_related("integration__tenant", "integration__connection")
    return get_object_or_404(rows, pk=pk, integration__tenant=request.tenant)


def _context(request: TenantRequest, found: Run) -> dict[str, Any]:
    view = selectors.run_view(found)
    integration = found.integration
    at = {"slug": request.tenant.slug, "pk": found.pk}
    may_set_up = Right.SET_UP in request.rights
    return {
        "tenant": request.tenant,
        "integration": integration,
        "connection": integration.connection,
        "spaced_account": in_fours(integration.connection.account_id) if integration.connection else "",
        "view": view,
        "run": found,
        "lines": _lines(view),
        "is_role_denied": selectors.is_role_denied(found),
        "connection_status": connection_status(integration.connection) if integration.connection else None,
        "elapsed": _duration(view.elapsed_seconds),
        "failed_step": _failed_step(view),
        "resources": (listed := inventory.lines(integration)),
        "kept": [line for line in inventory.leftovers(listed) if line.kept],
        "adopted": [line for line in listed if line.is_adopted],
        # Everything has Sluice's tag, except a stream that is no longer adopted.
        "made": inventory.leftovers(listed) or not found.is_removal,
        "template": "onboarding/_run_removal.html" if found.is_removal else "onboarding/_run.html",
        "is_queue_away": not view.is_over and live.is_away(settings.CELERY_BROKER_URL),
        "tag": f"{INTEGRATION_TAG}={integration.uid}",
        "stream": found.spec.get("stream", {}),
        "has_own_copy": bool(found.spec.get("recipients")),
        "steps_url": reverse("run_steps", kwargs=at),
        "is_newest": selectors.current_run(integration) == found,
        "may_abandon": Right.REMOVE in request.rights and abandon.can_be_abandoned(integration),
        "may_edit": may_set_up and pages.is_editable(integration),
        "edit_url": pages.url_of(integration, "review"),
        **page.trail(integration, "run", linked=may_set_up),
    }


def _failed_step(view: selectors.RunView) -> Step | None:
    # A run that could not enter the account has no failed step; the next one in line has what AWS said.
    failed = next((step for step in view.steps if step.status is StepState.FAILED), None)
    return failed or next((step for step in view.steps if step.aws_detail), None)


def _lines(view: selectors.RunView) -> list[StepLine]:
    lines = [_line(step, view.run) for step in view.steps]
    shared = set(with_one_cause(view.steps))
    if not shared:
        return lines
    # The failure at the top of the page reports the cause, once.
    return [
        replace(line, note=text_of(_SAME_CAUSE), todo="", detail="") if step in shared else line
        for step, line in zip(view.steps, lines, strict=True)
    ]


def _line(step: Step, run: Run) -> StepLine:
    status = step.status
    state = _STATES.get(status, str(status))
    if run.status is RunState.CANCELLED and status in {StepState.TODO, StepState.RUNNING, StepState.WAITING}:
        state = "cancelled"
    is_active = state in {"running", "waiting"}
    return StepLine(
        state=state,
        title=text_of(step.title),
        note=text_of(selectors.waits_for(run, step)) or _note(step, state),
        retry_at=step.retry_at if state == "waiting" else None,
        started_at=step.started_at if is_active else None,
        took=_took(step) if status.is_over else "",
        todo=advice_of(step.reason) if state == "failed" else "",
        detail=step.aws_detail if state in {"failed", "waiting"} else "",
    )


def _note(step: Step, state: str) -> str:
    if state in {"running", "waiting"}:
        reason = step.reason or (_WAITING if state == "waiting" else None)
        return f"{text_of(reason)} {text_of(usual_duration(step.name))}".strip()
    if state == "failed":
        return text_of(step.reason)
    if state == "cancelled":
        return text_of(_NOT_DONE)
    return " · ".join(text_of(outcome) for outcome in (step.found, step.did) if outcome)


def _took(step: Step) -> str:
    if not (step.started_at and step.finished_at):
        return ""
    seconds = (step.finished_at - step.started_at).total_seconds()
    return f"{max(seconds, 0.1):.1f} s" if seconds < 60 else _duration(int(seconds))


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60} s"
