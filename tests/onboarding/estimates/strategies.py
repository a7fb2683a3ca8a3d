"""Traffic and streams for property tests."""

from decimal import Decimal

from hypothesis import strategies as st

from onboarding.estimates.traffic import DeliverySettings, PlannedStream, Traffic

RATES = st.integers(0, 10**10).map(lambda thousandths: Decimal(thousandths) / 1000)
TRAFFIC = st.builds(
    Traffic,
    records_per_second=RATES,
    record_bytes=st.integers(1, 10 * 1024 * 1024),
    burst_factor=st.integers(10, 1000).map(lambda tenths: Decimal(tenths) / 10),
    average_share=st.integers(1, 100).map(lambda percent: Decimal(percent) / 100),
    shared_consumers=st.integers(0, 50),
    fanout_consumers=st.integers(0, 20),
    devices=st.integers(0, 1000),
)
DELIVERIES = st.lists(st.builds(DeliverySettings, st.booleans(), st.booleans()), max_size=5).map(tuple)
STREAMS = st.builds(
    PlannedStream,
    region=st.sampled_from(["us-east-1", "eu-west-1", "eu-north-1"]),
    retention_hours=st.integers(24, 8760),
    shard_level_metrics=st.booleans(),
    kms_key=st.sampled_from(["none", "aws", "own", "new"]),
    deliveries=DELIVERIES,
    has_devices=st.booleans(),
)
