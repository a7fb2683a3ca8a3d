"""Kinesis Client Library 3 for Python: its properties file and a record processor. Pure."""

from __future__ import annotations

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, ConnectorPolicy, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.quoting import java_properties
from portal.aws.policies.connectors import kcl_policy, kcl_tables_policy
from portal.messages.message import Message

KEY, TITLE = "kcl", "Kinesis Client Library 3"
_SOURCES = (
    Source(
        "amazon_kclpy 3.2.0",
        "https://github.com/awslabs/amazon-kinesis-client-python/blob/master/samples/sample.properties",
    ),
    Source("permissions of KCL 3.x", "https://docs.aws.amazon.com/streams/latest/dev/kcl-iam-permissions.html"),
    Source(
        "credential providers of the MultiLangDaemon, commit 07d2e35",
        "https://github.com/awslabs/amazon-kinesis-client/blob/master/docs/multilang/configuring-credential-providers.md",
    ),
)
# With a role, what the application does as itself.
_OWN = ("DynamoDB", "CloudWatch")
_PROCESSOR = '''\
#!/usr/bin/env python3
"""Reads records of the data stream @stream@ with the Kinesis Client Library."""

import json
import sys

from amazon_kclpy import kcl
from amazon_kclpy.v3 import processor


class RecordProcessor(processor.RecordProcessorBase):
    """Handles the records of one shard. Standard output belongs to the library: print to standard error."""

    def initialize(self, initialize_input):
        self.shard_id = initialize_input.shard_id

    def process_records(self, process_records_input):
        for record in process_records_input.records:
            self.handle(record.partition_key, record.binary_data)
        process_records_input.checkpointer.checkpoint()

    def handle(self, partition_key, data):
        """Do something with one record: your code."""
        try:
            value = json.loads(data)
        except ValueError:
            value = data
        print(self.shard_id, partition_key, value, file=sys.stderr)

    def lease_lost(self, lease_lost_input):
        pass

    def shard_ended(self, shard_ended_input):
        shard_ended_input.checkpointer.checkpoint()

    def shutdown_requested(self, shutdown_requested_input):
        shutdown_requested_input.checkpointer.checkpoint()


if __name__ == "__main__":
    kcl.KCLProcess(RecordProcessor()).run()
'''


def settings(stream: ConsumedStream) -> Connector:
    """Return the properties file and the processor, with shared reads or for a registered consumer."""
    return Connector(
        key=KEY,
        title=TITLE,
        files=(
            ConnectorFile("kcl.properties", "properties", _properties(stream)),
            ConnectorFile("record_processor.py", "python", _PROCESSOR.replace("@stream@", stream.stream_name)),
        ),
        policies=_policies(stream),
        reader=Message("connector.reader.application", name=stream.application),
        costs=(*sign_in.costs(stream, fanout=bool(stream.fanout_arn)), Message("connector.cost.kcl")),
        sources=_SOURCES,
        secrets=(Message("connector.secret.default_chain"),),
        notes=(
            Message("connector.kcl.tables", application=stream.application),
            Message("connector.kcl.fanout") if stream.fanout_arn else Message("connector.kcl.polling"),
        ),
    )


def _policies(stream: ConsumedStream) -> tuple[ConnectorPolicy, ...]:
    if stream.role is None:
        return sign_in.reading(stream, kcl_policy(stream.stream_arn, stream.key_arn, stream.application))
    # A consumer's role reads records and nothing else: the application has its tables by its own identity.
    own = kcl_tables_policy(stream.stream_arn, stream.application)
    return (
        *sign_in.reading(stream),
        ConnectorPolicy(Message("connector.holder.program"), own, f"{stream.application}-tables.json"),
    )


def _properties(stream: ConsumedStream) -> str:
    pairs = [
        ("#", f"KCL 3 for the data stream {stream.stream_name}"),
        ("executableName", "record_processor.py"),
        ("processingLanguage", "python/3"),
        ("streamArn", stream.stream_arn),
        ("applicationName", stream.application),
        ("AwsCredentialsProvider", _provider(stream)),
        *((f"AwsCredentialsProvider{name}", "DefaultCredentialsProvider") for name in _OWN if stream.role),
        ("initialPositionInStream", "TRIM_HORIZON"),
        ("regionName", stream.region),
        ("retrievalMode", "FANOUT" if stream.fanout_arn else "POLLING"),
    ]
    if stream.fanout_arn:
        pairs.append(("fanoutConfig.consumerArn", stream.fanout_arn))
    if stream.fips:
        pairs.append(("kinesisEndpoint", stream.endpoint_url))
    return java_properties(pairs)


def _provider(stream: ConsumedStream) -> str:
    if stream.role is None:
        return "DefaultCredentialsProvider"
    parts = ["KclStsAssumeRoleCredentialsProvider", stream.role.arn, stream.session_name]
    parts.append(f"endpointRegion={stream.region}")
    if stream.role.external_id:
        parts.append(f"externalId={stream.role.external_id}")
    return "|".join(parts)
