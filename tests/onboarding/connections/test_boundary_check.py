"""Deliveries that a connection does not let be made: told before a run, at the setting, with what to change."""

import json
from dataclasses import replace

import pytest
import yaml
from django.core.management import CommandError, call_command

from onboarding.connections import boundary_check, grant, permission_choice, permission_report, selectors, verification
from onboarding.deliveries.kinds import KINDS, read
from onboarding.drafts import services as drafts
from onboarding.integrations import runs
from onboarding.models.connection import Connection
from onboarding.models.run import Run
from onboarding.problem_texts import sentence_of
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.calls import call
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.managed_policies import new_policy_version, policy_arn
from portal.aws.iam.roles import create_role, put_role_policy
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, chosen_permissions
from portal.aws.policies.optional_permissions import PERMISSION_BY_KEY
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from tests.onboarding.deliveries_examples import ACCOUNT, REGION, SECRET, example
from tests.onboarding.pages import signed_in, tenant_with_admin, verified_connection
from tests.onboarding.views.connections.test_connection import page_of
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TRANSFORM = {"function_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sluice-reshape:live"}
COLLECTION = f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/abc123def456"
DATABASE = f"arn:aws:glue:{REGION}:{ACCOUNT}:database/buildings"
# kind → the rights that it takes, the ARNs that have to be listed, and the settings at which their lack is told
NEEDED = {
    "s3": ([], [], []),
    "redshift": (["secrets"], [], ["destination.secret_arn"]),
    "opensearch": (["search"], [], ["destination.domain_arn"]),
    "opensearch_serverless": (["search", "network"], [COLLECTION], ["destination.collection_arn", "destination.vpc"]),
    "http": (["secrets"], [], ["destination.secret_arn"]),
    "splunk": (["secrets"], [], ["destination.secret_arn"]),
    "snowflake": (["secrets"], [], ["destination.secret_arn"]),
    "iceberg": (["tables"], [DATABASE], ["destination.tables.0.database"]),
}


@pytest.fixture
def connection() -> Connection:
    return verified_connection(tenant_with_admin()[0], account_id=ACCOUNT)


def spec_of(connection: Connection, *deliveries: dict) -> IntegrationSpec:
    stream = StreamSpec(name="sluice-sensors", region=REGION)
    return IntegrationSpec("sluice-sensors", connection.uid, stream, tuple(read(delivery) for delivery in deliveries))


def choose(connection: Connection, keys: list[str], others: list[str]) -> None:
    optional = chosen_permissions([*DEFAULT_PERMISSIONS.chosen, *keys], others)
    permission_choice.choose_permissions(connection=connection, optional=optional, actor="x")


def test_every_kind_is_in_the_table() -> None:
    assert set(NEEDED) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_takes_its_rights_and_no_more(connection: Connection, kind: str) -> None:
    keys, others, paths = NEEDED[kind]
    spec = spec_of(connection, example("s3"), example(kind, name="sluice-second"))
    found = boundary_check.problems(spec, connection)
    assert [problem.path for problem in found] == [f"deliveries.1.{path}" for path in paths]
    sentences = [sentence_of(problem) for problem in found]
    for sentence in sentences:
        assert "The connection production does not allow this delivery" in sentence
        assert sentence.endswith("Then update the role with one of its files.")
    for key in keys:
        assert any(f"“{text_of(PERMISSION_BY_KEY[key].title)}”" in sentence for sentence in sentences)
    for arn in others:
        assert any(f"list {arn} there" in sentence for sentence in sentences)
    choose(connection, keys, others)
    assert boundary_check.problems(spec, connection) == []
    for key in keys:
        left = [chosen for chosen in keys if chosen != key]
        choose(connection, left, [] if others and key in {"search", "tables"} else others)
        assert boundary_check.problems(spec, connection) != []


def test_a_function_is_told_at_its_setting(connection: Connection) -> None:
    spec = spec_of(connection, example("s3", transform=TRANSFORM))
    [problem] = boundary_check.problems(spec, connection)
    assert problem.path == "deliveries.0.transform.function_arn"
    title = Message("grant.functions")
    code = "connection.delivery_needs_permission"
    assert problem.message == Message(code, connection="production", permission=title)
    choose(connection, ["functions"], [])
    assert boundary_check.problems(spec, connection) == []


