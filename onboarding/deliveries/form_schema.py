"""The form of each kind of destination: its inputs, in the order in which people think of them."""

from onboarding.deliveries import log_retention
from onboarding.deliveries.form_http import HTTP, SPLUNK
from onboarding.deliveries.form_inputs import Input, InputKind
from onboarding.deliveries.form_parts import DestinationForm, Group
from onboarding.deliveries.form_s3 import S3
from onboarding.deliveries.form_search import OPENSEARCH, OPENSEARCH_SERVERLESS
from onboarding.deliveries.form_tables import ICEBERG, REDSHIFT, SNOWFLAKE

TRANSFORM = Group(
    "Lambda transformation",
    (
        Input("transform.function_arn", "Function ARN", "arn:aws:lambda:…:function:name", required=False),
        Input(
            "transform.buffer_mb",
            "Transformation buffer size",
            "0.2 to 3.",
            InputKind.NUMBER,
            initial="1",
            required=False,
            unit="MB",
        ),
        Input(
            "transform.buffer_seconds",
            "Transformation buffer interval",
            "0 to 900.",
            InputKind.WHOLE,
            initial="60",
            required=False,
            unit="seconds",
        ),
        Input(
            "transform.retries",
            "Retries after a failure",
            "",
            InputKind.WHOLE,
            initial="3",
            required=False,
            unit="times",
        ),
    ),
    note="The function transforms every record before delivery.",
)
LOGGING = Group(
    "Log of delivery errors",
    (
        Input(
            "log_retention_days",
            "Retention period of the log group",
            "Without a retention period CloudWatch keeps delivery errors, and charges for them, for ever.",
            InputKind.DAYS,
            log_retention.CHOICES,
            str(log_retention.DEFAULT_DAYS),
            required=False,
        ),
    ),
)
# A part of a delivery exists only if this one of its settings is given.
GATES = {
    "transform": "transform.function_arn",
    "destination.vpc": "destination.vpc.subnet_ids",
    "destination.partitioning": "destination.partitioning.keys",
    "destination.conversion": "destination.conversion.format",
}
# A setting that counts only if none of these others is given, which the other inputs of the form decide.
CLOSED_BY = {"destination.delimiter": ("destination.partitioning.keys", "destination.conversion.format")}
DESTINATION_FORMS: dict[str, DestinationForm] = {
    "s3": DestinationForm("Files in your own S3 bucket. The easiest option.", "", S3),
    "redshift": DestinationForm(
        "Rows in a warehouse table.",
        "a table that Firehose can access, and a secret with user name and password",
        REDSHIFT,
    ),
    "opensearch": DestinationForm(
        "Searchable documents.", "a domain that allows access to the created role", OPENSEARCH
    ),
    "opensearch_serverless": DestinationForm(
        "Searchable documents, serverless.",
        "a collection whose data access policy includes the role",
        OPENSEARCH_SERVERLESS,
    ),
    "http": DestinationForm(
        "Datadog, New Relic or your own server.", "an endpoint that supports the Firehose protocol", HTTP
    ),
    "splunk": DestinationForm(
        "Events in Splunk.", "a secret with an HEC token that has acknowledgement enabled", SPLUNK
    ),
    "snowflake": DestinationForm(
        "Rows in Snowflake within seconds.", "a table, and a secret with a key pair", SNOWFLAKE
    ),
    "iceberg": DestinationForm("Rows in open table format.", "tables in the Glue Data Catalog", ICEBERG),
}


def groups_of(kind: str) -> tuple[Group, ...]:
    """Return the groups of inputs beyond those that all deliveries have in common."""
    return (*DESTINATION_FORMS[kind].groups, TRANSFORM, LOGGING)


def inputs_of(kind: str) -> list[Input]:
    """Return every input of a kind, in order."""
    return [item for group in groups_of(kind) for item in group.inputs]
