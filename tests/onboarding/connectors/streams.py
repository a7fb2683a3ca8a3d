"""The same stream as several consumers see it."""

from dataclasses import replace

from onboarding.connectors.consumed_stream import AssumedRole, ConsumedStream

ACCOUNT, REGION, NAME = "111122223333", "us-east-1", "sluice-harbour.north"
STREAM_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{NAME}"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0f1e2d3c-0000-4000-8000-000000000001"
CONSUMER_ARN = f"{STREAM_ARN}/consumer/analytics:1764500000"
ROLE = AssumedRole(f"arn:aws:iam::{ACCOUNT}:role/sluice/consumers/harbour-analytics", "a/b:c=d,e.f@g+h_1")

ITSELF = ConsumedStream(
    integration_uid="5f1d9c2a",
    account_id=ACCOUNT,
    region=REGION,
    stream_name=NAME,
    stream_arn=STREAM_ARN,
    endpoint_url=f"https://kinesis.{REGION}.amazonaws.com",
    shards=2,
    key_arn=KEY_ARN,
)
STREAMS = {
    "itself": ITSELF,
    "role": replace(ITSELF, role=ROLE),
    "fan-out": replace(ITSELF, role=ROLE, fanout_arn=CONSUMER_ARN),
    "fips": replace(ITSELF, role=ROLE, fips=True, endpoint_url=f"https://kinesis-fips.{REGION}.amazonaws.com"),
    "on demand": replace(ITSELF, mode="ON_DEMAND", shards=None, key_arn=None),
    "text": replace(ITSELF, encoding="text"),
}
