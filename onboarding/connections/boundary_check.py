"""Whether a spec stays inside what a connection lets Sluice adopt and Firehose's roles reach.

Each delivery's role gets its own rights, and the permissions boundary of the connection is the most that it can have:
a right beyond it is refused by AWS when records are delivered, hours after a run that succeeded. So it is told here,
before anything is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from onboarding.connections.grant import grant_of
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from onboarding.provisioning.plan import Plan
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from portal.aws.policies.boundary_check import OutsideBoundary, outside_boundary
from portal.aws.policies.listed_arns import listable_arn
from portal.aws.policies.optional_permissions import (
    OPT_IN_PERMISSIONS,
    OPTIONAL_PERMISSIONS,
    ChosenPermissions,
    OptionalPermission,
)
from portal.aws.policies.statements import allow, document

_TODO = "Then update the role with one of its files."


def problems(spec: IntegrationSpec, connection: Connection) -> list[Problem]:
    """Return what may not be adopted or delivered to by this connection, why, and what to change; [] when all may.

    Paths are those of the spec, such as deliveries.0.destination.secret_arn. AWS is not asked: the grant as it was
    chosen counts, and the boundary as it was last read in the account. Whatever starts a run asks here; a page may ask
    for a spec of one delivery.
    """
    if not connection.has_grant:
        return []  # nothing binds the roles that somebody makes themselves
    plan = _plan(spec, connection)
    found = [Problem("stream.name", words) for words in _of_stream(plan, connection)]
    for position, delivery in enumerate(spec.deliveries):
        try:
            beyond = list(_of_delivery(delivery, plan, connection))
        except ValueError:
            continue  # an ARN that is none: the delivery's own rules tell of it
        found += [Problem(f"deliveries.{position}.{path}", words) for path, words in beyond]
    return list(dict.fromkeys(found))


def may_adopt(connection: Connection, stream_arn: str) -> bool:
    """Tell whether the client chose that this stream may be adopted; names that begin with the prefix always may."""
    name, optional = stream_arn.rpartition("stream/")[2], connection.optional_rights
    return name.startswith(connection.name_prefix) or (optional.adoption and stream_arn in optional.others)


def _of_stream(plan: Plan, connection: Connection) -> Iterator[str]:
    stream, arn = plan.spec.stream, plan.stream_arn
    if not stream.adopt:
        return
    if not may_adopt(connection, arn):
        [choice] = [one for one in OPTIONAL_PERMISSIONS if one.key == "adoption"]
        yield (
            f"The connection {connection.name} does not allow Sluice to adopt this stream. On its page, choose "
            f"“{choice.title}” and list {arn}. {_TODO}"
        )
        return
    deployed = (connection.deployed.get("policies") or {}).get("SluiceStreams")
    if deployed is not None and outside_boundary(document(allow("", ["kinesis:AddTagsToStream"], arn)), deployed):
        yield (
            f"You allowed this, but the role in account {connection.account_id} is out of date. Update it with "
            f"one of its files, then verify the connection {connection.name} again."
        )


def _plan(spec: IntegrationSpec, connection: Connection) -> Plan:
    # The names that follow from an integration's uid stand in no right beyond stream, bucket and log.
    return Plan(
        integration_uid="0" * 12,
        tenant_slug=connection.tenant.slug,
        account_id=connection.account_id,
        partition=connection.partition,
        boundary_arn=connection.boundary_arn,
        name_prefix=connection.name_prefix,
        spec=spec,
    )


def _beyond_choice(delivery: Delivery, plan: Plan, connection: Connection) -> list[OutsideBoundary]:
    rights = document(*delivery.statements(plan.place_of(delivery)))
    return outside_boundary(rights, grant_of(connection).boundary.document)


def _of_delivery(delivery: Delivery, plan: Plan, connection: Connection) -> Iterator[tuple[str, str]]:
    beyond = _beyond_choice(delivery, plan, connection)
    cures: dict[tuple[OptionalPermission | None, str], OutsideBoundary] = {}
    for one in beyond:
        cures.setdefault(_cure(connection, connection.optional_rights, one), one)
    listing = {choice for choice, listed in cures if listed}
    for (choice, listed), one in cures.items():
        # What has to be listed says the right as well.
        if listed or choice is None or choice not in listing:
            yield _path(delivery, choice, one.resource), _words(connection, choice, listed, one)
    if not beyond and _is_behind(delivery, plan, connection):
        yield (
            "destination",
            f"You allowed this, but the role in account {connection.account_id} is out of date. Update it with "
            f"one of its files, then verify the connection {connection.name} again.",
        )


def _is_behind(delivery: Delivery, plan: Plan, connection: Connection) -> bool:
    boundary = (connection.deployed.get("policies") or {}).get("Boundary")
    rights = document(*delivery.statements(plan.place_of(delivery)))
    return boundary is not None and bool(outside_boundary(rights, boundary))


def _cure(
    connection: Connection, optional: ChosenPermissions, beyond: OutsideBoundary
) -> tuple[OptionalPermission | None, str]:
    """Return the right that is needed (None: there is none) and the ARN that has to be listed ("": none has)."""
    listed = listable_arn(beyond.resource) or ""
    # What was chosen already comes first: then only the listing is missing.
    choices = sorted(OPT_IN_PERMISSIONS, key=lambda one: one.key not in optional.chosen)
    for others in ((), (listed,) if listed else ()):
        for choice in choices:
            wider = replace(optional, **{choice.key: True}, others=(*optional.others, *others))
            boundary = replace(grant_of(connection), optional=wider).boundary.document
            if not outside_boundary({"Statement": [beyond.statement]}, boundary):
                return choice, others[0] if others else ""
    return None, ""


def _words(connection: Connection, choice: OptionalPermission | None, listed: str, beyond: OutsideBoundary) -> str:
    if choice is None:
        return f"Firehose needs {beyond.action} on {beyond.resource}, which no permission of a connection allows."
    steps = []
    if choice.key not in connection.optional_rights.chosen:
        steps.append(f"choose “{choice.title}”")
    if listed:
        steps.append(f"list {listed} there, as its name does not begin with “{connection.name_prefix}”")
    do = " and ".join(steps)
    return f"The connection {connection.name} does not allow this delivery. On its page, {do}. {_TODO}"


def _path(delivery: Delivery, choice: OptionalPermission | None, resource: str) -> str:
    """Return the setting that names the resource, or the part of the delivery that needs the right."""
    plain = {part: value for part, value in asdict(delivery).items() if part in {"destination", "transform"}}
    wanted = {resource, listable_arn(resource) or resource}
    for path, value in _leaves(plain):
        if value.startswith("arn:") and wanted & {value, listable_arn(value)}:
            return path
    for path, value in _leaves(plain):
        is_name = path.endswith((".database", ".warehouse_bucket"))
        if is_name and any(one.endswith((f"/{value}", f":{value}")) for one in wanted):
            return path
    return "destination.vpc" if choice is not None and choice.key == "network" else "destination"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        rows = list(value.items())
    elif isinstance(value, (list, tuple)):
        rows = list(enumerate(value))
    else:
        if isinstance(value, str) and value:
            yield path, value
        return
    for key, one in rows:
        yield from _leaves(one, f"{path}.{key}" if path else str(key))
