"""Kafka Connect: Apache Camel's source connector, and Confluent's. Pure."""

from __future__ import annotations

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.quoting import java_properties
from portal.messages.message import Message

KEY, TITLE = "kafka-connect", "Kafka Connect"
_CAMEL = "camel.kamelet.aws-kinesis-source"
_SOURCES = (
    Source(
        "Apache Camel Kafka Connector (camel-aws-kinesis-source)",
        "https://camel.apache.org/camel-kafka-connector/reference/connectors/"
        "camel-aws-kinesis-source-kafka-source-connector.html",
    ),
    Source(
        "Confluent Amazon Kinesis Source Connector",
        "https://docs.confluent.io/kafka-connectors/kinesis/current/kinesis_source_connector_config.html",
    ),
)


def settings(stream: ConsumedStream) -> Connector:
    """Return the properties of both connectors, and the profile by which they assume a role."""
    files = [
        ConnectorFile("camel-kinesis-source.properties", "properties", _camel(stream)),
        ConnectorFile("confluent-kinesis-source.properties", "properties", _confluent(stream)),
    ]
    if stream.role:
        files.append(ConnectorFile("aws-config", "ini", sign_in.profile_file(stream)))
    notes = [Message("connector.kafka.choice"), Message("connector.kafka.license")]
    if stream.role:
        notes.append(Message("connector.kafka.profile", profile=sign_in.PROFILE))
    return Connector(
        key=KEY,
        title=TITLE,
        files=tuple(files),
        policies=sign_in.reading(stream),
        reader=Message("connector.reader.unlisted"),
        costs=sign_in.costs(stream, fanout=False),
        sources=_SOURCES,
        secrets=(Message("connector.kafka.environment"),),
        notes=tuple(notes),
    )


def _camel(stream: ConsumedStream) -> str:
    pairs = [
        ("#", "Apache Camel: one task reads every shard"),
        ("name", f"{stream.application}-camel"),
        ("connector.class", "org.apache.camel.kafkaconnector.awskinesissource.CamelAwskinesissourceSourceConnector"),
        ("tasks.max", "1"),
        ("topics", stream.stream_name),
        ("key.converter", "org.apache.kafka.connect.storage.StringConverter"),
        ("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"),
        (f"{_CAMEL}.stream", stream.stream_name),
        (f"{_CAMEL}.region", stream.region),
        *_camel_sign_in(stream),
        (f"{_CAMEL}.delay", "1000"),
    ]
    if stream.fips:
        pairs += [(f"{_CAMEL}.overrideEndpoint", "true"), (f"{_CAMEL}.uriEndpointOverride", stream.endpoint_url)]
    return java_properties(pairs)


def _camel_sign_in(stream: ConsumedStream) -> list[tuple[str, str]]:
    if stream.role is None:
        return [(f"{_CAMEL}.useDefaultCredentialsProvider", "true")]
    by_profile = [("useProfileCredentialsProvider", "true"), ("profileCredentialsName", sign_in.PROFILE)]
    return [(f"{_CAMEL}.{name}", value) for name, value in by_profile]


def _confluent(stream: ConsumedStream) -> str:
    pairs = [
        ("#", "Confluent: each task reads some of the shards"),
        ("name", f"{stream.application}-confluent"),
        ("connector.class", "io.confluent.connect.kinesis.KinesisSourceConnector"),
        ("tasks.max", str(stream.shards or 1)),
        ("kafka.topic", stream.stream_name),
        ("kinesis.stream", stream.stream_name),
        ("kinesis.region", stream.region),
        ("kinesis.position", "TRIM_HORIZON"),
        ("confluent.topic.bootstrap.servers", "localhost:9092"),
    ]
    if stream.fips:
        pairs.append(("kinesis.base.url", stream.endpoint_url))
    return java_properties(pairs)
