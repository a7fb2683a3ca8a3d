"""What a client has to choose or list, so that a delivery's role may do what lies outside the connection's boundary."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from onboarding.connections.grant import grant_of
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from portal.aws.policies.boundary_check import OutsideBoundary, outside_boundary
from portal.aws.policies.listed_arns import listable_arn
from portal.aws.policies.optional_permissions import OPT_IN_PERMISSIONS, OptionalPermission
from portal.messages.message import Message


def messages(
    delivery: Delivery, connection: Connection, beyond: list[OutsideBoundary]
) -> Iterator[tuple[str, Message]]:
    """Yield (path within the delivery, message) for each permission or ARN that is missing; each is named once."""
    remedies: dict[tuple[OptionalPermission | None, str], OutsideBoundary] = {}
    for outside in beyond:
        remedies.setdefault(_remedy(connection, outside), outside)
    to_list = {permission for permission, arn in remedies if arn}
    for (permission, arn), outside in remedies.items():
        # A message that asks to list an ARN asks for its permission as well.
        if arn or permission is None or permission not in to_list:
            yield _path(delivery, permission, outside.resource), _message(connection, permission, arn, outside)


def _remedy(connection: Connection, outside: OutsideBoundary) -> tuple[OptionalPermission | None, str]:
    """Return the permission to choose (None: none allows it) and the ARN to list ("": no ARN needs to be)."""
    optional, arn = connection.optional_permissions, listable_arn(outside.resource) or ""
    # A permission that is chosen already comes first: then only the ARN is missing.
    candidates = sorted(OPT_IN_PERMISSIONS, key=lambda permission: permission.key not in optional.chosen)
    for others in ((), (arn,) if arn else ()):
        for permission in candidates:
            wider = replace(optional, **{permission.key: True}, others=(*optional.others, *others))
            boundary = replace(grant_of(connection), optional=wider).boundary.document
            if not outside_boundary({"Statement": [outside.statement]}, boundary):
                return permission, others[0] if others else ""
    return None, ""


def _message(
    connection: Connection, permission: OptionalPermission | None, arn: str, outside: OutsideBoundary
) -> Message:
    if permission is None:
        return Message("connection.never_allowed", action=outside.action, arn=outside.resource)
    name, title = connection.name, permission.title
    if not arn:
        return Message("connection.delivery_needs_permission", connection=name, permission=title)
    place = {"connection": name, "arn": arn, "prefix": connection.name_prefix}
    if permission.key in connection.optional_permissions.chosen:
        return Message("connection.delivery_needs_listing", permission=title, **place)
    return Message("connection.delivery_needs_permission_and_listing", permission=title, **place)


def _path(delivery: Delivery, permission: OptionalPermission | None, resource: str) -> str:
    """Return the setting that names the resource, or the part of the delivery that needs the permission."""
    settings = {part: value for part, value in asdict(delivery).items() if part in {"destination", "transform"}}
    wanted = {resource, listable_arn(resource) or resource}
    for path, value in _texts(settings):
        if value.startswith("arn:") and wanted & {value, listable_arn(value)}:
            return path
    for path, value in _texts(settings):
        is_name = path.endswith((".database", ".warehouse_bucket"))
        if is_name and any(arn.endswith((f"/{value}", f":{value}")) for arn in wanted):
            return path
    return "destination.vpc" if permission is not None and permission.key == "network" else "destination"


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value:
            yield path, value
        return
    if isinstance(value, Mapping):
        items = list(value.items())
    else:
        items = list(enumerate(value)) if isinstance(value, (list, tuple)) else []
    for key, item in items:
        yield from _texts(item, f"{path}.{key}" if path else str(key))
