"""The connection that a command names, and how commands print it."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from onboarding.account_state.connection_status import connection_status
from onboarding.models.connection import Connection
from portal.command_line import failed
from portal.messages.message import Message


def add_connection(parser: ArgumentParser) -> None:
    """Add the arguments that name a connection."""
    parser.add_argument("connection", help=_("The connection's name or uid."))
    parser.add_argument("--tenant", metavar="SLUG", help=_("The tenant's slug, if several tenants use the name."))


def named_connection(options: dict[str, Any]) -> Connection:
    """Return the connection that the options name; raises CommandFailed unless there is exactly one."""
    named, tenant = options["connection"], options["tenant"]
    rows = Connection.objects.filter(uid=named) | Connection.objects.filter(name=named)
    if tenant:
        rows = rows.filter(tenant__slug=tenant)
    found = list(rows.select_related("tenant")[:2])
    if not found and tenant:
        raise failed(Message("connection.unknown", connection=named))
    if not found:
        raise failed(Message("command.connection_unknown", connection=named))
    if len(found) > 1:
        raise failed(Message("command.several_connections", connection=named))
    return found[0]


def as_json(connection: Connection) -> dict[str, Any]:
    """Return a connection as plain JSON, with its external ID."""
    status = connection_status(connection)
    return {
        "uid": connection.uid,
        "name": connection.name,
        "account_id": connection.account_id,
        "external_id": connection.external_id,
        "role_arn": connection.role_arn,
        "state": str(status.state),
        "state_since": status.since,
        "checked_at": status.seen_at,
        "is_expired": status.is_expired,
    }
