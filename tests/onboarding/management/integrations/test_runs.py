"""What commands print of a run, and when they say that it failed."""

import io
from typing import Any

import pytest
from django.core.management.base import CommandError, OutputWrapper

from onboarding.management.integrations.runs import (
    follow,
    integration_called,
    inventory_lines,
    run_as_json,
    run_lines,
)
from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import IntegrationState, RunState, StepState
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind Estates")


def integration(tenant: Tenant, name: str = "harbour", state: IntegrationState = IntegrationState.LIVE) -> Integration:
    found = live_integration(tenant, "under another name")
    found.name, found.state = name, state
    found.save()
    return found


def run_of(owner: Integration, state: RunState = RunState.DONE, **fields: Any) -> Run:
    return Run.objects.create(integration=owner, state=state, spec=owner.spec, requested_by="a test", **fields)


def step(run: Run, position: int, state: StepState, **fields: Any) -> Step:
    title = Message("step.new_bucket", bucket=f"bucket-{position}")
    return Step.objects.create(run=run, name=f"s{position}", position=position, title=title, state=state, **fields)


def test_an_integration_is_found_by_name_and_by_uid(tenant: Tenant) -> None:
    found = integration(tenant)
    assert integration_called("harbour", tenant) == integration_called(found.uid, tenant) == found


@pytest.mark.parametrize("state", [IntegrationState.DRAFT, IntegrationState.REMOVED])
def test_a_draft_or_removed_one_counts_only_where_there_is_no_other(tenant: Tenant, state: IntegrationState) -> None:
    first = integration(tenant, state=state)
    assert integration_called("harbour", tenant) == first
    newest = integration(tenant, state=state)
    assert integration_called("harbour", tenant) == newest
    live = integration(tenant)
    integration(tenant, state=state)
    assert integration_called("harbour", tenant) == live


def test_another_tenants_integration_is_not_found(tenant: Tenant) -> None:
    found = integration(Tenant.objects.create(slug="contoso", name="Contoso Towers"))
    for name in ("harbour", found.uid):
        with pytest.raises(CommandError, match="no integration called"):
            integration_called(name, tenant)


def test_following_prints_each_finished_step_once(tenant: Tenant) -> None:
    run = run_of(integration(tenant))
    done, skipped = step(run, 1, StepState.DONE), step(run, 2, StepState.SKIPPED)
    step(run, 3, StepState.TODO)
    out = io.StringIO()
    follow(run, 5, OutputWrapper(out))
    assert out.getvalue().splitlines() == [f"done: {text_of(each.title)}" for each in (done, skipped)]


def test_following_without_output_is_silent_and_still_fails(tenant: Tenant) -> None:
    failed = run_of(integration(tenant), RunState.FAILED, failure=Message("refused.no_bucket", bucket="b"))
    step(failed, 1, StepState.DONE)
    with pytest.raises(CommandError) as caught:
        follow(failed, 5, None)
    assert text_of(Message("refused.no_bucket", bucket="b")) in str(caught.value)


def test_a_run_that_takes_longer_goes_on_without_the_command(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.WAITING)
    with pytest.raises(CommandError, match=r"Not done after 0 seconds\. The run continues"):
        follow(run, 0, None)


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
    head, *lines = run_lines(run_as_json(run))
    assert head.endswith(": live")
    notes = [text_of(Message(code)) for code in ("outcome.created", "outcome.as_specified")]
    assert [line.partition(" — ")[2] for line in lines] == [*notes, ""]


def test_the_lines_of_a_failed_run_end_with_what_to_do(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.FAILED, failure=Message("refused.no_vendor_key"))
    answer = run_as_json(run)
    assert run_lines(answer)[1:] == [part for part in (answer["failure"]["text"], answer["failure"]["todo"]) if part]


def test_an_integration_without_a_run_is_one_line() -> None:
    assert run_lines({"integration": "harbour", "uid": "u", "state": "draft"}) == ["harbour (u): draft"]


def test_the_inventory_says_what_was_adopted_and_why_something_was_kept() -> None:
    row = {"kind": "S3 bucket", "name": "b", "state": "kept", "adopted": False, "kept": ""}
    lines = inventory_lines([row, {**row, "adopted": True, "kept": "It is yours."}])
    assert inventory_lines([]) == []
    assert [line.split() for line in lines[1:]] == [
        ["kept", "S3", "bucket", "b"],
        ["adopted", "S3", "bucket", "b", "—", "It", "is", "yours."],
    ]
