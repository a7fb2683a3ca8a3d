"""Apache Flink: a table over the data stream in SQL. Pure."""

from __future__ import annotations

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.quoting import sql_text
from portal.messages.message import Message

KEY, TITLE = "flink", "Apache Flink"
_SOURCES = (
    Source(
        "flink-sql-connector-aws-kinesis-streams 5.x (apache/flink-connector-aws, commit 0038a77)",
        "https://nightlies.apache.org/flink/flink-docs-stable/docs/connectors/table/kinesis/",
    ),
)


def settings(stream: ConsumedStream) -> Connector:
    """Return the statements, with shared reads or for a registered consumer."""
    fanout = bool(stream.fanout_arn)
    return Connector(
        key=KEY,
        title=TITLE,
        files=(ConnectorFile("stream.sql", "sql", _statements(stream)),),
        policies=sign_in.reading(stream),
        reader=sign_in.reader(stream),
        costs=sign_in.costs(stream, fanout=fanout),
        sources=_SOURCES,
        secrets=(Message("connector.secret.default_chain"),),
        notes=(Message("connector.flink.columns"), Message("connector.flink.jar")),
    )


def _statements(stream: ConsumedStream) -> str:
    options = ",\n".join(f"  {sql_text(name)} = {sql_text(value)}" for name, value in _options(stream))
    return (
        f"-- The data stream {stream.stream_name}: each record is one row.\n"
        f"CREATE TABLE `{_name(stream)}` (\n  `record` STRING\n) WITH (\n{options}\n);\n"
        "\n"
        f"SELECT `record` FROM `{_name(stream)}`;\n"
    )


def _options(stream: ConsumedStream) -> list[tuple[str, str]]:
    found = [
        ("connector", "kinesis"),
        ("stream.arn", stream.stream_arn),
        ("aws.region", stream.region),
        ("source.init.position", "TRIM_HORIZON"),
        ("source.reader.type", "EFO" if stream.fanout_arn else "POLLING"),
    ]
    if stream.fanout_arn:
        # Sluice registered the consumer: a job that manages it would deregister it when it ends.
        found += [("source.efo.consumer.name", stream.fanout_name), ("source.efo.lifecycle", "SELF_MANAGED")]
    else:
        # Five reads a second of a shard are shared by all readers; the usual 250 ms would take four of them.
        found.append(("source.reader.empty-records-fetch-interval", "1 s"))
    if stream.fips:
        found.append(("aws.endpoint", stream.endpoint_url))
    if stream.role:
        found += [
            ("aws.credentials.provider", "ASSUME_ROLE"),
            ("aws.credentials.role.arn", stream.role.arn),
            ("aws.credentials.role.sessionName", stream.session_name),
        ]
        if stream.role.external_id:
            found.append(("aws.credentials.role.externalId", stream.role.external_id))
        found.append(("aws.credentials.role.provider", "AUTO"))
    return [*found, ("format", "raw")]


def _name(stream: ConsumedStream) -> str:
    return "".join(character if character.isalnum() else "_" for character in stream.stream_name)
