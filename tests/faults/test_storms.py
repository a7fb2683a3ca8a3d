"""Set-up, change and removal of every destination in a storm: all of it is carried out, and nothing is left over."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from onboarding.deliveries.kinds import KINDS
from onboarding.integrations import removal, runs
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import ResourceState
from onboarding.provisioning.steps.bucket import HOLDS_OBJECTS
from onboarding.spec import integration_spec as specs
from portal.local.ministack import MiniStack
from tests.faults import invariants, proxy, stream_keys
from tests.faults.case import Case, new_case
from tests.faults.proxy import Proxy
from tests.faults.scenario import Rig
from tests.faults.storm import Storm
from tests.faults.worker import drive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aws_proxy(ministack: MiniStack, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.01)
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_left_over_after_a_storm(rig: Rig, aws_proxy: Proxy, seed: int) -> None:
    case = new_case(rig.client_key, kinds=KINDS, new_key=True)
    storm = Storm(seed)
    assert carried_out(case, storm, aws_proxy) == "done", failures(case)
    assert invariants.broken(case) == []
    case = changed(case)
    assert carried_out(case, storm, aws_proxy) == "done", failures(case)
    case = removing(case)
    assert carried_out(case, storm, aws_proxy) == "done", failures(case)
    assert left_over(case) == []


def carried_out(case: Case, storm: Storm, aws_proxy: Proxy) -> str:
    """The state of a run after the storm."""
    aws_proxy.fault = storm
    state = drive(case.run_id, turns=200)
    aws_proxy.fault = proxy.no_fault
    return state


def failures(case: Case) -> list[tuple[str, str, str]]:
    """The steps that are not done, each with its reason and what AWS said."""
    rows = case.run.steps.exclude(state="done")
    return [(row.name, str(row.reason and row.reason.code), row.aws_detail) for row in rows]


def changed(case: Case) -> Case:
    """The case with a run that changes the stream and drops a delivery."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    before = specs.from_row(integration.spec)
    stream = replace(before.stream, shards=2, retention_hours=72)
    wanted = replace(before, stream=stream, deliveries=before.deliveries[1:])
    return replace(case, run_id=runs.start_run(integration=integration, actor="test", spec=wanted).pk)


def removing(case: Case) -> Case:
    """The case with a run that removes everything."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    return replace(case, run_id=removal.start_removal(integration=integration, actor="test", delete_data=True).pk)


def left_over(case: Case) -> list[str]:
    """What is in the account or in the inventory, and why it should not be."""
    root = case.root()
    there = {
        what: len(getattr(root.client(service), operation)(**asked)[member])
        for what, (service, operation, asked, member) in invariants.LISTS.items()
    }
    kept = Resource.objects.filter(integration=case.run.integration_id).exclude(state=ResourceState.REMOVED)
    holding = [row.name for row in kept if row.kind == "S3 bucket" and row.kept == HOLDS_OBJECTS.reason]
    wrong = [f"{count} {what}" for what, count in there.items() if count and what != "buckets"]
    wrong += [f"{there['buckets']} buckets, {holding} hold objects"] if there["buckets"] != len(holding) else []
    wrong += [f"the inventory lists {row}: {row.kept}" for row in kept if row.name not in holding]
    return [*wrong, *(f"the KMS key {arn} stays" for arn in stream_keys.staying(root))]
