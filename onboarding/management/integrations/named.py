"""The integration that a command names."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from portal.command_line import failed
from portal.messages.message import Message
from portal.tenancy.command import add_tenant, tenant_called
from portal.tenancy.models import Tenant

_UNNAMED = (IntegrationState.DRAFT, IntegrationState.REMOVED)


def add_integration(parser: ArgumentParser) -> None:
    """Add the arguments that name an integration."""
    parser.add_argument("name", help=_("The integration's name or uid."))
    add_tenant(parser)


def add_spec(parser: ArgumentParser) -> None:
    """Add the arguments that name a spec and its tenant."""
    parser.add_argument("file", type=Path, help=_("The spec, a YAML file, or - for standard input."))
    add_tenant(parser)


def named_integration(options: dict[str, Any]) -> Integration:
    """Return the integration that the options name; a draft or a removed one only if there is no other.

    Raises CommandFailed where there is none.
    """
    name, tenant = options["name"], tenant_called(options["tenant"])
    rows = tenant.integrations.filter(name=name) | tenant.integrations.filter(uid=name)
    found = rows.exclude(state__in=_UNNAMED).first() or rows.order_by("-pk").first()
    if found is None:
        raise failed(Message("command.integration_unknown", tenant=str(tenant), integration=name))
    return found


def integration_with_name(tenant: Tenant, name: str) -> Integration | None:
    """Return the tenant's integration that has a name; drafts and removed ones do not use it up."""
    return tenant.integrations.filter(name=name).exclude(state__in=_UNNAMED).first()
