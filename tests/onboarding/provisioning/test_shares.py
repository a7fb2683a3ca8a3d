"""Shares, carried out in an account: beside statements of others, which stay as they were, and with rights to spare."""

import json
from dataclasses import replace
from typing import Any

import botocore.client
import pytest

from onboarding.connections import permission_choice
from onboarding.integrations import drift, inventory, plan_view, removal, runs, share_status
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.share_statements import key_statement
from onboarding.sharing.share import Share
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from portal.aws import kms
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS
from portal.aws.policies.shares import find_statement, share_statement, with_statement
from portal.aws.policies.statements import document
from portal.aws.resource_policies import put_resource_policy, resource_policy
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.driving import carried_out, differences, failed_steps
from tests.portal.local.emulator.other_account import Reader, reader_of
from tests.world import World, new_account_id

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"


@pytest.fixture
def reader(world: World) -> Reader:
    return reader_of(world.ministack, new_account_id())


def spec_of(world: World, *shares: Share, kms_key: str = "none") -> IntegrationSpec:
    spec = world.spec(world.connected(), world.recipient(), delivery=False)
    return replace(spec, stream=replace(spec.stream, kms_key=kms_key), shares=shares)


def run_of(world: World, spec: IntegrationSpec, integration: Integration | None = None) -> Run:
    integration = integration or Integration.objects.create(tenant=world.tenant, name="draft")
    return carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))


def stream_arn(world: World) -> str:
    return f"arn:aws:kinesis:eu-west-1:{world.account_id}:stream/{STREAM}"


def foreign(world: World, size: int = 0) -> dict[str, Any]:
    """A statement of someone else, in a form that Sluice would not write."""
    statement = share_statement("theirs", "777788889999", stream_arn(world))
    return {
        **statement,
        "Principal": {"AWS": ["777788889999"]},
        **({"Condition": {"StringEquals": {"aws:PrincipalTag/x": "y" * size}}} if size else {}),
    }


def set_foreign(world: World, size: int = 0) -> dict[str, Any]:
    policy = {"Version": "2012-10-17", "Id": "theirs", "Statement": [foreign(world, size)]}
    put_resource_policy(world.root(), stream_arn(world), policy)
    return policy


def test_a_share_is_added_beside_a_foreign_statement_read_and_removed_with_that_one_untouched(
    world: World, reader: Reader
) -> None:
    spec = spec_of(world)
    run = run_of(world, spec)
    integration = Integration.objects.get(pk=run.integration_id)
    before = set_foreign(world)
    with pytest.raises(reader.Denied):
        reader.read(stream_arn(world))
    shared = replace(spec, shares=(Share("analytics", reader.arn),))
    run = run_of(world, shared, integration)
    assert failed_steps(run) == {}
    assert run.state == RunState.DONE
    found = resource_policy(world.root(), stream_arn(world))
    assert found is not None
    assert found["Statement"][0] == before["Statement"][0]
    assert [found["Id"], len(found["Statement"])] == ["theirs", 2]
    assert reader.read(stream_arn(world)), "the record of the test"
    assert drift.check(integration) == []
    [line] = [line for line in inventory.lines(integration) if line.kind == "stream share"]
    assert (line.name, line.arn) == ("analytics", stream_arn(world))

    run = run_of(world, spec, integration)
    assert (run.state, "remove_share" in run.steps.values_list("name", flat=True)) == (RunState.DONE, True)
    assert resource_policy(world.root(), stream_arn(world)) == before
    with pytest.raises(reader.Denied):
        reader.read(stream_arn(world))


