"""Session policies: small enough for AWS, wide enough for their purpose, and no wider."""

import json
from dataclasses import replace
from typing import Any

import pytest

from portal.aws.policies.boundary_check import outside_boundary
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS
from portal.aws.policies.readers import LIST_CONSUMERS, LIST_MAPPINGS, SCAN_LEASES
from portal.aws.policies.schemas import GET_SCHEMA
from portal.aws.policies.session_policies import MOST_CHARACTERS, SessionScope, no_permissions, session_policy
from portal.aws.role_grant import RoleGrant
from tests.policy_decision import decided

ACCOUNT = "111122223333"
STREAM = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/sluice-sensors"
OBJECT = "arn:aws:s3:::sluice-sensors/2026/object"
USER = f"arn:aws:iam::{ACCOUNT}:user/sluice/sluice-sensors"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0"
LONGEST = RoleGrant(
    portal_principal_arn="arn:aws:iam::999900001111:role/portal",
    external_id="x",
    account_id=ACCOUNT,
    name_prefix="p" * 20 + "-",
    partition="aws-us-gov",
    optional=replace(ALL_PERMISSIONS, others=tuple(f"{STREAM}-{number}" for number in range(20))),
    suffix="-5f0c2d",
)
GRANT = replace(LONGEST, name_prefix="sluice-", partition="aws", suffix="")
READS_RECORDS = {"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:SubscribeToShard", "s3:GetObject"}


def policy(scope: SessionScope, grant: RoleGrant = GRANT) -> dict[str, Any]:
    granted = [each.document for each in grant.permissions]
    files = f"arn:{grant.partition}:s3:::{'b' * 63}/{'e' * 128}/"
    return session_policy(
        scope, granted=granted, account_id=grant.account_id, partition=grant.partition, files_arn=files
    )


def decision(document: dict[str, Any], action: str, resource: str, **context: str) -> str:
    return decided(
        document,
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/SluiceAccess/sluice",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region="eu-west-1",
        service_context={key.lower(): value for key, value in context.items()},
    )


@pytest.mark.parametrize("scope", SessionScope)
def test_a_session_policy_fits(scope: SessionScope) -> None:
    assert len(json.dumps(policy(scope, LONGEST), separators=(",", ":"))) <= MOST_CHARACTERS


def test_a_run_may_do_all_that_the_grant_allows_except_reading_records() -> None:
    for granted in GRANT.permissions:
        denied = {outside.action for outside in outside_boundary(granted.document, policy(SessionScope.PROVISIONING))}
        assert denied <= READS_RECORDS


def test_the_settings_are_all_readable() -> None:
    reading = [
        (action, resource)
        for granted in GRANT.permissions
        for action, resource in (
            (outside.action, outside.resource) for outside in outside_boundary(granted.document, {"Statement": []})
        )
        if action.partition(":")[2].startswith(("Describe", "Get", "List"))
        and action not in READS_RECORDS
        # What only the list of readers or the reading of records needs, only its session may do.
        and action not in {LIST_MAPPINGS, GET_SCHEMA}
    ]
    assert len(reading) > 20
    for action, resource in reading:
        asked = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
        assert not outside_boundary(asked, policy(SessionScope.DIAGNOSIS)), action
        # Texts of errors are no settings.
        assert action == "logs:GetLogEvents" or not outside_boundary(asked, policy(SessionScope.SETTINGS)), action


