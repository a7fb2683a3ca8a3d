"""How far deliveries may reach: which ARNs can be listed, what they stand for, and what is beyond a boundary."""

from dataclasses import replace
from typing import Any

import pytest

from portal.aws.policies.boundary import boundary_policy
from portal.aws.policies.boundary_check import OutsideBoundary, outside_boundary
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS, chosen_permissions
from portal.aws.policies.destinations import read_secret
from portal.aws.policies.listed_arns import InvalidListedArn, listable_arn, listed_statement
from portal.aws.policies.optional_permissions import LISTED_PARAMETERS, PERMISSION_BY_KEY
from portal.messages.catalogue import text_of
from tests.portal.aws.test_policies import ACCOUNT, KEY, OTHERS, REGION, decision

PLACE = f"{REGION}:{ACCOUNT}"
ALL = boundary_policy(ACCOUNT, "sluice-", optional=ALL_PERMISSIONS)
LISTED = boundary_policy(ACCOUNT, "sluice-", optional=replace(ALL_PERMISSIONS, others=OTHERS))
# action, what begins with the prefix, what was listed (None: cannot be), what was not, and the right that gives it
REACHED: list[tuple[str, str | None, str | None, str, str]] = [
    (
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:{PLACE}:secret:sluice-splunk-a1B2c3",
        f"arn:aws:secretsmanager:{PLACE}:secret:splunk/token-a1B2c3",
        f"arn:aws:secretsmanager:{PLACE}:secret:splunk/token-d4E5f6",
        "secrets",
    ),
    (
        "es:ESHttpPost",
        f"arn:aws:es:{PLACE}:domain/sluice-search/_bulk",
        f"arn:aws:es:{PLACE}:domain/search/_bulk",
        f"arn:aws:es:{PLACE}:domain/search-payroll/_bulk",
        "search",
    ),
    (
        "es:DescribeDomain",
        f"arn:aws:es:{PLACE}:domain/sluice-search",
        f"arn:aws:es:{PLACE}:domain/search",
        f"arn:aws:es:{PLACE}:domain/payroll",
        "search",
    ),
    (
        "aoss:APIAccessAll",
        None,
        f"arn:aws:aoss:{PLACE}:collection/0123456789abcdefghij",
        f"arn:aws:aoss:{PLACE}:collection/sluice-9999999999",
        "search",
    ),
    (
        "glue:UpdateTable",
        f"arn:aws:glue:{PLACE}:table/sluice-lake/readings",
        f"arn:aws:glue:{PLACE}:table/lake/readings",
        f"arn:aws:glue:{PLACE}:table/lakeside/readings",
        "tables",
    ),
    (
        "glue:GetDatabase",
        f"arn:aws:glue:{PLACE}:database/sluice-lake",
        f"arn:aws:glue:{PLACE}:database/lake",
        f"arn:aws:glue:{PLACE}:database/payroll",
        "tables",
    ),
    (
        "s3:PutObject",
        "arn:aws:s3:::sluice-lake/x",
        "arn:aws:s3:::warehouse/x",
        "arn:aws:s3:::warehouse-payroll/x",
        "tables",
    ),
    (
        "lambda:InvokeFunction",
        f"arn:aws:lambda:{PLACE}:function:sluice-reshape:live",
        f"arn:aws:lambda:{PLACE}:function:reshape:live",
        f"arn:aws:lambda:{PLACE}:function:reshape-payroll",
        "functions",
    ),
]
by_row = pytest.mark.parametrize(("action", "named", "listed", "other", "right"), REACHED, ids=[r[0] for r in REACHED])


@by_row
def test_a_role_reaches_the_prefix_and_the_list_and_nothing_else(
    action: str, named: str | None, listed: str | None, other: str, right: str
) -> None:
    assert decision(LISTED, action, other) != "Allow"
    assert named is None or decision(ALL, action, named) == "Allow"
    if listed is not None:
        assert decision(LISTED, action, listed) == "Allow"
        assert decision(ALL, action, listed) != "Allow"
    without = chosen_permissions([key for key in PERMISSION_BY_KEY if key != right], OTHERS)
    less = boundary_policy(ACCOUNT, "sluice-", optional=without)
    if named is not None and not named.startswith("arn:aws:s3"):
        assert decision(less, action, named) != "Allow"
    assert listed is None or decision(less, action, listed) != "Allow"


def test_a_key_serves_secrets_manager_only() -> None:
    through = f"secretsmanager.{REGION}.amazonaws.com"
    assert decision(ALL, "kms:Decrypt", KEY, kms_ViaService=through) == "Allow"
    assert decision(ALL, "kms:Decrypt", KEY, kms_ViaService=f"ssm.{REGION}.amazonaws.com") != "Allow"
    assert decision(boundary_policy(ACCOUNT, "sluice-"), "kms:Decrypt", KEY, kms_ViaService=through) != "Allow"


def test_a_role_decrypts_its_own_secret_and_no_other() -> None:
    secret = f"arn:aws:secretsmanager:{PLACE}:secret:sluice-splunk-a1B2c3"
    role = {"Version": "2012-10-17", "Statement": read_secret(secret)}
    assert outside_boundary(role, ALL) == []
    asked = {"kms_ViaService": f"secretsmanager.{REGION}.amazonaws.com"}
    of_this, of_other = ({"kms_EncryptionContext:SecretARN": arn} for arn in (secret, f"{secret}x"))
    assert decision(role, "kms:Decrypt", KEY, **asked, **of_this) == "Allow"
    assert decision(role, "kms:Decrypt", KEY, **asked, **of_other) != "Allow"
    assert decision(role, "kms:Decrypt", KEY, **of_this) != "Allow"


