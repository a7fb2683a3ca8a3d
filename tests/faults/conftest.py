"""The suite's rig: a database of its own, the emulator, and an environment that worker processes inherit."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from portal.local.ministack import MiniStack
from tests import quick_children
from tests.faults.installation import Installation, proxied_installation
from tests.faults.leaks import RedisCommands
from tests.faults.scenario import Rig
from tests.vendor_sender import sender_identity
from tests.world import Keypair, client_keypair, portal_user, vendor_keypair

__all__ = ["client_keypair", "portal", "portal_user", "redis_commands", "rig", "vendor_keypair"]


@pytest.fixture(scope="module")
def rig(
    django_db_setup: None,
    django_db_blocker,
    ministack: MiniStack,
    portal_user: dict[str, str],
    vendor_keypair: Keypair,
    client_keypair: Keypair,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Rig]:
    """What scenarios share; the database is emptied at the end, since their workers commit."""
    folder = tmp_path_factory.mktemp("faults")
    certificate = folder / "delivery.asc"
    certificate.write_text(vendor_keypair.certificate)
    with django_db_blocker.unblock(), quick_children.installed(), pytest.MonkeyPatch.context() as patch:
        for name, value in environment(ministack, portal_user, certificate).items():
            patch.setenv(name, value)
        sender_arn, sender = sender_identity(ministack)
        patch.setenv("SLUICE_VENDOR_PRINCIPAL_ARN", sender_arn)
        patch.setattr("django.conf.settings.SLUICE_VENDOR_PRINCIPAL_ARN", sender_arn)
        patch.setattr("django.conf.settings.SLUICE_VENDOR_CERTIFICATE_FILE", certificate)
        patch.setattr("django.conf.settings.SLUICE_PORTAL_PRINCIPAL_ARN", portal_user["SLUICE_PORTAL_PRINCIPAL_ARN"])
        yield Rig(folder, client_keypair, sender.credentials)
        call_command("flush", interactive=False, verbosity=0)
        connection.close()


@pytest.fixture(scope="module")
def redis_commands() -> Iterator[RedisCommands]:
    """Every command that Redis received while the module's tests ran."""
    with RedisCommands().watched() as commands:
        yield commands


@pytest.fixture(scope="module")
def portal(
    django_db_setup: None,
    django_db_blocker,
    ministack: MiniStack,
    portal_user: dict[str, str],
    vendor_keypair: Keypair,
    client_keypair: Keypair,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    """An installation whose servers the module's tests take away and bring back."""
    folder = tmp_path_factory.mktemp("portal")
    prepared = proxied_installation(ministack, portal_user, vendor_keypair, client_keypair, folder)
    with django_db_blocker.unblock(), prepared as found:
        yield found


def environment(ministack: MiniStack, identity: dict[str, str], certificate: Path) -> dict[str, str]:
    """What a worker process needs besides the environment of the test run."""
    return {
        **ministack.environment,
        **identity,
        "DATABASE_URL": database_url(),
        "SLUICE_VENDOR_CERTIFICATE_FILE": str(certificate),
        "SLUICE_LOG_LEVEL": "DEBUG",
    }


def database_url() -> str:
    """The URL of the test database, which has another name than the one the test run was started with."""
    before, _, after = os.environ["DATABASE_URL"].partition("?")
    server = before.rsplit("/", 1)[0]
    return f"{server}/{connection.settings_dict['NAME']}" + (f"?{after}" if after else "")
