"""The permission report: what it checks, how it tells the causes apart, and that it is right about a real role."""

import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from portal.aws import sts
from portal.aws.assumed_roles import assume_role_anew
from portal.aws.calls import call
from portal.aws.errors import AwsFault, fault
from portal.aws.iam.managed_policies import create_policy
from portal.aws.iam.roles import create_role, update_trust
from portal.aws.permissions.checks import MUST_BE_DENIED, OPTED_OUT, PermissionCheck, checks_of
from portal.aws.permissions.denials import DenialCause, denial_cause, remedy_of
from portal.aws.permissions.example_resources import Examples
from portal.aws.permissions.probes import DENIED_PROBES, PROBES, can_probe
from portal.aws.permissions.report import permission_report
from portal.aws.permissions.report_lines import Line, PermissionReport, Verdict
from portal.aws.permissions.simulation import simulate
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS, ChosenPermissions
from portal.aws.policies.error_files import READ_FILE
from portal.aws.policies.fan_out import MANAGE_CONSUMERS, REGISTER
from portal.aws.policies.readers import LIST_CONSUMERS, LIST_MAPPINGS
from portal.aws.policies.schemas import GET_SCHEMA
from portal.aws.policies.shares import READ_KEY_POLICY, SET_POLICY
from portal.aws.policies.streams import UNSCOPED
from portal.aws.role_grant import RoleGrant
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from portal.messages.catalogue import text_of
from tests.world import portal_identity

REGION = "eu-west-1"
GRANT = RoleGrant("arn:aws:iam::999900001111:user/p", "sluice-0123456789abcdef", "111122223333", "sluice-")
_numbers = itertools.count(230000000000)


# What is checked.


