"""SAS Event Stream Processing: its Kinesis connector, by a session's keys or by a role. Pure.

The properties are those of SAS's own project for this, in the same order and with the same values.
"""

from __future__ import annotations

from onboarding.connectors import sign_in
from onboarding.connectors.connector import (
    ACCESS_KEY_ID,
    SECRET_ACCESS_KEY,
    SESSION_TOKEN,
    Connector,
    ConnectorFile,
    Source,
)
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.quoting import xml_text
from portal.messages.message import Message

KEY, TITLE = "sas-esp", "SAS Event Stream Processing"
_SESSION_SECONDS = 129_600  # the longest that GetSessionToken gives: 36 hours
_SOURCES = (
    Source(
        "SAS Viya 2022 (sassoftware/iot-aws-data-ingestion, commit 5d8b765)",
        "https://github.com/sassoftware/iot-aws-data-ingestion",
    ),
)


def settings(stream: ConsumedStream) -> Connector:
    """Return the connector's XML, for the way of signing in that the stream is described with."""
    by_role = stream.role is not None
    files = [ConnectorFile("kinesis-connector.xml", "xml", _xml(stream))]
    if not by_role:
        files.append(ConnectorFile("session-token.sh", "shell", _session_command(stream)))
    secrets = Message("connector.sas_esp.environment") if by_role else Message("connector.sas_esp.properties")
    notes = [Message("connector.sas_esp.unread"), Message("connector.sas_esp.window")]
    if not by_role:
        notes.insert(0, Message("connector.sas_esp.expires"))
    if stream.fips:
        notes.append(Message("connector.no_fips", tool=TITLE))
    return Connector(
        key=KEY,
        title=TITLE,
        files=tuple(files),
        policies=sign_in.reading(stream),
        reader=Message("connector.reader.unlisted"),
        costs=sign_in.costs(stream, fanout=False),
        sources=_SOURCES,
        secrets=(secrets,),
        notes=tuple(notes),
    )


def _xml(stream: ConsumedStream) -> str:
    properties = [("type", "pub"), *_signing_in(stream), *_reading(stream)]
    lines = "".join(f'    <property name="{name}">{xml_text(value)}</property>\n' for name, value in properties)
    return f'<connector class="kinesis" name="Kinesis">\n  <properties>\n{lines}  </properties>\n</connector>\n'


def _signing_in(stream: ConsumedStream) -> list[tuple[str, str]]:
    if stream.role is None:
        return [
            ("awsaccesskeyid", ACCESS_KEY_ID),
            ("awssecretkey", SECRET_ACCESS_KEY),
            ("awssessiontoken", SESSION_TOKEN),
        ]
    external_id = [("stsassumeroleexternalid", stream.role.external_id)] if stream.role.external_id else []
    return [("stsassumerolearn", stream.role.arn), ("stsassumerolesessionname", stream.session_name), *external_id]


def _reading(stream: ConsumedStream) -> list[tuple[str, str]]:
    return [
        ("kinesistype", "json"),
        ("streamname", stream.stream_name),
        ("awsregion", stream.region),
        ("sharditeratortype", "latest"),
    ]


def _session_command(stream: ConsumedStream) -> str:
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    return (
        "#!/bin/sh\n"
        f"# Prints three values for the connector to {stream.stream_name}, valid for 36 hours.\n"
        "# Run it with the long-term access key of an IAM user that has the consumer policy.\n"
        "set -eu\n"
        f"aws sts get-session-token --duration-seconds {_SESSION_SECONDS} --region {stream.region} \\\n"
        "    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text | tr '\\t' '\\n'\n"
    )
