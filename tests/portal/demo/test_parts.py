"""What each process of the demo is given: the simulated building nothing of the portal but its address and a token."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.demo import parts
from portal.demo.places import Places
from tests.architecture.tree import ROOT

SERVERS = SimpleNamespace(
    postgres=SimpleNamespace(url="postgresql://db/sluice"),
    redis=SimpleNamespace(url="redis://broker"),
    ministack=SimpleNamespace(environment={"AWS_ENDPOINT_URL": "https://aws.local"}),
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_the_building_is_told_the_portals_address_and_no_secret_of_it(places: Places) -> None:
    building, devices = [part for part in parts.services(places, host="127.0.0.1", port=8000) if part.is_outside]
    given = parts.environment(building, places, SERVERS, host="127.0.0.1", address="http://localhost:8000")
    assert given["SLUICE_PORTAL_URL"] == "http://localhost:8000"
    assert {name for name in given if name.startswith(("SLUICE_", "DATABASE", "REDIS", "DJANGO"))} == {
        "SLUICE_PORTAL_URL"
    }
    files = (places.vendor_private_key, places.sender_key, places.situation)
    assert building.command[-3:] == tuple(map(str, files))
    assert devices.command[-2:] == (str(places.fabrikam / "devices"), str(places.fabrikam / "private.asc"))


@pytest.mark.parametrize("name", ["building", "devices"])
def test_it_can_reach_no_database(name: str) -> None:
    """Its process loads no part of Django, so no row of the portal's can be read by it."""
    check = f"import sys, portal.demo.{name}.__main__; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, env={}, check=True, timeout=60)
