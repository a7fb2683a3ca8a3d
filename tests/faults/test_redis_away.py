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
from onboarding.spec import integration_spec as specs
from portal import live
from tests.faults import broker_away, invariants, proxy
from tests.faults.outages import Outage, Outages, is_over
from tests.faults.scene import Scene, new_scene
from tests.faults.stage import KILLED, Stage, wait_for
from tests.faults.visitor import visitor
from tests.journeys.browser import chromium, needs_chromium, sign_in
from tests.world import PASSWORD, person

OPERATIONS = ["CreateStream", "CreateBucket", "CreateDeliveryStream", "CreateAccessKey", "PutRecord"]


@pytest.mark.slow
def test_a_run_survives_its_broker(theatre: Stage) -> None:
    ways = itertools.cycle([(signal.SIGTERM, False), (KILLED, True)])

    def outage(operation: str, how: signal.Signals, *, emptied: bool) -> Outage:
        return Outage(operation, lambda: theatre.stop_redis(how), lambda: theatre.start_redis(emptied=emptied))

    outages = Outages([outage(one, how, emptied=gone) for one, (how, gone) in zip(OPERATIONS, ways, strict=False)])
    theatre.aws.weather = outages
    with theatre.worker():
        scene = new_scene(theatre.client_key)
        try:
            wait_for(lambda: is_over(scene.run_id), 180, "the end of the run")
        finally:
            theatre.aws.weather = proxy.fair
            outages.end()
    assert sorted(outages.happened) == sorted(OPERATIONS)
    assert invariants.broken(scene) == []


@pytest.mark.slow
def test_a_run_waits_for_its_broker(theatre: Stage) -> None:
    # `make faults` does this for minutes.
    assert broker_away.run_through(theatre, 3).wrong == []


@pytest.mark.slow
def test_a_click_while_redis_is_away_is_kept_and_says_so(theatre: Stage) -> None:
    scene = wanted(theatre)
    with theatre.worker(), theatre.web() as address:
        admin = visitor(address, scene.run.integration.tenant)
        theatre.stop_redis()
        began = time.monotonic()
        page = admin.post(start_of(scene))
        assert page.status_code == 200
        assert time.monotonic() - began < 10
        assert "This run is saved and waiting for our message queue." in page.text
        run = Run.objects.filter(integration=scene.run.integration_id).latest("pk")
        assert run.state == "pending"
        assert admin.get("/readyz").json() == {"postgresql": True, "redis": False}
        theatre.start_redis(emptied=True)
        wait_for(lambda: is_over(run.pk), 120, "the end of the run")
        done = admin.get(urlsplit(str(page.url)).path)
        assert "waiting for our message queue" not in done.text
    assert invariants.broken(Scene(scene.account_id, run.pk, scene.client_key)) == []


@pytest.mark.slow
def test_a_click_on_a_frozen_redis_does_not_hang(theatre: Stage) -> None:
    scene = wanted(theatre)
    with theatre.web() as address:
        admin = visitor(address, scene.run.integration.tenant)
        os.kill(theatre.redis.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            page = admin.post(start_of(scene))
            took = time.monotonic() - began
        finally:
            os.kill(theatre.redis.process.pid, signal.SIGCONT)
    assert took < 15
    assert "This run is saved and waiting for our message queue." in page.text


@pytest.mark.slow
def test_event_streams_end_with_redis_and_come_back_with_it(theatre: Stage) -> None:
    scene = new_scene(theatre.client_key)
    path = f"/events/run/{scene.run_id}/"
    with theatre.web() as address:
        admin = visitor(address, scene.run.integration.tenant)
        with admin.events(path) as names:
            live.publish(f"run:{scene.run_id}", "changed")
            assert next(names) == "changed"
            theatre.stop_redis(KILLED)
            assert list(names) == [], "the stream ends, so that the browser asks again"
        refused = admin.get(path)
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (503, True)
        theatre.start_redis(emptied=True)
        with admin.events(path) as names:
            live.publish(f"run:{scene.run_id}", "changed")
            assert next(names) == "changed"


@pytest.mark.slow
@needs_chromium
def test_an_open_page_says_what_is_wrong_and_comes_to_the_end_by_itself(theatre: Stage) -> None:
    scene = new_scene(theatre.client_key)
    path = run_page(scene)
    admin = person("ada@estate.example", scene.run.integration.tenant)
    theatre.stop_redis()
    try:
        with theatre.web() as address, chromium() as browser:
            page = browser.new_page()
            sign_in(page, address, admin.email, PASSWORD)
            page.goto(address + path)
            page.get_by_text("waiting for our message queue").wait_for()
            theatre.start_redis()
            page.get_by_text("waiting for our message queue").wait_for(state="detached", timeout=30_000)
            with theatre.worker():
                page.get_by_text("is ready, and its access key works").wait_for(timeout=60_000)
    finally:
        if theatre.redis.process.exit_code is not None:
            theatre.start_redis()


def run_page(scene: Scene) -> str:
    """The address of the scene's run."""
    return reverse("run", kwargs={"slug": scene.run.integration.tenant.slug, "pk": scene.run_id})


def wanted(theatre: Stage) -> Scene:
    """A scene whose first run was cancelled and whose wizard is full: its review has the button to start."""
    scene = new_scene(theatre.client_key)
    Run.objects.filter(pk=scene.run_id).update(state="cancelled")
    integration = Integration.objects.select_related("tenant", "connection").get(pk=scene.run.integration_id)
    integration.draft = codec.pages_of(specs.from_dict(integration.spec), integration)
    integration.state = "attention"
    integration.save()
    return scene


def start_of(scene: Scene) -> str:
    """The address of that button."""
    integration = scene.run.integration
    return reverse("integration_start", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
