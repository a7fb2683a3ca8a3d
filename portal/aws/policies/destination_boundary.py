"""The most that roles of Firehose, and users of adopted streams, can be allowed: statements of the boundary.

A role of Firehose gets its permissions from its delivery; these are the limits of all of them. They cover names that
begin with the connection's prefix, and the exact ARNs that the client listed.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Statement, allow, via_service

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

_LISTED = {
    "OtherStreams": USE_RECORDS,
    "OtherSecrets": READ_SECRET,
    "OtherDomains": WRITE_DOMAIN,
    "Collections": WRITE_COLLECTION,
    "OtherTables": USE_TABLE,
    "OtherBuckets": WRITE_BUCKET,
    "OtherFunctions": CALL_FUNCTION,
}


def destination_statements(
    account_id: str, name_prefix: str, partition: str, others: Iterable[str] = ()
) -> list[Statement]:
    """Return the boundary's statements for all destinations; those that were not chosen are removed by Sid."""

    def named(service: str, kind: str) -> str:
        return f"arn:{partition}:{service}:*:{account_id}:{kind}{name_prefix}*"

    def account(service: str, kind: str) -> str:
        return f"arn:{partition}:{service}:*:{account_id}:{kind}"

    through = {"StringLike": {"kms:ViaService": [via_service("secretsmanager", "*", partition=partition)]}}
    return [
        allow("Secrets", READ_SECRET, named("secretsmanager", "secret:")),
        allow("SecretKeys", ["kms:Decrypt"], account("kms", "key/*"), condition=through),
        allow("Domains", WRITE_DOMAIN, named("es", "domain/")),
        # Every call to Glue is also checked against the catalog, of which each account and Region has one.
        allow("Catalog", USE_TABLE, account("glue", "catalog")),
        allow("Tables", USE_TABLE, [named("glue", "database/"), named("glue", "table/")]),
        # Updated rows of Iceberg tables replace files, which without a bucket of their own are in the delivery's.
        allow("ReplaceFiles", ["s3:DeleteObject"], f"arn:{partition}:s3:::{name_prefix}*/*"),
        allow("Functions", CALL_FUNCTION, named("lambda", "function:")),
        # Describe actions cannot be limited to names.
        allow("Network", SEE_NETWORK, "*"),
        allow(
            "Interfaces",
            USE_INTERFACES,
            [account("ec2", f"{kind}/*") for kind in ("network-interface", "security-group", "subnet")],
        ),
        *_listed(others),
    ]


def _listed(others: Iterable[str]) -> list[Statement]:
    found = listed_resources(others)
    return [allow(sid, actions, found[sid]) for sid, actions in _LISTED.items() if sid in found]
