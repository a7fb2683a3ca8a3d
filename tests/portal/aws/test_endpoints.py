"""Other ways to AWS: which exist, to which address a session really sends, and what the names of one look like."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore
import pytest

from portal.aws import endpoints
from portal.aws.assumed_roles import assume_role_anew
from portal.aws.calls import call
from portal.aws.endpoints import FIPS_HOSTS, FIPS_REGIONS
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.users import create_user
from portal.aws.names import InvalidName
from portal.aws.regions import regions_of
from portal.aws.session import AwsSession, portal_session
from portal.messages.catalogue import explanation_of, text_of
from tests.addresses import noted

ID = "vpce-0123456789abcdef0"
IRELAND = f"{ID}-a1b2c3d4.kinesis.eu-west-1.vpce.amazonaws.com"
PARTITIONS = {"aws": "aws-global", "aws-us-gov": "aws-us-gov-global"}
# A call of each service, as small as can be.
CALLS = {
    "kinesis": ("ListStreams", {}),
    "firehose": ("ListDeliveryStreams", {}),
    "cloudwatch": ("ListMetrics", {}),
    "logs": ("DescribeLogGroups", {}),
    "kms": ("ListKeys", {}),
    "s3": ("ListBuckets", {}),
    "sts": ("GetCallerIdentity", {}),
    "iam": ("ListUsers", {}),
}


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return noted(monkeypatch)


def asked(aws: AwsSession, service: str) -> None:
    operation, given = CALLS[service]
    with pytest.raises(AwsFault):  # the answer is of nobody
        call(aws, service, operation, **given)


def known_to_aws() -> dict[str, Any]:
    listed = json.loads((Path(botocore.__file__).parent / "data" / "endpoints.json").read_text())
    return {partition["partition"]: partition["services"] for partition in listed["partitions"]}


def fips_hosts(service: str) -> dict[str, str]:
    """AWS's own list: the FIPS endpoint of a service in each Region, or of the whole partition."""
    return {
        region: variant["hostname"]
        for partition in PARTITIONS
        for region, endpoint in known_to_aws()[partition][service]["endpoints"].items()
        for variant in endpoint.get("variants", ())
        if variant["tags"] == ["fips"]
    }


def test_the_regions_are_those_of_awss_own_list() -> None:
    assert set(fips_hosts("kinesis")) == set(FIPS_REGIONS)


@pytest.mark.parametrize("region", FIPS_REGIONS)
@pytest.mark.parametrize("service", FIPS_HOSTS)
def test_every_service_has_a_fips_endpoint_there(service: str, region: str) -> None:
    listed = fips_hosts({"cloudwatch": "monitoring"}.get(service, service))
    partition = "aws-us-gov" if region.startswith("us-gov-") else "aws"
    assert endpoints.fips_host(service, region) == listed.get(region, listed.get(PARTITIONS[partition]))


@pytest.mark.parametrize("region", FIPS_REGIONS)
@pytest.mark.parametrize("service", FIPS_HOSTS)
def test_a_session_sends_to_that_endpoint(service: str, region: str, addresses: list[str]) -> None:
    asked(AwsSession(region=region, fips=True), service)
    assert addresses[0].startswith(f"https://{endpoints.fips_host(service, region)}/"), addresses


@pytest.mark.parametrize("service", FIPS_HOSTS)
def test_other_sessions_go_the_ordinary_way(service: str, addresses: list[str]) -> None:
    asked(AwsSession(region="us-east-1"), service)
    assert "fips" not in addresses[0]


def test_the_role_is_taken_on_at_a_fips_endpoint_too(addresses: list[str]) -> None:
    given = {"role_arn": "arn:aws:iam::111122223333:role/S", "external_id": "x-1", "session_name": "run"}
    aws = assume_role_anew(**given, region="us-west-2", fips=True)
    assert addresses == ["https://sts-fips.us-west-2.amazonaws.com/"]
    assert aws.fips
    assert aws.in_region("us-east-1").fips
    asked(aws.in_region("us-east-1"), "kinesis")
    assert addresses[-1] == "https://kinesis-fips.us-east-1.amazonaws.com/"


def test_a_stream_named_by_its_arn_is_reached_by_fips_as_well(addresses: list[str]) -> None:
    arn = "arn:aws:kinesis:us-east-1:111122223333:stream/sluice-a"
    with pytest.raises(AwsFault):
        call(AwsSession(region="us-east-1", fips=True), "kinesis", "DescribeStreamSummary", StreamARN=arn)
    assert addresses == ["https://111122223333.control-kinesis-fips.us-east-1.amazonaws.com/"]


