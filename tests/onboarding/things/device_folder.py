"""A device's package as its owner uses it: unpacked, and its private key decrypted by gpg."""

import io
import re
import subprocess
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from onboarding.iot.device_package import package
from onboarding.models.thing import Thing
from onboarding.things.selectors import facts_of
from portal.local.ministack import MiniStack
from portal.local.mqtt_device import MqttDevice
from tests.world import World


def unpacked(thing: Thing, folder: Path, world: World) -> Path:
    """Unpack a thing's package into a folder, and decrypt its key by the command of its README."""
    facts = facts_of(thing)
    assert facts is not None
    return opened(package(facts), folder, world.client_key.private_key)


def opened(archive: bytes, folder: Path, private_key: str) -> Path:
    """Unpack a package, and decrypt its key with an OpenPGP key by the command of its README."""
    folder.mkdir()
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(folder)
    found = re.search(r"^ +gpg (--output \S+ --decrypt \S+)$", (folder / "README.txt").read_text(), re.MULTILINE)
    assert found is not None
    with TemporaryDirectory() as home:  # a short path: gpg's agent has its socket in it
        gpg = ["gpg", "--homedir", home, "--batch", "--quiet"]
        subprocess.run([*gpg, "--import"], input=private_key.encode(), check=True, timeout=120)
        subprocess.run([*gpg, *found[1].split()], cwd=folder, check=True, timeout=120)
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True, timeout=120)
    return folder


def device(folder: Path, ministack: MiniStack, *, client_id: str = "") -> MqttDevice:
    """Return a device with the certificate and the decrypted key of its package, and its own name as client ID."""
    [certificate], [key] = folder.glob("*.certificate.pem"), folder.glob("*.private.key")
    name = client_id or certificate.name.removesuffix(".certificate.pem")
    return MqttDevice(name, ca_bundle=ministack.ca_bundle, certificate=certificate, key=key)
