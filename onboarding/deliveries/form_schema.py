"""What the page asks for each kind of destination, in the order in which people think of it."""

from dataclasses import dataclass

from onboarding.deliveries.form_inputs import Input, Way
from onboarding.deliveries.s3_conversion import COMPRESSIONS


def _seconds(path: str, label: str, words: str, initial: str) -> Input:
    return Input(path, label, words, Way.WHOLE, initial=initial, required=False, unit="seconds")


def _optional(
    path: str, label: str, words: str = "", *, way: Way = Way.LINE, initial: str = "", unit: str = ""
) -> Input:
    return Input(path, label, words, way, initial=initial, required=False, unit=unit)


def _retry(initial: str) -> Input:
    return _seconds("destination.retry_seconds", "Try again for", "0 to 7,200.", initial)


_SOURCE_BACKUP = _optional(
    "destination.source_backup_prefix",
    "Prefix for records as they came",
    "Keeps them before they are transformed. It cannot be switched off again.",
)
_BACKUP = Input(
    "destination.backup",
    "Keep in the bucket",
    "",
    Way.CHOICE,
    (("failed", "what could not be delivered"), ("all", "every record")),
    "failed",
)
_VPC = (
    Input(
        "destination.vpc.subnet_ids",
        "Subnets",
        "Ids, one a line; only in a VPC.",
        Way.NAMES,
        required=False,
    ),
    Input("destination.vpc.security_group_ids", "Security groups", "Ids, one a line.", Way.NAMES, required=False),
)


def _secret(keys: str, *, required: bool = True) -> Input:
    words = f"The ARN of a secret in Secrets Manager with {keys}. Never the secret itself."
    return Input("destination.secret_arn", "Secret", words, Way.SECRET, required=required)


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs that stand together; one that is `closed` opens when it holds a value or an error."""

    title: str
    inputs: tuple[Input, ...]
    closed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of destination as the page offers it: one sentence, and what has to be there first."""

    note: str
    needs: str
    groups: tuple[Group, ...]