@pytest.mark.parametrize(
    ("scope", "action", "resource"),
    [
        (SessionScope.METRICS, "kinesis:GetRecords", STREAM),
        (SessionScope.METRICS, "kinesis:UpdateShardCount", STREAM),
        (SessionScope.METRICS, "kms:Decrypt", KEY),
        (SessionScope.METRICS, "iam:GetRole", USER),
        (SessionScope.RECORDS, "kinesis:DeleteStream", STREAM),
        (SessionScope.RECORDS, "kinesis:GetRecords", STREAM.replace(ACCOUNT, "444455556666")),
        (SessionScope.RECORDS, "kms:Decrypt", KEY),
        (SessionScope.RECORDS, "s3:GetObject", OBJECT),
        (SessionScope.RECORDS, "cloudwatch:GetMetricData", "*"),
        (SessionScope.SETTINGS, "kinesis:GetShardIterator", STREAM),
        (SessionScope.SETTINGS, "kinesis:AddTagsToStream", STREAM),
        (SessionScope.SETTINGS, "s3:GetObject", OBJECT),
        (SessionScope.SETTINGS, "iam:CreateAccessKey", USER),
        (SessionScope.SETTINGS, "cloudtrail:LookupEvents", "*"),
        (SessionScope.DIAGNOSIS, "kinesis:GetRecords", STREAM),
        (SessionScope.DIAGNOSIS, "s3:GetObject", OBJECT),
        (SessionScope.DIAGNOSIS, "kinesis:UpdateShardCount", STREAM),
        (SessionScope.TRAIL, "iam:GetRole", USER),
        (SessionScope.TRAIL, "cloudtrail:StopLogging", "*"),
        (SessionScope.TRAIL, "kinesis:GetRecords", STREAM),
        (SessionScope.PROVISIONING, "kinesis:GetRecords", STREAM),
        (SessionScope.PROVISIONING, "kinesis:SubscribeToShard", f"{STREAM}/consumer/c:1"),
        (SessionScope.PROVISIONING, "s3:GetObject", OBJECT),
        (SessionScope.PROVISIONING, "s3:GetObjectVersion", OBJECT),
        (SessionScope.PROVISIONING, "iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/SluiceAdmin"),
        (SessionScope.PROVISIONING, "iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/other/somebody"),
        (SessionScope.PROVISIONING, "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
        (SessionScope.PROVISIONING, "ec2:RunInstances", "*"),
    ],
)
def test_a_session_is_denied_the_rest(scope: SessionScope, action: str, resource: str) -> None:
    assert decision(policy(scope), action, resource) != "Allow"


@pytest.mark.parametrize(
    ("scope", "action", "resource", "context"),
    [
        (SessionScope.METRICS, "cloudwatch:GetMetricData", "*", {}),
        (SessionScope.METRICS, "kinesis:ListShards", STREAM, {}),
        (SessionScope.RECORDS, "kinesis:GetRecords", STREAM, {}),
        (SessionScope.RECORDS, "kms:Decrypt", KEY, {"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}),
        (SessionScope.SETTINGS, "iam:GetRole", USER, {}),
        (SessionScope.DIAGNOSIS, "cloudtrail:LookupEvents", "*", {}),
        (SessionScope.DIAGNOSIS, "iam:GetRole", USER, {}),
        (SessionScope.TRAIL, "cloudtrail:LookupEvents", "*", {}),
        (SessionScope.PROVISIONING, "iam:CreateAccessKey", USER, {}),
    ],
)
def test_a_session_may_do_what_it_is_for(
    scope: SessionScope, action: str, resource: str, context: dict[str, str]
) -> None:
    assert decision(policy(scope), action, resource, **context) == "Allow"


def test_a_trust_test_may_do_nothing() -> None:
    assert decision(no_permissions(), "kinesis:DescribeStreamSummary", STREAM) == "Deny"


def test_who_reads_a_stream_is_listed_in_a_session_that_can_do_nothing_else() -> None:
    readers, table = policy(SessionScope.READERS), f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/dashboard"
    for action, resource in ((LIST_CONSUMERS, STREAM), (LIST_MAPPINGS, "*"), (SCAN_LEASES, table)):
        assert decision(readers, action, resource) == "Allow"
        assert decision(policy(SessionScope.METRICS), action, resource) != "Allow"
    for action, resource in (("kinesis:GetRecords", STREAM), ("dynamodb:PutItem", table), ("dynamodb:Scan", STREAM)):
        assert decision(readers, action, resource) != "Allow"


def test_schemas_are_read_in_the_session_that_reads_records_and_in_no_other_that_reads() -> None:
    assert decision(policy(SessionScope.RECORDS), GET_SCHEMA, "*") == "Allow"
    for scope in (SessionScope.METRICS, SessionScope.SETTINGS, SessionScope.READERS, SessionScope.TRAIL):
        assert decision(policy(scope), GET_SCHEMA, "*") != "Allow"


def test_error_files_are_read_in_a_session_that_can_do_nothing_else() -> None:
    files, bucket = "arn:aws:s3:::sluice-hal/errors/", "arn:aws:s3:::sluice-hal"
    found = session_policy(SessionScope.ERROR_FILES, granted=[], account_id=ACCOUNT, files_arn=files)
    assert decision(found, "s3:GetObject", f"{files}processing-failed/1") == "Allow"
    for action, resource in (
        ("s3:GetObject", f"{bucket}/sensors/1"),
        ("s3:GetObject", "arn:aws:s3:::sluice-other/errors/1"),
        ("s3:PutObject", f"{files}1"),
        ("s3:ListBucket", bucket),  # without the prefix
        ("kinesis:GetRecords", STREAM),
        ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"),  # not through S3
    ):
        assert decision(found, action, resource) != "Allow"
