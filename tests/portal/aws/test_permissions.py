"""The permission sheet: what it asks, how it tells the causes apart, and that it is right about a real role."""

import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from portal.aws import iam, sts
from portal.aws.calls import call
from portal.aws.errors import AwsFault, fault
from portal.aws.permissions import Cause, Examples, Line, Sheet, Verdict, examine
from portal.aws.permissions.asks import LEFT_OUT, REFUSALS, asks_of
from portal.aws.permissions.causes import cause_of, cure_of
from portal.aws.permissions.probes import PROBES, REFUSED_PROBES, can_probe
from portal.aws.permissions.simulation import simulate
from portal.aws.policies import OptionalRights
from portal.aws.role_grant import RoleGrant
from portal.aws.session import AwsSession, assume_role_anew
from portal.local.ministack import MiniStack
from tests.world import portal_identity

REGION = "eu-west-1"
GRANT = RoleGrant("arn:aws:iam::999900001111:user/p", "sluice-0123456789abcdef", "111122223333", "sluice-")
_numbers = itertools.count(230000000000)


# What is asked.


def test_every_right_of_the_grant_is_asked_about() -> None:
    asked = {ask.action for ask in asks_of(GRANT, Examples()) if ask.is_allowed}
    granted = {
        action
        for policy in GRANT.permissions
        for statement in policy.document["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    assert asked == granted


def test_an_ask_names_one_thing() -> None:
    for ask in asks_of(GRANT, Examples(region=REGION, stream="sluice-harbour", bucket="sluice-harbour-b")):
        assert ask.resource == "*" or "*" not in ask.resource
        assert not any("*" in value for _, value in ask.context)
    resources = {ask.resource for ask in asks_of(GRANT, Examples(region=REGION, stream="sluice-harbour"))}
    assert f"arn:aws:kinesis:{REGION}:111122223333:stream/sluice-harbour" in resources


def test_no_ask_confuses_users_with_roles() -> None:
    for ask in asks_of(GRANT, Examples()):
        assert not ("User" in ask.action and ":role/" in ask.resource)
        assert ask.action == "iam:PassRole" or not ("Role" in ask.action and ":user/" in ask.resource)


def test_what_was_left_out_must_be_refused() -> None:
    asks = asks_of(replace(GRANT, optional=OptionalRights(sampling=False)), Examples())
    left = {ask.action for ask in asks if ask.group == LEFT_OUT}
    assert left == {"kinesis:GetRecords", "kinesis:GetShardIterator", "kms:Decrypt", "s3:GetObject"}
    assert not any(ask.is_allowed for ask in asks if ask.group == LEFT_OUT)


def test_a_probe_changes_nothing() -> None:
    for action in PROBES:
        assert action.partition(":")[2].startswith(("Get", "List", "Describe")), action
    for ask in asks_of(GRANT, Examples(stream="sluice-harbour")):
        if can_probe(ask) and ask.action in REFUSED_PROBES:
            assert not ask.is_allowed
            assert "sluice-harbour" not in ask.resource


# Causes.

USER = (
    "User: arn:aws:sts::111122223333:assumed-role/SluiceAccess/x is not authorized to perform: kinesis:ListShards on "
)
WORDS = {
    "because no identity-based policy allows the kinesis:ListShards action": Cause.IDENTITY_POLICY,
    "with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/x": Cause.IDENTITY_POLICY,
    "because no permissions boundary allows the kinesis:ListShards action": Cause.BOUNDARY,
    "with an explicit deny in a permissions boundary": Cause.BOUNDARY,
    "with an explicit deny in a service control policy": Cause.SCP,
    "because no service control policy allows the kinesis:ListShards action": Cause.SCP,
    "with an explicit deny in a resource control policy": Cause.RCP,
    "with an explicit deny in a resource-based policy": Cause.RESOURCE_POLICY,
    "because no session policy allows the kinesis:ListShards action": Cause.SESSION_POLICY,
    "because no VPC endpoint policy allows the kinesis:ListShards action": Cause.ENDPOINT_POLICY,
    "": Cause.UNKNOWN,
}


def denied(words: str, code: str = "AccessDeniedException") -> AwsFault:
    return fault(code, "kinesis:ListShards", f"{USER}resource: stream/x {words}")


@pytest.mark.parametrize("words", WORDS)
def test_the_cause_is_in_the_words_of_aws(words: str) -> None:
    assert cause_of(denied(words), "kinesis:ListShards") is WORDS[words]


def test_a_key_is_told_apart() -> None:
    said = "The ciphertext refers to a customer master key that does not exist: kms:Decrypt"
    assert cause_of(fault("KMSAccessDeniedException", "kinesis:GetRecords", said), "kinesis:GetRecords") is Cause.KMS
    through = denied("because the caller may not use it: kms:Decrypt is missing")
    assert cause_of(through, "kinesis:GetRecords") is Cause.KMS


def test_a_new_role_is_given_time() -> None:
    words = "because no identity-based policy allows the kinesis:ListShards action"
    assert cause_of(denied(words), "kinesis:ListShards", is_new=True) is Cause.PROPAGATING
    outright = "with an explicit deny in an identity-based policy"
    assert cause_of(denied(outright), "kinesis:ListShards", is_new=True) is Cause.IDENTITY_POLICY
    assert cause_of(denied("with an explicit deny in a service control policy"), "x", is_new=True) is Cause.SCP


STATEMENT = {"Sid": "Streams", "Effect": "Allow", "Action": "kinesis:ListShards", "Resource": "arn:aws:kinesis:*:1:x"}
CURES: dict[Cause, dict[str, Any] | None] = {
    Cause.IDENTITY_POLICY: STATEMENT,
    Cause.BOUNDARY: STATEMENT,
    Cause.SESSION_POLICY: STATEMENT,
    Cause.UNKNOWN: STATEMENT,
    Cause.ENDPOINT_POLICY: {**STATEMENT, "Principal": "*"},
    Cause.SCP: {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "role-arn"}}},
    Cause.RCP: {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "role-arn"}}},
    Cause.RESOURCE_POLICY: {**STATEMENT, "Sid": "Sluice", "Principal": {"AWS": "role-arn"}},
    Cause.KMS: {
        "Sid": "Sluice",
        "Effect": "Allow",
        "Principal": {"AWS": "role-arn"},
        "Action": ["kms:Decrypt", "kms:DescribeKey"],
        "Resource": "*",
    },
    Cause.PROPAGATING: None,
}


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_its_cure(cause: Cause) -> None:
    cure = cure_of(cause, STATEMENT, policy="SluiceStreams", role_arn="role-arn")
    assert cure.statement == CURES[cause]
    assert cure.todo.endswith(".")


