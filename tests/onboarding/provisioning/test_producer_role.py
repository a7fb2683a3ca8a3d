"""An integration whose vendor sends by assuming a role: no IAM user, no access key, and only the vendor's principal."""

from dataclasses import replace

import pytest
from django.conf import LazySettings

from onboarding.connections import grant
from onboarding.integrations import drift, removal, repair, runs
from onboarding.models.integration import Integration
from onboarding.models.producer_role import ProducerRole
from onboarding.models.run import Run
from onboarding.models.states import ProducerRoleState, RunState
from onboarding.provisioning.steps.producer_role_policy import POLICY_NAME
from onboarding.spec.integration_spec import ROLE, USER
from onboarding.spec.problem import SpecRefused
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault, aws_faults
from portal.aws.iam.roles import (
    attached_role_policies,
    get_role,
    inline_role_policies,
    put_role_policy,
    role_policy,
    update_trust,
)
from portal.aws.kinesis import describe_stream
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from tests.onboarding.provisioning.driving import carried_out, differences, failed_steps
from tests.vendor_sender import sender_identity
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"


@pytest.fixture
def sender(world: World, settings: LazySettings) -> AwsSession:
    settings.SLUICE_VENDOR_PRINCIPAL_ARN, session = sender_identity(world.ministack)
    return session


def asked(world: World) -> Run:
    connection = world.connected()
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = replace(world.spec(connection, world.recipient(), delivery=False), recipients=(), producer=ROLE)
    return runs.start_run(integration=integration, actor=world.admin, spec=spec)


def set_up(world: World) -> Integration:
    run = carried_out(asked(world))
    assert failed_steps(run) == {}
    assert run.state == RunState.DONE
    return Integration.objects.get(pk=run.integration_id)


def assumed(sender: AwsSession, arn: str, **given: str) -> AwsSession:
    with aws_faults("sts:AssumeRole"):
        answer = sender.client("sts").assume_role(RoleArn=arn, RoleSessionName="sender", **given)["Credentials"]
    credentials = AwsCredentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
    return AwsSession(region="eu-west-1", credentials=credentials)


def test_the_vendor_alone_assumes_the_role_with_its_external_id_and_puts_records(
    world: World, sender: AwsSession
) -> None:
    integration = set_up(world)
    role = integration.producer_roles.get()
    assert (role.state, integration.credentials.count()) == (ProducerRoleState.WAITING, 0)
    assert world.root().client("iam").list_users()["Users"] == []
    [event] = integration.vendor_events.all()
    assert (event.kind, event.facts["role"]) == ("role-ready", role.uid)
    external_id = str(integration.producer_external_id)
    assert external_id != integration.connection.external_id
    by_role = assumed(sender, role.arn, ExternalId=external_id)
    assert put_record(by_role, STREAM, data=b"{}", partition_key="a").sequence_number
    with pytest.raises(AwsFault):
        describe_stream(by_role, STREAM)
    for given in ({"ExternalId": "another"}, {}, {"ExternalId": integration.connection.external_id}):
        with pytest.raises(AwsFault) as refused:
            assumed(sender, role.arn, **given)
        assert refused.value.is_denied_role
    _, other = sender_identity(world.ministack)
    with pytest.raises(AwsFault):
        assumed(other, role.arn, ExternalId=external_id)


def test_a_second_run_changes_nothing_and_drift_is_found_and_repaired(world: World, sender: AwsSession) -> None:
    integration = set_up(world)
    assert drift.check(integration) == []
    name = integration.producer_roles.get().arn.rpartition("/")[2]
    there = get_role(world.root(), name)
    assert there is not None
    trust, permissions = there.trust, role_policy(world.root(), name, POLICY_NAME)
    everyone = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
    }
    update_trust(world.root(), name, everyone)
    [allowed] = permissions["Statement"]
    wider = {**permissions, "Statement": [{**allowed, "Resource": "*"}]}
    put_role_policy(world.root(), name, POLICY_NAME, wider)
    assert set(differences(drift.check(integration))) == {
        f"Role {name}: who can assume it",
        f"Role {name}: permissions",
    }
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE
    repaired = get_role(world.root(), name)
    assert repaired is not None
    assert (repaired.trust, role_policy(world.root(), name, POLICY_NAME)) == (trust, permissions)
    assert ProducerRole.objects.count() == 1, "it is the same role to the vendor"