def test_every_permission_of_the_grant_is_checked() -> None:
    asked = {check.action for check in checks_of(GRANT, Examples()) if check.is_allowed}
    granted = {
        action
        for policy in GRANT.permissions
        for statement in policy.document["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    assert asked == granted


def test_a_check_names_one_resource() -> None:
    for check in checks_of(GRANT, Examples(region=REGION, stream="sluice-harbour", bucket="sluice-harbour-b")):
        assert check.resource == "*" or "*" not in check.resource
        assert not any("*" in value for _, value in check.context)
    resources = {check.resource for check in checks_of(GRANT, Examples(region=REGION, stream="sluice-harbour"))}
    assert f"arn:aws:kinesis:{REGION}:111122223333:stream/sluice-harbour" in resources


def test_no_check_confuses_users_with_roles() -> None:
    for check in checks_of(GRANT, Examples()):
        assert not ("User" in check.action and ":role/" in check.resource)
        assert check.action == "iam:PassRole" or not ("Role" in check.action and ":user/" in check.resource)


def of_device(check: PermissionCheck) -> bool:
    named = (":iot:", "/sluice/devices/", "policy/SluiceDevices")
    return check.is_allowed and (check.action.startswith("iot:") or any(part in check.resource for part in named))


OF_DEVICES = {
    check.action for check in checks_of(replace(GRANT, optional=ALL_PERMISSIONS), Examples()) if of_device(check)
}


def test_what_the_client_opted_out_of_must_be_denied() -> None:
    checks = checks_of(replace(GRANT, optional=ChosenPermissions(sampling=False)), Examples())
    left = {check.action for check in checks if check.group == OPTED_OUT}
    never_by_default = {"cloudtrail:LookupEvents", LIST_CONSUMERS, LIST_MAPPINGS, GET_SCHEMA, READ_FILE, *UNSCOPED}
    never_by_default |= {
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:UpdateRole",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        *SET_POLICY,
        READ_KEY_POLICY,
        REGISTER,
        *MANAGE_CONSUMERS,
    }
    never_by_default |= OF_DEVICES
    assert left == {"kinesis:GetRecords", "kinesis:GetShardIterator", "kms:Decrypt", *never_by_default}
    assert not any(check.is_allowed for check in checks if check.group == OPTED_OUT)


def test_a_probe_changes_nothing() -> None:
    for action in PROBES:
        assert action.partition(":")[2].startswith(("Get", "List", "Describe")), action
    for check in checks_of(GRANT, Examples(stream="sluice-harbour")):
        if can_probe(check) and check.action in DENIED_PROBES:
            assert not check.is_allowed
            assert "sluice-harbour" not in check.resource


# Causes.

USER = (
    "User: arn:aws:sts::111122223333:assumed-role/SluiceAccess/x is not authorized to perform: kinesis:ListShards on "
)
WORDS = {
    "because no identity-based policy allows the kinesis:ListShards action": DenialCause.IDENTITY_POLICY,
    "with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/x": DenialCause.IDENTITY_POLICY,
    "because no permissions boundary allows the kinesis:ListShards action": DenialCause.BOUNDARY,
    "with an explicit deny in a permissions boundary": DenialCause.BOUNDARY,
    "with an explicit deny in a service control policy": DenialCause.SCP,
    "because no service control policy allows the kinesis:ListShards action": DenialCause.SCP,
    "with an explicit deny in a resource control policy": DenialCause.RCP,
    "with an explicit deny in a resource-based policy": DenialCause.RESOURCE_POLICY,
    "because no session policy allows the kinesis:ListShards action": DenialCause.SESSION_POLICY,
    "because no VPC endpoint policy allows the kinesis:ListShards action": DenialCause.ENDPOINT_POLICY,
    "": DenialCause.UNKNOWN,
}


def denied(denial: str, code: str = "AccessDeniedException") -> AwsFault:
    return fault(code, "kinesis:ListShards", f"{USER}resource: stream/x {denial}")


@pytest.mark.parametrize("denial", WORDS)
def test_the_cause_is_in_the_words_of_aws(denial: str) -> None:
    assert denial_cause(denied(denial), "kinesis:ListShards") is WORDS[denial]


def test_a_key_is_told_apart() -> None:
    aws_text = "The ciphertext refers to a customer master key that does not exist: kms:Decrypt"
    assert (
        denial_cause(fault("KMSAccessDeniedException", "kinesis:GetRecords", aws_text), "kinesis:GetRecords")
        is DenialCause.KMS
    )
    through = denied("because the caller may not use it: kms:Decrypt is missing")
    assert denial_cause(through, "kinesis:GetRecords") is DenialCause.KMS


def test_a_new_role_is_given_time() -> None:
    denial = "because no identity-based policy allows the kinesis:ListShards action"
    assert denial_cause(denied(denial), "kinesis:ListShards", is_new=True) is DenialCause.PROPAGATING
    outright = "with an explicit deny in an identity-based policy"
    assert denial_cause(denied(outright), "kinesis:ListShards", is_new=True) is DenialCause.IDENTITY_POLICY
    assert (
        denial_cause(denied("with an explicit deny in a service control policy"), "x", is_new=True) is DenialCause.SCP
    )


STATEMENT = {"Sid": "Streams", "Effect": "Allow", "Action": "kinesis:ListShards", "Resource": "arn:aws:kinesis:*:1:x"}
REMEDIES: dict[DenialCause, dict[str, Any] | None] = {
    DenialCause.IDENTITY_POLICY: STATEMENT,
    DenialCause.BOUNDARY: STATEMENT,
    DenialCause.SESSION_POLICY: STATEMENT,
    DenialCause.UNKNOWN: STATEMENT,
    DenialCause.ENDPOINT_POLICY: {**STATEMENT, "Principal": "*"},
    DenialCause.SCP: {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "role-arn"}}},
    DenialCause.RCP: {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "role-arn"}}},
    DenialCause.RESOURCE_POLICY: {**STATEMENT, "Sid": "Sluice", "Principal": {"AWS": "role-arn"}},
    DenialCause.KMS: {
        "Sid": "Sluice",
        "Effect": "Allow",
        "Principal": {"AWS": "role-arn"},
        "Action": ["kms:Decrypt", "kms:DescribeKey"],
        "Resource": "*",
    },
    DenialCause.PROPAGATING: None,
}


