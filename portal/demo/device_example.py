"""Fabrikam Lofts, with devices of its own: their certificates, and their packages as its admin downloads them."""

import sys
import time
from dataclasses import replace
from pathlib import Path

from onboarding.iot.device_package import package
from onboarding.iot.device_source import BY_DEVICE, DeviceSource
from onboarding.iot.thing_rules import NewThing
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import ThingState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from onboarding.things import requests
from onboarding.things.selectors import facts_of
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS
from portal.demo.cast import DEVICE_STREAM, FABRIKAM
from portal.demo.onboarded import REGION, SECONDS, Admin

ADMIN = Admin(FABRIKAM, "admin@fabrikam.example")
CONNECTION = "Fabrikam production"
INTEGRATION = "Fabrikam Lofts climate"
OPTIONAL = replace(DEFAULT_PERMISSIONS, devices=True)
USER_ID = "Fabrikam Lofts operations (demo) <ops@fabrikam.example>"
SOURCE = DeviceSource("sluice-fabrikam-climate", "sluice-fabrikam", "sluice-fabrikam/climate", partition_key=BY_DEVICE)
THINGS = tuple(NewThing(f"sluice-fabrikam-loft-{number}", {"floor": str(number)}) for number in (1, 2, 3))


def start(folder: Path) -> Run | None:
    """Start the run that sets up the integration, unless it is live; the folder is for the client's OpenPGP key."""
    if ADMIN.live(INTEGRATION):
        return None
    connection = ADMIN.connection(CONNECTION, OPTIONAL)
    key = ADMIN.key(folder, USER_ID)
    stream = StreamSpec(name=DEVICE_STREAM, region=REGION, shards=1, retention_hours=24)
    spec = IntegrationSpec(INTEGRATION, connection.name, stream, (), (key.fingerprint,), devices=SOURCE)
    return ADMIN.run(spec)


def deliver(folder: Path) -> None:
    """Add the devices, unless there are some, wait for their certificates, and write their packages into a folder."""
    integration = ADMIN.live(INTEGRATION)
    if integration is None or integration.things.exists():
        return
    to = [ADMIN.key(folder, USER_ID).fingerprint]
    requests.add_things(integration=integration, things=THINGS, recipients=to, actor=ADMIN.email)
    _wait(integration)
    packages = packages_of(folder)
    packages.mkdir(parents=True, exist_ok=True)
    for thing in integration.things.filter(state=ThingState.READY):
        if facts := facts_of(thing):
            (packages / f"{facts.stem}.zip").write_bytes(package(facts))


def packages_of(folder: Path) -> Path:
    """Return the folder with the packages of devices. They have no secret: their private keys are encrypted."""
    return folder / "devices"


def _wait(integration: Integration) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if integration.things.filter(state=ThingState.READY).count() == len(THINGS):
            return
        time.sleep(0.2)
    sys.exit(f"The devices were not created within {SECONDS} seconds. They are created in the background.")
