"""A Firehose stream: created once, waited for, brought to the plan, and never another's."""

from typing import Any

import pytest

from onboarding.provisioning.answers import Done, Refused, Waiting
from onboarding.provisioning.steps import firehose as step
from portal.aws import firehose
from portal.aws.errors import AwsFault
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.steps.account import (
    DELIVERY,
    DELIVERY_NAME,
    PLAN,
    THEIRS,
    Account,
    Answers,
    codes,
    done,
)

DESCRIBE, DESCRIPTION = "DescribeDeliveryStream", "DeliveryStreamDescription"


def made(account: Account, tags: dict[str, str] | None = None, stream_arn: str = PLAN.stream_arn) -> None:
    firehose.create_delivery_stream(
        account.aws,
        DELIVERY_NAME,
        stream_arn=stream_arn,
        role_arn=PLAN.firehose_role_arn(DELIVERY),
        destination=DELIVERY.destination.MEMBER,
        configuration=DELIVERY.configuration(PLAN.place_of(DELIVERY)),
        tags=PLAN.tags if tags is None else tags,
    )


def described(account: Account) -> firehose.DeliveryStream | None:
    return firehose.describe_delivery_stream(account.aws, DELIVERY_NAME)


def apply(account: Account) -> Done | Waiting:
    return step.apply(account.context(), DELIVERY)


def waiting(answer: object) -> str:
    assert isinstance(answer, Waiting), answer
    return answer.reason.code


def test_the_title_names_it_and_its_destination() -> None:
    assert DELIVERY_NAME in text_of(step.title(PLAN, DELIVERY))


def test_it_is_created_after_its_intent_and_then_active(account: Account) -> None:
    assert waiting(apply(account)) == "waiting.firehose_creating"
    assert not account.rows.owned[step.KIND, DELIVERY_NAME].is_seen
    answer = done(apply(account))
    assert (answer.did, codes(answer.found)) == (None, ["outcome.firehose_active"])
    assert account.rows.owned[step.KIND, DELIVERY_NAME].arn == answer.arn == PLAN.firehose_arn(DELIVERY)
    assert account.rows.observed[DELIVERY_NAME] == described(account)


def test_a_role_that_firehose_cannot_assume_yet_is_waited_for(account: Account, answers: Answers) -> None:
    text = "Firehose is unable to assume role arn:aws:iam::111122223333:role/x. Please check the role provided."
    answers.refuse("CreateDeliveryStream", "InvalidArgumentException", text)
    answer = apply(account)
    assert waiting(answer) == "waiting.role_propagating"
    assert isinstance(answer, Waiting)
    assert text in answer.detail
    assert (answer.patience, answer.failure and answer.failure.code) == (step.ROLE_SETTLES, "refused.firehose_role")


def test_a_role_that_firehose_cannot_use_yet_for_a_changed_delivery_is_waited_for(
    account: Account, answers: Answers
) -> None:
    made(account)
    answers.set(DESCRIBE, DESCRIPTION, Destinations=[{"DestinationId": "d", "ExtendedS3DestinationDescription": {}}])
    answers.refuse("UpdateDestination", "InvalidArgumentException", "Access was denied when calling Glue.")
    assert waiting(apply(account)) == "waiting.role_propagating"


@pytest.mark.parametrize("text", ["Table buildings.desks not found.", "The subnet ID 'subnet-1' does not exist"])
def test_a_refusal_for_good_is_reported_at_once_with_awss_message(
    account: Account, answers: Answers, text: str
) -> None:
    answers.refuse("CreateDeliveryStream", "InvalidArgumentException", text)
    with pytest.raises(AwsFault) as fault:
        apply(account)
    assert (fault.value.message.code, fault.value.retryable) == ("aws.firehose_settings_rejected", False)
    assert text in str(fault.value)


def test_a_creation_that_failed_for_good_is_not_repeated(account: Account, answers: Answers) -> None:
    made(account)
    failure = {"Type": "SUBNET_NOT_FOUND", "Details": "subnet-1"}
    answers.set(DESCRIBE, DESCRIPTION, DeliveryStreamStatus="CREATING_FAILED", FailureDescription=failure)
    with pytest.raises(Refused) as refused:
        apply(account)
    assert refused.value.message.code == "refused.firehose_creation"
    assert refused.value.detail == "SUBNET_NOT_FOUND: subnet-1"
    answers.changes.clear()
    assert described(account) is None


def test_another_refusal_of_the_creation_is_not_waited_for(account: Account, answers: Answers) -> None:
    answers.refuse("CreateDeliveryStream", "LimitExceededException", "50 delivery streams")
    with pytest.raises(AwsFault):
        apply(account)


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "DELETING_FAILED"])
def test_what_is_not_active_is_waited_for(account: Account, answers: Answers, status: str) -> None:
    made(account)
    answers.set(DESCRIBE, DESCRIPTION, DeliveryStreamStatus=status)
    answer = apply(account)
    assert waiting(answer) == "waiting.firehose_status"
    assert isinstance(answer, Waiting)
    assert answer.reason.params == {"status": status}


