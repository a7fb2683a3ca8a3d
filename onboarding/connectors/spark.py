"""Spark Structured Streaming: a job with AWS's connector for Kinesis. Pure."""

from __future__ import annotations

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from portal.aws.policies.connectors import registering_policy
from portal.messages.message import Message
from portal.placeholders import filled

KEY, TITLE = "spark", "Spark Structured Streaming"
_SOURCES = (
    Source(
        "awslabs/spark-sql-kinesis-connector, commit 02df1e7 (Spark 3.2 and later; in Amazon EMR 7.1 and later)",
        "https://github.com/awslabs/spark-sql-kinesis-connector",
    ),
)
_JOB = '''\
"""Reads the data stream @stream@ and prints its records. Start it with spark-submit and the connector's JAR file."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName(@application@).getOrCreate()

records = (
    spark.readStream.format("aws-kinesis")
@options@
    .load()
)

query = (
    records.selectExpr("partitionKey", "CAST(data AS STRING) AS record", "approximateArrivalTimestamp")
    .writeStream.format("console")
    .option("checkpointLocation", "checkpoints/" + @application@)
    .outputMode("append")
    .start()
)
query.awaitTermination()
'''


def settings(stream: ConsumedStream) -> Connector:
    """Return the job, with shared reads or for a registered consumer."""
    fanout = bool(stream.fanout_arn)
    policy = registering_policy(stream.stream_arn, stream.key_arn, stream.fanout_name) if fanout else None
    notes = [Message("connector.spark.jar")]
    if stream.role:
        notes.append(Message("connector.spark.external_id", profile=sign_in.PROFILE))
    if fanout:
        notes.append(Message("connector.spark.deregisters", name=stream.fanout_name))
        if stream.role:
            notes.append(Message("connector.spark.boundary"))
    files = [ConnectorFile("read_stream.py", "python", _job(stream))]
    if stream.role and stream.role.external_id:
        files.append(ConnectorFile("aws-config", "ini", sign_in.profile_file(stream)))
    return Connector(
        key=KEY,
        title=TITLE,
        files=tuple(files),
        policies=sign_in.reading(stream, policy),
        reader=sign_in.reader(stream),
        costs=sign_in.costs(stream, fanout=fanout),
        sources=_SOURCES,
        secrets=(Message("connector.secret.default_chain"),),
        notes=tuple(notes),
    )


def _job(stream: ConsumedStream) -> str:
    options = [
        ("kinesis.region", stream.region),
        ("kinesis.streamName", stream.stream_name),
        ("kinesis.endpointUrl", stream.endpoint_url),
        ("kinesis.consumerType", "SubscribeToShard" if stream.fanout_arn else "GetRecords"),
        ("kinesis.startingPosition", "TRIM_HORIZON"),
    ]
    if stream.fanout_arn:
        options.append(("kinesis.consumerName", stream.fanout_name))
    # The connector assumes a role without an external ID; with one, the profile does.
    if stream.role and not stream.role.external_id:
        options += [("kinesis.stsRoleArn", stream.role.arn), ("kinesis.stsSessionName", stream.session_name)]
    lines = "\n".join(f'    .option("{name}", {_text(value)})' for name, value in options)
    return filled(_JOB, {"options": lines, "application": _text(stream.application), "stream": stream.stream_name})


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
