"""What a client can exclude from the grant or add to it: one row each, from which forms and pages are built."""

from __future__ import annotations

from dataclasses import dataclass

from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class OptionalPermission:
    """A permission that the client decides on; `statements` are the Sids that the grant has only where it is chosen,
    and `denials` those that it has only where it is not.

    `key` is its field of ChosenPermissions, `parameter` its name in the hosted template, `description` its text there
    (a template is English whatever its reader's language), `is_default` its default.
    """

    key: str
    parameter: str
    title: Message
    explanation: Message
    description: str
    statements: frozenset[str]
    is_default: bool
    denials: frozenset[str] = frozenset()


# Sid → the statement's parameter in the hosted template: lists of resources whose names do not begin with the prefix.
LISTED_PARAMETERS = {
    "OtherStreams": "Data streams with other names that Sluice may adopt.",
    "OtherSecrets": "Secrets with other names that deliveries may read.",
    "OtherDomains": "OpenSearch domains with other names that deliveries may write to.",
    "Collections": "OpenSearch Serverless collections that deliveries may write to.",
    "OtherTables": "Glue databases with other names whose tables deliveries may write to.",
    "OtherBuckets": "Buckets with other names in which those tables are stored.",
    "OtherFunctions": "Lambda functions with other names that deliveries may call.",
    "LeaseTables": "DynamoDB tables in which applications of the Kinesis Client Library keep their leases.",
}