def test_a_conversion_needs_tables(connection: Connection) -> None:
    settings = {"kind": "s3", "conversion": {"format": "parquet", "database": "buildings", "table": "readings"}}
    more = {"compression": "UNCOMPRESSED", "buffering_mb": 64}
    spec = spec_of(connection, {**example("s3"), **more, "destination": settings})
    assert [problem.path for problem in boundary_check.problems(spec, connection)] == [
        "deliveries.0.destination.conversion.database"
    ]
    choose(connection, ["tables"], [DATABASE])
    assert boundary_check.problems(spec, connection) == []


def test_a_secret_of_another_name_has_to_be_listed(connection: Connection) -> None:
    secret = SECRET.format(region=REGION, account=ACCOUNT).replace("sluice-destination", "splunk")
    settings = {**example("splunk")["destination"], "secret_arn": secret}
    spec = spec_of(connection, {**example("splunk"), "destination": settings})
    choose(connection, ["secrets"], [])
    [problem] = boundary_check.problems(spec, connection)
    assert problem.message.code == "connection.delivery_needs_listing"
    assert problem.message.params["arn"] == secret
    choose(connection, ["secrets"], [secret])
    assert boundary_check.problems(spec, connection) == []


@pytest.mark.parametrize("arn", ["nonsense", "arn:aws", "arn:aws:secretsmanager:::"])
def test_what_is_no_arn_is_left_to_the_rules_of_its_field(connection: Connection, arn: str) -> None:
    settings = {**example("splunk")["destination"], "secret_arn": arn}
    spec = spec_of(connection, {**example("splunk"), "destination": settings}, example("http", name="sluice-second"))
    assert "deliveries.1.destination.secret_arn" in {
        problem.path for problem in boundary_check.problems(spec, connection)
    }


def test_a_role_older_than_the_choice_is_told(connection: Connection) -> None:
    connection.deployed = {"policies": {"Boundary": grant.grant_of(connection).boundary.document}}
    connection.save()
    choose(connection, ["secrets"], [])
    spec = spec_of(connection, example("splunk"))
    [problem] = boundary_check.problems(spec, connection)
    assert problem.path == "deliveries.0.destination"
    assert problem.message == Message("connection.role_out_of_date", account=ACCOUNT, connection="production")
    connection.deployed = {"policies": {"Boundary": grant.grant_of(connection).boundary.document}}
    assert boundary_check.problems(spec, connection) == []


def test_no_run_begins_and_no_plan_is_made_beyond_the_connection(world: World, tmp_path) -> None:
    connection, recipient = world.connected(DEFAULT_PERMISSIONS), world.recipient()
    delivery = read(example("splunk", account=world.account_id))
    spec = replace(world.spec(connection, recipient), deliveries=(delivery,))
    integration = drafts.start_integration(tenant=world.tenant, actor=world.admin)
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor=world.admin, spec=spec)
    [problem] = refused.value.problems
    assert problem.path == "deliveries.0.destination.secret_arn"
    assert not Run.objects.exists()
    file = tmp_path / "spec.yaml"
    file.write_text(yaml.safe_dump(json.loads(json.dumps(spec.as_dict()))))
    with pytest.raises(CommandError, match=r"deliveries\.0\.destination\.secret_arn"):
        call_command("integration", "plan", str(file), "--tenant", world.tenant.slug)


def test_what_is_deployed_is_read_when_the_role_is_tried(world: World) -> None:
    connection = world.connected()
    assert grant.to_bring_up_to_date(connection) == []
    permission_choice.choose_permissions(connection=connection, optional=DEFAULT_PERMISSIONS, actor=world.admin)
    outdated = {policy.name: policy for policy in grant.to_bring_up_to_date(connection)}
    assert set(outdated) == {"SluiceBoundary", "SluiceDelivery", "SluiceIdentity", "SluiceStreams"}
    behind = outdated["SluiceBoundary"]
    assert (behind.to_add, behind.to_change) == ((), ())
    assert {statement["Sid"] for statement in behind.to_remove} >= {"Secrets", "Tables", "Collections"}
    text = signed_in(world.admin.email).get(page_of(connection)).content.decode()
    assert "The role in your account is out of date" in text
    assert "May read secrets whose names begin with “sluice-” in every Region.</li>" in text
    assert selectors.as_json(connection)["is_up_to_date"] is False
    root, wanted = world.root(), grant.grant_of(connection)
    new_policy_version(root, connection.boundary_arn, wanted.boundary.document)
    for policy in wanted.permissions:
        if policy.name in outdated:
            new_policy_version(root, policy_arn(world.account_id, policy.name, path="/"), policy.document)
    verification.recheck_connection(connection=connection)
    assert grant.to_bring_up_to_date(connection) == []
    assert "is out of date" not in signed_in(world.admin.email).get(page_of(connection)).content.decode()