def test_a_deny_is_not_cured_by_an_allow() -> None:
    cure = cure_of(Cause.IDENTITY_POLICY, STATEMENT, policy="p", role_arn="role-arn", is_denied_outright=True)
    assert cure.statement == {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "role-arn"}}}


# IAM's answers that an emulator does not give.


@pytest.mark.parametrize(
    ("details", "cause"),
    [
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}, Cause.SCP),
        ({"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}, Cause.BOUNDARY),
        ({"MatchedStatements": [{"SourcePolicyType": "resource"}]}, Cause.RESOURCE_POLICY),
        ({}, Cause.IDENTITY_POLICY),
    ],
)
def test_iam_says_who_refused(details: dict[str, Any], cause: Cause) -> None:
    aws = AwsSession(region=REGION)
    [ask, *_] = asks_of(GRANT, Examples())
    row = {"EvalActionName": ask.action, "EvalDecision": "implicitDeny", **details}
    with Stubber(aws.client("iam")) as stub:
        stub.add_response("simulate_principal_policy", {"EvaluationResults": [row], "IsTruncated": False})
        found = simulate(aws, GRANT.role_arn, [ask])
    assert found is not None
    assert found[ask].cause is cause


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
    iam.create_role(root, grant.role_name, path="/", trust=grant.trust, tags={})
    for policy in (grant.boundary, *grant.permissions):
        document = json.loads(json.dumps(policy.document))
        for statement in document["Statement"]:
            statement["Action"] = [one for one in statement["Action"] if one not in without] or ["iam:Nothing"]
        arn = iam.create_policy(root, policy.name, path="/", document=document, tags={})
        if policy.key != "Boundary":
            call(root, "iam", "AttachRolePolicy", RoleName=grant.role_name, PolicyArn=arn)


def sheet(grant: RoleGrant, **options: Any) -> Sheet:
    trust = sts.check_trust(role_arn=grant.role_arn, external_id=grant.external_id, session_name="sheet")
    aws = assume_role_anew(
        role_arn=grant.role_arn, external_id=grant.external_id, session_name="sheet", region="us-east-1"
    )
    return examine(aws, grant, trust, Examples(region=REGION), **options)


def line(found: Sheet, action: str, **wanted: object) -> Line:
    lines = [one for one in found.lines if one.action == action]
    lines = [one for one in lines if all(getattr(one, key) == value for key, value in wanted.items())]
    assert lines, action
    return lines[0]


