"""Names as AWS takes them, and the sentences for those it does not."""

import pytest

from portal.aws import names, regions
from portal.aws.names import InvalidName
from portal.messages.catalogue import explanation_of

ACCOUNT = "111122223333"


@pytest.mark.parametrize("account_id", ["111122223333", "000000000001"])
def test_twelve_digits_are_an_account_id(account_id: str) -> None:
    names.check_account_id(account_id)


@pytest.mark.parametrize(
    ("account_id", "expected"),
    [
        ("", "12 digits"),
        ("12345", "this has 5 characters"),
        ("1111222233334", "this has 13 characters"),
        ("1111-2222-3333", "without spaces or dashes: 111122223333"),
        ("1111 2222 3333", "without spaces or dashes: 111122223333"),
        ("11112222333a", "exactly 12 digits"),
        ("١١١١٢٢٢٢٣٣٣٣", "exactly 12 digits"),
        ("northwind-aws", "exactly 12 digits"),
    ],
)
def test_what_is_no_account_id_is_said(account_id: str, expected: str) -> None:
    with pytest.raises(InvalidName) as caught:
        names.check_account_id(account_id)
    assert expected in explanation_of(caught.value.message)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_region_of_its_partition(region: str, partition: str) -> None:
    names.check_region(region, partition)


@pytest.mark.parametrize(
    ("region", "partition", "expected"),
    [
        ("eu-west-9", "aws", "AWS has no Region called “eu-west-9”. Did you mean eu-west-"),
        ("EU West 1", "aws", "Did you mean eu-west-1?"),
        ("", "aws", "For example: eu-west-1"),
        ("mars", "aws", "For example: eu-west-1"),
        ("cn-north-1", "aws", "a Region of the partition “aws-cn”, but this AWS account is in “aws”"),
        ("eu-west-1", "aws-cn", "a Region of the partition “aws”, but this AWS account is in “aws-cn”"),
        ("us-gov-west-1", "aws", "partition “aws-us-gov”"),
        ("aws-global", "aws", "no Region called"),
    ],
)
def test_what_is_no_region_of_the_partition_is_said(region: str, partition: str, expected: str) -> None:
    with pytest.raises(InvalidName) as caught:
        names.check_region(region, partition)
    assert expected in explanation_of(caught.value.message)


def test_regions_come_from_botocores_endpoint_data() -> None:
    known = regions.regions_of()
    assert list(known) == sorted(known)
    assert {"eu-west-1", "us-east-1", "ap-southeast-2"} <= set(known)
    assert "cn-north-1" not in known
    assert regions.regions_of("aws-cn") == ("cn-north-1", "cn-northwest-1")


def test_a_region_tells_its_partition() -> None:
    assert names.partition_of("eu-west-1") == "aws"
    assert names.partition_of("cn-north-1") == "aws-cn"
    with pytest.raises(InvalidName, match=r"name\.region_unknown"):
        names.partition_of("mars")


@pytest.mark.parametrize("role", ["SluiceAccess", "team/SluiceAccess", "a+b=c,d.e@f-g_h"])
def test_a_role_of_the_account(role: str) -> None:
    names.check_role_arn(f"arn:aws:iam::{ACCOUNT}:role/{role}", ACCOUNT)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("", "looks like arn:aws:iam::111122223333:role/SluiceAccess"),
        ("SluiceAccess", "Copy it from the stack's output RoleArn"),
        ("arn:aws:iam::444455556666:role/SluiceAccess", "in account 444455556666, but the account ID above is 1111"),
        (f"arn:aws:iam::{ACCOUNT}:user/SluiceAccess", "the ARN of a user"),
        (f"arn:aws:iam::{ACCOUNT}:policy/SluiceBoundary", "the ARN of a policy"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/SluiceAccess/me", "the ARN of a session"),
        (f"arn:aws-moon:iam::{ACCOUNT}:role/SluiceAccess", "no partition called “aws-moon”"),
        (f"arn:aws:iam::{ACCOUNT}:role/", "looks like"),
        (f" arn:aws:iam::{ACCOUNT}:role/SluiceAccess", "looks like"),
        (f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess\n", "looks like"),
    ],
)
def test_what_is_no_role_of_the_account_is_said(arn: str, expected: str) -> None:
    with pytest.raises(InvalidName) as caught:
        names.check_role_arn(arn, ACCOUNT)
    assert expected in explanation_of(caught.value.message)


@pytest.mark.parametrize("name", ["sluice-a", "sluice-A_b.c-9", "sluice-" + "x" * 121])
def test_a_stream_name_kinesis_takes(name: str) -> None:
    names.check_stream_name(name, "sluice-")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "Enter a name for the data stream"),
        ("sluice-", "Add something after “sluice-”"),
        ("orders", "must begin with “sluice-”"),
        ("orders", "for example sluice-orders"),
        ("sluice-" + "x" * 122, "at most 128 characters; this has 129"),
        ("sluice-my stream", "a space cannot be in it. For example: sluice-my-stream"),
        ("sluice-büro", "“ü” cannot be in it"),
        ("sluice-a/b", "“/” cannot be in it"),
        ("sluice-a\n", "a space cannot be in it"),
    ],
)
def test_a_stream_name_kinesis_refuses(name: str, expected: str) -> None:
    with pytest.raises(InvalidName) as caught:
        names.check_stream_name(name, "sluice-")
    assert expected in explanation_of(caught.value.message)


def test_a_firehose_name_is_shorter() -> None:
    names.check_firehose_name("x" * 64)
    with pytest.raises(InvalidName) as caught:
        names.check_firehose_name("x" * 65)
    assert explanation_of(caught.value.message) == "A Firehose stream name has at most 64 characters; this has 65."


KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_a_key_in_its_place() -> None:
    names.check_kms_key_arn(KEY)
    names.check_kms_key_arn(KEY, account_id=ACCOUNT, region="eu-west-1")


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("1234abcd", "looks like"),
        (f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/harbour", "This is an alias"),
        (KEY.replace("eu-west-1", "eu-west-2"), "in eu-west-2, but the data stream is in eu-west-1"),
        (KEY.replace(ACCOUNT, "444455556666"), "in account 444455556666"),
    ],
)
def test_a_key_elsewhere_is_said(arn: str, expected: str) -> None:
    with pytest.raises(InvalidName) as caught:
        names.check_kms_key_arn(arn, account_id=ACCOUNT, region="eu-west-1")
    assert expected in explanation_of(caught.value.message)


@pytest.mark.parametrize(
    ("purpose", "name"),
    [
        ("run-7", "sluice-run-7"),
        ("verify-0af7651916cd43dd8448eb211c80319c", "sluice-verify-0af7651916cd43dd8448eb211c80319c"),
        ("a b/ü:c", "sluice-a-b---c"),
        ("x" * 90, "sluice-" + "x" * 57),
    ],
)
def test_the_name_of_a_session_is_one_that_aws_allows(purpose: str, name: str) -> None:
    assert names.role_session_name(purpose) == name
