"""What commands print of a run and of the resources of an integration."""

from datetime import UTC, datetime

import pytest

from onboarding.integrations import inventory
from onboarding.management.integrations.runs import inventory_lines, run_as_json, run_lines
from onboarding.models.connection import Connection
from onboarding.models.states import RunState, StepState
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.onboarding.management.integrations.rows import integration, run_of, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind Estates")


def test_a_run_as_json_has_every_step_with_its_reason(tenant: Tenant) -> None:
    owner = integration(tenant)
    run = run_of(owner, RunState.FAILED, failure=Message("refused.no_vendor_key"))
    step(run, 1, StepState.DONE, did=Message("outcome.created"), arn="arn:aws:s3:::bucket-1")
    step(run, 2, StepState.FAILED, reason=Message("refused.no_bucket", bucket="b"), aws_detail="404", attempts=3)
    answer = run_as_json(run)
    assert (answer["integration"], answer["uid"], answer["run_state"]) == ("harbour", owner.uid, "failed")
    assert answer["failure"]["code"] == "refused.no_vendor_key"
    first, second = answer["steps"]
    assert (first["did"]["code"], first["reason"], first["arn"]) == ("outcome.created", None, "arn:aws:s3:::bucket-1")
    assert (second["reason"]["code"], second["aws_detail"], second["attempts"]) == ("refused.no_bucket", "404", 3)


def test_a_line_a_step_gives_the_most_important_note(tenant: Tenant) -> None:
    run = run_of(integration(tenant))
    step(run, 1, StepState.DONE, found=Message("outcome.as_specified"), did=Message("outcome.created"))
    step(run, 2, StepState.DONE, found=Message("outcome.as_specified"))
    step(run, 3, StepState.TODO)
    head, count, *lines = run_lines(run_as_json(run))
    assert (head.endswith(": live"), count) == (True, "  2 of 3 steps done")
    notes = [text_of(Message(code)) for code in ("outcome.created", "outcome.as_specified")]
    assert [line.partition(" — ")[2] for line in lines] == [*notes, ""]


def test_the_lines_of_a_failed_run_end_with_what_to_do(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.FAILED, failure=Message("refused.no_vendor_key"))
    answer = run_as_json(run)
    assert run_lines(answer)[1:] == [part for part in (answer["failure"]["text"], answer["failure"]["todo"]) if part]


def test_an_integration_without_a_run_is_one_line() -> None:
    assert run_lines({"integration": "harbour", "uid": "u", "state": "draft"}) == ["harbour (u): draft"]


def test_the_inventory_says_what_was_adopted_and_why_something_was_kept() -> None:
    row = {"kind": "S3 bucket", "name": "b", "state": "kept", "adopted": False, "kept": None}
    lines = inventory_lines([row, {**row, "adopted": True, "kept": {"text": "It is yours."}}])
    assert inventory_lines([]) == []
    assert [line.split() for line in lines[1:]] == [
        ["kept", "S3", "bucket", "b"],
        ["adopted", "S3", "bucket", "b", "—", "It", "is", "yours."],
    ]


def test_what_is_in_the_account_is_printed_with_its_age(tenant: Tenant) -> None:
    found = integration(tenant)
    found.drift_checked_at = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
    found.save()
    first = run_lines(run_as_json(run_of(found)))[0]
    assert first == f"harbour ({found.uid}): live, last seen in AWS 2026-11-29 10:00 UTC"


def test_the_inventory_says_since_when_it_is_unknown(tenant: Tenant) -> None:
    found = integration(tenant)
    found.resources.create(kind="data stream", name="sluice-sensors", state="present")
    Connection.objects.update(state="degraded", state_since=datetime(2026, 11, 29, 10, 0, tzinfo=UTC))
    found.refresh_from_db()
    rows = [line.as_dict() for line in inventory.lines(found)]
    assert "sluice-sensors — unknown since 2026-11-29 10:00 UTC" in inventory_lines(rows)[1]
