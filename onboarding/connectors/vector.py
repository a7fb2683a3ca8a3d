"""Vector: it has no source for Kinesis Data Streams, so a Firehose delivery sends the records to it. Pure."""

from __future__ import annotations

from typing import Any

import yaml

from onboarding.connectors.connector import Connector, ConnectorFile, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from portal.messages.message import Message

KEY, TITLE = "vector", "Vector"
_SOURCES = (
    Source(
        "Vector, source aws_kinesis_firehose (commit 00c702c)",
        "https://vector.dev/docs/reference/configuration/sources/aws_kinesis_firehose/",
    ),
    Source("request for a source of data streams, open", "https://github.com/vectordotdev/vector/issues/33"),
)


def settings(stream: ConsumedStream) -> Connector:
    """Return the settings of a Vector that Firehose sends to. It needs no permission in AWS."""
    text = yaml.safe_dump(_settings(stream), sort_keys=False)
    head = f"# Receives the records of the data stream {stream.stream_name} from a Firehose stream over HTTPS\n"
    return Connector(
        key=KEY,
        title=TITLE,
        files=(ConnectorFile("vector.yaml", "yaml", head + text),),
        policies=(),
        reader=Message("connector.reader.delivery"),
        costs=(Message("connector.cost.delivery"),),
        sources=_SOURCES,
        secrets=(Message("connector.vector.access_key"),),
        notes=(Message("connector.vector.no_source"), Message("connector.vector.delivery")),
    )


def _settings(stream: ConsumedStream) -> dict[str, Any]:
    source = {
        "type": "aws_kinesis_firehose",
        "address": "0.0.0.0:443",
        "access_keys": ["${FIREHOSE_ACCESS_KEY}"],
        "tls": {
            "enabled": True,
            "crt_file": "/etc/vector/certificate.pem",
            "key_file": "/etc/vector/certificate-key.pem",
        },
        "decoding": {"codec": "json" if stream.encoding == "json" else "bytes"},
    }
    sink = {"type": "console", "inputs": ["stream"], "encoding": {"codec": "json"}}
    return {"sources": {"stream": source}, "sinks": {"records": sink}}
