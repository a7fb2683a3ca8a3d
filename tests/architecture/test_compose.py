"""What docker-compose.yml passes on: each process gets every variable that the documents say it uses, and no other."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.env import SECRETS
from tests.architecture.compose_file import PORTAL, SERVER, Missing, of_the_image, read, used_by
from tests.architecture.tree import ROOT


def test_each_process_gets_the_variables_that_it_uses_and_no_other() -> None:
    services, of_image = read(SERVER)["services"], of_the_image()
    documented = used_by()
    assert len(documented) > 60
    for name in sorted(PORTAL):
        wanted = {variable for variable, users in documented.items() if name in users} - of_image
        assert sorted(services[name]["environment"]) == sorted(wanted), name


@pytest.mark.parametrize("name", sorted(used_by()))
def test_a_value_reaches_every_process_that_uses_it(name: str) -> None:
    if name in of_the_image() or name == "SLUICE_VENDOR_CERTIFICATE_FILE":
        return  # set by the image; mounted from SLUICE_VENDOR_CERTIFICATE
    value = "/etc/sluice/given" if name.endswith("_FILE") else "given"
    services = read({**SERVER, name: value})["services"]
    for user in used_by()[name]:
        found = services[user]["environment"][name]
        if name.endswith("_FILE"):
            assert found.removeprefix("/run/secrets/") in services[user]["secrets"]
        else:
            assert found.startswith(value)


def test_every_secret_can_be_a_file_and_is_mounted_where_it_is_used() -> None:
    documented = used_by()
    for name in SECRETS:
        assert documented[f"{name}_FILE"] == documented[name]
    whole = read({**SERVER, **{f"{name}_FILE": f"/etc/{name}" for name in SECRETS}})
    assert {f"/etc/{name}" for name in SECRETS} <= {secret["file"] for secret in whole["secrets"].values()}


def test_mail_with_a_link_can_be_sent_after_a_change_of_the_secret_key() -> None:
    given = {"SLUICE_SECRET_KEY_FALLBACKS": "earlier", "SLUICE_SECRET_KEY_FALLBACKS_FILE": "/etc/sluice/earlier"}
    services = read({**SERVER, **given})["services"]
    for name in ("web", "worker-outbox"):  # these write links: the page People, and mail of an invitation
        environment = services[name]["environment"]
        assert environment["SLUICE_SECRET_KEY_FALLBACKS"] == "earlier"
        assert environment["SLUICE_SECRET_KEY_FALLBACKS_FILE"] == "/run/secrets/secret-key-fallbacks"
        assert "secret-key-fallbacks" in services[name]["secrets"]


def test_a_secret_that_is_no_file_is_neither_mounted_nor_used() -> None:
    whole = read(SERVER)
    files = {name: secret["file"] for name, secret in whole["secrets"].items()}
    assert files.pop("vendor-certificate") == "/etc/sluice/vendor.asc"
    assert set(files.values()) == {"/dev/null"}
    environment = whole["services"]["web"]["environment"]
    assert [name for name in SECRETS if environment.get(f"{name}_FILE")] == []


def test_what_is_not_set_is_passed_to_no_process_so_that_its_default_applies() -> None:
    environment = read(SERVER)["services"]["web"]["environment"]
    assert [
        name for name in ("SLUICE_LEASE_SECONDS", "SLUICE_HTTPS", "AWS_PROFILE") if environment[name] is not None
    ] == []


def test_several_web_processes_share_a_range_of_ports() -> None:
    assert read(SERVER)["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert read({**SERVER, "SLUICE_PORT": "8000-8003"})["services"]["web"]["ports"] == ["127.0.0.1:8000-8003:8000"]
    assert [name for name, service in read(SERVER)["services"].items() if "container_name" in service] == []


def test_servers_elsewhere_need_no_change_of_the_file() -> None:
    elsewhere = {
        "DATABASE_URL": "postgresql://portal@db.example/x",
        "DATABASE_OWNER_URL": "postgresql://o@db.example/x",
    }
    given = {**SERVER, **elsewhere, "REDIS_URL": "rediss://redis.example/0", "COMPOSE_PROFILES": ""}
    del given["POSTGRES_PASSWORD"], given["POSTGRES_PORTAL_PASSWORD"]
    services = read(given)["services"]
    for name, profile in (("postgres", "postgres"), ("redis", "redis")):
        assert services[name]["profiles"] == [profile]
        waiting = [each["depends_on"][name] for each in services.values() if name in each.get("depends_on", {})]
        assert waiting
        assert all(each["required"] is False for each in waiting)
    assert {services[name]["environment"]["DATABASE_URL"] for name in PORTAL} == {elsewhere["DATABASE_URL"]}
    assert services["migrate"]["environment"]["DATABASE_OWNER_URL"] == elsewhere["DATABASE_OWNER_URL"]
    assert {services[name]["environment"]["REDIS_URL"] for name in PORTAL} == {"rediss://redis.example/0"}


def test_the_servers_of_the_file_are_those_that_its_addresses_lead_to() -> None:
    services = read(SERVER)["services"]
    assert services["web"]["environment"]["DATABASE_URL"] == "postgresql://sluice_portal:portal@postgres/sluice"
    assert services["migrate"]["environment"]["DATABASE_OWNER_URL"] == "postgresql://sluice:owner@postgres/sluice"
    assert services["web"]["environment"]["REDIS_URL"] == "redis://redis:6379/0"


@pytest.mark.parametrize(
    "name", ["COMPOSE_PROFILES", "SLUICE_ALLOWED_HOSTS", "SLUICE_PORTAL_PRINCIPAL_ARN", "SLUICE_VENDOR_CERTIFICATE"]
)
def test_compose_stops_without_what_has_no_default(name: str) -> None:
    with pytest.raises(Missing, match=name):
        read({key: value for key, value in SERVER.items() if key != name})


# Compose itself, where the machine has it; it needs no Docker engine to read a file.


@pytest.mark.audit
@pytest.mark.parametrize("profiles", ["postgres,redis", "postgres", ""])
def test_compose_reads_the_file_as_these_tests_do(
    profiles: str, tmp_path: Path, not_run: Callable[[str], None]
) -> None:
    given = {**SERVER, "COMPOSE_PROFILES": profiles, "SLUICE_LEASE_SECONDS": "31", "SLUICE_PORT": "8000-8003"}
    env_file = tmp_path / "env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in given.items()), encoding="utf-8")
    docker = [shutil.which("docker") or "false", "compose"]
    if subprocess.run([*docker, "version"], check=False, capture_output=True, timeout=60).returncode:
        not_run("docker-compose.yml was not read by Docker Compose: it is not installed")
        return
    command = [*docker, "--project-directory", str(ROOT), "--env-file", str(env_file), "config", "--format=json"]
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "DOCKER_CONFIG"}}
    printed = subprocess.run(command, capture_output=True, check=True, timeout=60, env=environment).stdout
    services, ours = json.loads(printed)["services"], read(given)["services"]
    assert set(services) == PORTAL | set(filter(None, profiles.split(",")))
    for name, service in services.items():
        assert service.get("environment") == ours[name].get("environment"), name
        assert [secret["source"] for secret in service.get("secrets", [])] == ours[name].get("secrets", [])
    assert services["web"]["ports"][0]["published"] == "8000-8003"
