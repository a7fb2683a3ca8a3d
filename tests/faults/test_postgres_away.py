"""PostgreSQL restarted and crashed in the middle of runs, with a real worker: they go on by themselves."""

import itertools

import pytest
from django.urls import reverse

from tests.faults import invariants, proxy
from tests.faults.outages import Outage, Outages, is_over
from tests.faults.plots import PLOTS
from tests.faults.scene import new_scene
from tests.faults.stage import FAST, IMMEDIATE, Stage, wait_for
from tests.faults.visitor import visitor

APPLYING = [
    "CreateStream",
    "CreatePolicy",
    "CreateBucket",
    "CreateRole",
    "CreateDeliveryStream",
    "CreateUser",
    "CreateAccessKey",
    "AttachUserPolicy",
    "PutRecord",
]
REMOVING = ["DeleteUser", "DeletePolicy", "DeleteDeliveryStream", "DeleteRole", "DeleteStream"]


def restarts(theatre: Stage, operations: list[str]) -> Outages:
    """A restart at the answer of each operation, in good order and as a crash in turn."""
    ways = itertools.cycle([IMMEDIATE, FAST])
    planned = [
        Outage(operation, lambda how=how: theatre.stop_postgres(how), theatre.start_postgres)
        for operation, how in zip(operations, ways, strict=False)
    ]
    return Outages(planned)


def carried_out(theatre: Stage, run_id: int, operations: list[str]) -> list[str]:
    """Let the worker carry a run out while PostgreSQL goes and comes; return at which answers it went."""
    theatre.aws.weather = outages = restarts(theatre, operations)
    try:
        wait_for(lambda: is_over(run_id), 180, "the end of the run")
    finally:
        theatre.aws.weather = proxy.fair
        outages.end()
    return outages.happened


@pytest.mark.slow
def test_runs_go_on_by_themselves_when_postgresql_is_back(theatre: Stage) -> None:
    scene = new_scene(theatre.client_key)
    with theatre.worker():
        assert sorted(carried_out(theatre, scene.run_id, APPLYING)) == sorted(APPLYING)
        assert invariants.broken(scene) == []
        removal = PLOTS["remove"].begin(scene)
        assert sorted(carried_out(theatre, removal.run_id, REMOVING)) == sorted(REMOVING)
    assert PLOTS["remove"].broken(removal) == []


@pytest.mark.slow
def test_pages_say_whose_side_it_is_while_postgresql_is_away(theatre: Stage) -> None:
    scene = new_scene(theatre.client_key)
    page = reverse("run", kwargs={"slug": scene.run.integration.tenant.slug, "pk": scene.run_id})
    with theatre.web() as address:
        admin = visitor(address, scene.run.integration.tenant)
        assert admin.get(page).status_code == 200
        theatre.stop_postgres(IMMEDIATE)
        try:
            answers = {"read": admin.get(page), "home": admin.get("/"), "sent": admin.post(f"{page}cancel/")}
            ready = admin.get("/readyz")
        finally:
            theatre.start_postgres()
        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 503)
        for answer in answers.values():
            assert "Our database is not responding" in answer.text
            assert "The problem is on our side, not in your AWS account." in answer.text
            assert "Traceback" not in answer.text
            assert answer.headers["Retry-After"] == "10"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert 'http-equiv="refresh"' in answers["read"].text
        assert 'http-equiv="refresh"' not in answers["sent"].text
        assert (ready.status_code, ready.json()) == (503, {"postgresql": False, "redis": True})
        assert admin.get(page).status_code == 200
    assert not scene.run.cancel_asked
