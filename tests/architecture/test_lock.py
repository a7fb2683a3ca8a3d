import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.locks import EMULATOR_GROUP, EMULATOR_LOCK, LOCKS, PROJECT, without_places

PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[[^]]*])?==(?P<version>[^ ;\\]+)(?P<rest>.*)$")


def text_of(name):
    return (PROJECT / name).read_text(encoding="utf-8")


def pins(name):
    found = [PINNED.match(line) for line in text_of(name).splitlines() if not line.startswith((" ", "#"))]
    assert all(found), f"{name} has a line that pins nothing"
    return {(match["name"], match["version"]) for match in found}


def locked(name):
    versions = {}
    for package, version in pins(name):
        versions.setdefault(canonicalize_name(package), set()).add(version)
    return versions


def declared():
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def asked_for(extras):
    project = declared()["project"]
    optional = project["optional-dependencies"]
    return [Requirement(line) for line in [*project["dependencies"], *(r for extra in extras for r in optional[extra])]]


def asked_for_emulator():
    return [Requirement(line) for line in declared()["dependency-groups"][EMULATOR_GROUP]]


def all_required_by(requirements):
    """Return the names of these packages and of everything that they need on any platform."""
    found, waiting = set(), list(requirements)
    while waiting:
        need = waiting.pop()
        package = canonicalize_name(need.name), frozenset(need.extras)
        if package not in found:
            found.add(package)
            waiting.extend(needs(*package))
    return {name for name, _ in found}


def needs(name, extras):
    try:
        requirements = [Requirement(line) for line in distribution(name).requires or ()]
    except PackageNotFoundError:
        return []  # a package of another platform or Python: what it needs in turn is not known here
    return [need for need in requirements if "extra" not in str(need.marker) or is_for_one_of(extras, need.marker)]


def is_for_one_of(extras, marker):
    return any(marker.evaluate({"extra": extra}) for extra in extras)


ALL_LOCKS = (*LOCKS, EMULATOR_LOCK)


@pytest.mark.parametrize("name", ALL_LOCKS)
def test_a_lock_names_no_place_that_packages_come_from(name):
    lock = text_of(name)
    assert without_places(lock) == lock
    assert "://" not in lock
    assert "\n--" not in lock


@pytest.mark.parametrize("name", ALL_LOCKS)
def test_every_requirement_of_a_lock_has_hashes(name):
    entries = re.split(r"\n(?=\S)", text_of(name).strip())[1:]
    assert entries
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("name", "requirements"),
    [*((name, asked_for(extras)) for name, extras in LOCKS.items()), (EMULATOR_LOCK, asked_for_emulator())],
    ids=ALL_LOCKS,
)
def test_a_lock_holds_what_pyproject_asks_for(name, requirements):
    versions_of = locked(name)
    for requirement in requirements:
        versions = versions_of.get(canonicalize_name(requirement.name), set())
        assert any(requirement.specifier.contains(version) for version in versions), f"{requirement}: run `make lock`"


def test_each_lock_holds_all_of_the_one_before():
    server, demo, developer = (pins(name) for name in LOCKS)
    assert server <= demo <= developer


def test_the_server_installs_only_what_its_own_dependencies_need():
    assert set(locked("requirements.lock")) <= all_required_by(asked_for(()))


def test_what_only_demo_and_tests_ask_for_would_be_found():
    needed = all_required_by(asked_for(()))
    only_elsewhere = {canonicalize_name(need.name) for need in [*asked_for(("demo", "dev")), *asked_for_emulator()]}
    only_elsewhere -= {canonicalize_name(need.name) for need in asked_for(())}
    assert {"moto", "ministack", "pytest", "trustme"} <= only_elsewhere
    assert only_elsewhere & needed == set()


@pytest.mark.parametrize("package", ["boto3", "botocore", "s3transfer"])
def test_what_is_tested_is_the_aws_client_that_a_server_has(package):
    server, demo, developer = (locked(name)[package] for name in LOCKS)
    assert len(server) == 1
    assert server == demo == developer
    assert distribution(package).version in server


def test_the_emulator_decides_no_version_of_the_portal():
    assert [name for name in LOCKS if "ministack" in locked(name)] == []
    assert "boto3" not in locked(EMULATOR_LOCK)


def test_lines_that_name_a_place_are_taken_out():
    places = ("--index-url https://packages.example/simple", "--find-links /wheels", "# from https://packages.example")
    pin = "a==1 \\\n    --hash=sha256:0\n"
    assert without_places("".join(f"{place}\n" for place in places) + pin) == pin
