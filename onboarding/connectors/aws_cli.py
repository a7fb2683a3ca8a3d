"""The AWS CLI: a script that prints the records of every shard once, from the oldest on. Pure.

https://docs.aws.amazon.com/cli/latest/reference/kinesis/
"""

from __future__ import annotations

import shlex

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from portal.messages.message import Message
from portal.placeholders import filled

KEY, TITLE = "aws-cli", "AWS CLI"
_SOURCES = (Source("AWS CLI 2", "https://docs.aws.amazon.com/cli/latest/reference/kinesis/get-records.html"),)
_ASSUME = """\
credentials=$(aws sts assume-role --role-arn @role@ --role-session-name @session@@external@ \\
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
AWS_ACCESS_KEY_ID=$(printf '%s' "$credentials" | cut -f1)
AWS_SECRET_ACCESS_KEY=$(printf '%s' "$credentials" | cut -f2)
AWS_SESSION_TOKEN=$(printf '%s' "$credentials" | cut -f3)
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
unset AWS_PROFILE
"""
_READ = """\
shards=$(aws kinesis list-shards --stream-name @stream@ --query 'Shards[].ShardId' --output text)
for shard in $shards; do
    iterator=$(aws kinesis get-shard-iterator --stream-name @stream@ --shard-id "$shard" \\
        --shard-iterator-type TRIM_HORIZON --query ShardIterator --output text)
    aws kinesis get-records --shard-iterator "$iterator" --limit 1000 \\
        --query 'Records[].Data' --output text | tr '\\t' '\\n' |
        while read -r data; do
            if [ -n "$data" ] && [ "$data" != None ]; then
                printf '%s' "$data" | base64 -d
                echo
            fi
        done
done
"""


def settings(stream: ConsumedStream) -> Connector:
    """Return the script, and a profile for ~/.aws/config that signs in the same way."""
    return Connector(
        key=KEY,
        title=TITLE,
        files=(
            ConnectorFile("read-records.sh", "shell", _script(stream)),
            ConnectorFile("aws-config", "ini", sign_in.profile_file(stream)),
        ),
        policies=sign_in.reading(stream),
        reader=Message("connector.reader.unlisted"),
        costs=sign_in.costs(stream, fanout=False),
        sources=_SOURCES,
        secrets=(Message("connector.aws_cli.secret"),),
        notes=(
            Message("connector.aws_cli.profile", profile=sign_in.PROFILE, section=sign_in.key_section(stream)),
            Message("connector.aws_cli.once"),
        ),
    )


def _script(stream: ConsumedStream) -> str:
    head = (
        "#!/bin/sh\n"
        f"# Prints the oldest records of each shard of {stream.stream_name}, at most 1,000 a shard.\n"
        "set -eu\n"
        # Version 1 of the AWS CLI reads the second name alone.
        f"export AWS_REGION={shlex.quote(stream.region)} AWS_DEFAULT_REGION={shlex.quote(stream.region)}\n"
    )
    if stream.fips:
        head += "export AWS_USE_FIPS_ENDPOINT=true\n"
    return head + _assume(stream) + filled(_READ, {"stream": shlex.quote(stream.stream_name)})


def _assume(stream: ConsumedStream) -> str:
    role = stream.role
    if role is None:
        return ""
    external_id = f" \\\n    --external-id {shlex.quote(role.external_id)}" if role.external_id else ""
    values = {"role": shlex.quote(role.arn), "session": shlex.quote(stream.session_name), "external": external_id}
    return filled(_ASSUME, values)
