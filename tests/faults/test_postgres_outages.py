"""PostgreSQL restarted and crashed in the middle of runs, with a real worker: they go on by themselves."""

import itertools

import pytest
from django.urls import reverse

from tests.faults import invariants, proxy
from tests.faults.case import new_case
from tests.faults.installation import FAST, IMMEDIATE, Installation
from tests.faults.outages import Outage, Outages, is_over
from tests.faults.visitor import visitor
from tests.faults.workloads import WORKLOADS
from tests.waiting import wait_for

pytestmark = pytest.mark.faults

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


def restarts(portal: Installation, operations: list[str]) -> Outages:
    """A restart at the answer of each operation, in good order and as a crash in turn."""
    ways = itertools.cycle([IMMEDIATE, FAST])
    planned = [
        Outage(operation, lambda how=how: portal.stop_postgres(how), portal.start_postgres)
        for operation, how in zip(operations, ways, strict=False)
    ]
    return Outages(planned)


def carried_out(portal: Installation, run_id: int, operations: list[str]) -> list[str]:
    """Let the worker carry a run out while PostgreSQL goes and comes; return at which answers it went."""
    portal.aws.fault = outages = restarts(portal, operations)
    try:
        wait_for(lambda: is_over(run_id), 180, "the end of the run")
    finally:
        portal.aws.fault = proxy.no_fault
        outages.end()
    return outages.happened


def test_runs_go_on_by_themselves_when_postgresql_is_back(portal: Installation) -> None:
    case = new_case(portal.client_key)
    with portal.worker():
        assert sorted(carried_out(portal, case.run_id, APPLYING)) == sorted(APPLYING)
        assert invariants.broken(case) == []
        removal = WORKLOADS["remove"].begin(case)
        assert sorted(carried_out(portal, removal.run_id, REMOVING)) == sorted(REMOVING)
    assert WORKLOADS["remove"].broken(removal) == []


def test_pages_say_whose_side_it_is_while_postgresql_is_away(portal: Installation) -> None:
    case = new_case(portal.client_key)
    page = reverse("run", kwargs={"slug": case.run.integration.tenant.slug, "pk": case.run_id})
    with portal.web() as address:
        admin = visitor(address, case.run.integration.tenant)
        assert admin.get(page).status_code == 200
        portal.stop_postgres(IMMEDIATE)
        try:
            answers = {"read": admin.get(page), "home": admin.get("/"), "sent": admin.post(f"{page}cancel/")}
            ready = admin.get("/readyz")
        finally:
            portal.start_postgres()
        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 503)
        for answer in answers.values():
            assert "Our database is not responding" in answer.text
            assert "The problem is on our side, not in your AWS account." in answer.text
            assert "Traceback" not in answer.text
            assert answer.headers["Retry-After"] == "10"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert 'http-equiv="refresh"' in answers["read"].text
        assert 'http-equiv="refresh"' not in answers["sent"].text
        parts = ready.json()
        assert (ready.status_code, parts["status"], parts["postgresql"], parts["redis"]) == (
            503,
            "unavailable",
            False,
            True,
        )
        assert admin.get(page).status_code == 200
    assert not case.run.cancel_requested
