"""What every delivery promises, whatever its destination: names that fit, roles that stay narrow, limits of AWS."""

import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.deliveries.delivery import ROLE_NAME_ROOM, Delivery
from onboarding.deliveries.destination import Destination, Place
from onboarding.deliveries.kinds import KINDS, read, usual
from onboarding.deliveries.transform import Transform
from onboarding.deliveries.vpc import MOST_GROUPS, MOST_SUBNETS, VpcAccess
from tests.onboarding.deliveries_examples import ACCOUNT, REGION, example

HERE = {"region": REGION, "account_id": ACCOUNT}
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sluice-mask"
NAMES = st.text(f"{string.ascii_letters}{string.digits}_.-", min_size=1, max_size=64)
UIDS = st.text("0123456789abcdef", min_size=12, max_size=12)
PLACE = Place(
    region=REGION,
    account_id=ACCOUNT,
    partition="aws",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/sluice/sluice-firehose",
    bucket_arn="arn:aws:s3:::sluice-sensors",
    log_group="/aws/kinesisfirehose/sluice-sensors",
)


def problems(delivery: Delivery) -> list[tuple[str, str]]:
    return [(path, message.code) for path, message in delivery.problems(HERE)]


def of_kind(kind: str, **more: Any) -> Delivery:
    return read(example(kind, **more))


@given(NAMES, NAMES, UIDS)
@settings(max_examples=60, deadline=None)
def test_a_role_fits_iam_and_belongs_to_one_delivery(name: str, other: str, uid: str) -> None:
    mine, theirs = (Delivery(name=text, bucket="b").role_name(uid) for text in (name, other))
    assert len(mine) <= ROLE_NAME_ROOM
    assert mine.endswith(uid[:6])
    assert (mine == theirs) is (name == other)


def test_long_names_that_begin_alike_have_roles_of_their_own() -> None:
    first, second = (Delivery(name="a" * 63 + last, bucket="b").role_name("0a1b2c3d4e5f") for last in "xy")
    assert first != second
    assert len(first) == ROLE_NAME_ROOM