OPTIONAL_PERMISSIONS = (
    OptionalPermission(
        "sampling",
        "SampleRecords",
        Message("grant.sampling"),
        Message("grant.sampling_explained"),
        "Whether Sluice may show samples of your records.",
        frozenset({"SampleRecords", "SampleOtherStreams", "DecryptSamples", "ReadErrors", "DecryptErrors"}),
        True,
        frozenset({"NeverReadRecords", "NeverShareRecords"}),
    ),
    OptionalPermission(
        "deletion",
        "DeleteResources",
        Message("grant.deletion"),
        Message("grant.deletion_explained"),
        "Whether Sluice may delete the resources that it created, when you remove an integration.",
        frozenset(
            {
                "DeleteStreams",
                "DeleteBuckets",
                "DeleteFirehose",
                "DeleteLogs",
                "DeleteRoles",
                "DeletePolicies",
                "DeleteThingTypes",
                "DeleteThingGroups",
                "DeleteDevicePolicies",
                "DeleteTopicRules",
                "DeleteDeviceLogs",
            }
        ),
        True,
    ),
    OptionalPermission(
        "keys",
        "MakeKeys",
        Message("grant.keys"),
        Message("grant.keys_explained"),
        "Whether Sluice may create KMS keys, each for one of your data streams.",
        frozenset({"MakeKeys", "NameKeys", "FindKeys"}),
        True,
    ),
    OptionalPermission(
        "adoption",
        "AdoptStreams",
        Message("grant.adoption"),
        Message("grant.adoption_explained"),
        "Whether Sluice may adopt existing data streams: those that are listed.",
        frozenset({"OtherStreams", "SampleOtherStreams", "OtherStreamsByFanOut"}),
        False,
    ),
    OptionalPermission(
        "secrets",
        "ReadSecrets",
        Message("grant.secrets"),
        Message("grant.secrets_explained"),
        "Whether Firehose may read secrets of destinations (Redshift, HTTP endpoint, Splunk, Snowflake).",
        frozenset({"Secrets", "SecretKeys", "OtherSecrets"}),
        False,
    ),
    OptionalPermission(
        "search",
        "WriteSearch",
        Message("grant.search"),
        Message("grant.search_explained"),
        "Whether Firehose may write to OpenSearch domains and collections.",
        frozenset({"Domains", "OtherDomains", "Collections"}),
        False,
    ),
    OptionalPermission(
        "tables",
        "UseTables",
        Message("grant.tables"),
        Message("grant.tables_explained"),
        "Whether Firehose may use tables of the Glue Data Catalog (Iceberg, format conversion).",
        frozenset({"Catalog", "Tables", "ReplaceFiles", "OtherTables", "OtherBuckets"}),
        False,
    ),
    OptionalPermission(
        "functions",
        "CallFunctions",
        Message("grant.functions"),
        Message("grant.functions_explained"),
        "Whether Firehose may call Lambda functions that transform records.",
        frozenset({"Functions", "OtherFunctions"}),
        False,
    ),
    OptionalPermission(
        "network",
        "UseNetwork",
        Message("grant.network"),
        Message("grant.network_explained"),
        "Whether Firehose may create network interfaces in your VPC (for OpenSearch in a VPC).",
        frozenset({"Network", "Interfaces"}),
        False,
    ),
    OptionalPermission(
        "unscoped",
        "ChangeAnyStream",
        Message("grant.unscoped"),
        Message("grant.unscoped_explained"),
        "Whether Sluice may change shard count, capacity mode and shard-level metrics of any stream, if AWS denies it "
        "for one stream.",
        frozenset({"AnyStreamSettings"}),
        False,
    ),
    OptionalPermission(
        "trail",
        "ReadTrail",
        Message("grant.trail"),
        Message("grant.trail_explained"),
        "Whether Sluice may read CloudTrail's event history: from where access keys are used, and recent changes.",
        frozenset({"ReadTrail"}),
        False,
    ),
    OptionalPermission(
        "readers",
        "ListReaders",
        Message("grant.readers"),
        Message("grant.readers_explained"),
        "Whether Sluice may list who reads your data streams: consumers, Lambda functions, and listed lease tables.",
        frozenset({"ListConsumers", "ListOtherConsumers", "ListMappings", "LeaseTables"}),
        False,
    ),
    OptionalPermission(
        "schemas",
        "ReadGlueSchemas",
        Message("grant.schemas"),
        Message("grant.schemas_explained"),
        "Whether Sluice may read schemas of AWS Glue Schema Registry, to show Avro records.",
        frozenset({"ReadSchemas"}),
        False,
    ),
    OptionalPermission(
        "failures",
        "ReadErrorFiles",
        Message("grant.failures"),
        Message("grant.failures_explained"),
        "Whether Sluice may read what Firehose could not deliver: files under errors/ in the buckets of deliveries.",
        frozenset({"ReadErrors", "DecryptErrors"}),
        False,
    ),
    OptionalPermission(
        "consumers",
        "CreateConsumers",
        Message("grant.consumers"),
        Message("grant.consumers_explained"),
        "Whether Sluice may create roles with which others read records of one data stream each.",
        frozenset(
            {
                "SeeConsumerPolicies",
                "CreateConsumerRoles",
                "SetSessionDuration",
                "DeleteConsumerRoles",
                "NeverPassConsumers",
                "KeepConsumerBoundary",
            }
        ),
        False,
    ),
    OptionalPermission(
        "devices",
        "SetUpDevices",
        Message("grant.devices"),
        Message("grant.devices_explained"),
        "Whether Sluice may set up devices that send through AWS IoT Core.",
        frozenset(
            {
                "SeeDevicePolicies",
                "ThingTypes",
                "ThingGroups",
                "DevicePolicies",
                "TopicRules",
                "Things",
                "GroupThings",
                "FindCertificates",
                "Certificates",
                "AttachCertificates",
                "DeviceTags",
                "PassToIot",
                "DeviceLogs",
                "DeleteThingTypes",
                "DeleteThingGroups",
                "DeleteDevicePolicies",
                "DeleteTopicRules",
                "DeleteDeviceLogs",
                "DeviceErrors",
            }
        ),
        False,
    ),
    OptionalPermission(
        "sharing",
        "ShareStreams",
        Message("grant.sharing"),
        Message("grant.sharing_explained"),
        "Whether Sluice may share your data streams with roles of other AWS accounts.",
        frozenset({"ShareStreams", "ShareOtherStreams", "ShareOtherConsumers", "SeeSharingPolicy", "SeeKeyPolicies"}),
        False,
        frozenset({"NeverShareRecords"}),
    ),
    OptionalPermission(
        "fanout",
        "RegisterConsumers",
        Message("grant.fanout"),
        Message("grant.fanout_explained"),
        "Whether Sluice may register consumers with your data streams (enhanced fan-out, which AWS charges for).",
        frozenset(
            {"SeeFanOutPolicy", "RegisterConsumers", "ManageFanOut", "RegisterOtherConsumers", "ManageOtherFanOut"}
        ),
        False,
        frozenset({"NeverShareRecords"}),
    ),
)
# Of the account, and not of what deliveries may use: they widen no boundary.
READING_PERMISSIONS = ("trail", "readers", "schemas", "failures")
# Who else may read: of roles that Sluice creates for others, with a boundary of their own.
CONSUMING_PERMISSIONS = ("consumers", "sharing", "fanout")
OPT_IN_PERMISSIONS = tuple(permission for permission in OPTIONAL_PERMISSIONS if not permission.is_default)
PERMISSION_BY_KEY = {permission.key: permission for permission in OPTIONAL_PERMISSIONS}
