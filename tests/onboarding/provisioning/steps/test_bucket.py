"""A bucket: created and hardened, or the client's own and left unchanged; deleted only when it is empty and ours."""

from typing import Any

import pytest

from onboarding.provisioning.answers import Refused
from onboarding.provisioning.steps import bucket as step
from portal.aws import s3
from portal.aws.bucket_protection import bucket_policy
from portal.aws.errors import AwsFault
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.steps.account import BUCKET, PLAN, THEIRS, Account, Answers, codes, done
from tests.portal.aws.conftest import REGION

HARDENED = ["outcome.public_access_blocked", "outcome.bucket_encrypted", "outcome.tls_required"]
ARN = PLAN.bucket_arn(BUCKET)


def made(account: Account, tags: dict[str, str] | None = None, region: str = REGION) -> None:
    s3.create_bucket(account.aws, BUCKET, region)
    if tags:
        s3.set_bucket_tags(account.aws, BUCKET, tags)


def is_there(account: Account) -> bool:
    return s3.bucket_state(account.aws, BUCKET) is s3.BucketState.OURS_ACCOUNT


def refusal(account: Account) -> str:
    with pytest.raises(Refused) as refused:
        step.apply(account.context(), BUCKET)
    return refused.value.message.code


def test_the_title_says_whether_it_is_created(account: Account) -> None:
    new = step.title(account.plan, BUCKET)
    account.with_existing_bucket()
    assert (new.code, step.title(account.plan, BUCKET).code) == ("step.new_bucket", "step.existing_bucket")


def test_a_new_bucket_is_hardened_without_reading_first(account: Account, answers: Answers) -> None:
    answer = done(step.apply(account.context(), BUCKET))
    assert codes(answer.did) == ["outcome.created", *HARDENED]
    assert not [name for name in answers.asked if name.startswith("Get")]
    assert account.rows.owned[step.KIND, BUCKET].arn == ARN
    assert step.check(account.context(), BUCKET) == []
    again = done(step.apply(account.context(), BUCKET))
    assert (again.did, codes(again.found)) == (None, ["outcome.as_specified"])


def test_a_bucket_whose_worker_died_before_its_tags_is_continued(account: Account) -> None:
    made(account)
    account.rows.listed(step.KIND, BUCKET)
    did = codes(done(step.apply(account.context(), BUCKET)).did)
    assert (did[0], "outcome.tls_required" in did) == ("outcome.tagged", True)
    assert s3.bucket_tags(account.aws, BUCKET) == PLAN.tags


@pytest.mark.parametrize(
    ("tags", "is_listed", "code"),
    [
        (THEIRS, True, "refused.of_another_integration"),
        ({"owner": "facilities"}, True, "refused.not_created_by_sluice"),
        ({}, False, "refused.not_created_by_sluice"),
    ],
)
def test_a_bucket_that_exists_and_is_not_ours_is_refused_unchanged(
    account: Account, tags: dict[str, str], is_listed: bool, code: str
) -> None:
    made(account, tags)
    if is_listed:
        account.rows.listed(step.KIND, BUCKET)
    assert refusal(account) == code
    assert s3.bucket_tags(account.aws, BUCKET) == tags
    assert bucket_policy(account.aws, BUCKET) is None


@pytest.mark.parametrize("case", ["ours", "existing", "taken"])
def test_a_denial_is_explained_by_what_is_known_of_the_bucket(account: Account, answers: Answers, case: str) -> None:
    answers.refuse("HeadBucket", "403")
    if case == "existing":
        account.with_existing_bucket()
    if case == "ours":
        account.rows.listed(step.KIND, BUCKET, ARN)
    else:
        account.rows.listed(step.KIND, BUCKET)  # intended, never seen: that is no proof
    named = {"ours": "own_bucket_denied", "existing": "existing_bucket_denied", "taken": "bucket_name_taken"}
    assert refusal(account) == f"refused.{named[case]}"


def test_a_bucket_of_the_clients_own_is_only_checked(account: Account, answers: Answers) -> None:
    made(account, {"owner": "facilities"})
    account.with_existing_bucket()
    answers.asked.clear()
    answer = done(step.apply(account.context(), BUCKET))
    assert (answer.arn, answer.did, codes(answer.found)) == (ARN, None, ["outcome.bucket_unchanged"])
    assert answers.asked == ["HeadBucket", "GetBucketLocation"]
    assert account.rows.owned == {}
    assert step.check(account.context(), BUCKET) == []


