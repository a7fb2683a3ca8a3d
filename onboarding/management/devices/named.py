"""The integration, the devices and the OpenPGP keys that a command names."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from onboarding.account_state.integration_status import integration_status
from onboarding.management.integrations.named import named_integration
from onboarding.models.integration import Integration
from onboarding.models.thing import Thing
from onboarding.things.selectors import listed, usable_keys
from portal.command_line import failed
from portal.messages.message import Message


def add_recipients(parser: ArgumentParser) -> None:
    """Add the argument that names who gets the private keys."""
    parser.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help=_("An OpenPGP key that gets the private keys, repeatable; without it, the integration's recipients."),
    )


def integration_with_devices(options: dict[str, Any]) -> Integration:
    """Return the integration that the options name. Raises CommandFailed where it can have no devices."""
    found = named_integration(options)
    if integration_status(found).is_draft:
        raise failed(Message("command.is_draft", integration=found.name))
    if not (found.spec or {}).get("devices"):
        raise failed(Message("things.no_devices"))
    return found


def recipients(integration: Integration, options: dict[str, Any]) -> list[str]:
    """Return the fingerprints that the options name, or those of the integration's recipients that can be used."""
    if given := options["recipient"]:
        return [fingerprint.replace(" ", "").upper() for fingerprint in given]
    own = set((integration.spec or {}).get("recipients") or [])
    return [key.fingerprint for key in usable_keys(integration) if key.fingerprint in own]


def name_prefix(integration: Integration) -> str:
    """Return the prefix with which the names of devices begin."""
    return integration.connection.name_prefix if integration.connection else ""


def named_devices(integration: Integration, names: list[str]) -> QuerySet[Thing]:
    """Return the devices with these names. Raises CommandFailed with the first name that none has."""
    found = listed(integration).filter(name__in=names)
    there = {thing.name for thing in found}
    if missing := [name for name in names if name not in there]:
        raise failed(Message("command.device_unknown", integration=integration.name, device=missing[0]))
    return found
