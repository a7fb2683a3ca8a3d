"""What stands at the head of every exported file, and how a script's places are filled in."""

import re

from onboarding.export.resources import Resources
from onboarding.spec.endpoint import VPC, Endpoint

# https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
FIPS_LINE = "\nexport AWS_USE_FIPS_ENDPOINT=true"
_PLACE = re.compile(r"@([a-z_]+)@")

HEAD = """\
Integration {uid}: data stream {stream} in {region}, AWS account {account}.
This file makes all that Sluice would make, with the same names, permissions and tags.
It holds no secret and makes no access key. A key's secret would lie in the clear in CloudFormation's output or in
Terraform's state. Make the key last, with the script that Sluice gives: it encrypts the key before it is written.
Records are put to {url} ({endpoint}).
"""


def adopted_lines(found: Resources, why: str) -> tuple[str, ...]:
    """Return what a file says of a stream that is adopted and left out of it, and why; nothing for another."""
    if not found.is_adopted:
        return ()
    return (
        f"Data stream {found.stream.name} is yours and was there before (made at {found.stream.creation_timestamp}).",
        f"It is not in this file, only its ARN: {why}.",
        "Its tags and settings stay as they are; the AWS CLI script puts them as Sluice would.",
    )


def head(found: Resources, *more: str) -> str:
    """Return the head as comment lines; `more` are lines about one form."""
    stream = found.stream
    lines = HEAD.format(
        uid=found.integration_uid,
        stream=stream.name,
        region=stream.region,
        account=found.account_id,
        url=stream.endpoint_url,
        endpoint=_endpoint(stream.endpoint),
    ).splitlines()
    return "".join(f"# {line}\n" for line in (*lines, *more))


def _endpoint(endpoint: Endpoint) -> str:
    # An exported file is English whatever its reader's language, so its endpoint is no message.
    if endpoint.kind == VPC:
        return f"VPC endpoint {endpoint.vpc_endpoint_id}{' only' if endpoint.only else ''}"
    return "FIPS endpoint" if endpoint.is_fips else "standard endpoint"


def filled(form: str, found: Resources, **values: str) -> str:
    """Return a script's form with each word between two @ filled in: what every script knows, and `values`."""
    fixed = {
        "account": found.account_id,
        "region": found.stream.region,
        "stream": found.stream.name,
        "uid": found.integration_uid,
        "fips": FIPS_LINE if found.stream.endpoint.is_fips else "",
    }
    known = {**fixed, **values}
    # In one pass: what is filled in is not looked at again.
    return _PLACE.sub(lambda place: known[place[1]], form)
