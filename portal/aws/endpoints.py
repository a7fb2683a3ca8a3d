"""Other ways to AWS: which FIPS endpoints exist, and what the names of a VPC endpoint look like.

botocore returns an address for any Region: kinesis-fips.eu-west-1.amazonaws.com looks right and does not exist. So
the existing ones are listed here, and a test compares them with AWS's own list in botocore's data.
"""

from __future__ import annotations

import re

from portal.aws.names import InvalidName, partition_of
from portal.messages.message import Message

# The Regions in which Kinesis Data Streams has a FIPS endpoint; in those all services below have one.
# https://docs.aws.amazon.com/general/latest/gr/ak.html#ak_region
FIPS_REGIONS = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1")

# Every service that Sluice calls for an integration: its FIPS endpoint, and that of GovCloud, where many an ordinary
# endpoint is validated already. https://aws.amazon.com/compliance/fips/
FIPS_HOSTS = {
    "kinesis": ("kinesis-fips.{region}.amazonaws.com", "kinesis.{region}.amazonaws.com"),
    "firehose": ("firehose-fips.{region}.amazonaws.com", "firehose-fips.{region}.amazonaws.com"),
    "cloudwatch": ("monitoring-fips.{region}.amazonaws.com", "monitoring.{region}.amazonaws.com"),
    "logs": ("logs-fips.{region}.amazonaws.com", "logs.{region}.amazonaws.com"),
    "kms": ("kms-fips.{region}.amazonaws.com", "kms-fips.{region}.amazonaws.com"),
    "s3": ("s3-fips.{region}.amazonaws.com", "s3-fips.{region}.amazonaws.com"),
    "sts": ("sts-fips.{region}.amazonaws.com", "sts.{region}.amazonaws.com"),
    "iam": ("iam-fips.amazonaws.com", "iam.us-gov.amazonaws.com"),
}

# What else begins like this, and is typed in place of the ID.
_OTHER_IDS = {
    "vpc-": Message("endpoint.id_of_vpc"),
    "eni-": Message("endpoint.id_of_network_interface"),
    "com.": Message("endpoint.name_of_service"),
}
_ENDPOINT_ID = re.compile(r"vpce-(?:[0-9a-f]{17}|[0-9a-f]{8})")
# One name for the whole endpoint, and one more for each Availability Zone.
_DNS_NAME = re.compile(
    r"(?P<id>vpce-(?:[0-9a-f]{17}|[0-9a-f]{8}))-[a-z0-9]+(?:-(?P<zone>[a-z0-9-]+))?"
    r"\.(?P<service>[a-z0-9.-]+)\.(?P<region>[a-z0-9-]+)\.vpce\.(?P<suffix>amazonaws\.com(?:\.cn)?)"
)


def has_fips(service: str, region: str) -> bool:
    """Return whether a service that Sluice calls has a FIPS endpoint in a Region."""
    return service in FIPS_HOSTS and region in FIPS_REGIONS


def fips_host(service: str, region: str) -> str:
    """Return the name of a service's FIPS endpoint. Raises InvalidName where there is none."""
    if not has_fips(service, region):
        raise InvalidName(Message("endpoint.no_fips", service=service, region=region))
    of_aws, of_govcloud = FIPS_HOSTS[service]
    return (of_govcloud if region.startswith("us-gov-") else of_aws).format(region=region)


def kinesis_url(region: str, *, fips: bool = False) -> str:
    """Return the public endpoint of Kinesis Data Streams in a Region. Raises InvalidName for a FIPS one that is not.

    https://docs.aws.amazon.com/general/latest/gr/ak.html
    """
    host = fips_host("kinesis", region) if fips else f"kinesis.{region}.{_suffix(region)}"
    return f"https://{host}"


# https://docs.aws.amazon.com/general/latest/gr/ak.html#ak_region
def check_fips(region: str) -> None:
    """Check that Kinesis Data Streams has a FIPS endpoint in a Region. Raises InvalidName with those that have one."""
    if has_fips("kinesis", region):
        return
    near = [known for known in FIPS_REGIONS if _partition(known) == _partition(region)]
    raise InvalidName(Message("endpoint.no_kinesis_fips", region=region, regions=near or list(FIPS_REGIONS)))


# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
def check_vpc_endpoint_id(endpoint_id: str) -> None:
    """Check that an ID is one of a VPC endpoint. Raises InvalidName."""
    if _ENDPOINT_ID.fullmatch(endpoint_id):
        return
    if not endpoint_id:
        raise InvalidName(Message("endpoint.id_missing"))
    raise InvalidName(_OTHER_IDS.get(endpoint_id[:4], Message("endpoint.id")))


# https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames
def check_vpc_dns_name(name: str, endpoint_id: str, region: str) -> None:
    """Check that a DNS name is that of the VPC endpoint, for Kinesis, in the Region. Raises InvalidName."""
    example = f"{endpoint_id if _ENDPOINT_ID.fullmatch(endpoint_id) else 'vpce-0123456789abcdef0'}-a1b2c3d4"
    example = f"{example}.kinesis.{region}.vpce.{_suffix(region)}"
    if not name:
        raise InvalidName(Message("endpoint.dns_name_missing", example=example))
    if "://" in name or "/" in name or ":" in name:
        raise InvalidName(Message("endpoint.dns_name_with_path", example=example))
    found = _DNS_NAME.fullmatch(name)
    if found is None:
        raise InvalidName(Message("endpoint.dns_name", example=example))
    _check_parts(found, endpoint_id, region, example)


def _check_parts(found: re.Match[str], endpoint_id: str, region: str, example: str) -> None:
    if _ENDPOINT_ID.fullmatch(endpoint_id) and found["id"] != endpoint_id:
        raise InvalidName(Message("endpoint.of_other_id", found=found["id"], endpoint=endpoint_id))
    if found["service"] not in {"kinesis", "kinesis-fips"}:
        service = found["service"]
        raise InvalidName(Message("endpoint.of_other_service", service=service, region=region, example=example))
    if found["region"] != region or found["suffix"] != _suffix(region):
        raise InvalidName(Message("endpoint.in_other_region", found=found["region"], region=region))
    if found["service"] == "kinesis-fips":
        check_fips(region)


def _suffix(region: str) -> str:
    return "amazonaws.com.cn" if _partition(region) == "aws-cn" else "amazonaws.com"


def _partition(region: str) -> str:
    try:
        return partition_of(region)
    except InvalidName:  # that there is no such Region is said of the Region itself
        return "aws"
