"""The emulator runs in an environment of its own, and takes nothing of the portal's into its process."""

import json
import subprocess

import pytest

from portal.local import ministack

PORTALS = {"onboarding", "monitoring", "django", "celery", "boto3"}
OF_THE_EMULATOR = {"portal", "portal.local"}  # the folders that it is in; neither imports anything
_PRINT_LOADED = "import sys, json; print(json.dumps(sorted(sys.modules)))"


def run(code: str) -> subprocess.CompletedProcess[str]:
    command = [ministack.interpreter(), "-c", code]
    return subprocess.run(
        command, env=ministack.import_environment(), capture_output=True, text=True, check=False, timeout=120
    )


def test_it_loads_nothing_of_the_portal() -> None:
    done = run(f"import portal.local.emulator.app; {_PRINT_LOADED}")
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert {"portal.local.emulator", "ministack"} <= loaded
    assert loaded & PORTALS == set()
    of_portal = {name for name in loaded if name.partition(".")[0] == "portal"}
    assert {name for name in of_portal if not name.startswith("portal.local.emulator")} == OF_THE_EMULATOR


@pytest.mark.parametrize("package", ["boto3", "django", "celery", "pytest"])
def test_its_environment_lacks_what_the_portal_runs_on(package: str) -> None:
    done = run(f"import {package}")
    assert done.returncode == 1
    assert f"No module named '{package}'" in done.stderr
