"""A VPC endpoint in the consumer's network, with a policy for exactly this stream.

https://docs.aws.amazon.com/streams/latest/dev/vpc.html
"""

from __future__ import annotations

import shlex

from onboarding.connectors.connector import ConnectorFile, ConnectorPolicy
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.security.option import SecurityOption
from portal.aws.policies.consumer_security import endpoint_policy, only_through_endpoint_policy
from portal.messages.message import Message

_SOURCE = "https://docs.aws.amazon.com/streams/latest/dev/vpc.html"
ENDPOINT_TO_FILL_IN = "YOUR-VPC-ENDPOINT-ID"


def option(stream: ConsumedStream) -> SecurityOption:
    """Return the endpoint's policy, the commands that create it, and the policy that allows no other way."""
    file_name = f"{stream.stream_name}-endpoint.json"
    policies = (
        ConnectorPolicy(
            Message("consumer_security.vpc.endpoint_policy"),
            endpoint_policy(stream.stream_arn, stream.account_id),
            file_name,
        ),
        ConnectorPolicy(
            Message("consumer_security.vpc.only"),
            only_through_endpoint_policy(stream.stream_arn, ENDPOINT_TO_FILL_IN),
            f"{stream.stream_name}-only-through-endpoint.json",
        ),
    )
    return SecurityOption(
        "vpc",
        Message("consumer_security.vpc"),
        Message("consumer_security.vpc.state"),
        (Message("consumer_security.vpc.what"), Message("consumer_security.vpc.other_streams")),
        Message("consumer_security.vpc.cost"),
        _SOURCE,
        files=(ConnectorFile("create-endpoint.sh", "shell", _commands(stream, file_name)),),
        policies=policies,
    )


def _commands(stream: ConsumedStream, file_name: str) -> str:
    # https://docs.aws.amazon.com/cli/latest/reference/ec2/create-vpc-endpoint.html
    kind = "kinesis-streams-fips" if stream.fips else "kinesis-streams"
    return (
        "#!/bin/sh\n"
        f"# Creates an interface VPC endpoint through which {stream.stream_name} can be read.\n"
        "# Replace the IDs of the VPC, its subnets and a security group that allows port 443.\n"
        "set -eu\n"
        f"aws ec2 create-vpc-endpoint --region {shlex.quote(stream.region)} --vpc-endpoint-type Interface \\\n"
        f"    --service-name com.amazonaws.{stream.region}.{kind} --private-dns-enabled \\\n"
        "    --vpc-id YOUR-VPC-ID --subnet-ids YOUR-SUBNET-ID --security-group-ids YOUR-SECURITY-GROUP-ID \\\n"
        f"    --policy-document file://{shlex.quote(file_name)}\n"
    )
