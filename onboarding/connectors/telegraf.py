"""Telegraf: its input plugin kinesis_consumer. Pure."""

from __future__ import annotations

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.quoting import toml_text
from portal.aws.policies.connectors import checkpoint_policy
from portal.aws.policies.statements import Document
from portal.messages.message import Message

KEY, TITLE = "telegraf", "Telegraf"
_SOURCES = (
    Source(
        "Telegraf 1.39.3, plugin kinesis_consumer",
        "https://docs.influxdata.com/telegraf/v1/input-plugins/kinesis_consumer/",
    ),
)


def settings(stream: ConsumedStream) -> Connector:
    """Return the plugin's settings, and the profile that it signs in by."""
    return Connector(
        key=KEY,
        title=TITLE,
        files=(
            ConnectorFile("telegraf-kinesis.conf", "toml", _conf(stream)),
            ConnectorFile("aws-config", "ini", sign_in.profile_file(stream)),
        ),
        policies=sign_in.reading(stream, _policy(stream)),
        reader=Message("connector.reader.unlisted"),
        costs=(*sign_in.costs(stream, fanout=False), *(() if stream.role else (Message("connector.cost.telegraf"),))),
        sources=_SOURCES,
        secrets=(Message("connector.secret.profile", profile=sign_in.PROFILE, section=sign_in.key_section(stream)),),
        notes=(
            Message("connector.telegraf.newest")
            if stream.role
            else Message("connector.telegraf.table", table=_table(stream)),
            *((Message("connector.role_by_profile", tool=TITLE, profile=sign_in.PROFILE),) if stream.role else ()),
            Message("connector.telegraf.fields"),
        ),
    )


def _policy(stream: ConsumedStream) -> Document | None:
    # A consumer's role reads records and nothing else, and Telegraf has one identity for both.
    return None if stream.role else checkpoint_policy(stream.stream_arn, stream.key_arn, _table(stream))


def _table(stream: ConsumedStream) -> str:
    return f"{stream.application}-telegraf"


def _conf(stream: ConsumedStream) -> str:
    pairs = [
        ("region", toml_text(stream.region)),
        ("profile", toml_text(sign_in.PROFILE)),
        *([("endpoint_url", toml_text(stream.endpoint_url))] if stream.fips else []),
        ("streamname", toml_text(stream.stream_name)),
        ("shard_iterator_type", toml_text("LATEST" if stream.role else "TRIM_HORIZON")),
        # Five reads a second of a shard are shared by all readers; the usual 250 ms would take four of them.
        ("poll_interval", toml_text("1s")),
        ("shard_update_interval", toml_text("30s")),
        ("data_format", toml_text("json_v2" if stream.encoding == "json" else "value")),
    ]
    if stream.encoding != "json":
        pairs.append(("data_type", toml_text("string")))
    lines = "".join(f"  {name} = {value}\n" for name, value in pairs)
    fields = (
        '  [[inputs.kinesis_consumer.json_v2]]\n    measurement_name = "records"\n'
        '    [[inputs.kinesis_consumer.json_v2.object]]\n      path = "@this"\n'
        if stream.encoding == "json"
        else ""
    )
    positions = (
        ""
        if stream.role
        else "  [inputs.kinesis_consumer.checkpoint_dynamodb]\n"
        f"    app_name = {toml_text(stream.application)}\n"
        f"    table_name = {toml_text(_table(stream))}\n"
    )
    return f"# Reads the data stream {stream.stream_name}\n[[inputs.kinesis_consumer]]\n{lines}{fields}{positions}"
