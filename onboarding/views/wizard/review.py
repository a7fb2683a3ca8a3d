"""Page 6: all resources by name, and the button that creates them."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from onboarding.connections import boundary_check
from onboarding.connections import selectors as connections_selectors
from onboarding.drafts import codec
from onboarding.integrations import plan_view, runs, update
from onboarding.models.integration import Integration
from onboarding.problem_texts import sentence_of
from onboarding.provisioning.answers import Refused
from onboarding.spec import integration_spec as specs
from onboarding.spec.change import Verb
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.views import page
from onboarding.views.page import draft_of, show
from onboarding.wizard import page_status, pages
from portal.numbers import in_fours
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

KEY = "review"
# Where the reader fixes a problem of a part of the spec; "name" is the stream's, by which the integration goes.
_PAGE_OF = {
    "connection": "connect",
    "connect": "connect",
    "deliveries": "delivery",
    "delivery": "delivery",
    "consumer_roles": "consumers",
    "shares": "consumers",
    "devices": "consumers",
    "recipients": "recipients",
    "producer": "recipients",
}


def review_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """Show what would be created, or which pages are incomplete."""
    if request.method == "POST":
        return page.leave(integration, KEY, -1)
    return show(request, integration, KEY, _context(integration))


@require_POST
@of_tenant(Right.SET_UP)
def integration_start(request: TenantRequest, uid: str) -> HttpResponse:
    """Start the run and go to its page; two clicks start one run."""
    integration = draft_of(request, uid)
    if not pages.is_editable(integration):
        return page.to_run(integration)
    try:
        runs.start_run(
            integration=integration,
            spec=spec_of(integration),
            actor=request.user,
            accept_loss="accept_loss" in request.POST,
        )
    except (SpecRefused, Refused) as refused:
        integration.refresh_from_db()
        return refuse(request, integration, refused)
    return page.to_run(integration)


def refuse(request: TenantRequest, integration: Integration, refused: SpecRefused | Refused) -> HttpResponse:
    """Show the page again, with what has to be fixed first and where."""
    context = {**_context(integration), "problems": _links(integration, _problems(refused)), "was_submitted": True}
    return show(request, integration, KEY, context, refused=True)


@require_safe
@of_tenant()
def spec_yaml(request: TenantRequest, uid: str) -> HttpResponse:
    """Send the declaration as the YAML file that `manage.py integration apply` reads."""
    integration = draft_of(request, uid)
    try:
        text = spec_of(integration).as_yaml()
    except (SpecRefused, Refused):
        return redirect(pages.url_of(integration, KEY))
    response = HttpResponse(text, content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="{integration.uid}.yaml"'
    return response


def _context(integration: Integration) -> dict[str, Any]:
    try:
        spec = spec_of(integration)
        plan = plan_view.plan_of(integration, spec)
    except (SpecRefused, Refused) as refused:
        return {"plan": None, "problems": _links(integration, _problems(refused))}
    return {
        "plan": plan,
        "problems": _links(
            integration, boundary_check.problems(spec, connections_selectors.connection_of(integration.tenant, spec))
        ),
        "keys": pages.keys_of(integration),
        "has_vendor_key": settings.SLUICE_VENDOR_CERTIFICATE_FILE is not None,
        "spaced_account": in_fours(plan.account_id),
        "yaml": spec.as_yaml(),
        "has_grant": connections_selectors.connection_of(integration.tenant, spec).has_grant
        and not integration.is_self_managed,
        "may_self_manage": not integration.runs.exists(),
        "is_change": update.has_stream(integration),
        "unapplied": update.unapplied(integration),
        "changes": (found := update.changes_of(integration, spec)),
        "is_refused": any(change.verb is Verb.REFUSE for change in found),
        "losses": [change for change in found if change.loses],
    }


def spec_of(integration: Integration) -> IntegrationSpec:
    """Return the current spec: the submitted one, or what the pages say while they can be changed.

    Raises SpecRefused with every page that is not done.
    """
    if integration.spec and not pages.is_editable(integration):
        return specs.from_row(integration.spec)
    # A draft that is older than the page of consumers has none: nothing has to be chosen there.
    optional = {KEY} if pages.values_of(integration, "consumers") else {KEY, "consumers"}
    unfinished = [
        Problem(step.key, codec.INCOMPLETE[step.key])
        for step in pages.PAGES
        if step.key not in optional and page_status.status_of(integration, step.key).state != "done"
    ]
    if unfinished:
        raise SpecRefused(unfinished)
    return codec.as_spec(integration)


def _problems(refused: SpecRefused | Refused) -> list[Problem]:
    if isinstance(refused, SpecRefused):
        return refused.problems
    return [Problem("recipients", refused.message)]


def _links(integration: Integration, problems: list[Problem]) -> list[dict[str, str]]:
    links = []
    for problem in problems:
        goal = _PAGE_OF.get(problem.path.split(".")[0], "stream")
        links.append({"sentence": sentence_of(problem), "url": pages.url_of(integration, goal)})
    return links