@pytest.mark.parametrize("has_reason", [True, False])
def test_a_failed_creation_is_deleted_and_said(account: Account, answers: Answers, has_reason: bool) -> None:
    made(account)
    failure = {"FailureDescription": {"Type": "KMS_GRANT", "Details": "no grant"}} if has_reason else {}
    answers.set(DESCRIBE, DESCRIPTION, DeliveryStreamStatus="CREATING_FAILED", **failure)
    answer = apply(account)
    assert isinstance(answer, Waiting)
    assert ("KMS_GRANT: no grant" in text_of(answer.reason)) is has_reason
    answers.changes.clear()
    assert described(account) is None


def test_one_of_another_integration_is_refused_even_when_its_creation_failed(
    account: Account, answers: Answers
) -> None:
    made(account, THEIRS)
    answers.set(DESCRIBE, DESCRIPTION, DeliveryStreamStatus="CREATING_FAILED")
    with pytest.raises(Refused) as refused:
        apply(account)
    assert refused.value.message.code == "refused.of_another_integration"
    assert described(account) is not None


def test_one_that_reads_another_stream_is_refused(account: Account) -> None:
    made(account, stream_arn=f"{PLAN.stream_arn}-2")
    with pytest.raises(Refused) as refused:
        apply(account)
    assert refused.value.message.code == "refused.firehose_source"


def test_one_with_another_kind_of_destination_is_refused(account: Account, answers: Answers) -> None:
    made(account)
    splunk = [{"DestinationId": "d", "SplunkDestinationDescription": {}}]
    answers.set(DESCRIBE, DESCRIPTION, Destinations=splunk)
    with pytest.raises(Refused) as refused:
        apply(account)
    assert refused.value.message.code == "refused.firehose_destination"


def buffer(account: Account, seconds: int) -> None:
    found = described(account)
    assert found is not None
    changed = {**DELIVERY.configuration(PLAN.place_of(DELIVERY))}
    changed["BufferingHints"] = {**changed["BufferingHints"], "IntervalInSeconds": seconds}
    firehose.update_destination(account.aws, found, changed)


def test_other_settings_are_brought_to_the_plan(account: Account) -> None:
    made(account)
    buffer(account, 777)
    (difference,) = step.check(account.context(), DELIVERY)
    assert (difference.what.code, text_of(difference.found)) == ("drift.setting", "777")
    assert waiting(apply(account)) == "waiting.firehose_updating"
    assert codes(done(apply(account)).found) == ["outcome.firehose_active"]
    assert step.check(account.context(), DELIVERY) == []


def undo(account: Account, **terms: Any) -> Done | Waiting:
    return step.undo(account.context(**terms))


def test_undo_deletes_it_and_waits_until_it_is_gone(account: Account) -> None:
    made(account)
    account.rows.listed(step.KIND, DELIVERY_NAME, PLAN.firehose_arn(DELIVERY))
    assert waiting(undo(account)) == "waiting.firehose_deleting"
    assert described(account) is None
    answer = done(undo(account))
    assert answer.did is not None
    assert answer.did.params == {"names": [DELIVERY_NAME]}


@pytest.mark.parametrize(
    ("status", "code"),
    [("DELETING", "waiting.firehose_deleting"), ("CREATING", "waiting.firehose_still_creating")],
)
def test_undo_waits_without_a_call(account: Account, answers: Answers, status: str, code: str) -> None:
    made(account)
    account.rows.listed(step.KIND, DELIVERY_NAME, PLAN.firehose_arn(DELIVERY))
    answers.set(DESCRIBE, DESCRIPTION, DeliveryStreamStatus=status)
    assert waiting(undo(account)) == code
    assert "DeleteDeliveryStream" not in answers.asked


def test_undo_forces_a_deletion_that_failed(account: Account, answers: Answers) -> None:
    made(account)
    account.rows.listed(step.KIND, DELIVERY_NAME, PLAN.firehose_arn(DELIVERY))
    answers.set(DESCRIBE, DESCRIPTION, DeliveryStreamStatus="DELETING_FAILED")
    assert waiting(undo(account)) == "waiting.firehose_deletion_failed"
    assert answers.sent["DeleteDeliveryStream"] == {"DeliveryStreamName": DELIVERY_NAME, "AllowForceDelete": True}


@pytest.mark.parametrize(
    ("tags", "code"), [(THEIRS, "kept.of_another_integration"), ({"owner": "facilities"}, "kept.tag_removed")]
)
def test_undo_keeps_what_is_not_ours(account: Account, tags: dict[str, str], code: str) -> None:
    made(account, tags)
    account.rows.listed(step.KIND, DELIVERY_NAME, PLAN.firehose_arn(DELIVERY))
    done(undo(account))
    assert account.rows.why_kept[step.KIND, DELIVERY_NAME].code == code
    assert described(account) is not None


def test_check_of_one_that_is_gone_is_one_difference(account: Account) -> None:
    (difference,) = step.check(account.context(), DELIVERY)
    assert (difference.what.code, text_of(difference.found)) == ("resource.firehose", "deleted")


def test_check_finds_a_lost_tag_and_another_source(account: Account) -> None:
    made(account, THEIRS, stream_arn=f"{PLAN.stream_arn}-2")
    found = {row.what.code for row in step.check(account.context(), DELIVERY)}
    assert found == {"drift.tag", "drift.source"}