def test_a_bucket_of_the_clients_own_must_be_there_and_in_the_streams_region(account: Account) -> None:
    account.with_existing_bucket()
    assert refusal(account) == "refused.no_bucket"
    made(account, region="eu-central-1")
    assert refusal(account) == "refused.bucket_region"


def undone(account: Account) -> Any:
    return done(step.undo(account.context()))


def test_undo_deletes_an_empty_bucket(account: Account) -> None:
    step.apply(account.context(), BUCKET)
    assert undone(account).did.params == {"names": [BUCKET]}
    assert not is_there(account)


def test_undo_keeps_a_bucket_with_an_object(account: Account) -> None:
    made(account, PLAN.tags)
    account.rows.listed(step.KIND, BUCKET, ARN)
    account.client("s3").put_object(Bucket=BUCKET, Key="sensors/1", Body=b"x")
    undone(account)
    assert account.rows.why_kept[step.KIND, BUCKET] == step.HOLDS_OBJECTS.reason
    assert not account.rows.owned[step.KIND, BUCKET].is_going


def test_undo_keeps_a_bucket_that_only_seems_empty(account: Account, answers: Answers) -> None:
    step.apply(account.context(), BUCKET)
    answers.refuse("DeleteBucket", "BucketNotEmpty")
    undone(account)
    assert account.rows.why_kept[step.KIND, BUCKET] == step.HOLDS_OBJECTS.reason


def test_another_refusal_of_the_deletion_is_not_an_answer(account: Account, answers: Answers) -> None:
    step.apply(account.context(), BUCKET)
    answers.refuse("DeleteBucket", "AccessDenied")
    with pytest.raises(AwsFault):
        undone(account)
    assert account.rows.owned[step.KIND, BUCKET].is_going


def test_undo_keeps_a_bucket_without_access(account: Account, answers: Answers) -> None:
    account.rows.listed(step.KIND, BUCKET, ARN)
    answers.refuse("HeadBucket", "403")
    undone(account)
    assert account.rows.why_kept[step.KIND, BUCKET].code == "kept.bucket_not_accessible"


@pytest.mark.parametrize(
    ("tags", "is_seen", "code"),
    [(THEIRS, True, "kept.of_another_integration"), ({}, True, "kept.tag_removed"), ({}, False, "")],
)
def test_undo_without_our_tag_deletes_only_what_was_just_being_created(
    account: Account, tags: dict[str, str], is_seen: bool, code: str
) -> None:
    made(account, tags)
    account.rows.listed(step.KIND, BUCKET, ARN if is_seen else "")
    undone(account)
    assert is_there(account) is bool(code)
    assert [reason.code for reason in account.rows.why_kept.values()] == [code] * bool(code)


@pytest.mark.parametrize("is_going", [True, False])
def test_undo_after_a_crash_says_who_deleted_the_bucket(account: Account, is_going: bool) -> None:
    account.rows.listed(step.KIND, BUCKET, ARN, is_going=is_going)
    answer = undone(account)
    assert (answer.did is not None, answer.found is not None) == (is_going, not is_going)


@pytest.mark.parametrize("has_access", [True, False])
def test_check_of_a_bucket_that_cannot_be_read_is_one_difference(
    account: Account, answers: Answers, has_access: bool
) -> None:
    if not has_access:
        answers.refuse("HeadBucket", "403")
    (difference,) = step.check(account.context(), BUCKET)
    assert (difference.what.code, text_of(difference.found)) == (
        "resource.bucket",
        "deleted" if has_access else "in another account, or not accessible",
    )


def test_check_finds_all_that_was_undone(account: Account) -> None:
    step.apply(account.context(), BUCKET)
    client = account.client("s3")
    client.delete_public_access_block(Bucket=BUCKET)
    client.delete_bucket_encryption(Bucket=BUCKET)
    client.delete_bucket_policy(Bucket=BUCKET)
    client.delete_bucket_tagging(Bucket=BUCKET)
    found = [row.what.code for row in step.check(account.context(), BUCKET)]
    assert found == ["drift.tag", "drift.public_access", "drift.bucket_encryption", "drift.policy"]
    assert codes(done(_tagged_again(account)).did) == HARDENED


def _tagged_again(account: Account) -> object:
    s3.set_bucket_tags(account.aws, BUCKET, PLAN.tags)
    return step.apply(account.context(), BUCKET)
