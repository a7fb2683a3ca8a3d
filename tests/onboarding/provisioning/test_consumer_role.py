"""Consumers' roles: another account reads by them with the right external ID, and in no other way."""

from dataclasses import replace

import pytest

from onboarding.connections import grant, permission_choice
from onboarding.consumers.role import ConsumerRole
from onboarding.integrations import drift, removal, repair, runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import ResourceState, RunState
from onboarding.provisioning import consumer_plan, plan_factory
from onboarding.provisioning.steps.consumer_role import KIND, POLICY_NAME
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from portal.aws.errors import AwsFault
from portal.aws.iam.roles import get_role, inline_role_policies, put_role_policy, role_policy, update_trust
from portal.aws.kinesis import create_stream
from portal.aws.records import put_record
from portal.messages.catalogue import text_of
from tests.consumer_identity import assumed, consumer_identity, read_all
from tests.onboarding.provisioning.driving import carried_out, differences, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"


def spec_of(world: World, *roles: ConsumerRole, **stream: object) -> IntegrationSpec:
    spec = world.spec(world.connected(), world.recipient(), delivery=False)
    return replace(spec, recipients=(), consumer_roles=roles, stream=replace(spec.stream, **stream))


def started(world: World, spec: IntegrationSpec) -> Run:
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    return runs.start_run(integration=integration, actor=world.admin, spec=spec)


def set_up(world: World, spec: IntegrationSpec) -> Integration:
    run = carried_out(started(world, spec))
    assert failed_steps(run) == {}
    assert run.state == RunState.DONE
    return Integration.objects.get(pk=run.integration_id)


def applied(world: World, integration: Integration, *roles: ConsumerRole) -> Run:
    spec = replace(specs.from_row(integration.spec), consumer_roles=roles)
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))
    assert failed_steps(run) == {}
    integration.refresh_from_db()
    return run


def test_a_principal_that_does_not_exist_is_refused_by_aws_and_named(world: World) -> None:
    absent = f"arn:aws:iam::{world.other_account_id}:role/absent"
    run = carried_out(started(world, spec_of(world, ConsumerRole("analytics", (absent,)))))
    [(step, reason)] = failed_steps(run).items()
    assert (step, reason.code) == ("consumer_role:analytics", "refused.consumer_principals")
    assert absent in text_of(reason)
    assert "Invalid principal in policy" in run.steps.get(name=step).aws_detail
    world.ministack.root(world.other_account_id).client("iam").create_role(
        RoleName="absent", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}'
    )
    integration = Integration.objects.get(pk=run.integration_id)
    assert applied(world, integration, ConsumerRole("analytics", (absent,))).state == RunState.DONE


def test_a_principal_of_another_account_reads_with_the_right_external_id_only(world: World) -> None:
    principal, consumer = consumer_identity(world.ministack, world.other_account_id)
    role = ConsumerRole("analytics", (principal,), session_seconds=7200)
    integration = set_up(world, spec_of(world, role, kms_key="new"))
    plan = plan_factory.plan_for(integration, specs.from_row(integration.spec))
    arn, external_id = consumer_plan.role_arn(plan, role), consumer_plan.external_id(plan, role)
    assert external_id == integration.consumer_external_ids.get().external_id
    assert external_id not in {integration.connection.external_id, str(integration.producer_external_id)}
    put_record(world.root(), STREAM, data=b'{"celsius": 21}', partition_key="a")
    create_stream(world.root(), "sluice-other", mode="PROVISIONED", shard_count=1, tags={})

    session = assumed(consumer, arn, ExternalId=external_id, DurationSeconds=7200)
    assert b'{"celsius": 21}' in read_all(session, plan.stream_arn)
    with pytest.raises(AwsFault):
        put_record(session, STREAM, data=b"{}", partition_key="a")
    with pytest.raises(AwsFault):
        read_all(session, plan.stream_arn.replace(STREAM, "sluice-other"))
    for given in ({"ExternalId": "another"}, {}, {"ExternalId": integration.connection.external_id}):
        with pytest.raises(AwsFault) as refused:
            assumed(consumer, arn, **given)
        assert refused.value.is_denied_role
    with pytest.raises(AwsFault):
        assumed(consumer, arn, ExternalId=external_id, DurationSeconds=10_800)
    _, stranger = consumer_identity(world.ministack, world.other_account_id)
    with pytest.raises(AwsFault):
        assumed(stranger, arn, ExternalId=external_id)


