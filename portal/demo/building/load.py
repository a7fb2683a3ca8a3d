"""How much the building sends in a situation. The rates are bounded: the demo runs on one machine of two cores."""

from portal.demo.building.sensors import Reading

BATCH = 10
BURST_BATCH = 30
# 64 records of 20 KiB are more than the 1 MiB that a shard accepts in a second. The sender waits longer after each
# such batch, up to 20 seconds, so they are about 4 MB a minute.
HOT_BATCH = 64
READINGS_PER_BUFFER = 15
BUFFER_BYTES = 20 * 1024
GATEWAY = "gateway-01"


def repeated_buffer(readings: list[Reading], times: int) -> list[Reading]:
    """Return what a faulty gateway sends: its buffer again and again, each time with the gateway's partition key."""
    data = b"[" + b", ".join(reading.data for reading in readings) + b"]"
    return [Reading(GATEWAY, data.ljust(BUFFER_BYTES))] * times
