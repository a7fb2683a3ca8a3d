"""The inputs of S3 beyond the bucket."""

from onboarding.deliveries.form_inputs import Input, InputKind
from onboarding.deliveries.form_parts import SOURCE_BACKUP, Group, seconds
from onboarding.deliveries.s3_conversion import COMPRESSIONS

S3 = (
    Group(
        "New line delimiter, time zone, file extension and source record backup",
        (
            Input(
                "destination.delimiter",
                "Add a newline after each record",
                "For text such as JSON: most tools read one record per line. Clear this for binary records. Not used "
                "with dynamic partitioning or record format conversion.",
                InputKind.CHECKBOX,
                initial="on",
                required=False,
            ),
            Input(
                "destination.time_zone",
                "Prefix time zone",
                "Such as Europe/Berlin.",
                initial="UTC",
                required=False,
            ),
            Input("destination.file_extension", "File extension", "Such as .json.gz.", required=False),
            SOURCE_BACKUP,
        ),
    ),
    Group(
        "Dynamic partitioning",
        (
            Input(
                "destination.partitioning.keys",
                "Partition keys",
                "One per line, with its jq query, such as building: .building. Use each in the prefix as "
                "!{partitionKeyFromQuery:building}.",
                InputKind.PAIRS,
                required=False,
            ),
            Input(
                "destination.partitioning.delimiter",
                "Add a newline after each record",
                "",
                InputKind.CHECKBOX,
                initial="on",
                required=False,
            ),
            seconds("destination.partitioning.retry_seconds", "Retry duration", "", "300"),
        ),
        note="Requires a buffer size of at least 64 MB. Cannot be changed after the Firehose stream is created.",
    ),
    Group(
        "Record format conversion",
        (
            Input(
                "destination.conversion.format",
                "Format",
                "",
                InputKind.CHOICE,
                (("", "No conversion"), ("parquet", "Parquet"), ("orc", "ORC")),
                required=False,
            ),
            Input("destination.conversion.database", "Glue database", "", required=False),
            Input("destination.conversion.table", "Glue table", "Defines the schema.", required=False),
            Input(
                "destination.conversion.compression",
                "Format compression",
                "",
                InputKind.CHOICE,
                tuple((name, name) for name in dict.fromkeys([*COMPRESSIONS["parquet"], *COMPRESSIONS["orc"]])),
                "SNAPPY",
                required=False,
            ),
        ),
        note="Requires a buffer size of at least 64 MB and no file compression.",
    ),
)
