"""No process starts with unsafe settings, except on a developer's machine."""

import os
import subprocess
import sys

import pytest
from django.conf import global_settings
from django.utils.module_loading import import_string

import portal.settings
from portal import weak_settings
from portal.env import BadEnvironment

STRONG = "".join(chr(33 + number) for number in range(weak_settings.LEAST_CHARACTERS))
SAFE = {
    "secret_key": STRONG,
    "allowed_hosts": ["portal.example"],
    "debug": False,
    "https": True,
    "staff_second_factor": True,
}


def test_safe_settings_are_accepted() -> None:
    weak_settings.refuse(**SAFE)
    weak_settings.refuse(**{**SAFE, "allowed_hosts": [".portal.example", "127.0.0.1"]})


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"secret_key": "x"}, "SLUICE_SECRET_KEY"),
        ({"secret_key": STRONG[:-1]}, "SLUICE_SECRET_KEY"),
        ({"secret_key": "abcd" * 20}, "SLUICE_SECRET_KEY"),
        ({"allowed_hosts": ["portal.example", "*"]}, "SLUICE_ALLOWED_HOSTS"),
        ({"allowed_hosts": ["."]}, "SLUICE_ALLOWED_HOSTS"),
        ({"debug": True}, "SLUICE_DEBUG"),
        ({"https": False}, "SLUICE_HTTPS"),
        ({"staff_second_factor": False}, "SLUICE_STAFF_SECOND_FACTOR"),
    ],
)
def test_a_weak_setting_is_named_and_its_secret_is_not_shown(changed: dict[str, object], named: str) -> None:
    with pytest.raises(BadEnvironment) as refused:
        weak_settings.refuse(**{**SAFE, **changed})
    lines = str(refused.value).splitlines()
    assert [line.split(" ")[0] for line in lines[:-1]] == [named]
    assert "abcdabcd" not in str(refused.value)
    assert STRONG[:-1] not in str(refused.value)


def check(**environment: str) -> subprocess.CompletedProcess[str]:
    """Django's own check for servers, in a process of its own with this environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    nowhere = {"DATABASE_URL": "postgresql://u/u", "REDIS_URL": "redis://u", "SLUICE_ALLOWED_HOSTS": "portal.example"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command, env={**clean, **nowhere, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_process_starts_with_safe_settings_and_djangos_check_finds_nothing() -> None:
    found = check(SLUICE_SECRET_KEY=STRONG)
    assert (found.returncode, found.stdout) == (0, "System check identified no issues (0 silenced).\n"), found.stderr


def test_a_process_with_weak_settings_does_not_start() -> None:
    found = check(SLUICE_SECRET_KEY="x", SLUICE_ALLOWED_HOSTS="*", SLUICE_DEBUG="1", SLUICE_HTTPS="0")
    assert found.returncode != 0
    for name in ("SLUICE_SECRET_KEY", "SLUICE_ALLOWED_HOSTS", "SLUICE_DEBUG", "SLUICE_HTTPS", "SLUICE_DEVELOPMENT"):
        assert name in found.stderr


def test_passwords_are_hashed_slowly() -> None:
    assert not hasattr(portal.settings, "PASSWORD_HASHERS")
    first = import_string(global_settings.PASSWORD_HASHERS[0])
    assert (first.algorithm, first.iterations >= 600_000) == ("pbkdf2_sha256", True)


ASKED = """
import django
django.setup()
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from portal.message_cookies import HostCookie
for path in ("/healthz", "/", "/accounts/login/"):
    print(Client().get(path, headers={"host": "portal.example"}).status_code)
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, HostCookie(HttpRequest()).cookie_name)
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS)
"""


def test_over_https_people_are_redirected_probes_are_not_and_cookies_are_the_hosts() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    given = {
        "DATABASE_URL": "postgresql://u/u",
        "REDIS_URL": "redis://u",
        "SLUICE_ALLOWED_HOSTS": "portal.example",
        "SLUICE_SECRET_KEY": STRONG,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    command = [sys.executable, "-W", "ignore", "-c", ASKED]
    found = subprocess.run(command, env={**clean, **given}, capture_output=True, text=True, timeout=60, check=False)
    *statuses, names, secure = found.stdout.splitlines()
    assert statuses == ["200", "301", "301"], found.stderr
    assert names == "__Host-sessionid __Host-csrftoken __Host-messages"
    assert secure == f"True True {365 * 24 * 3600}"