_TO = "Where to"
_S3 = (
    Group(
        "Time zone, file extension, and records as they came",
        (
            Input(
                "destination.time_zone",
                "Time zone of the prefix",
                "Such as Europe/Berlin.",
                initial="UTC",
                required=False,
            ),
            Input("destination.file_extension", "File extension", "Such as .json.gz.", required=False),
            _SOURCE_BACKUP,
        ),
    ),
    Group(
        "Parts by what is in the records (dynamic partitioning)",
        (
            Input(
                "destination.partitioning.keys",
                "Partition keys",
                "One a line, with the jq query that finds it: building: .building. Each stands in the prefix as "
                "!{partitionKeyFromQuery:building}.",
                Way.PAIRS,
                required=False,
            ),
            Input(
                "destination.partitioning.delimiter",
                "A line feed after each record",
                "",
                Way.TICK,
                initial="on",
                required=False,
            ),
            _seconds("destination.partitioning.retry_seconds", "Try again for", "", "300"),
        ),
        note="At least 64 MB gathered. AWS fixes this when the Firehose stream is made.",
    ),
    Group(
        "Parquet or ORC",
        (
            Input(
                "destination.conversion.format",
                "Format",
                "",
                Way.CHOICE,
                (("", "as the records are"), ("parquet", "Parquet"), ("orc", "ORC")),
                required=False,
            ),
            Input("destination.conversion.database", "Glue database", "", required=False),
            Input("destination.conversion.table", "Glue table", "Its schema is followed.", required=False),
            Input(
                "destination.conversion.compression",
                "Compression inside",
                "",
                Way.CHOICE,
                tuple((one, one) for one in dict.fromkeys([*COMPRESSIONS["parquet"], *COMPRESSIONS["orc"]])),
                "SNAPPY",
                required=False,
            ),
        ),
        note="At least 64 MB gathered, and no compression outside.",
    ),
)
_REDSHIFT = (
    Group(
        _TO,
        (
            Input(
                "destination.cluster_jdbc_url",
                "Cluster’s JDBC URL",
                "jdbc:redshift://name.abc123.eu-west-1.redshift.amazonaws.com:5439/dev",
            ),
            Input("destination.table", "Table", "Such as public.readings."),
            Input("destination.columns", "Columns", "In the order of the records, if not all.", required=False),
            Input("destination.copy_options", "Options of COPY", "Such as json 'auto' gzip.", required=False),
            _secret("username and password"),
            _retry("3600"),
            _SOURCE_BACKUP,
        ),
        closed=False,
    ),
)
_OPENSEARCH = (
    Group(
        _TO,
        (
            Input("destination.domain_arn", "Domain’s ARN", "arn:aws:es:…:domain/name"),
            Input("destination.index", "Index", "Small letters, digits, hyphens and underscores."),
            Input(
                "destination.index_rotation",
                "New index every",
                "",
                Way.CHOICE,
                (
                    ("OneDay", "day"),
                    ("OneHour", "hour"),
                    ("OneWeek", "week"),
                    ("OneMonth", "month"),
                    ("NoRotation", "never"),
                ),
                "OneDay",
            ),
            Input(
                "destination.document_id",
                "Document IDs",
                "",
                Way.CHOICE,
                (("FIREHOSE_DEFAULT", "by Firehose"), ("NO_DOCUMENT_ID", "by OpenSearch, which is lighter")),
                "FIREHOSE_DEFAULT",
            ),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
    Group("In a VPC", _VPC, note="AWS fixes this when the Firehose stream is made."),
)
_SERVERLESS = (
    Group(
        _TO,
        (
            Input("destination.collection_arn", "Collection’s ARN", "arn:aws:aoss:…:collection/id"),
            Input(
                "destination.collection_endpoint", "Collection’s endpoint", "https://id.eu-west-1.aoss.amazonaws.com"
            ),
            Input("destination.index", "Index", "Small letters, digits, hyphens and underscores."),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
    Group("In a VPC", _VPC, note="AWS fixes this when the Firehose stream is made."),
)
_HTTP = (
    Group(
        _TO,
        (
            Input("destination.url", "URL", "https://…, without a name or password in it."),
            Input("destination.endpoint_name", "Name of the endpoint", "", required=False),
            _secret("api_key, if the endpoint wants an access key", required=False),
            Input(
                "destination.content_encoding",
                "Requests are packed",
                "",
                Way.CHOICE,
                (("NONE", "not at all"), ("GZIP", "with GZIP")),
                "NONE",
            ),
            Input(
                "destination.attributes",
                "Attributes of every request",
                "One a line: site: harbour.",
                Way.PAIRS,
                required=False,
            ),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
)
_SPLUNK = (
    Group(
        _TO,
        (
            Input("destination.hec_endpoint", "Event collector", "https://…:8088"),
            Input(
                "destination.hec_endpoint_type",
                "Type of the endpoint",
                "",
                Way.CHOICE,
                (("Raw", "Raw"), ("Event", "Event: records are in Splunk’s own form")),
                "Raw",
            ),
            _secret("hec_token"),
            Input(
                "destination.ack_timeout_seconds",
                "Wait for an acknowledgement",
                "180 to 600.",
                Way.WHOLE,
                initial="180",
                required=False,
                unit="seconds",
            ),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
)
_SNOWFLAKE = (
    Group(
        _TO,
        (
            Input("destination.account_url", "Account’s URL", "https://myorg-account.snowflakecomputing.com"),
            Input("destination.database", "Database"),
            Input("destination.schema", "Schema"),
            Input("destination.table", "Table"),
            _secret("user, private_key and, if it has one, key_passphrase"),
            Input(
                "destination.loading",
                "How records become rows",
                "",
                Way.CHOICE,
                (
                    ("JSON_MAPPING", "keys become columns"),
                    ("VARIANT_CONTENT_MAPPING", "the record in one column"),
                    ("VARIANT_CONTENT_AND_METADATA_MAPPING", "record and metadata in two columns"),
                ),
                "JSON_MAPPING",
            ),
            Input("destination.content_column", "Column of the record", "", required=False),
            Input("destination.metadata_column", "Column of the metadata", "", required=False),
            _BACKUP,
            _retry("60"),
        ),
        closed=False,
    ),
    Group(
        "Role and PrivateLink",
        (
            Input("destination.role", "Role in Snowflake", "If not the user’s own.", required=False),
            Input("destination.private_link_vpce_id", "PrivateLink VPCE id", "", required=False),
        ),
    ),
)
_ICEBERG = (
    Group(
        _TO,
        (
            Input("destination.catalog_arn", "Glue catalog’s ARN", "arn:aws:glue:eu-west-1:111122223333:catalog"),
            Input(
                "destination.tables",
                "Tables",
                "One a line: database.table; for updates with unique keys, database.table: device, time; and after | a "
                "prefix for its errors.",
                Way.TABLES,
            ),
            Input("destination.warehouse_bucket", "Bucket of the tables", "If not the one below.", required=False),
            Input("destination.append_only", "Only add rows", "", Way.TICK, required=False),
            _retry("300"),
        ),
        closed=False,
    ),
)
TRANSFORM = Group(
    "Transform with a Lambda function",
    (
        Input("transform.function_arn", "Function’s ARN", "arn:aws:lambda:…:function:name", required=False),
        Input("transform.buffer_mb", "Batches of", "0.2 to 3.", Way.NUMBER, initial="1", required=False, unit="MB"),
        Input(
            "transform.buffer_seconds", "or after", "0 to 900.", Way.WHOLE, initial="60", required=False, unit="seconds"
        ),
        Input(
            "transform.retries", "Call again after a failure", "", Way.WHOLE, initial="3", required=False, unit="times"
        ),
    ),
    note="Every record goes through it before it is delivered.",
)
# What is there only if this one of its settings is given.
GATES = {
    "transform": "transform.function_arn",
    "destination.vpc": "destination.vpc.subnet_ids",
    "destination.partitioning": "destination.partitioning.keys",
    "destination.conversion": "destination.conversion.format",
}
QUESTIONS: dict[str, Kind] = {
    "s3": Kind("Files in a bucket of yours. The simplest start.", "", _S3),
    "redshift": Kind(
        "Rows in a warehouse table.", "a table that Firehose can reach, and user and password in a secret", _REDSHIFT
    ),
    "opensearch": Kind("Documents to search.", "a domain, open to the role that is made", _OPENSEARCH),
    "opensearch_serverless": Kind(
        "Documents to search, without a cluster.", "a collection whose data access policy names the role", _SERVERLESS
    ),
    "http": Kind("Datadog, New Relic, or a server of yours.", "an endpoint that speaks Firehose’s protocol", _HTTP),
    "splunk": Kind("Events in Splunk.", "an HEC token with acknowledgement, in a secret", _SPLUNK),
    "snowflake": Kind("Rows in Snowflake, in seconds.", "a table, and a key pair in a secret", _SNOWFLAKE),
    "iceberg": Kind("Rows in open tables.", "tables in the Glue Data Catalog", _ICEBERG),
}


def groups_of(kind: str) -> tuple[Group, ...]:
    """Return what is asked beyond what all deliveries have in common."""
    return (*QUESTIONS[kind].groups, TRANSFORM)


def inputs_of(kind: str) -> list[Input]:
    """Return every input of a kind, in order."""
    return [one for group in groups_of(kind) for one in group.inputs]
