"""How long each step usually takes, for people who watch a run."""

from portal.messages.message import Message

SECOND = Message("usual.second")
FEW_SECONDS = Message("usual.few_seconds")


def _range(least: int, most: int) -> Message:
    return Message("usual.range", least=least, most=most)


# By what comes before the colon of a step's name.
DURATIONS = {
    "key": FEW_SECONDS,
    "stream": _range(10, 30),
    "encryption": _range(5, 15),
    "shard_metrics": _range(5, 15),
    "producer_policy": SECOND,
    "producer_role": SECOND,
    "producer_role_policy": SECOND,
    "consumer_role": SECOND,
    "bucket": FEW_SECONDS,
    "log_group": SECOND,
    "firehose_role": SECOND,
    "firehose": _range(15, 60),
    "thing_type": SECOND,
    "thing_group": SECOND,
    "device_policy": SECOND,
    "rule_log_group": SECOND,
    "rule_role": SECOND,
    "topic_rule": FEW_SECONDS,
    "fan_out": _range(5, 30),
    "share": SECOND,
    "revoke_access_key": FEW_SECONDS,
    "access_key": FEW_SECONDS,
    "grant": SECOND,
    "test_record": _range(5, 15),
    "remove_access_key": FEW_SECONDS,
    "remove_producer_policy": SECOND,
    "remove_producer_role": SECOND,
    "remove_consumer_role": SECOND,
    "remove_firehose": _range(15, 60),
    "remove_topic_rule": SECOND,
    "remove_thing_type": Message("usual.five_minutes"),
    "remove_thing_group": SECOND,
    "remove_device_policy": SECOND,
    "remove_firehose_role": SECOND,
    "remove_log_group": SECOND,
    "remove_bucket": SECOND,
    "remove_share": SECOND,
    "remove_fan_out": _range(5, 30),
    "remove_stream": _range(10, 60),
    "remove_key": SECOND,
}


def usual_duration(step_name: str) -> Message | None:
    """Return how long a step of this name usually takes, or None for a step of an earlier version."""
    return DURATIONS.get(step_name.partition(":")[0])
