"""The policies in the account, as they were read: what the report says of them, and what the client has to update."""

from copy import deepcopy
from typing import Any

import pytest

from portal.aws import deployed_grant
from portal.aws.errors import AwsFault
from portal.aws.permissions.boundary_lines import boundary_lines
from portal.aws.permissions.report_lines import Line, PermissionReport, Verdict
from portal.aws.policies.statements import allow, deny, document
from portal.aws.role_grant import RoleGrant
from portal.messages.message import Message
from tests.portal.aws.stubbed import stubbed

GRANT = RoleGrant("arn:aws:iam::999900001111:user/sluice", "sluice-x", "111122223333", "sluice-")
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-a"
READ = document(allow("Read", ["kinesis:GetRecords"], STREAM))


def deployed(**changed: Any) -> dict[str, Any]:
    documents = {policy.key: deepcopy(policy.document) for policy in GRANT.policies}
    return {**documents, **changed}


def failing(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.action, line.group.code) for line in lines if line.passed is False]


def test_a_boundary_as_granted_passes_on_every_line() -> None:
    lines = boundary_lines(GRANT, deployed(), [("archive", READ)])
    assert failing(lines) == []
    assert {line.passed for line in lines} == {True}
    [of_delivery] = [line for line in lines if line.group.code == "permissions.delivery"]
    assert (of_delivery.action, of_delivery.resource) == ("kinesis:GetRecords", STREAM)
    assert of_delivery.group.params == {"delivery": "archive"}


def test_a_boundary_that_cannot_be_read_says_nothing() -> None:
    lines = boundary_lines(GRANT, None, [("archive", READ)])
    assert {line.passed for line in lines} == {None}
    assert {line.verdict for line in lines} == {Verdict.UNKNOWN}
    assert {line.detail for line in lines} == {Message("permissions.boundary_unreadable")}


@pytest.mark.parametrize("boundary", [None, document(), {"Version": "2012-10-17"}])
def test_without_a_boundary_nothing_passes(boundary: object) -> None:
    absent = deployed(Boundary=boundary, ProducerBoundary=boundary)
    lines = boundary_lines(GRANT, absent, [("archive", READ)])
    assert {line.passed for line in lines} == {False}
    assert all(line.fix and line.todo for line in lines)


def test_what_the_boundary_lacks_comes_with_the_statement_to_add() -> None:
    less = deployed()
    less["Boundary"]["Statement"] = [row for row in less["Boundary"]["Statement"] if row["Sid"] != "Bucket"]
    lines = [line for line in boundary_lines(GRANT, less, []) if line.passed is False]
    assert {line.action for line in lines} == {"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"}
    assert all(line.fix == {"Effect": "Allow", "Action": line.action, "Resource": line.resource} for line in lines)
    assert {line.todo for line in lines} == {Message("permissions.update_boundary")}


@pytest.mark.parametrize(
    ("more", "action"),
    [
        (allow("More", ["s3:DeleteObject"], "arn:aws:s3:::sluice-*"), "s3:DeleteObject"),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "*"),
    ],
)
def test_what_the_boundary_allows_beyond_the_grant_is_an_excess(more: dict[str, Any], action: str) -> None:
    wider = deployed()
    wider["Boundary"]["Statement"].append(more)
    assert failing(boundary_lines(GRANT, wider, [])) == [(action, "permissions.boundary")]


def test_a_deny_that_the_client_added_is_reported_for_the_delivery_too() -> None:
    narrower = deployed()
    narrower["Boundary"]["Statement"].append(deny("NoReads", ["kinesis:Get*"], "*"))
    found = failing(boundary_lines(GRANT, narrower, [("archive", READ)]))
    assert ("kinesis:GetRecords", "permissions.delivery") in found
    assert {action for action, _ in found} == {"kinesis:GetRecords", "kinesis:GetShardIterator"}


