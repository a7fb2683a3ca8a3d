"""A device from its package: opened by its owner's OpenPGP key, connected, and publishing readings."""

import io
import json
import logging
import os
import random
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from portal.local.mqtt_device import DeviceDenied, MqttDevice
from portal.openpgp.decrypt import decrypt

AGAIN_AFTER_SECONDS = 20.0
# Never in a folder: OpenSSL reads a key from a file, so it is given one that has no name.
_NAMED_BY_NUMBER = "/dev/fd/{}"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Package:
    """What a device needs of its package: host, client ID, a topic of its own, its certificate and its private key."""

    host: str
    name: str
    topic: str
    certificate: str
    key: bytes = field(repr=False)


def opened(archive: bytes, private_key: str) -> Package:
    """Read a package. Raises OpeningFailed if it was encrypted to other keys, KeyError or ValueError if it is none."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        nodes = {node["type"]: node for node in json.loads(packed.read("node-red-flow.json"))}
        [ciphertext] = [packed.read(name).decode() for name in packed.namelist() if name.endswith(".asc")]
        certificate = packed.read(nodes["tls-config"]["cert"]).decode()
    broker, out = nodes["mqtt-broker"], nodes["mqtt out"]
    key = decrypt(ciphertext, private_key=private_key)
    return Package(broker["broker"], broker["clientid"], out["topic"], certificate, key)


class Device:
    """A device that publishes one reading at a time, and connects again some time after AWS IoT denied something."""

    def __init__(self, package: Package, *, port: int, ca_bundle: Path) -> None:
        self.package = package
        self._port, self._ca_bundle = port, ca_bundle
        self._climate = random.Random(package.name)
        self._connection: MqttDevice | None = None
        self._again_at = 0.0

    def publish(self) -> bytes | None:
        """Publish a reading and return it; None if AWS IoT denied it, or a moment ago."""
        if time.monotonic() < self._again_at:
            return None
        reading = json.dumps(self._reading()).encode()
        try:
            self._connected().publish(self.package.topic, reading)
        except (DeviceDenied, TimeoutError) as fault:
            logger.warning("%s: denied: %s", self.package.name, fault)
            self._connection, self._again_at = None, time.monotonic() + AGAIN_AFTER_SECONDS
            return None
        return reading

    def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()

    def _connected(self) -> MqttDevice:
        if self._connection is None:
            with _nameless(self.package.certificate.encode()) as certificate, _nameless(self.package.key) as key:
                paths = [Path(_NAMED_BY_NUMBER.format(file.fileno())) for file in (certificate, key)]
                files = {"certificate": paths[0], "key": paths[1]}
                connection = MqttDevice(self.package.name, ca_bundle=self._ca_bundle, **files)
            connection.connect(self.package.host, self._port)
            logger.info("%s: connected", self.package.name)
            self._connection = connection
        return self._connection

    def _reading(self) -> dict[str, float]:
        return {
            "temperature": round(self._climate.gauss(21.0, 0.6), 1),
            "humidity": round(self._climate.gauss(45.0, 4.0), 1),
            "co2": round(self._climate.gauss(620.0, 60.0)),
        }


def _nameless(content: bytes) -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        file: IO[bytes] = os.fdopen(os.memfd_create("device"), "w+b")
    else:
        file = TemporaryFile()  # noqa: SIM115  (the caller closes it)
    file.write(content)
    file.flush()
    file.seek(0)
    return file