@pytest.mark.audit
def test_the_policy_is_deleted_only_if_nothing_of_anyone_else_is_left(world: World, reader: Reader) -> None:
    run = run_of(world, spec_of(world, Share("analytics", reader.arn)))
    assert run.state == RunState.DONE, failed_steps(run)
    integration = Integration.objects.get(pk=run.integration_id)
    run = carried_out(removal.start_removal(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    assert resource_policy(world.root(), stream_arn(world)) is None, "the stream has records, and is kept"


def test_a_second_run_changes_nothing_and_drift_is_found_and_repaired(
    world: World, reader: Reader, calls: list[str]
) -> None:
    run = run_of(world, spec_of(world, Share("analytics", reader.arn), Share("tools", "777788889999")))
    integration = Integration.objects.get(pk=run.integration_id)
    del calls[:]
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE
    assert "PutResourcePolicy" not in calls
    sid = Share("analytics", "").sid(integration.uid)
    policy = resource_policy(world.root(), stream_arn(world))
    assert policy is not None
    ours = find_statement(policy, sid)
    [ours["Action"]] = [["kinesis:GetRecords", "kinesis:PutRecord"]]
    put_resource_policy(world.root(), stream_arn(world), document(ours))
    assert set(differences(drift.check(integration))) == {
        "Share analytics: statement in the resource policy",
        "Share tools",
    }
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE
    assert drift.check(integration) == []


@pytest.mark.audit
def test_a_policy_at_awss_limit_is_refused_and_unchanged(world: World, reader: Reader) -> None:
    spec = spec_of(world)
    integration = Integration.objects.get(pk=run_of(world, spec).integration_id)
    before = set_foreign(world, size=20_000)
    run = run_of(world, replace(spec, shares=(Share("analytics", reader.arn),)), integration)
    [(step, reason)] = failed_steps(run).items()
    assert (step, reason.code) == ("share:analytics", "refused.resource_policy_too_large")
    assert resource_policy(world.root(), stream_arn(world)) == before


@pytest.mark.audit
def test_a_principal_that_does_not_exist_is_named(world: World) -> None:
    run = run_of(world, spec_of(world, Share("analytics", "arn:aws:iam::444455556666:role/absent")))
    [(step, reason)] = failed_steps(run).items()
    assert (step, reason.code) == ("share:analytics", "refused.share_rejected")
    assert "Invalid principal" in run.steps.get(name=step).aws_detail


@pytest.mark.audit
def test_a_statement_that_another_program_overwrites_is_put_in_again(
    world: World, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, left = botocore.client.BaseClient._make_api_call, [1]

    def overwritten(self, operation, parameters):
        answer = original(self, operation, parameters)
        if operation == "PutResourcePolicy" and left:
            left.clear()
            set_foreign(world)
        return answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", overwritten)
    run = run_of(world, spec_of(world, Share("analytics", reader.arn)))
    assert run.state == RunState.DONE, failed_steps(run)
    found = resource_policy(world.root(), stream_arn(world))
    assert found is not None
    assert [statement["Sid"][:6] for statement in found["Statement"]] == ["theirs", "Sluice"]


def test_a_new_key_admits_the_reader_until_the_share_ends(world: World, reader: Reader) -> None:
    spec = spec_of(world, Share("analytics", reader.arn), kms_key="new")
    run = run_of(world, spec)
    assert run.state == RunState.DONE, failed_steps(run)
    integration = Integration.objects.get(pk=run.integration_id)
    assert reader.read(stream_arn(world))
    [line] = [line for line in inventory.lines(integration) if line.kind == "KMS key"]
    sid = Share("analytics", "").sid(integration.uid)
    assert find_statement(kms.key_policy(world.root(), line.arn), sid)
    assert drift.check(integration) == []
    assert run_of(world, replace(spec, shares=()), integration).state == RunState.DONE
    assert find_statement(kms.key_policy(world.root(), line.arn), sid) is None
    assert drift.check(integration) == []


def test_a_removal_after_the_permission_was_withdrawn_keeps_the_statement_and_says_why(
    world: World, reader: Reader, calls: list[str]
) -> None:
    run = run_of(world, spec_of(world, Share("analytics", reader.arn)))
    assert run.state == RunState.DONE, failed_steps(run)
    integration = Integration.objects.get(pk=run.integration_id)
    connection = world.tenant.connections.get()
    permission_choice.choose_permissions(connection=connection, optional=DEFAULT_PERMISSIONS, actor=world.admin)
    del calls[:]
    run = carried_out(removal.start_removal(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    assert not [call for call in calls if "ResourcePolicy" in call], "no call that the role would be denied"
    [line] = [line for line in inventory.lines(integration, removed=True) if line.kind == "stream share"]
    assert line.kept is not None
    assert line.kept.code == "kept.sharing_not_allowed"
    assert resource_policy(world.root(), stream_arn(world)) is not None, "the stream has records, and is kept with it"


def test_whether_a_key_of_the_clients_own_admits_the_reader_is_read_from_its_policy(
    world: World, reader: Reader, calls: list[str]
) -> None:
    """Seen, not seen, and not known; the reader itself finds the same."""
    root = world.root()
    key = root.client("kms").create_key()["KeyMetadata"]["Arn"]
    spec = spec_of(world, Share("analytics", reader.arn), Share("tools", "777788889999"), kms_key=key)
    run = run_of(world, spec)
    assert run.state == RunState.DONE, failed_steps(run)
    integration = Integration.objects.select_related("connection").get(pk=run.integration_id)
    assert drift.check(integration) == []
    [analytics, tools] = share_status.shares_of(integration)
    assert [(found.look, found.verdict.code) for found in (analytics, tools)] == [
        ("failing", "share_status.key_refuses")
    ] * 2
    assert analytics.key_verdict.code == "share_status.key_does_not_allow"
    with pytest.raises(reader.Denied):
        reader.read(stream_arn(world))

    plan = plan_for(integration, spec)
    kms.put_key_policy(root, key, with_statement(kms.key_policy(root, key), key_statement(plan, spec.shares[0])))
    drift.check(integration)
    assert reader.read(stream_arn(world))
    [analytics, tools] = share_status.shares_of(integration)
    assert (analytics.look, analytics.key_verdict.code) == ("healthy", "share_status.key_allows")
    assert (tools.look, tools.key_verdict.code) == ("failing", "share_status.key_does_not_allow")

    connection = integration.connection
    assert connection is not None
    connection.deployed = {"read_at": "2026-12-01", "policies": {"SluiceConsumers": document()}}
    connection.deployed["policies"]["SluiceConsumers"]["Statement"] = [
        {"Effect": "Allow", "Action": ["kinesis:GetResourcePolicy"], "Resource": "*"}
    ]
    connection.save(update_fields=["deployed"])
    del calls[:]
    integration.refresh_from_db()
    drift.check(integration)
    assert "GetKeyPolicy" not in calls, "a role of an older file is not denied"
    [analytics, _] = share_status.shares_of(integration)
    assert (analytics.look, analytics.key_verdict.code) == ("healthy", "share_status.key_not_known")


def test_what_it_needs_is_shown_and_refused_before_anything_is_created(world: World, reader: Reader) -> None:
    share = Share("analytics", reader.arn)
    own_key = f"arn:aws:kms:eu-west-1:{world.account_id}:key/0f1e2d3c-0000-4000-8000-000000000000"
    spec = spec_of(world, share, kms_key=own_key)
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    view = plan_view.plan_of(integration, spec)
    titles = {text_of(policy.title): json.dumps(policy.document) for policy in view.policies}
    assert "kms:Decrypt" in titles["Policy of your KMS key: statements to add yourself"]
    assert reader.arn in titles["Resource policy of the data stream: statements that Sluice adds"]
    connection = world.tenant.connections.get()
    aws_key = replace(spec, stream=replace(spec.stream, kms_key="aws"))
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor=world.admin, spec=aws_key)
    assert [problem.message.code for problem in refused.value.problems] == ["share.aws_managed_key"]
    permission_choice.choose_permissions(connection=connection, optional=DEFAULT_PERMISSIONS, actor=world.admin)
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor=world.admin, spec=spec)
    assert [problem.message.code for problem in refused.value.problems] == ["connection.sharing_not_allowed"]
