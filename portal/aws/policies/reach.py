"""How far users and roles reach beyond the name prefix, and beyond stream, bucket and log.

The boundary's statements for streams that are adopted, and for each kind of destination.

A role of Firehose gets its own rights from its delivery; these are the most that any of them can be given. They hold to
names that begin with the connection's prefix, and to the exact ARNs that the client listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.aws.policies.statements import Arn, Statement, allow, via_service

USE_RECORDS = (
    "kinesis:PutRecord",
    "kinesis:PutRecords",
    "kinesis:DescribeStream",
    "kinesis:ListShards",
    "kinesis:GetShardIterator",
    "kinesis:GetRecords",
)
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
READ_SECRET = ("secretsmanager:GetSecretValue",)
WRITE_DOMAIN = (
    "es:DescribeDomain",
    "es:DescribeDomains",
    "es:DescribeDomainConfig",
    "es:ESHttpGet",
    "es:ESHttpPost",
    "es:ESHttpPut",
)
WRITE_COLLECTION = ("aoss:APIAccessAll",)
USE_TABLE = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
    "glue:UpdateTable",
)
WRITE_BUCKET = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:PutObject",
)
CALL_FUNCTION = ("lambda:InvokeFunction", "lambda:GetFunctionConfiguration")
SEE_NETWORK = (
    "ec2:DescribeVpcs",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkInterfaces",
)
USE_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
)

_OTHERS = {
    "OtherStreams": USE_RECORDS,
    "OtherSecrets": READ_SECRET,
    "OtherDomains": WRITE_DOMAIN,
    "Collections": WRITE_COLLECTION,
    "OtherTables": USE_TABLE,
    "OtherBuckets": WRITE_BUCKET,
    "OtherFunctions": CALL_FUNCTION,
}

# service → what its resource must look like, the statement that it goes to, and what stands beside it
_LISTED: dict[str, tuple[re.Pattern[str], str, tuple[str, ...]]] = {
    "kinesis": (re.compile(r"stream/[A-Za-z0-9_.-]{1,128}"), "OtherStreams", ("{}",)),
    "secretsmanager": (re.compile(r"secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}"), "OtherSecrets", ("{}",)),
    "es": (re.compile(r"domain/[a-z][a-z0-9-]{2,27}"), "OtherDomains", ("{}", "{}/*")),
    "aoss": (re.compile(r"collection/[a-z0-9]{3,40}"), "Collections", ("{}",)),
    "glue": (re.compile(r"database/[\w.-]{1,255}|catalog(?:/[a-z0-9_-]+){1,2}"), "OtherTables", ("{}", "{table}/*")),
    "s3": (re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"), "OtherBuckets", ("{}", "{}/*")),
    "lambda": (re.compile(r"function:[A-Za-z0-9_-]{1,64}"), "OtherFunctions", ("{}", "{}:*")),
}
_LOOKS = {
    "kinesis": "stream/NAME",
    "secretsmanager": "secret:NAME-a1B2c3, with the six characters that Secrets Manager added",
    "es": "domain/NAME",
    "aoss": "collection/ID",
    "glue": "database/NAME, which stands for its tables, or catalog/NAME",
    "s3": "arn:aws:s3:::BUCKET, without a path",
    "lambda": "function:NAME, without a version",
}


class InvalidOther(ValueError):
    """An ARN that cannot be listed; its text is the sentence to show."""


def reach(account_id: str, name_prefix: str, partition: str, others: Iterable[str] = ()) -> list[Statement]:
    """Return the boundary's statements for destinations, all of them; what is not chosen is taken out by Sid."""

    def named(service: str, kind: str) -> str:
        return f"arn:{partition}:{service}:*:{account_id}:{kind}{name_prefix}*"

    def account(service: str, kind: str) -> str:
        return f"arn:{partition}:{service}:*:{account_id}:{kind}"

    through = {"StringLike": {"kms:ViaService": [via_service("secretsmanager", "*", partition=partition)]}}
    return [
        allow("Secrets", READ_SECRET, named("secretsmanager", "secret:")),
        allow("SecretKeys", ["kms:Decrypt"], account("kms", "key/*"), condition=through),
        allow("Domains", WRITE_DOMAIN, named("es", "domain/")),
        # Every call to Glue is checked against the catalog as well, which is one for an account and Region.
        allow("Catalog", USE_TABLE, account("glue", "catalog")),
        allow("Tables", USE_TABLE, [named("glue", "database/"), named("glue", "table/")]),
        # Rows of Iceberg tables that are updated: their files are replaced. Without a bucket named, they lie in ours.
        allow("ReplaceFiles", ["s3:DeleteObject"], f"arn:{partition}:s3:::{name_prefix}*/*"),
        allow("Functions", CALL_FUNCTION, named("lambda", "function:")),
        # What describes cannot be held to a name.
        allow("Network", SEE_NETWORK, "*"),
        allow(
            "Interfaces",
            USE_INTERFACES,
            [account("ec2", f"{kind}/*") for kind in ("network-interface", "security-group", "subnet")],
        ),
        *_others(others),
    ]