def test_policies_that_someone_added_to_the_role_are_drift_and_removed_only_as_listed(
    world: World, sender: AwsSession
) -> None:
    integration = set_up(world)
    name, root = integration.producer_roles.get().arn.rpartition("/")[2], world.root()
    read = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]}
    managed = "arn:aws:iam::aws:policy/AmazonKinesisFullAccess"
    put_role_policy(root, name, "more", read)
    root.client("iam").attach_role_policy(RoleName=name, PolicyArn=managed)
    [finding] = drift.check(integration)
    assert differences([finding]) == {f"Role {name}: added policies": ("none", f"{managed}, inline policy more")}
    # A run that no one agreed to a repair for leaves them.
    assert carried_out(runs.start_run(integration=integration, actor=world.admin)).state == RunState.DONE
    assert (attached_role_policies(root, name), len(inline_role_policies(root, name))) == ([managed], 2)
    agreed = drift.remediations_of(integration)
    assert {str(repair.action) for repair in agreed} == {"detach policy of role", "delete inline policy of role"}
    put_role_policy(root, name, "later", read)
    run = carried_out(repair.repair(integration=integration, actor=world.admin, remediations=agreed))
    assert run.state == RunState.DONE, failed_steps(run)
    assert attached_role_policies(root, name) == []
    assert set(inline_role_policies(root, name)) == {POLICY_NAME, "later"}, "only what was listed"


def test_a_role_that_was_deleted_is_another_one_to_the_vendor(world: World, sender: AwsSession) -> None:
    integration = set_up(world)
    first = integration.producer_roles.get()
    iam, name = world.root().client("iam"), first.arn.rpartition("/")[2]
    iam.delete_role_policy(RoleName=name, PolicyName=POLICY_NAME)
    iam.delete_role(RoleName=name)
    assert list(differences(drift.check(integration))) == [f"Role {name}"]
    carried_out(runs.start_run(integration=integration, actor=world.admin))
    states = dict(integration.producer_roles.values_list("uid", "state"))
    assert states.pop(first.uid) == ProducerRoleState.RETIRED
    assert list(states.values()) == [ProducerRoleState.WAITING]


def test_a_removal_deletes_the_role_first(world: World, sender: AwsSession) -> None:
    integration = set_up(world)
    role = integration.producer_roles.get()
    run = carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    assert (run.state, run.steps.all()[0].name) == (RunState.DONE, "remove_producer_role")
    assert get_role(world.root(), role.arn.rpartition("/")[2]) is None
    role.refresh_from_db()
    assert role.state == ProducerRoleState.RETIRED


def test_an_older_grant_refuses_a_producer_by_role_and_the_update_that_enables_it_is_named(
    world: World, sender: AwsSession
) -> None:
    connection = world.connected()
    newer = {"CreateProducerRoles", "DeleteProducerRoles", "NeverPassProducers"}
    identity = connection.deployed["policies"]["SluiceIdentity"]
    identity["Statement"] = [row for row in identity["Statement"] if row["Sid"] not in newer]
    connection.save(update_fields=["deployed"])
    spec = replace(world.spec(connection, world.recipient(), delivery=False), producer=ROLE)
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor=world.admin, spec=spec)
    assert [(found.path, found.message.code) for found in refused.value.problems] == [
        ("producer", "connection.role_out_of_date")
    ]
    [update] = grant.to_bring_up_to_date(connection)
    assert {row["Sid"] for row in update.to_add} == newer
    assert (update.to_remove, update.to_change) == ((), ())
    run = runs.start_run(integration=integration, actor=world.admin, spec=replace(spec, producer=USER))
    assert carried_out(run).state == RunState.DONE, "everything else works with it"


def test_without_a_principal_of_the_vendor_no_producer_is_by_role(world: World, settings: LazySettings) -> None:
    settings.SLUICE_VENDOR_PRINCIPAL_ARN = ""
    with pytest.raises(SpecRefused) as refused:
        asked(world)
    assert [found.message.code for found in refused.value.problems] == ["spec.producer_role_not_offered"]