def test_a_report_counts_its_lines_by_their_result() -> None:
    lines = tuple(
        Line(Message("permissions.boundary"), "a:B", "*", Verdict.ALLOWED, verdict, "tried")
        for verdict in (Verdict.ALLOWED, Verdict.DENIED, Verdict.DENIED, Verdict.UNKNOWN)
    )
    assert PermissionReport(lines, is_simulated=True).as_dict() == {
        "simulated": True, "passed": 1, "failed": 2, "unknown": 1,
    }  # fmt: skip
    shown = lines[1].as_dict()
    assert (shown["passed"], shown["verdict"], shown["cause"], shown["what_to_do"]) == (False, "denied", None, "")


def test_a_grant_as_deployed_differs_in_nothing() -> None:
    assert deployed_grant.differences(GRANT, deployed()) == []


def test_what_differs_is_named_by_policy_as_to_add_to_remove_and_to_change() -> None:
    found = deployed()
    streams = found["SluiceStreams"]["Statement"]
    taken, changed = streams.pop(0), streams[0]
    changed["Action"] = ["kinesis:Nothing"]
    by_hand = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    streams.append(by_hand)
    [difference] = deployed_grant.differences(GRANT, found)
    wanted = {row["Sid"]: row for row in GRANT.permissions[0].document["Statement"]}
    assert difference.name == "SluiceStreams"
    assert difference.to_add == (taken,)
    assert difference.to_remove == (by_hand,)
    assert difference.to_change == (wanted[changed["Sid"]],)


@pytest.mark.parametrize("absent", [None, {}, {"Statement": []}])
def test_a_policy_that_is_absent_is_to_be_added_whole(absent: object) -> None:
    [difference] = deployed_grant.differences(GRANT, deployed(SluiceIdentity=absent))
    assert len(difference.to_add) == len(GRANT.permissions[2].document["Statement"])
    assert (difference.to_remove, difference.to_change) == ((), ())


def test_a_policy_of_one_statement_is_compared_like_any_other() -> None:
    [difference] = deployed_grant.differences(GRANT, deployed(SluiceDelivery={"Statement": {"Effect": "Allow"}}))
    assert difference.to_remove == ({"Effect": "Allow"},)


def test_policies_of_which_none_may_be_read_are_not_known() -> None:
    with stubbed("iam") as (aws, answers):
        for _ in GRANT.policies:
            answers.add_client_error("get_policy", "AccessDenied")
        assert deployed_grant.read(aws, GRANT) is None


def test_a_policy_that_a_role_may_not_read_although_it_reads_others_is_newer_than_the_role() -> None:
    with stubbed("iam") as (aws, answers):
        answers.add_client_error("get_policy", "NoSuchEntity")
        for _ in GRANT.policies[1:]:
            answers.add_client_error("get_policy", "AccessDenied")
        assert deployed_grant.read(aws, GRANT) == {policy.key: None for policy in GRANT.policies}


def test_another_fault_is_raised() -> None:
    with stubbed("iam") as (aws, answers):
        answers.add_client_error("get_policy", "NoSuchEntity")
        answers.add_client_error("get_policy", "ServiceFailure")
        with pytest.raises(AwsFault):
            deployed_grant.read(aws, GRANT)


def test_policies_are_read_by_their_arns_each_with_its_default_version() -> None:
    names = [policy.name for policy in GRANT.policies]
    with stubbed("iam") as (aws, answers):
        for name in names[:-1]:
            arn = f"arn:aws:iam::111122223333:policy/{name}"
            answers.add_response(
                "get_policy", {"Policy": {"PolicyName": name, "Arn": arn, "DefaultVersionId": "v3"}}, {"PolicyArn": arn}
            )
            version = {"PolicyVersion": {"Document": "%7B%22Statement%22%3A%5B%5D%7D", "VersionId": "v3"}}
            answers.add_response("get_policy_version", version, {"PolicyArn": arn, "VersionId": "v3"})
        answers.add_client_error("get_policy", "NoSuchEntity")
        found = deployed_grant.read(aws, GRANT)
    read = {key: {"Statement": []} for key in ("Boundary", "ProducerBoundary", "SluiceStreams", "SluiceDelivery")}
    assert found == {**read, "SluiceIdentity": None}