def check_other(arn: str, account_id: str) -> str:
    """Return the Sid of the statement that a listed ARN goes to. Raises InvalidOther in words."""
    try:
        parts = Arn.parse(arn)
    except ValueError:
        raise InvalidOther(f"“{arn}” is not an ARN. One looks like arn:aws:lambda:eu-west-1:…:function:name.") from None
    known = _LISTED.get(parts.service)
    if known is None:
        services = "data streams, secrets, OpenSearch domains and collections, Glue databases, buckets and functions"
        raise InvalidOther(f"{arn}: Sluice can be let reach {services}, and nothing of “{parts.service}”.")
    pattern, sid, _ = known
    if not pattern.fullmatch(parts.resource):
        raise InvalidOther(f"{arn}: give the exact ARN, without “*”. It ends with {_LOOKS[parts.service]}.")
    if parts.service == "s3":
        return sid
    if parts.account_id != account_id:
        raise InvalidOther(f"{arn} is in account {parts.account_id or '(none)'}; the connection is for {account_id}.")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", parts.region):
        raise InvalidOther(f"{arn}: give the Region in which it is.")
    return sid


def listable(resource: str) -> str | None:
    """Return the ARN to list so that a role may reach this resource, or None where listing cannot help."""
    parts = Arn.parse(resource) if resource.startswith("arn:") else None
    if parts is None or parts.service not in _LISTED:
        return None
    bare = {
        "es": "/".join(parts.resource.split("/")[:2]),
        "glue": re.sub(r"^(?:table|database)/([^/]+).*", r"database/\1", parts.resource),
        "s3": parts.resource.split("/")[0],
        "lambda": ":".join(parts.resource.split(":")[:2]),
    }.get(parts.service, parts.resource)
    head = f"arn:{parts.partition}:{parts.service}:{parts.region}:{parts.account_id}:"
    return f"{head}{bare}" if _LISTED[parts.service][0].fullmatch(bare) else None


def other_resources(others: Iterable[str]) -> dict[str, list[str] | str]:
    """Return by Sid what listed ARNs stand for: an OpenSearch domain for its paths too, a database for its tables.

    A `${Parameter}` of the hosted template stands for the whole list of the statement that bears its name.
    """
    found: dict[str, list[str] | str] = {}
    for arn in others:
        if arn.startswith("${"):
            found[arn[2:-1]] = arn
            continue
        _, sid, forms = _LISTED[Arn.parse(arn).service]
        table = arn.replace(":database/", ":table/")
        earlier = found.get(sid, [])
        found[sid] = [*earlier, *(form.format(arn, table=table) for form in forms)]
    return found


def _others(others: Iterable[str]) -> list[Statement]:
    found = other_resources(others)
    return [allow(sid, actions, found[sid]) for sid, actions in _OTHERS.items() if sid in found]
