"""Fifty people at one button, or one who is impatient: the same form posted fifty times at once to a real web process.

Start, repair and remove; each makes exactly one run, and every answer leads to its page or says clearly why not.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.urls import reverse

from onboarding.integrations import drift
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal.aws.stream_settings import set_retention
from tests.faults import invariants
from tests.faults.case import STREAM, Case
from tests.faults.installation import Installation
from tests.faults.outages import is_over
from tests.faults.test_redis_outages import start_of, wanted
from tests.faults.visitor import Visitor, visitor
from tests.faults.workloads import WORKLOADS, put_foreign_resources
from tests.waiting import wait_for

TIMES = 50


def posted(admin: Visitor, path: str, **sent: str) -> dict[int, set[str]]:
    """Post a form fifty times at the same moment with one session; return the statuses, and where each leads to."""
    together = Barrier(TIMES)

    def post(_: int) -> tuple[int, str]:
        together.wait(30)
        answer = admin.post_only(path, **sent)
        return answer.status_code, answer.headers.get("Location", "")

    answers: dict[int, set[str]] = {}
    with ThreadPoolExecutor(TIMES) as pool:
        for status, place in pool.map(post, range(TIMES)):
            answers.setdefault(status, set()).add(place)
    return answers


def run_made(integration: Integration, act: Callable[[], dict[int, set[str]]]) -> Run:
    """Return the one run that fifty posts made, to whose page every one of them led."""
    before = set(integration.runs.values_list("pk", flat=True))
    answers = act()
    [run] = integration.runs.exclude(pk__in=before)
    assert answers == {302: {reverse("run", kwargs={"slug": integration.tenant.slug, "pk": run.pk})}}
    return run


def test_fifty_posts_make_one_run(portal: Installation) -> None:
    case = wanted(portal)
    integration = Integration.objects.select_related("tenant").get(pk=case.run.integration_id)
    where = {"slug": integration.tenant.slug, "uid": integration.uid}
    with portal.web() as address:
        admin = visitor(address, integration.tenant)
        start = run_made(integration, lambda: posted(admin, start_of(case)))
        ended(portal, start)
        set_up = Case(case.account_id, start.pk, case.client_key)
        assert invariants.broken(set_up) == []

        set_retention(case.root(), STREAM, current_hours=48, wanted_hours=24)
        assert len(drift.check(Integration.objects.get(pk=integration.pk))) == 1
        repair = run_made(integration, lambda: posted(admin, reverse("integration_repair", kwargs=where)))
        ended(portal, repair)
        assert invariants.broken(Case(case.account_id, repair.pk, case.client_key)) == []

        put_foreign_resources(set_up)
        typed = {"confirmed": STREAM, "delete_data": "on"}
        removal = run_made(integration, lambda: posted(admin, reverse("integration_remove", kwargs=where), **typed))
        ended(portal, removal)
    assert WORKLOADS["remove"].broken(Case(case.account_id, removal.pk, case.client_key)) == []


def ended(portal: Installation, run: Run) -> None:
    with portal.worker():
        wait_for(lambda: is_over(run.pk), 120, "the end of the run")