@pytest.mark.parametrize("cause", DenialCause)
def test_every_cause_has_its_remedy(cause: DenialCause) -> None:
    remedy = remedy_of(cause, STATEMENT, policy="SluiceStreams", role_arn="role-arn")
    assert remedy.statement == REMEDIES[cause]
    assert text_of(remedy.todo).endswith(".")


def test_a_deny_is_not_fixed_by_an_allow() -> None:
    remedy = remedy_of(DenialCause.IDENTITY_POLICY, STATEMENT, policy="p", role_arn="role-arn", is_explicit_deny=True)
    assert remedy.statement == {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "role-arn"}}}


# IAM's answers that an emulator does not give.


@pytest.mark.parametrize(
    ("details", "cause"),
    [
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}, DenialCause.SCP),
        ({"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}, DenialCause.BOUNDARY),
        ({"MatchedStatements": [{"SourcePolicyType": "resource"}]}, DenialCause.RESOURCE_POLICY),
        ({}, DenialCause.IDENTITY_POLICY),
    ],
)
def test_iam_says_who_refused(details: dict[str, Any], cause: DenialCause) -> None:
    aws = AwsSession(region=REGION)
    [check, *_] = checks_of(GRANT, Examples())
    row = {"EvalActionName": check.action, "EvalDecision": "implicitDeny", **details}
    with Stubber(aws.client("iam")) as stub:
        stub.add_response("simulate_principal_policy", {"EvaluationResults": [row], "IsTruncated": False})
        found = simulate(aws, GRANT.role_arn, [check])
    assert found is not None
    assert found[check].cause is cause


# A real role, in the emulator.


@pytest.fixture(scope="module")
def portal_arn(cloud: MiniStack) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in portal_identity(cloud).items():
            environment.setenv(name, value)
        yield os.environ["SLUICE_PORTAL_PRINCIPAL_ARN"]


@pytest.fixture
def grant(portal_arn: str) -> RoleGrant:
    return replace(GRANT, portal_principal_arn=portal_arn, account_id=str(next(_numbers)))