@pytest.mark.parametrize("kind", KINDS)
def test_buffering_ends_where_aws_ends_it(kind: str) -> None:
    delivery, room = of_kind(kind), KINDS[kind].BUFFERING
    for field, least, most in (
        ("buffering_mb", room.min_mb, room.max_mb),
        ("buffering_seconds", room.min_seconds, room.max_seconds),
    ):
        for value, is_fine in ((least, True), (most, True), (least - 1, False), (most + 1, False)):
            found = [path for path, _ in problems(replace(delivery, **{field: value}))]
            assert (field not in found) is is_fine, (field, value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_settings_of_a_kind_are_ones_that_it_takes(kind: str) -> None:
    plain = {**example(kind), **usual(kind)}
    assert problems(read(plain)) == []
    assert read(example(kind)).prefix == KINDS[kind].PREFIX


@pytest.mark.parametrize("kind", KINDS)
def test_a_destination_elsewhere_is_refused(kind: str) -> None:
    moved = read({**example(kind, region="eu-central-1"), "bucket": f"sluice-sensors-{ACCOUNT}"})
    foreign = read(example(kind, account="444455556666"))
    names_an_arn = "arn:" in str(example(kind)["destination"])
    assert ("delivery.in_other_region" in {code for _, code in problems(moved)}) is names_an_arn
    assert ("delivery.in_other_account" in {code for _, code in problems(foreign)}) is names_an_arn


@pytest.mark.parametrize("kind", KINDS)
def test_the_rights_of_a_role_name_what_they_are_for(kind: str) -> None:
    delivery = replace(of_kind(kind), transform=Transform(function_arn=f"{FUNCTION}:3"))
    for statement in delivery.statements(PLACE):
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        assert statement["Effect"] == "Allow"
        assert all("*" not in action for action in statement["Action"]), statement["Sid"]
        for resource in resources:
            if resource == "*":
                assert statement["Sid"] == "LookAtTheVpc", "EC2 describes nothing by its ARN"
            else:
                assert resource.split(":")[2], "the service is named"
                assert "*" not in resource.split(":", 5)[5].split("/")[0].removesuffix(":*")


def test_a_transformation_is_invoked_in_any_version_and_no_other_function() -> None:
    for arn in (FUNCTION, f"{FUNCTION}:3", f"{FUNCTION}:$LATEST", f"{FUNCTION}:live"):
        delivery = replace(of_kind("s3"), transform=Transform(function_arn=arn))
        assert problems(delivery) == []
        assert delivery.statements(PLACE)[0]["Resource"] == [FUNCTION, f"{FUNCTION}:*"]


@pytest.mark.parametrize(
    "arn",
    [
        "",
        f"{FUNCTION}:*",
        f"{FUNCTION}*",
        f"{FUNCTION}:3:4",
        FUNCTION.replace("function", "layer"),
        FUNCTION.replace(":sluice-mask", ":" + "a" * 65),
    ],
)
def test_what_names_no_single_function_is_refused(arn: str) -> None:
    found = problems(replace(of_kind("s3"), transform=Transform(function_arn=arn)))
    assert found == [("transform.function_arn", "delivery.not_an_arn")]


@pytest.mark.parametrize(
    ("field", "fine", "wrong"),
    [
        ("buffer_mb", (0.2, 1, 3), (0.19, 3.01, float("nan"), float("inf"))),
        ("buffer_seconds", (0, 900), (-1, 901)),
        ("retries", (0, 300), (-1, 301)),
    ],
)
def test_a_transformation_has_limits(field: str, fine: tuple[float, ...], wrong: tuple[float, ...]) -> None:
    for value in (*fine, *wrong):
        found = problems(replace(of_kind("s3"), transform=Transform(**{"function_arn": FUNCTION, field: value})))
        assert [path for path, _ in found] == ([] if value in fine else [f"transform.{field}"]), value


def test_a_transformation_is_asked_for_in_the_text_that_aws_takes() -> None:
    delivery = replace(of_kind("http"), transform=Transform(function_arn=FUNCTION, buffer_mb=0.5, retries=0))
    [processor] = delivery.configuration(PLACE)["ProcessingConfiguration"]["Processors"]
    asked = {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in processor["Parameters"]}
    assert asked == {
        "LambdaArn": FUNCTION,
        "NumberOfRetries": "0",
        "BufferSizeInMBs": "0.5",
        "BufferIntervalInSeconds": "60",
    }


@pytest.mark.parametrize(
    ("subnets", "groups", "wrong"),
    [
        (MOST_SUBNETS, MOST_GROUPS, []),
        (MOST_SUBNETS + 1, 1, ["subnet_ids"]),
        (1, MOST_GROUPS + 1, ["security_group_ids"]),
        (0, 0, ["subnet_ids", "security_group_ids"]),
    ],
)
def test_a_vpc_has_a_few_subnets_and_groups(subnets: int, groups: int, wrong: list[str]) -> None:
    vpc = VpcAccess(
        subnet_ids=tuple(f"subnet-{number:017x}" for number in range(subnets)),
        security_group_ids=tuple(f"sg-{number:08x}" for number in range(groups)),
    )
    assert [path for path, _ in vpc.problems()] == [f"destination.vpc.{field}" for field in wrong]


@pytest.mark.parametrize("bad", ["*", "subnet-*", "subnet-0A1B2C3D", "subnet-0a1b2c3", "subnet-0a1b2c3d/x", ""])
def test_an_id_cannot_widen_where_interfaces_are_created(bad: str) -> None:
    vpc = VpcAccess(subnet_ids=("subnet-0a1b2c3d", bad), security_group_ids=("sg-0a1b2c3d",))
    assert [path for path, _ in vpc.problems()] == ["destination.vpc.subnet_ids"]


def test_interfaces_are_created_in_the_named_subnets_and_groups() -> None:
    vpc = VpcAccess(subnet_ids=("subnet-0a1b2c3d",), security_group_ids=("sg-0a1b2c3d",))
    create = next(statement for statement in vpc.statements(PLACE) if statement["Sid"] == "MakeInterfaces")
    start = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
    assert create["Resource"] == [
        f"{start}:network-interface/*",
        f"{start}:subnet/subnet-0a1b2c3d",
        f"{start}:security-group/sg-0a1b2c3d",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_log_stream_of_a_configuration_is_created(kind: str) -> None:
    delivery = of_kind(kind)
    assert set(delivery.log_streams(PLACE)) <= {PLACE.log_stream, PLACE.backup_log_stream}
    assert PLACE.log_stream in delivery.log_streams(PLACE)
    keeps_another = kind != "s3" or delivery.destination.prefixes
    assert (PLACE.backup_log_stream in delivery.log_streams(PLACE)) is bool(keeps_another)


def test_half_a_delivery_is_named_and_not_guessed() -> None:
    with pytest.raises(ValueError, match="no whole splunk delivery"):
        read({"name": "a", "bucket": "b", "destination": {"kind": "splunk"}})
    with pytest.raises(ValueError, match="no whole s3 delivery"):
        read({"name": "a"})


def test_a_kind_without_methods_of_its_own_delivers_nowhere() -> None:
    delivery = of_kind("s3")
    for method in (Destination().description, lambda it: Destination().configuration(it, PLACE)):
        with pytest.raises(NotImplementedError):
            method(delivery)
