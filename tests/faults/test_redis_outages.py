"""Redis emptied, restarted, frozen and away, with a real worker and a real web process: nothing is lost, all say so."""

import itertools
import os
import signal
import time
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.spec import validation
from portal import live
from tests.faults import invariants, proxy, redis_outage
from tests.faults.case import Case, new_case
from tests.faults.installation import KILLED, Installation
from tests.faults.outages import Outage, Outages, is_over
from tests.faults.visitor import visitor
from tests.journeys.browser import chromium, needs_chromium, sign_in
from tests.waiting import wait_for
from tests.world import PASSWORD, person

pytestmark = pytest.mark.faults

OPERATIONS = ["CreateStream", "CreateBucket", "CreateDeliveryStream", "CreateAccessKey", "PutRecord"]


def test_a_run_survives_its_broker(portal: Installation) -> None:
    ways = itertools.cycle([(signal.SIGTERM, False), (KILLED, True)])

    def outage(operation: str, how: signal.Signals, *, emptied: bool) -> Outage:
        return Outage(operation, lambda: portal.stop_redis(how), lambda: portal.start_redis(emptied=emptied))

    outages = Outages(
        [outage(operation, how, emptied=gone) for operation, (how, gone) in zip(OPERATIONS, ways, strict=False)]
    )
    portal.aws.fault = outages
    with portal.worker():
        case = new_case(portal.client_key)
        try:
            wait_for(lambda: is_over(case.run_id), 180, "the end of the run")
        finally:
            portal.aws.fault = proxy.no_fault
            outages.end()
    assert sorted(outages.happened) == sorted(OPERATIONS)
    assert invariants.broken(case) == []


def test_a_run_waits_for_its_broker(portal: Installation) -> None:
    # `make faults` does this for minutes.
    assert redis_outage.run_through(portal, 3).wrong == []


def test_a_click_while_redis_is_away_is_kept_and_says_so(portal: Installation) -> None:
    case = wanted(portal)
    with portal.worker(), portal.web() as address:
        admin = visitor(address, case.run.integration.tenant)
        portal.stop_redis()
        began = time.monotonic()
        page = admin.post(start_of(case))
        assert page.status_code == 200
        assert time.monotonic() - began < 10
        assert "This run is saved and waiting for our message queue." in page.text
        run = Run.objects.filter(integration=case.run.integration_id).latest("pk")
        assert run.state == "pending"
        ready = admin.get("/readyz").json()
        assert (ready["status"], ready["postgresql"], ready["redis"]) == ("degraded", True, False)
        portal.start_redis(emptied=True)
        wait_for(lambda: is_over(run.pk), 120, "the end of the run")
        done = admin.get(urlsplit(str(page.url)).path)
        assert "waiting for our message queue" not in done.text
    assert invariants.broken(Case(case.account_id, run.pk, case.client_key)) == []


def test_a_click_on_a_frozen_redis_does_not_hang(portal: Installation) -> None:
    case = wanted(portal)
    with portal.web() as address:
        admin = visitor(address, case.run.integration.tenant)
        os.kill(portal.redis.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            page = admin.post(start_of(case))
            took = time.monotonic() - began
        finally:
            os.kill(portal.redis.process.pid, signal.SIGCONT)
    assert took < 15
    assert "This run is saved and waiting for our message queue." in page.text


def test_event_streams_end_with_redis_and_come_back_with_it(portal: Installation) -> None:
    case = new_case(portal.client_key)
    path = f"/events/run/{case.run_id}/"
    with portal.web() as address:
        admin = visitor(address, case.run.integration.tenant)
        with admin.events(path) as names:
            live.publish(f"run:{case.run_id}", "changed")
            assert next(names) == "changed"
            portal.stop_redis(KILLED)
            assert list(names) == [], "the stream ends, so that the browser asks again"
        refused = admin.get(path)
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (503, True)
        portal.start_redis(emptied=True)
        with admin.events(path) as names:
            live.publish(f"run:{case.run_id}", "changed")
            assert next(names) == "changed"


@needs_chromium
def test_an_open_page_says_what_is_wrong_and_comes_to_the_end_by_itself(portal: Installation) -> None:
    case = new_case(portal.client_key)
    path = run_page(case)
    admin = person("ada@estate.example", case.run.integration.tenant)
    portal.stop_redis()
    try:
        with portal.web() as address, chromium() as browser:
            page = browser.new_page()
            sign_in(page, address, admin.email, PASSWORD)
            page.goto(address + path)
            page.get_by_text("waiting for our message queue").wait_for()
            portal.start_redis()
            page.get_by_text("waiting for our message queue").wait_for(state="detached", timeout=30_000)
            with portal.worker():
                page.get_by_text("is ready, and its access key works").wait_for(timeout=60_000)
    finally:
        if portal.redis.process.exit_code is not None:
            portal.start_redis()


def run_page(case: Case) -> str:
    """The address of the case's run."""
    return reverse("run", kwargs={"slug": case.run.integration.tenant.slug, "pk": case.run_id})


def wanted(portal: Installation) -> Case:
    """A case whose first run was cancelled and whose wizard is full: its review has the button to start."""
    case = new_case(portal.client_key)
    Run.objects.filter(pk=case.run_id).update(state="cancelled")
    integration = Integration.objects.select_related("tenant", "connection").get(pk=case.run.integration_id)
    integration.draft = codec.pages_of(validation.from_dict(integration.spec), integration)
    integration.state = "attention"
    integration.save()
    return case


def start_of(case: Case) -> str:
    """The address of that button."""
    integration = case.run.integration
    return reverse("integration_start", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
