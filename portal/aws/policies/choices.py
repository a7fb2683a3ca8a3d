"""What a client may leave out of the grant or add to it: one row a right, from which every form and page is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Choice:
    """A right that the client decides on. `statements` are the Sids that stand in the grant only where it is chosen.

    `key` is its field of OptionalRights, `parameter` its name in the hosted template, `is_usual` what nobody chose.
    """

    key: str
    parameter: str
    title: str
    words: str
    description: str
    statements: frozenset[str]
    is_usual: bool


# Sid → the statement's parameter in the hosted template: lists of resources whose names do not begin with the prefix.
OTHERS = {
    "OtherStreams": "Data streams with other names that Sluice may adopt.",
    "OtherSecrets": "Secrets with other names that deliveries may read.",
    "OtherDomains": "OpenSearch domains with other names that deliveries may write to.",
    "Collections": "OpenSearch Serverless collections that deliveries may write to.",
    "OtherTables": "Glue databases with other names whose tables deliveries may write to.",
    "OtherBuckets": "Buckets with other names in which those tables lie.",
    "OtherFunctions": "Lambda functions with other names that deliveries may call.",
}

CHOICES = (
    Choice(
        "sampling",
        "SampleRecords",
        "Show samples of records",
        "To you and, with values masked, to the vendor’s staff. Left out, Sluice cannot read records.",
        "Whether Sluice may show samples of your records.",
        frozenset({"SampleRecords", "SampleOtherStreams", "DecryptSamples", "ReadDelivered"}),
        True,
    ),
    Choice(
        "deletion",
        "DeleteResources",
        "Delete what Sluice made",
        "When you take a stream down. Left out, you delete it yourself.",
        "Whether Sluice may delete what it made, when you take a stream down.",
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
    Choice(
        "keys",
        "MakeKeys",
        "Make encryption keys",
        "A KMS key of your account for a stream, if you ask for one. Left out, you bring your own or use AWS’s.",
        "Whether Sluice may make KMS keys, each for a stream of yours.",
        frozenset({"MakeKeys", "LookAfterKeys", "NameKeys", "FindKeys"}),
        True,
    ),
    Choice(
        "adoption",
        "AdoptStreams",
        "Adopt data streams with other names",
        "Just those whose ARNs you list: to deliver from them, and to change their settings. Never to delete them.",
        "Whether Sluice may adopt data streams that exist already: those that are listed.",
        frozenset({"OtherStreams", "SampleOtherStreams"}),
        False,
    ),
    Choice(
        "secrets",
        "ReadSecrets",
        "Read secrets of destinations",
        "Redshift, HTTP endpoints, Splunk and Snowflake. Firehose reads them from Secrets Manager; Sluice does not.",
        "Whether Firehose may read secrets of destinations (Redshift, HTTP endpoint, Splunk, Snowflake).",
        frozenset({"Secrets", "SecretKeys", "OtherSecrets"}),
        False,
    ),
    Choice(
        "search",
        "WriteSearch",
        "Write to OpenSearch",
        "Amazon OpenSearch Service domains, and the OpenSearch Serverless collections that you list.",
        "Whether Firehose may write to OpenSearch domains and collections.",
        frozenset({"Domains", "OtherDomains", "Collections"}),
        False,
    ),
    Choice(
        "tables",
        "UseTables",
        "Use tables of the Glue Data Catalog",
        "Apache Iceberg tables, and format conversion to Parquet or ORC.",
        "Whether Firehose may use tables of the Glue Data Catalog (Iceberg, format conversion).",
        frozenset({"Catalog", "Tables", "ReplaceFiles", "OtherTables", "OtherBuckets"}),
        False,
    ),
    Choice(
        "functions",
        "CallFunctions",
        "Call Lambda functions",
        "Transforms records on their way. Firehose calls the function with every record.",
        "Whether Firehose may call Lambda functions that transform records.",
        frozenset({"Functions", "OtherFunctions"}),
        False,
    ),
    Choice(
        "network",
        "UseNetwork",
        "Reach into your VPC",
        "OpenSearch inside a VPC: Firehose makes network interfaces in the subnets that a delivery names.",
        "Whether Firehose may make network interfaces in your VPC (OpenSearch inside a VPC).",
        frozenset({"Network", "Interfaces"}),
        False,
    ),
)
TO_ADD = tuple(one for one in CHOICES if not one.is_usual)
BY_KEY = {one.key: one for one in CHOICES}


@dataclass(frozen=True, slots=True)
class OptionalRights:
    """What a client chose: a field for each of CHOICES, and in `others` the ARNs beyond the name prefix: of what
    deliveries may reach, and of streams to adopt."""

    sampling: bool = True
    deletion: bool = True
    keys: bool = True
    adoption: bool = False
    secrets: bool = False
    search: bool = False
    tables: bool = False
    functions: bool = False
    network: bool = False
    others: tuple[str, ...] = ()

    @property
    def left_out(self) -> frozenset[str]:
        """Return the Sids of all statements that were not chosen."""
        return frozenset().union(*(one.statements for one in CHOICES if not getattr(self, one.key)))

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the keys of what was chosen, in the order of CHOICES."""
        return tuple(one.key for one in CHOICES if getattr(self, one.key))


def rights_of(keys: Iterable[str], others: Iterable[str] = ()) -> OptionalRights:
    """Return the rights that have just these keys."""
    wanted = set(keys)
    given = {one.name: one.name in wanted for one in fields(OptionalRights) if one.name != "others"}
    return OptionalRights(**given, others=tuple(others))


USUAL = OptionalRights()
EVERYTHING = rights_of(BY_KEY)
