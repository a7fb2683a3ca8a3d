"""The open link for a connection's AWS administrator, as the pages of its tenant show it."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from onboarding.connections import administrator_links
from onboarding.models.connection import Connection
from portal.numbers import in_fours


def ask_of(connection: Connection) -> dict[str, Any]:
    """Return the open link, its address, and a mail to write with it."""
    link = administrator_links.open_links(connection).first()
    if link is None:
        return {"can_ask": bool(settings.SLUICE_PORTAL_URL)}
    try:
        address = administrator_links.address_of(link)
    except ValidationError:
        return {"can_ask": True}  # written under a secret key that is no longer the portal's
    return {"can_ask": True, "ask_link": link, "ask_address": address, "ask_mail": _mail(connection, address)}


def _mail(connection: Connection, address: str) -> str:
    subject = _("A role for our sensor data in AWS account %(account)s") % {"account": in_fours(connection.account_id)}
    body = _(
        "Hello,\n\nplease create a role in our AWS account %(account)s. This page says what it may do, and has it as "
        "CloudFormation, AWS CLI and Terraform. You need no account there. The link works for 48 hours:\n%(address)s\n"
    ) % {"account": in_fours(connection.account_id), "address": address}
    return f"mailto:?{urlencode({'subject': subject, 'body': body}).replace('+', '%20')}"