def test_network_interfaces_are_of_this_account() -> None:
    here, there = (f"arn:aws:ec2:{REGION}:{account}:network-interface/eni-1" for account in (ACCOUNT, "999900001111"))
    assert decision(ALL, "ec2:CreateNetworkInterface", here) == "Allow"
    assert decision(ALL, "ec2:CreateNetworkInterface", there) != "Allow"
    assert decision(ALL, "ec2:RunInstances", here) != "Allow"


@pytest.mark.parametrize("arn", OTHERS)
def test_what_may_be_listed_names_its_statement(arn: str) -> None:
    sid = listed_statement(arn, ACCOUNT)
    assert sid in LISTED_PARAMETERS
    assert any(statement["Sid"] == sid for statement in LISTED["Statement"])
    assert listable_arn(arn) == arn


REFUSED = {
    "lambda": "is not an ARN",
    f"arn:aws:sqs:{PLACE}:queue": "not “sqs”",
    f"arn:aws:lambda:{PLACE}:function:*": "without “*”",
    f"arn:aws:kinesis:{PLACE}:stream/*": "without “*”",
    f"arn:aws:kinesis:{PLACE}:stream/a/consumer/b:1": "stream/NAME",
    f"arn:aws:lambda:{PLACE}:function:reshape:7": "without a version",
    f"arn:aws:es:{PLACE}:domain/search/*": "without “*”",
    f"arn:aws:secretsmanager:{PLACE}:secret:token": "six characters",
    f"arn:aws:glue:{PLACE}:table/lake/readings": "which stands for its tables",
    "arn:aws:s3:::warehouse/path": "without a path",
    f"arn:aws:lambda:{REGION}:999900001111:function:reshape": "the connection is for 111122223333",
    f"arn:aws:lambda:*:{ACCOUNT}:function:reshape": "the Region",
    f"arn:aws:lambda::{ACCOUNT}:function:reshape": "the Region",
}


@pytest.mark.parametrize("arn", REFUSED)
def test_what_cannot_be_listed_is_refused_in_words(arn: str) -> None:
    with pytest.raises(InvalidListedArn) as refused:
        listed_statement(arn, ACCOUNT)
    text = text_of(refused.value.message)
    assert REFUSED[arn] in text
    assert text.endswith(".")


def test_a_resource_names_the_arn_to_list() -> None:
    assert listable_arn(f"arn:aws:es:{PLACE}:domain/search/_all/_settings") == f"arn:aws:es:{PLACE}:domain/search"
    assert listable_arn(f"arn:aws:glue:{PLACE}:table/lake/*") == f"arn:aws:glue:{PLACE}:database/lake"
    assert listable_arn(f"arn:aws:lambda:{PLACE}:function:f:*") == f"arn:aws:lambda:{PLACE}:function:f"
    assert listable_arn("arn:aws:s3:::warehouse/*") == "arn:aws:s3:::warehouse"
    assert listable_arn(f"arn:aws:sqs:{PLACE}:x") is None
    assert listable_arn(f"arn:aws:aoss:{PLACE}:collection/*") is None
    assert listable_arn("*") is None


def allowed(action: str, resource: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": [action], "Resource": resource}
    return {"Statement": [{**statement, **({"Condition": condition} if condition else {})}]}


def test_what_is_beyond_a_boundary_is_named() -> None:
    inside = allowed("es:ESHttpPost", f"arn:aws:es:{PLACE}:domain/sluice-search/*")
    assert outside_boundary(inside, ALL) == []
    wider = allowed("es:ESHttpPost", f"arn:aws:es:{PLACE}:domain/*")
    assert outside_boundary(wider, ALL) == [OutsideBoundary("es:ESHttpPost", f"arn:aws:es:{PLACE}:domain/*")]
    other = allowed("es:ESHttpDelete", f"arn:aws:es:{PLACE}:domain/sluice-search/*")
    assert outside_boundary(other, ALL) == [
        OutsideBoundary("es:ESHttpDelete", f"arn:aws:es:{PLACE}:domain/sluice-search/*")
    ]


def test_a_condition_of_the_boundary_has_to_be_met() -> None:
    through = {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}
    assert outside_boundary(allowed("kms:Decrypt", KEY, StringEquals=through), ALL) == []
    assert outside_boundary(allowed("kms:Decrypt", KEY), ALL) == [OutsideBoundary("kms:Decrypt", KEY)]
    assert outside_boundary(allowed("kms:Decrypt", KEY, StringNotEquals=through), ALL) == [
        OutsideBoundary("kms:Decrypt", KEY)
    ]
    either = {"kms:ViaService": [through["kms:ViaService"], f"ssm.{REGION}.amazonaws.com"]}
    assert outside_boundary(allowed("kms:Decrypt", KEY, StringEquals=either), ALL) == [
        OutsideBoundary("kms:Decrypt", KEY)
    ]


def test_a_deny_of_a_role_is_never_beyond() -> None:
    denied = allowed("iam:CreateUser", "*")
    denied["Statement"][0]["Effect"] = "Deny"
    assert outside_boundary(denied, ALL) == []
