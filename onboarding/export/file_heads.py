"""The comment at the head of every exported file, and how a script's placeholders are filled in."""

import json

from onboarding.export.resources import Resources
from onboarding.spec.endpoint import VPC, Endpoint
from portal import placeholders

# https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
FIPS_LINE = "\nexport AWS_USE_FIPS_ENDPOINT=true"

HEAD = """\
Integration {uid}: data stream {stream} in {region}, AWS account {account}.
This file creates the resources that Sluice would create, with the same names, permissions and tags.
{producer}
Records are put to {url} ({endpoint}).
"""
_KEY = """\
It contains no secret and creates no access key: CloudFormation's output and Terraform's state would store the secret
in plain text. Create the key last, with the script from Sluice, which encrypts the key before it is written."""
_ROLE = """\
It contains no secret. There is no access key: the vendor assumes the role, with the external ID in its trust policy."""


def adopted_lines(found: Resources, why: str) -> tuple[str, ...]:
    """Return the lines about an adopted stream, which the file excludes, and why; nothing for another stream."""
    if not found.is_adopted:
        return ()
    return (
        f"Data stream {found.stream.name} is yours and was adopted (created at {found.stream.creation_timestamp}).",
        f"This file contains only its ARN: {why}.",
        "This file does not change its tags and settings. The AWS CLI script changes them as Sluice would.",
    )


def share_lines(found: Resources, overwrites: str = "") -> tuple[str, ...]:
    """Return the lines about shares: what the form does to other statements, and what a KMS key's policy must have."""
    if not found.shared:
        return ()
    readers = ", ".join(share.principal for share in found.shared)
    lines = [f"Read from other accounts, in {found.stream.region} and by the stream's ARN: {readers}."]
    if overwrites:
        lines += [
            f"Caution: {overwrites} the whole resource policy of the stream. Statements that someone else added",
            "are lost. If there are any, use the AWS CLI script, which keeps them.",
        ]
    keys = [share.key_statement for share in found.shared if share.key_statement]
    if keys:
        lines += [f"The policy of KMS key {found.key_id} must have these statements; this file does not change it:"]
        lines += [json.dumps(statement) for statement in keys]
    return tuple(lines)


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
        producer=_KEY if found.role is None else _ROLE,
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
    return placeholders.filled(form, {**fixed, **values})