def made(root: AwsSession, grant: RoleGrant, *, without: tuple[str, ...] = ()) -> None:
    """Make the role as the template does, save for actions that are left out of its policies."""
    create_role(root, grant.role_name, path="/", trust=grant.trust, tags={})
    for policy in grant.policies:
        document = json.loads(json.dumps(policy.document))
        for statement in document["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action not in without] or ["iam:Nothing"]
        arn = create_policy(root, policy.name, path="/", document=document, tags={})
        if policy in grant.permissions:
            call(root, "iam", "AttachRolePolicy", RoleName=grant.role_name, PolicyArn=arn)


def report(grant: RoleGrant, **options: Any) -> PermissionReport:
    trust = sts.check_trust(role_arn=grant.role_arn, external_id=grant.external_id, session_name="report")
    aws = assume_role_anew(
        role_arn=grant.role_arn, external_id=grant.external_id, session_name="report", region="us-east-1"
    )
    return permission_report(aws, grant, trust, Examples(region=REGION), **options)


def line(found: PermissionReport, action: str, **wanted: object) -> Line:
    lines = [line for line in found.lines if line.action == action]
    lines = [line for line in lines if all(getattr(line, key) == value for key, value in wanted.items())]
    assert lines, action
    return lines[0]


@pytest.mark.parametrize("optional", [ChosenPermissions(), ChosenPermissions(False, False)], ids=str)
def test_the_grant_passes_on_every_line(cloud: MiniStack, grant: RoleGrant, optional: ChosenPermissions) -> None:
    chosen = replace(grant, optional=optional)
    made(cloud.root(grant.account_id), chosen)
    found = report(chosen)
    assert found.is_simulated
    assert [line for line in found.lines if line.passed is not True] == []
    groups = Counter(line.group for line in found.lines)
    assert groups[MUST_BE_DENIED] >= 15
    never_by_default = len(UNSCOPED) + (not optional.trail) + 2 * (not optional.readers) + (not optional.schemas)
    never_by_default += 7 * (not optional.consumers)  # of its roles, and reading two policies
    of_devices = [row for row in checks_of(replace(chosen, optional=ALL_PERMISSIONS), Examples()) if of_device(row)]
    never_by_default += len(of_devices)
    never_by_default += 4 * (not optional.sharing) + 5 * (not optional.fanout)
    never_by_default += not optional.failures  # decrypting is among those without samples, too
    assert (groups[OPTED_OUT] > never_by_default) is not optional.sampling
    assert found.as_dict()["failed"] == 0


def test_a_missing_right_is_named_with_the_statement_that_gives_it(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant, without=("kinesis:CreateStream",))
    missing = line(report(grant), "kinesis:CreateStream")
    assert (missing.verdict, missing.passed, missing.cause) == (Verdict.DENIED, False, DenialCause.IDENTITY_POLICY)
    assert "SluiceStreams" in text_of(missing.todo)
    fix = {"Version": "2012-10-17", "Statement": [missing.fix]}
    call(
        root,
        "iam",
        "PutRolePolicy",
        RoleName=grant.role_name,
        PolicyName="fix",
        PolicyDocument=json.dumps(fix),
    )
    assert line(report(grant), "kinesis:CreateStream").passed


def test_a_boundary_above_the_role_is_told_apart(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant)
    lid = {"Effect": "Allow", "Action": ["iam:*", "kinesis:List*"], "Resource": "*"}
    arn = create_policy(root, "lid", path="/", document={"Version": "2012-10-17", "Statement": [lid]}, tags={})
    call(root, "iam", "PutRolePermissionsBoundary", RoleName=grant.role_name, PermissionsBoundary=arn)
    found = report(grant)
    assert line(found, "kinesis:CreateStream").cause is DenialCause.BOUNDARY
    assert line(found, "kinesis:ListShards").passed


def test_a_role_that_may_do_too_much_fails_with_the_deny_that_stops_it(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant)
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]}
    call(root, "iam", "PutRolePolicy", RoleName=grant.role_name, PolicyName="w", PolicyDocument=json.dumps(wide))
    found = line(report(grant), "kinesis:DeleteStream", group=MUST_BE_DENIED)
    assert (found.verdict, found.passed) == (Verdict.ALLOWED, False)
    assert found.fix is not None
    assert found.fix["Effect"] == "Deny"


def test_without_simulation_what_does_no_harm_is_tried(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant, without=("iam:SimulatePrincipalPolicy", "kinesis:ListShards"))
    found = report(grant)
    assert not found.is_simulated
    assert line(found, "kinesis:DescribeStreamSummary").how == "tried"
    assert line(found, "kinesis:DescribeStreamSummary").passed
    assert line(found, "kinesis:CreateStream").verdict is Verdict.UNKNOWN
    refused = line(found, "kinesis:ListShards")
    assert (refused.verdict, refused.cause) == (Verdict.DENIED, DenialCause.IDENTITY_POLICY)
    assert "no identity-based policy allows" in refused.detail
    for action in ("kinesis:DeleteStream", "iam:DeleteUserPermissionsBoundary", "iam:DeletePolicyVersion"):
        assert line(found, action, group=MUST_BE_DENIED).passed, action
    assert not [line for line in found.lines if line.passed is False and line.action != "kinesis:ListShards"]


def test_without_simulation_a_new_role_is_still_propagating(cloud: MiniStack, grant: RoleGrant) -> None:
    made(cloud.root(grant.account_id), grant, without=("iam:SimulatePrincipalPolicy", "kinesis:ListShards"))
    waiting = line(report(grant, is_new=True), "kinesis:ListShards")
    assert (waiting.verdict, waiting.cause, waiting.passed) == (Verdict.UNKNOWN, DenialCause.PROPAGATING, None)


def test_a_role_that_opens_to_a_wrong_external_id_fails(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant)
    trust = json.loads(json.dumps(grant.trust))
    del trust["Statement"][0]["Condition"]
    update_trust(root, grant.role_name, trust)
    found = [line for line in report(grant).lines if line.action == "sts:AssumeRole"]
    assert [line.passed for line in found] == [True, False, False]
    assert found[1].fix == grant.trust["Statement"][0]