SEEN = {"SeeOwnPolicies", "SeeConsumerPolicies", "SeeDevicePolicies"}


def test_a_role_that_may_not_read_its_policies_is_compared_with_the_first_version(world: World) -> None:
    connection = world.connected()
    for policy in grant.grant_of(connection).permissions:
        document = json.loads(json.dumps(policy.document))
        kept = [each for each in document["Statement"] if each["Sid"] not in SEEN]
        if len(kept) < len(document["Statement"]):
            older = policy_arn(world.account_id, policy.name, path="/")
            new_policy_version(world.root(), older, {**document, "Statement": kept})
    verification.recheck_connection(connection=connection)
    assert connection.deployed["policies"] is None
    assert grant.is_unreadable(connection)
    behind = {policy.name for policy in grant.to_bring_up_to_date(connection)}
    assert behind >= {"SluiceIdentity", "SluiceProducerBoundary"}
    report = permission_report.check_permissions(connection=connection)
    [line, *_] = [check for check in report["lines"] if check["action"] == "secretsmanager:GetSecretValue"]
    assert (line["verdict"], line["passed"]) == ("unknown", None)
    assert "Deploy its file again" in line["detail"]


def test_the_permission_report_lists_what_deliveries_may_do(world: World) -> None:
    connection = world.connected()
    report = permission_report.check_permissions(connection=connection)
    lines = [
        check for check in report["lines"] if check["group"] == "Permissions boundary of roles that Sluice creates"
    ]
    assert "secretsmanager:GetSecretValue" in {check["action"] for check in lines}
    assert all(check["passed"] for check in lines)
    permission_choice.choose_permissions(
        connection=connection, optional=chosen_permissions(["secrets"]), actor=world.admin
    )
    report = permission_report.check_permissions(connection=connection)
    wide = {
        check["action"] for check in report["lines"] if check["passed"] is False and check["how"] == "read the boundary"
    }
    assert {"lambda:InvokeFunction", "es:ESHttpPost", "aoss:APIAccessAll"} <= wide
    assert "secretsmanager:GetSecretValue" not in wide


def test_a_secret_is_read_inside_the_reach_and_not_outside(world: World) -> None:
    """What Firehose would do by a role of ours, done in the emulator, which enforces IAM with its boundaries."""
    connection, root = world.connected(DEFAULT_PERMISSIONS), world.root()
    arns = {name: made_secret(world, name) for name in ("sluice-splunk", "splunk", "payroll")}
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    principal = {"AWS": f"arn:aws:iam::{world.account_id}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    create_role(root, "sluice-x", path="/sluice/", trust=trust, tags={}, boundary_arn=connection.boundary_arn)
    put_role_policy(root, "sluice-x", "delivery", wide)
    assert readable(world, arns) == set()
    choose(connection, ["secrets"], [arns["splunk"]])
    new_policy_version(root, connection.boundary_arn, grant.grant_of(connection).boundary.document)
    assert readable(world, arns) == {"sluice-splunk", "splunk"}


def made_secret(world: World, name: str) -> str:
    arn: str = call(world.root(), "secretsmanager", "CreateSecret", Name=name, SecretString="{}")["ARN"]
    return arn


def readable(world: World, arns: dict[str, str]) -> set[str]:
    role = f"arn:aws:iam::{world.account_id}:role/sluice/sluice-x"
    keys = call(world.root(), "sts", "AssumeRole", RoleArn=role, RoleSessionName="firehose")["Credentials"]
    held = AwsCredentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    role_session = AwsSession(region="eu-west-1", credentials=held, account_id=world.account_id)
    return {name for name, arn in arns.items() if can_read(role_session, arn)}


def can_read(aws: AwsSession, arn: str) -> bool:
    try:
        return bool(call(aws, "secretsmanager", "GetSecretValue", SecretId=arn)["SecretString"])
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return False
        raise
