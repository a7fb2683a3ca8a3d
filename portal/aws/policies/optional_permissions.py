"""What a client can exclude from the grant or add to it: one row each, from which forms and pages are built."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionalPermission:
    """A permission that the client decides on; `statements` are the Sids that the grant has only where it is chosen.

    `key` is its field of ChosenPermissions, `parameter` its name in the hosted template, `is_default` its default.
    """

    key: str
    parameter: str
    title: str
    explanation: str
    description: str
    statements: frozenset[str]
    is_default: bool


# Sid → the statement's parameter in the hosted template: lists of resources whose names do not begin with the prefix.
LISTED_PARAMETERS = {
    "OtherStreams": "Data streams with other names that Sluice may adopt.",
    "OtherSecrets": "Secrets with other names that deliveries may read.",
    "OtherDomains": "OpenSearch domains with other names that deliveries may write to.",
    "Collections": "OpenSearch Serverless collections that deliveries may write to.",
    "OtherTables": "Glue databases with other names whose tables deliveries may write to.",
    "OtherBuckets": "Buckets with other names in which those tables are stored.",
    "OtherFunctions": "Lambda functions with other names that deliveries may call.",
}

OPTIONAL_PERMISSIONS = (
    OptionalPermission(
        "sampling",
        "SampleRecords",
        "Show samples of records",
        "To you and, with masked values, to the vendor’s staff. Without it, Sluice cannot read records.",
        "Whether Sluice may show samples of your records.",
        frozenset({"SampleRecords", "SampleOtherStreams", "DecryptSamples", "ReadDelivered"}),
        True,
    ),
    OptionalPermission(
        "deletion",
        "DeleteResources",
        "Delete resources that Sluice created",
        "When you remove an integration. Without it, you delete them yourself.",
        "Whether Sluice may delete the resources that it created, when you remove an integration.",
        frozenset(
            {
                "DeleteStreams",
                "DeleteBuckets",
                "DeleteFirehose",
                "DeleteLogs",
                "DeleteRoles",
                "DeletePolicies",
                "DeleteKeys",
            }
        ),
        True,
    ),
    OptionalPermission(
        "keys",
        "MakeKeys",
        "Create encryption keys",
        "A KMS key in your account for a data stream. Without it, use your own key or the AWS managed key.",
        "Whether Sluice may create KMS keys, each for one of your data streams.",
        frozenset({"MakeKeys", "LookAfterKeys", "NameKeys", "FindKeys"}),
        True,
    ),
    OptionalPermission(
        "adoption",
        "AdoptStreams",
        "Adopt data streams with other names",
        "Only those whose ARNs you list: to deliver from them and change their settings, never to delete them.",
        "Whether Sluice may adopt existing data streams: those that are listed.",
        frozenset({"OtherStreams", "SampleOtherStreams"}),
        False,
    ),
    OptionalPermission(
        "secrets",
        "ReadSecrets",
        "Read secrets of destinations",
        "Redshift, HTTP endpoints, Splunk and Snowflake. Firehose reads them from Secrets Manager; Sluice does not.",
        "Whether Firehose may read secrets of destinations (Redshift, HTTP endpoint, Splunk, Snowflake).",
        frozenset({"Secrets", "SecretKeys", "OtherSecrets"}),
        False,
    ),
    OptionalPermission(
        "search",
        "WriteSearch",
        "Write to OpenSearch",
        "Amazon OpenSearch Service domains, and the OpenSearch Serverless collections that you list.",
        "Whether Firehose may write to OpenSearch domains and collections.",
        frozenset({"Domains", "OtherDomains", "Collections"}),
        False,
    ),
    OptionalPermission(
        "tables",
        "UseTables",
        "Use tables of the Glue Data Catalog",
        "Apache Iceberg tables, and format conversion to Parquet or ORC.",
        "Whether Firehose may use tables of the Glue Data Catalog (Iceberg, format conversion).",
        frozenset({"Catalog", "Tables", "ReplaceFiles", "OtherTables", "OtherBuckets"}),
        False,
    ),
    OptionalPermission(
        "functions",
        "CallFunctions",
        "Call Lambda functions",
        "Transforms records before delivery. Firehose calls the function with every record.",
        "Whether Firehose may call Lambda functions that transform records.",
        frozenset({"Functions", "OtherFunctions"}),
        False,
    ),
    OptionalPermission(
        "network",
        "UseNetwork",
        "Access your VPC",
        "For OpenSearch in a VPC: Firehose creates network interfaces in the subnets that a delivery names.",
        "Whether Firehose may create network interfaces in your VPC (for OpenSearch in a VPC).",
        frozenset({"Network", "Interfaces"}),
        False,
    ),
)
OPT_IN_PERMISSIONS = tuple(permission for permission in OPTIONAL_PERMISSIONS if not permission.is_default)
PERMISSION_BY_KEY = {permission.key: permission for permission in OPTIONAL_PERMISSIONS}
