"""KMS keys and log groups: what is ours among what is listed, and what may not be seen."""

from typing import Any

import pytest

from portal.aws import kms, logs
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from tests.portal.aws.stubbed import stubbed

ARNS = [f"arn:aws:kms:eu-west-1:111122223333:key/0000000{number}-0000-4000-8000-000000000000" for number in range(6)]


def metadata(arn: str, **fields: Any) -> dict[str, Any]:
    key_id = arn.rpartition("/")[2]
    return {"KeyMetadata": {"Arn": arn, "KeyId": key_id, "Enabled": True, "KeyState": "Enabled", **fields}}


def test_ours_among_keys_are_those_with_the_description_that_are_not_being_deleted() -> None:
    ours, others, hidden, gone, ending, _ = ARNS
    with stubbed("kms") as (aws, answers):
        listed = [{"KeyArn": arn, "KeyId": "k"} for arn in reversed(ARNS[:5])]
        answers.add_response("list_keys", {"Keys": listed[:3], "Truncated": True, "NextMarker": "m"})
        answers.add_response("list_keys", {"Keys": listed[3:], "Truncated": False}, {"Marker": "m"})
        answers.add_response("describe_key", metadata(ours, Description="d"), {"KeyId": ours})
        answers.add_response("describe_key", metadata(others, Description="another"), {"KeyId": others})
        answers.add_client_error("describe_key", "AccessDeniedException", expected_params={"KeyId": hidden})
        answers.add_client_error("describe_key", "NotFoundException", expected_params={"KeyId": gone})
        pending = metadata(ending, Description="d", KeyState="PendingDeletion")
        answers.add_response("describe_key", pending, {"KeyId": ending})
        found = kms.keys_described(aws, kms.key_arns(aws), "d")
    assert [key.arn for key in found] == [ours]


def test_a_fault_that_is_no_verdict_on_a_key_is_raised() -> None:
    with stubbed("kms") as (aws, answers):
        answers.add_client_error("describe_key", "KMSInternalException")
        with pytest.raises(AwsFault) as caught:
            kms.keys_described(aws, ARNS, "d")
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.INTERNAL, True)


def test_a_key_is_created_with_one_attempt_and_without_tags() -> None:
    with stubbed("kms", single_attempt=True) as (aws, answers):
        asked = {"Description": "d", "Policy": '{"Version": "2012-10-17"}'}
        answers.add_response("create_key", metadata(ARNS[0], KeyManager="CUSTOMER", Description="d"), asked)
        found = kms.create_key(aws, description="d", policy={"Version": "2012-10-17"})
    assert found == kms.Key(ARNS[0], enabled=True, manager="CUSTOMER", description="d")


@pytest.mark.parametrize(
    ("fields", "enabled", "is_pending"),
    [({}, True, False), ({"Enabled": False, "KeyState": "PendingDeletion"}, False, True)],
)
def test_the_state_of_a_key_is_awss(fields: dict[str, Any], enabled: bool, is_pending: bool) -> None:
    with stubbed("kms") as (aws, answers):
        answers.add_response("describe_key", metadata(ARNS[0], KeyManager="AWS", **fields))
        found = kms.describe_key(aws, ARNS[0])
    assert found is not None
    assert (found.enabled, found.is_pending_deletion, found.manager) == (enabled, is_pending, "AWS")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedException", FaultKind.DENIED),
        ("KMSInvalidStateException", FaultKind.INVALID),
        ("ThrottlingException", FaultKind.THROTTLED),
    ],
)
def test_a_key_that_is_denied_is_not_taken_for_an_absent_one(code: str, kind: FaultKind) -> None:
    with stubbed("kms") as (aws, answers):
        answers.add_client_error("describe_key", code)
        with pytest.raises(AwsFault) as caught:
            kms.describe_key(aws, ARNS[0])
    assert caught.value.kind is kind


def test_a_key_policy_reads_back_and_rotation_is_asked_for() -> None:
    with stubbed("kms") as (aws, answers):
        answers.add_response("get_key_policy", {"Policy": '{"Statement": []}'}, {"KeyId": "k", "PolicyName": "default"})
        answers.add_response("get_key_rotation_status", {"KeyRotationEnabled": False}, {"KeyId": "k"})
        answers.add_response("enable_key_rotation", {}, {"KeyId": "k"})
        answers.add_response(
            "schedule_key_deletion", {"KeyId": "k"}, {"KeyId": "k", "PendingWindowInDays": kms.DELETION_DAYS}
        )
        assert kms.key_policy(aws, "k") == {"Statement": []}
        assert not kms.rotates(aws, "k")
        kms.enable_rotation(aws, "k")
        kms.schedule_deletion(aws, "k")


GROUP, ARN = (
    "/aws/kinesisfirehose/sluice-a",
    "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/kinesisfirehose/sluice-a:*",
)


def test_a_group_that_only_begins_with_the_name_is_another() -> None:
    with stubbed("logs") as (aws, answers):
        answers.add_response("describe_log_groups", {"logGroups": [{"logGroupName": f"{GROUP}-b"}]})
        answers.add_response("describe_log_groups", {})
        assert logs.describe_log_group(aws, GROUP) is None
        assert logs.describe_log_group(aws, GROUP) is None


def test_a_group_is_found_beside_longer_names() -> None:
    rows = [{"logGroupName": f"{GROUP}-b"}, {"logGroupName": GROUP, "arn": ARN, "creationTime": 86_400_000}]
    with stubbed("logs") as (aws, answers):
        answers.add_response("describe_log_groups", {"logGroups": rows}, {"logGroupNamePrefix": GROUP})
        found = logs.describe_log_group(aws, GROUP)
    assert found is not None
    assert (found.arn, found.created_at.isoformat()) == (ARN, "1970-01-02T00:00:00+00:00")


@pytest.mark.parametrize(
    ("code", "seen"), [("ResourceNotFoundException", {}), ("AccessDeniedException", None)], ids=["gone", "denied"]
)
def test_tags_that_are_gone_and_tags_that_may_not_be_seen_differ(code: str, seen: dict[str, str] | None) -> None:
    with stubbed("logs") as (aws, answers):
        asked = {"resourceArn": ARN.removesuffix(":*")}
        answers.add_client_error("list_tags_for_resource", code, expected_params=asked)
        assert logs.log_group_tags(aws, ARN) == seen


def test_a_group_that_another_created_meanwhile_is_there() -> None:
    with stubbed("logs") as (aws, answers):
        answers.add_response("describe_log_groups", {"logGroups": []})
        answers.add_client_error("create_log_group", "ResourceAlreadyExistsException")
        assert not logs.ensure_log_group(aws, GROUP, {})
        answers.add_client_error("create_log_stream", "ResourceAlreadyExistsException")
        assert not logs.ensure_log_stream(aws, GROUP, "S3Delivery", look_first=False)


@pytest.mark.parametrize("code", ["OperationAbortedException", "LimitExceededException", "AccessDeniedException"])
def test_a_group_that_could_not_be_created_is_a_fault(code: str) -> None:
    with stubbed("logs") as (aws, answers):
        answers.add_client_error("create_log_group", code)
        with pytest.raises(AwsFault) as caught:
            logs.ensure_log_group(aws, GROUP, {}, look_first=False)
    assert caught.value.code == code


def test_tags_that_fail_otherwise_are_a_fault() -> None:
    with stubbed("logs") as (aws, answers):
        answers.add_client_error("list_tags_for_resource", "ServiceUnavailableException")
        with pytest.raises(AwsFault) as caught:
            logs.log_group_tags(aws, ARN)
    assert caught.value.retryable
