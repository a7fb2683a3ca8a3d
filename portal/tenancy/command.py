"""The tenant that a command names."""

from argparse import ArgumentParser

from django.utils.translation import gettext as _

from portal.command_line import failed
from portal.messages.message import Message
from portal.tenancy.models import Tenant


def add_tenant(parser: ArgumentParser) -> None:
    """Add the argument that names the tenant."""
    parser.add_argument("--tenant", required=True, metavar="SLUG", help=_("The tenant's slug."))


def tenant_called(slug: str) -> Tenant:
    """Return the tenant; raises CommandFailed with the slug where there is none."""
    try:
        return Tenant.objects.get(slug=slug)
    except Tenant.DoesNotExist:
        raise failed(Message("command.tenant_unknown", tenant=slug)) from None
