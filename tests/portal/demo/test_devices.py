"""The simulated devices: what they open, and the metrics that they publish in AWS's place."""

import io
import itertools
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onboarding.iot.device_package import DeviceFacts, package
from portal.demo.devices.__main__ import record_size
from portal.demo.devices.counted import Counted
from portal.demo.devices.device import Device, opened
from portal.local.ministack import MiniStack
from portal.openpgp.certificates import inspect
from portal.openpgp.decrypt import OpeningFailed
from portal.openpgp.encrypt import encrypt
from tests.world import Keypair, client_keypair, vendor_keypair

__all__ = ["client_keypair", "vendor_keypair"]
_numbers = itertools.count(488000000000)
TOPIC = "sluice-fabrikam/climate/lamp/telemetry"


@pytest.fixture
def archive(client_keypair: Keypair) -> bytes:
    known = inspect(client_keypair.certificate.encode())
    sealed = encrypt(b"the private key", certificate=known.armored, fingerprint=known.fingerprint)
    keys = {known.fingerprint: sealed.ciphertext}
    return package(DeviceFacts("lamp", "host.example", TOPIC, "certificate", "root", keys))


def test_a_package_is_opened_by_the_key_of_its_owner_only(
    archive: bytes, client_keypair: Keypair, vendor_keypair: Keypair
) -> None:
    found = opened(archive, client_keypair.private_key)
    assert (found.host, found.name, found.topic) == ("host.example", "lamp", TOPIC)
    assert (found.certificate, found.key) == ("certificate", b"the private key")
    assert "private key" not in repr(found)
    with pytest.raises(OpeningFailed):
        opened(archive, vendor_keypair.private_key)
    with io.BytesIO() as empty:
        zipfile.ZipFile(empty, "w").close()
        with pytest.raises(KeyError):
            opened(empty.getvalue(), client_keypair.private_key)


def test_the_records_of_its_readings_are_counted(
    archive: bytes, client_keypair: Keypair, ministack_env: MiniStack
) -> None:
    device = Device(opened(archive, client_keypair.private_key), port=1, ca_bundle=Path("/dev/null"))
    record = {"temperature": 21.5, "topic": TOPIC, "received_at": 1_796_092_256_110}
    size = record_size(device, b'{"temperature": 21.5}')
    assert size == len(json.dumps(record)) + len("lamp")
    root, now = ministack_env.root(str(next(_numbers))), datetime.now(UTC)
    counted = Counted(root, "sluice-a")
    counted.publish(now)  # nothing of a time without records
    for _ in range(3):
        counted.add(size)
    counted.publish(now)
    for name, value in (("IncomingRecords", 3), ("IncomingBytes", 3 * size)):
        found = root.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Kinesis",
            MetricName=name,
            Dimensions=[{"Name": "StreamName", "Value": "sluice-a"}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=600,
            Statistics=["Sum"],
        )["Datapoints"]
        assert sum(point["Sum"] for point in found) == value