def test_roles_are_changed_added_and_removed_by_a_run(world: World) -> None:
    first, second = ConsumerRole("first", (world.other_account_id,)), ConsumerRole("second", (world.other_account_id,))
    integration = set_up(world, spec_of(world, first))
    kept = integration.consumer_external_ids.get().external_id
    plan = plan_factory.plan_for(integration, specs.from_row(integration.spec))
    name = consumer_plan.role_name(plan, first)
    assert drift.check(integration) == []
    assert carried_out(runs.start_run(integration=integration, actor=world.admin)).state == RunState.DONE

    applied(world, integration, replace(first, session_seconds=43_200), second)
    there = get_role(world.root(), name)
    assert there.session_seconds == 43_200
    assert there.trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] == kept
    ids = dict(integration.consumer_external_ids.values_list("role", "external_id"))
    assert ids["first"] == kept != ids["second"]

    applied(world, integration, second)
    assert get_role(world.root(), name) is None
    states = dict(integration.resources.filter(kind=KIND).values_list("name", "state"))
    assert states == {name: ResourceState.REMOVED, consumer_plan.role_name(plan, second): ResourceState.PRESENT}
    own = replace(second, external_id="their-own-id")
    changed = applied(world, integration, own)
    [did] = [step.did for step in changed.steps.filter(name=f"consumer_role:{own.name}")]
    assert text_of(did) == "set its trust policy", "a change that was requested restores nothing"
    trust = get_role(world.root(), consumer_plan.role_name(plan, own)).trust
    assert trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] == "their-own-id"


def test_drift_is_found_and_repaired(world: World) -> None:
    role = ConsumerRole("analytics", (world.other_account_id, world.account_id))
    integration = set_up(world, spec_of(world, role))
    plan, root = plan_factory.plan_for(integration, specs.from_row(integration.spec)), world.root()
    name = consumer_plan.role_name(plan, role)
    there = get_role(root, name)
    everyone = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    update_trust(root, name, everyone)
    [allowed, *rest] = role_policy(root, name, POLICY_NAME)["Statement"]
    wider = {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": "*"}, *rest]}
    put_role_policy(root, name, POLICY_NAME, wider)
    put_role_policy(root, name, "more", wider)
    root.client("iam").update_role(RoleName=name, MaxSessionDuration=7200)
    assert set(differences(drift.check(integration))) == {
        f"Role {name}: who can assume it",
        f"Role {name}: permissions",
        f"Role {name}: session duration",
        f"Role {name}: added policies",
    }
    agreed = drift.remediations_of(integration)
    run = carried_out(repair.repair(integration=integration, actor=world.admin, remediations=agreed))
    assert run.state == RunState.DONE, failed_steps(run)
    repaired = get_role(root, name)
    assert (repaired.trust, repaired.session_seconds) == (there.trust, 3600)
    assert inline_role_policies(root, name) == [POLICY_NAME]
    assert drift.check(integration) == []


def test_a_removal_deletes_the_role_before_the_stream(world: World) -> None:
    integration = set_up(world, spec_of(world, ConsumerRole("analytics", (world.other_account_id,))))
    run = carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    assert run.state == RunState.DONE
    names = list(run.steps.values_list("name", flat=True))
    assert names.index("remove_consumer_role") < names.index("remove_stream")
    assert world.root().client("iam").list_roles(PathPrefix="/sluice/consumers/")["Roles"] == []


def test_without_the_permission_no_role_is_created_and_everything_else_works(world: World) -> None:
    spec = spec_of(world, ConsumerRole("analytics", (world.other_account_id,)))
    [connection] = world.tenant.connections.all()
    chosen = connection.optional_permissions
    permission_choice.choose_permissions(
        connection=connection, optional=replace(chosen, consumers=False), actor=world.admin
    )
    with pytest.raises(SpecRefused) as refused:
        started(world, spec)
    assert [(found.path, found.message.code) for found in refused.value.problems] == [
        ("consumer_roles", "consumer.not_allowed")
    ]
    permission_choice.choose_permissions(connection=connection, optional=chosen, actor=world.admin)
    connection.deployed["policies"] |= {"SluiceConsumers": None, "ConsumerBoundary": None}
    connection.save(update_fields=["deployed"])
    with pytest.raises(SpecRefused) as refused:
        started(world, spec)
    assert [(found.path, found.message.code) for found in refused.value.problems] == [
        ("consumer_roles", "connection.role_out_of_date")
    ]
    assert {update.name for update in grant.to_bring_up_to_date(connection)} == {
        "SluiceConsumers",
        "SluiceConsumerBoundary",
    }
    assert carried_out(started(world, replace(spec, consumer_roles=()))).state == RunState.DONE
