"""Removal of a stream: deleted when that was confirmed or it is empty, and otherwise kept with its reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.steps import stream_removal
from onboarding.provisioning.steps.stream import KIND
from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.records import put_record
from tests.onboarding.provisioning.steps.account import PLAN, STREAM, THEIRS, Account, Answers, codes, done


def made(account: Account, tags: dict[str, str] | None = None) -> kinesis.Stream:
    tags = PLAN.tags if tags is None else tags
    kinesis.create_stream(account.aws, STREAM, mode="PROVISIONED", shard_count=1, tags={})
    if tags:  # moto ignores those of CreateStream
        kinesis.tag_stream(account.aws, STREAM, tags)
    found = kinesis.describe_stream(account.aws, STREAM)
    assert found is not None
    return found


def listed(account: Account, **more: Any) -> None:
    account.rows.listed(KIND, STREAM, PLAN.stream_arn, **more)


def is_there(account: Account) -> bool:
    return kinesis.describe_stream(account.aws, STREAM) is not None


def reason(account: Account) -> str:
    return account.rows.why_kept[KIND, STREAM].code


def test_an_empty_stream_is_deleted_without_a_confirmation(account: Account) -> None:
    made(account)
    listed(account)
    answer = stream_removal.undo(account.context())
    assert isinstance(answer, Waiting)
    assert account.rows.owned[KIND, STREAM].is_going
    assert not is_there(account)
    assert done(stream_removal.undo(account.context())).did is not None
    assert account.rows.inventory(KIND) == []


def test_a_stream_with_records_is_kept_until_that_is_confirmed(account: Account) -> None:
    made(account)
    listed(account)
    put_record(account.aws, STREAM, data=b"x", partition_key="p")
    assert codes(done(stream_removal.undo(account.context())).found) == ["outcome.kept"]
    assert (reason(account), is_there(account)) == ("kept.holds_records", True)
    stream_removal.undo(account.context(delete_data=True))
    assert not is_there(account)


def test_a_stream_whose_records_may_not_be_read_counts_as_holding_some(account: Account, answers: Answers) -> None:
    made(account)
    listed(account)
    answers.refuse("GetShardIterator", "AccessDeniedException")
    done(stream_removal.undo(account.context()))
    assert (reason(account), is_there(account)) == ("kept.holds_records", True)


def test_another_failure_while_reading_is_not_an_answer(account: Account, answers: Answers) -> None:
    made(account)
    listed(account)
    answers.refuse("GetShardIterator", "InternalFailure")
    with pytest.raises(AwsFault):
        stream_removal.undo(account.context())
    assert is_there(account)


def test_a_shard_that_does_not_end_counts_as_holding_records(account: Account, answers: Answers) -> None:
    found = made(account)
    answers.changes["GetRecords"] = lambda answer: answer.update(MillisBehindLatest=5000)
    assert stream_removal.holds_records(account.context(), found)
    assert answers.asked.count("GetRecords") == stream_removal.READS_PER_SHARD


def test_a_closed_shard_without_records_ends(account: Account, answers: Answers) -> None:
    found = made(account)

    def ended(answer: dict[str, Any]) -> None:
        answer["MillisBehindLatest"] = 5000
        del answer["NextShardIterator"]

    answers.changes["GetRecords"] = ended
    assert not stream_removal.holds_records(account.context(), found)
    assert answers.asked.count("GetRecords") == 1


def test_a_role_that_may_not_delete_keeps_the_stream(account: Account, answers: Answers) -> None:
    made(account)
    listed(account)
    answers.asked.clear()
    done(stream_removal.undo(account.context(may_delete=False, delete_data=True)))
    assert (reason(account), answers.asked) == ("kept.role_may_not_delete", [])


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING"])
def test_a_stream_that_is_not_active_is_waited_for(account: Account, answers: Answers, status: str) -> None:
    made(account)
    listed(account)
    answers.set("DescribeStreamSummary", "StreamDescriptionSummary", StreamStatus=status)
    answer = stream_removal.undo(account.context(delete_data=True))
    assert isinstance(answer, Waiting)
    assert (answer.reason.code, answer.reason.params) == ("waiting.stream_status", {"status": status})


@pytest.mark.parametrize(("tags", "code"), [(THEIRS, "kept.of_another_integration"), ({}, "kept.tag_removed")])
def test_a_stream_of_the_same_name_that_is_not_ours_is_kept(account: Account, tags: dict[str, str], code: str) -> None:
    made(account, tags)
    listed(account)
    done(stream_removal.undo(account.context(delete_data=True)))
    assert (reason(account), is_there(account)) == (code, True)


@pytest.mark.parametrize(("began", "is_ours"), [(timedelta(seconds=-1), True), (timedelta(hours=1), False)])
def test_without_any_tag_the_row_decides_by_its_time(account: Account, began: timedelta, is_ours: bool) -> None:
    found = made(account, {})
    account.rows.listed(KIND, STREAM, intended_at=found.created_at.astimezone(UTC) + began)
    stream_removal.undo(account.context(delete_data=True))
    assert is_there(account) is not is_ours


def adopted(account: Account) -> None:
    spec = account.plan.spec
    account.plan = replace(account.plan, spec=replace(spec, stream=replace(spec.stream, adopt=True)))


@pytest.mark.parametrize("by", ["row", "plan"])
def test_an_adopted_stream_only_loses_our_tags(account: Account, by: str) -> None:
    made(account, {**PLAN.tags, "owner": "facilities"})
    listed(account, is_adopted=by == "row")
    if by == "plan":
        adopted(account)
    # Not even where deletion was confirmed, and though the role may not delete.
    done(stream_removal.undo(account.context(delete_data=True, may_delete=False)))
    assert kinesis.stream_tags(account.aws, STREAM) == {"owner": "facilities", "managed-by": "sluice"}
    assert reason(account) == "kept.adopted"


def test_an_adopted_stream_that_its_owner_deletes_is_not_waited_for(account: Account, answers: Answers) -> None:
    made(account)
    listed(account, is_adopted=True)
    answers.set("DescribeStreamSummary", "StreamDescriptionSummary", StreamStatus="DELETING")
    done(stream_removal.undo(account.context()))
    assert reason(account) == "kept.adopted"
    assert "RemoveTagsFromStream" not in answers.asked


def test_an_absent_stream_counts_as_deleted_by_someone_else(account: Account) -> None:
    account.rows.listed(KIND, STREAM, intended_at=datetime.now(UTC))
    answer = done(stream_removal.undo(account.context()))
    assert (answer.did, codes(answer.found)) == (None, ["outcome.already_deleted"])
