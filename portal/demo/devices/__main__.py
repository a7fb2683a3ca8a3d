"""The process of the simulated devices: opens the packages in a folder, and publishes over MQTT until SIGTERM.

`python -m portal.demo.devices FOLDER PRIVATE_KEY_FILE`. It knows the client's own OpenPGP key, and has no database, no
access key and no secret of the portal. Private keys of devices are in its memory only.
"""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile

from portal.aws.errors import AwsFault
from portal.demo.cast import DEVICE_STREAM, FABRIKAM
from portal.demo.devices.counted import Counted
from portal.demo.devices.device import Device, opened
from portal.local.ministack import root_session
from portal.log_lines import LogLines
from portal.openpgp.decrypt import OpeningFailed

PUBLISH_SECONDS, METRICS_SECONDS = 2.0, 10.0
RECEIVED_AT = 1_800_000_000_000  # the rule adds a number of as many digits to each record
logger = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> None:
    """Run until stopped; the arguments are the folder with packages, and the file with the client's private key."""
    _write_log()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    folder, private_key = map(Path, arguments)
    devices: dict[Path, Device | None] = {}
    counted = Counted(root_session(FABRIKAM.account_id), DEVICE_STREAM)
    metrics_at = time.monotonic()
    while not stopped.wait(PUBLISH_SECONDS):
        for path in sorted(folder.glob("*.zip")):
            if path not in devices:
                devices[path] = _device(path, private_key)
        for device in filter(None, devices.values()):
            if reading := device.publish():
                counted.add(record_size(device, reading))
        if time.monotonic() - metrics_at >= METRICS_SECONDS:
            metrics_at = time.monotonic()
            _publish(counted)
    for device in filter(None, devices.values()):
        device.close()


def record_size(device: Device, reading: bytes) -> int:
    """Return the bytes of the record that the rule makes of a reading, with its partition key."""
    record = {**json.loads(reading), "topic": device.package.topic, "received_at": RECEIVED_AT}
    return len(json.dumps(record).encode()) + len(device.package.name)


def _device(path: Path, private_key: Path) -> Device | None:
    try:
        package = opened(path.read_bytes(), private_key.read_text(encoding="utf-8"))
    except (OpeningFailed, BadZipFile, KeyError, ValueError) as fault:
        logger.warning("%s: cannot be opened: %s", path.name, type(fault).__name__)
        return None
    port, ca_bundle = int(os.environ["EMULATOR_MQTT_PORT"]), Path(os.environ["AWS_CA_BUNDLE"])
    return Device(package, port=port, ca_bundle=ca_bundle)


def _publish(counted: Counted) -> None:
    try:
        counted.publish(datetime.now(UTC))
    except AwsFault as fault:
        logger.warning("metrics of %s: %s: %s", DEVICE_STREAM, fault.code, fault.aws_text)


def _write_log() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(LogLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("botocore", "boto3", "urllib3"):  # at DEBUG these print secrets
        logging.getLogger(name).setLevel(logging.WARNING)


if __name__ == "__main__":
    main(sys.argv[1:])