@pytest.mark.parametrize("optional", [OptionalRights(), OptionalRights(False, False)], ids=str)
def test_the_grant_passes_on_every_line(cloud: MiniStack, grant: RoleGrant, optional: OptionalRights) -> None:
    chosen = replace(grant, optional=optional)
    made(cloud.root(grant.account_id), chosen)
    found = sheet(chosen)
    assert found.is_simulated
    assert [one for one in found.lines if one.passed is not True] == []
    groups = Counter(one.group for one in found.lines)
    assert groups[REFUSALS] >= 15
    assert (LEFT_OUT in groups) is not optional.sampling
    assert found.as_dict()["failed"] == 0


def test_a_missing_right_is_named_with_the_statement_that_gives_it(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant, without=("kinesis:CreateStream",))
    missing = line(sheet(grant), "kinesis:CreateStream")
    assert (missing.verdict, missing.passed, missing.cause) == (Verdict.DENIED, False, Cause.IDENTITY_POLICY)
    assert "SluiceStreams" in missing.todo
    fix = {"Version": "2012-10-17", "Statement": [missing.fix]}
    call(
        root,
        "iam",
        "PutRolePolicy",
        RoleName=grant.role_name,
        PolicyName="fix",
        PolicyDocument=json.dumps(fix),
    )
    assert line(sheet(grant), "kinesis:CreateStream").passed


def test_a_boundary_above_the_role_is_told_apart(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant)
    lid = {"Effect": "Allow", "Action": ["iam:*", "kinesis:List*"], "Resource": "*"}
    arn = iam.create_policy(root, "lid", path="/", document={"Version": "2012-10-17", "Statement": [lid]}, tags={})
    call(root, "iam", "PutRolePermissionsBoundary", RoleName=grant.role_name, PermissionsBoundary=arn)
    found = sheet(grant)
    assert line(found, "kinesis:CreateStream").cause is Cause.BOUNDARY
    assert line(found, "kinesis:ListShards").passed


def test_a_role_that_may_do_too_much_fails_with_the_deny_that_stops_it(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant)
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]}
    call(root, "iam", "PutRolePolicy", RoleName=grant.role_name, PolicyName="w", PolicyDocument=json.dumps(wide))
    found = line(sheet(grant), "kinesis:DeleteStream", group=REFUSALS)
    assert (found.verdict, found.passed) == (Verdict.ALLOWED, False)
    assert found.fix is not None
    assert found.fix["Effect"] == "Deny"


def test_without_simulation_what_does_no_harm_is_tried(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant, without=("iam:SimulatePrincipalPolicy", "kinesis:ListShards"))
    found = sheet(grant)
    assert not found.is_simulated
    assert line(found, "kinesis:DescribeStreamSummary").how == "tried"
    assert line(found, "kinesis:DescribeStreamSummary").passed
    assert line(found, "kinesis:CreateStream").verdict is Verdict.UNKNOWN
    refused = line(found, "kinesis:ListShards")
    assert (refused.verdict, refused.cause) == (Verdict.DENIED, Cause.IDENTITY_POLICY)
    assert "no identity-based policy allows" in refused.said
    for action in ("kinesis:DeleteStream", "iam:DeleteUserPermissionsBoundary", "iam:DeletePolicyVersion"):
        assert line(found, action, group=REFUSALS).passed, action
    assert not [one for one in found.lines if one.passed is False and one.action != "kinesis:ListShards"]


def test_without_simulation_a_new_role_is_still_propagating(cloud: MiniStack, grant: RoleGrant) -> None:
    made(cloud.root(grant.account_id), grant, without=("iam:SimulatePrincipalPolicy", "kinesis:ListShards"))
    waiting = line(sheet(grant, is_new=True), "kinesis:ListShards")
    assert (waiting.verdict, waiting.cause, waiting.passed) == (Verdict.UNKNOWN, Cause.PROPAGATING, None)


def test_a_role_that_opens_to_a_wrong_external_id_fails(cloud: MiniStack, grant: RoleGrant) -> None:
    root = cloud.root(grant.account_id)
    made(root, grant)
    trust = json.loads(json.dumps(grant.trust))
    del trust["Statement"][0]["Condition"]
    iam.update_trust(root, grant.role_name, trust)
    found = [one for one in sheet(grant).lines if one.action == "sts:AssumeRole"]
    assert [one.passed for one in found] == [True, False, False]
    assert found[1].fix == grant.trust["Statement"][0]
