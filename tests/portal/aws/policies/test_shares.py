"""The statements of shares: merged into a resource policy and taken out again, with all others as they were."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.aws.policies.shares import (
    find_statement,
    is_same_statement,
    policy_size,
    share_statement,
    with_statement,
    without_statement,
)

ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-sensors"
READER = "arn:aws:iam::444455556666:role/reader"
OURS = share_statement("SluiceShare5f0c2d9a1b3canalytics", READER, ARN)
TEXT = st.text(max_size=8)
FOREIGN = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.lists(TEXT, min_size=1, max_size=3)},
    optional={
        "Sid": st.text("abcXYZ09", max_size=5),
        "Principal": st.fixed_dictionaries({"AWS": TEXT}),
        "Resource": TEXT,
    },
)


def test_the_statement_names_five_actions_one_principal_and_one_stream() -> None:
    assert OURS == {
        "Sid": "SluiceShare5f0c2d9a1b3canalytics",
        "Effect": "Allow",
        "Action": [
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:ListShards",
            "kinesis:GetShardIterator",
            "kinesis:GetRecords",
        ],
        "Resource": ARN,
        "Principal": {"AWS": READER},
    }
    assert share_statement("s", "444455556666", ARN)["Principal"] == {"AWS": "arn:aws:iam::444455556666:root"}


@given(st.lists(FOREIGN, max_size=4), st.sampled_from(["2012-10-17", "2008-10-17"]))
def test_foreign_statements_stay_in_their_order_whatever_is_shared_and_unshared(
    foreign: list[dict[str, Any]], version: str
) -> None:
    before = {"Version": version, "Id": "theirs", "Statement": foreign}
    shared = with_statement(before, OURS)
    assert shared == {"Version": version, "Id": "theirs", "Statement": [*foreign, OURS]}
    assert with_statement(shared, OURS) == shared
    assert without_statement(shared, OURS["Sid"]) == (before if foreign else None)


def test_a_policy_of_one_statement_needs_no_list() -> None:
    theirs = {"Sid": "theirs", "Effect": "Deny", "Principal": {"AWS": "444455556666"}, "Action": "kinesis:PutRecord"}
    assert with_statement({"Version": "2012-10-17", "Statement": theirs}, OURS)["Statement"] == [theirs, OURS]
    assert with_statement(None, OURS) == {"Version": "2012-10-17", "Statement": [OURS]}
    assert without_statement(None, OURS["Sid"]) is None


def test_a_statement_of_ours_is_replaced_in_its_place() -> None:
    other = share_statement(OURS["Sid"], "arn:aws:iam::444455556666:role/other", ARN)
    after = {"Sid": "theirs"}
    assert with_statement({"Statement": [OURS, after]}, other) == {"Statement": [other, after]}
    assert find_statement({"Statement": [after, other]}, OURS["Sid"]) == other
    assert find_statement({"Statement": [after]}, OURS["Sid"]) is None


def test_a_statement_that_aws_writes_otherwise_is_the_same() -> None:
    written = {**OURS, "Action": list(reversed(OURS["Action"])), "Resource": [ARN], "Principal": {"AWS": [READER]}}
    assert is_same_statement(OURS, written)
    account = share_statement("s", "444455556666", ARN)
    assert is_same_statement(account, {**account, "Principal": {"AWS": "444455556666"}})
    # AWS puts the ID of a role that was deleted in the place of its ARN.
    for changed in (
        {"Effect": "Deny"},
        {"Principal": {"AWS": "AROAEXAMPLE"}},
        {"Action": OURS["Action"][:4]},
        {"Resource": "*"},
    ):
        assert not is_same_statement(OURS, {**OURS, **changed})
    assert not is_same_statement(OURS, None)


def test_the_size_is_that_of_the_text_that_is_sent() -> None:
    assert policy_size({"Version": "2012-10-17", "Statement": []}) == len('{"Version":"2012-10-17","Statement":[]}')