@pytest.mark.parametrize(("service", "region"), [("kinesis", "eu-west-1"), ("ec2", "us-east-1")])
def test_where_there_is_none_nothing_is_sent(service: str, region: str, addresses: list[str]) -> None:
    with pytest.raises(AwsFault) as met:
        AwsSession(region=region, fips=True).client(service)
    assert (met.value.kind, met.value.code) == (FaultKind.INVALID, "NoFipsEndpoint")
    assert addresses == []


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("AWS_ENDPOINT_URL", "kinesis"),
        ("AWS_ENDPOINT_URL_KINESIS", "kinesis"),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "logs"),
    ],
)
def test_an_endpoint_of_the_environment_comes_first(
    name: str, service: str, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    monkeypatch.setenv(name, "https://127.0.0.1:4566")
    asked(AwsSession(region="us-east-1", fips=True), service)
    assert addresses[0].startswith("https://127.0.0.1:4566/")


def test_the_portals_own_session_is_kept_for_each_kind() -> None:
    assert portal_session("us-east-1", fips=True) is portal_session("us-east-1", fips=True)
    assert portal_session("us-east-1", fips=True) is not portal_session("us-east-1")


def test_users_are_made_at_the_fips_endpoint_of_iam(addresses: list[str]) -> None:
    with pytest.raises(AwsFault):
        create_user(AwsSession(region="us-west-1", fips=True), "somebody", path="/", tags={})
    assert addresses[0] == "https://iam-fips.amazonaws.com/"


# Names.


@pytest.mark.parametrize(
    ("region", "fips", "url"),
    [
        ("eu-west-1", False, "https://kinesis.eu-west-1.amazonaws.com"),
        ("us-east-2", True, "https://kinesis-fips.us-east-2.amazonaws.com"),
        ("us-gov-west-1", True, "https://kinesis.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", False, "https://kinesis.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_public_endpoint_of_a_region(region: str, fips: bool, url: str) -> None:
    assert endpoints.kinesis_url(region, fips=fips) == url


@pytest.mark.parametrize(
    "region", [*(name for name in regions_of() if not name.startswith("us-")), "cn-north-1", "mars-1"]
)
def test_a_fips_endpoint_that_does_not_exist_is_refused_with_those_that_do(region: str) -> None:
    with pytest.raises(InvalidName) as caught:
        endpoints.check_fips(region)
    assert f"no FIPS endpoint in {region}. It has one in us-east-1, us-east-2, us-west" in text_of(caught.value.message)
    with pytest.raises(InvalidName):
        endpoints.kinesis_url(region, fips=True)


@pytest.mark.parametrize("endpoint_id", [ID, "vpce-1a2b3c4d"])
def test_ids_that_aws_gives(endpoint_id: str) -> None:
    endpoints.check_vpc_endpoint_id(endpoint_id)


@pytest.mark.parametrize(
    ("endpoint_id", "expected"),
    [
        ("", "Enter the ID"),
        ("vpc-0123456789abcdef0", "ID of a VPC"),
        ("eni-0123456789abcdef0", "network interface"),
        ("com.amazonaws.eu-west-1.kinesis-streams", "name of a service"),
        ("vpce-0123", "17 digits"),
        ("VPCE-0123456789ABCDEF0", "17 digits"),
        ("vpce-0123456789abcdefg", "17 digits"),
        (f" {ID}", "17 digits"),
        ("*", "17 digits"),
    ],
)
def test_what_is_no_id_is_said(endpoint_id: str, expected: str) -> None:
    with pytest.raises(InvalidName) as caught:
        endpoints.check_vpc_endpoint_id(endpoint_id)
    assert expected in explanation_of(caught.value.message)


@pytest.mark.parametrize(
    ("name", "region"),
    [
        (IRELAND, "eu-west-1"),
        (f"{ID}-a1b2c3d4-eu-west-1a.kinesis.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        (f"{ID}-a1b2c3d4.kinesis-fips.us-east-1.vpce.amazonaws.com", "us-east-1"),
        (f"{ID}-a1b2c3d4.kinesis.cn-north-1.vpce.amazonaws.com.cn", "cn-north-1"),
    ],
)
def test_names_that_aws_gives(name: str, region: str) -> None:
    endpoints.check_vpc_dns_name(name, ID, region)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "Enter the endpoint's DNS name"),
        (f"https://{IRELAND}", "without https://"),
        (f"{IRELAND}:443", "without https://"),
        (f"{IRELAND}/", "without https://"),
        ("kinesis.eu-west-1.amazonaws.com", "not the DNS name of a VPC endpoint"),
        (f"*.{IRELAND}", "not the DNS name of a VPC endpoint"),
        (f"{IRELAND}.evil.example", "not the DNS name of a VPC endpoint"),
        (IRELAND.replace(ID, "vpce-0fedcba9876543210"), f"belongs to vpce-0fedcba9876543210, but.* {ID}"),
        (IRELAND.replace("eu-west-1", "eu-central-1"), "in eu-central-1, but the data stream is in eu-west-1"),
        (IRELAND.replace("amazonaws.com", "amazonaws.com.cn"), "but the data stream is in eu-west-1"),
        (IRELAND.replace(".kinesis.", ".firehose."), "endpoint for firehose.*eu-west-1.kinesis-streams"),
        (IRELAND.replace(".kinesis.", ".kinesis-fips."), "no FIPS endpoint in eu-west-1"),
    ],
)
def test_what_is_no_name_of_this_endpoint_is_said(name: str, expected: str) -> None:
    with pytest.raises(InvalidName) as caught:
        endpoints.check_vpc_dns_name(name, ID, "eu-west-1")
    assert re.search(expected, text_of(caught.value.message))


ARN_CALLS = {
    "UpdateMaxRecordSize": {"MaxRecordSizeInKiB": 2048},
    "UpdateStreamMode": {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}},
}


def test_every_host_that_requests_are_sent_to_is_among_those_to_allow(addresses: list[str]) -> None:
    aws = AwsSession(region="eu-west-1")
    for service in CALLS:
        asked(aws, service)
    for operation, given in ARN_CALLS.items():
        with pytest.raises(AwsFault):
            call(aws, "kinesis", operation, StreamARN="arn:aws:kinesis:eu-west-1:111122223333:stream/a", **given)
    with pytest.raises(AwsFault):
        call(aws, "s3", "HeadBucket", Bucket="sluice-a")
    page = (Path(__file__).parents[3] / "docs" / "endpoints.md").read_text()
    [row] = re.findall(r"^\| Sluice \| (.*) \|$", page, re.MULTILINE)
    places = {"REGION": "eu-west-1", "ACCOUNT": "111122223333", "BUCKET": "sluice-a"}
    to_allow = {re.sub("[A-Z]+", lambda place: places[place[0]], host) for host in re.findall("`https://([^`]+)`", row)}
    assert {urlsplit(address).hostname for address in addresses} == to_allow
