"""The four ways to call AWS: what is absent, what is denied, and what comes in pages."""

from typing import Any

import pytest

from portal.aws.calls import call, delete_if_exists, get_or_none, paginate
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession
from tests.portal.aws.stubbed import stubbed

USER = {"UserName": "sluice-vendor"}


def key(number: int) -> dict[str, Any]:
    return {"UserName": "u", "AccessKeyId": f"AKIA{number:016}", "Status": "Active"}


def test_a_call_returns_the_whole_answer() -> None:
    with stubbed("iam") as (aws, answers):
        answers.add_response("list_access_keys", {"AccessKeyMetadata": [key(1)], "IsTruncated": False}, USER)
        assert call(aws, "iam", "ListAccessKeys", **USER)["AccessKeyMetadata"][0]["AccessKeyId"].endswith("1")


def test_what_is_absent_is_none_and_deleted_already() -> None:
    with stubbed("iam") as (aws, answers):
        answers.add_client_error("get_user", "NoSuchEntity", expected_params=USER)
        answers.add_client_error("delete_user", "NoSuchEntity", expected_params=USER)
        assert get_or_none(aws, "iam", "GetUser", **USER) is None
        delete_if_exists(aws, "iam", "DeleteUser", **USER)


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "DeleteConflict", "ServiceFailure"])
def test_any_other_fault_of_a_look_or_a_deletion_is_raised(code: str) -> None:
    with stubbed("iam") as (aws, answers):
        answers.add_client_error("get_user", code)
        answers.add_client_error("delete_user", code)
        for do, operation in ((get_or_none, "GetUser"), (delete_if_exists, "DeleteUser")):
            with pytest.raises(AwsFault) as caught:
                do(aws, "iam", operation, **USER)
            assert (caught.value.code, caught.value.operation) == (code, f"iam:{operation}")


def test_pages_are_read_to_the_last() -> None:
    with stubbed("iam") as (aws, answers):
        more = {"AccessKeyMetadata": [key(1), key(2)], "IsTruncated": True, "Marker": "m"}
        answers.add_response("list_access_keys", more, USER)
        answers.add_response(
            "list_access_keys", {"AccessKeyMetadata": [], "IsTruncated": True, "Marker": "n"}, {**USER, "Marker": "m"}
        )
        answers.add_response(
            "list_access_keys", {"AccessKeyMetadata": [key(3)], "IsTruncated": False}, {**USER, "Marker": "n"}
        )
        found = paginate(aws, "iam", "ListAccessKeys", "AccessKeyMetadata", **USER)
    assert [row["AccessKeyId"][-1] for row in found] == ["1", "2", "3"]


def test_a_fault_on_a_later_page_is_the_fault_of_the_whole() -> None:
    with stubbed("iam") as (aws, answers):
        more = {"AccessKeyMetadata": [key(1)], "IsTruncated": True, "Marker": "m"}
        answers.add_response("list_access_keys", more)
        answers.add_client_error("list_access_keys", "AccessDenied", "not allowed")
        with pytest.raises(AwsFault) as caught:
            paginate(aws, "iam", "ListAccessKeys", "AccessKeyMetadata", **USER)
    assert (caught.value.kind, caught.value.operation) == (FaultKind.DENIED, "iam:ListAccessKeys")


def test_a_session_hears_of_its_faults_and_may_raise_their_cause() -> None:
    heard: list[AwsFault] = []
    cause = AwsFault(FaultKind.ROLE_DENIED, "AccessDenied", "sts:AssumeRole", "the role is gone")

    def find_cause(fault: AwsFault) -> None:
        heard.append(fault)
        if len(heard) > 1:
            raise cause

    with stubbed("iam") as (portal, answers):
        aws = portal.reporting_faults(find_cause)
        for _ in range(2):
            answers.add_client_error("get_user", "AccessDenied")
        answers.add_client_error("get_user", "AccessDenied")
        with pytest.raises(AwsFault) as first:
            call(aws, "iam", "GetUser", **USER)
        with pytest.raises(AwsFault) as second:
            call(aws, "iam", "GetUser", **USER)
        with pytest.raises(AwsFault):
            call(portal, "iam", "GetUser", **USER)
    assert heard == [first.value, second.value.__context__]
    assert second.value is cause


def test_what_is_absent_is_heard_of_too() -> None:
    heard: list[FaultKind] = []
    with stubbed("iam") as (portal, answers):
        answers.add_client_error("get_user", "NoSuchEntity")
        assert get_or_none(portal.reporting_faults(lambda fault: heard.append(fault.kind)), "iam", "GetUser") is None
    assert heard == [FaultKind.NOT_FOUND]


def test_the_same_identity_may_be_hurried_and_reported_without_changing_the_first() -> None:
    heard: list[AwsFault] = []
    aws = AwsSession(region="eu-west-1", account_id="111122223333")
    hurried = aws.hurried().reporting_faults(heard.append)
    assert hurried.client("iam") is aws.client("iam", single_attempt=True)
    assert hurried.client("iam") is not aws.client("iam")
    fault = AwsFault(FaultKind.DENIED, "AccessDenied", "iam:GetUser", "")
    aws.report(fault)
    assert heard == []
    hurried.in_region("us-east-1").report(fault)
    assert heard == [fault]
    assert aws.in_region("us-east-1").account_id == "111122223333"
    assert "111122223333" in repr(aws)
