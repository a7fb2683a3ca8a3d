"""The boundary check: whether a connection allows Sluice to adopt a spec's stream, and Firehose to deliver to its
destinations.

Each delivery's role gets its own permissions policy, and the connection's permissions boundary is the most that it can
have. AWS denies anything beyond it when records are delivered, hours after a run that succeeded. So it is checked here,
before anything is created.
"""

from collections.abc import Iterator

from onboarding.connections import missing_permissions
from onboarding.connections.grant import deployed_policies, grant_of, lacks
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from onboarding.provisioning.plan import CONSUMERS_PATH, PRODUCERS_PATH, Plan
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.policies.boundary_check import OutsideBoundary, outside_boundary
from portal.aws.policies.fan_out import REGISTER
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS, PERMISSION_BY_KEY
from portal.aws.policies.shares import READ_POLICY
from portal.aws.policies.statements import allow, document
from portal.aws.stream_settings import SMALLEST_RECORD_LIMIT
from portal.messages.message import Message


def problems(spec: IntegrationSpec, connection: Connection) -> list[Problem]:
    """Return what this connection does not allow to adopt or deliver to, why, and what to change; [] if it allows all.

    Paths are those of the spec, such as deliveries.0.destination.secret_arn. AWS is not called: the grant as it was
    chosen counts, and the boundary as it was last read in the account. Every start of a run checks this; a page may
    check a spec of one delivery.
    """
    if not connection.has_grant:
        return []  # no boundary applies to roles that the client creates
    plan = _plan(spec, connection)
    found = [Problem("stream.name", message) for message in _of_stream(plan, connection)]
    found += [Problem(path, _role_out_of_date(connection)) for path in _newer_than_role(spec.stream, connection)]
    if spec.is_by_role and not may_create_producer_roles(connection):
        found.append(Problem("producer", _role_out_of_date(connection)))
    if spec.consumer_roles and (message := consumers_problem(connection)):
        found.append(Problem("consumer_roles", message))
    found += [Problem("devices", message) for message in _of_devices(plan, connection)]
    if spec.shares and (message := sharing_problem(connection)):
        found.append(Problem("shares", message))
    if spec.fan_out and (message := fan_out_problem(connection)):
        found.append(Problem("fan_out", message))
    for position, delivery in enumerate(spec.deliveries):
        try:
            beyond = list(_of_delivery(delivery, plan, connection))
        except ValueError:
            continue  # a value that is no ARN: the delivery's own rules report it
        found += [Problem(f"deliveries.{position}.{path}", message) for path, message in beyond]
    return list(dict.fromkeys(found))


def may_adopt(connection: Connection, stream_arn: str) -> bool:
    """Return whether the client allowed the adoption of this stream. Names that begin with the prefix are allowed."""
    name, optional = stream_arn.rpartition("stream/")[2], connection.optional_permissions
    return name.startswith(connection.name_prefix) or (optional.adoption and stream_arn in optional.others)


def may_create_producer_roles(connection: Connection) -> bool:
    """Return whether the role in the account, as it was last read, may create roles for the vendor's sender."""
    boundary = connection.producer_boundary_arn
    return _may_create_roles(connection, "SluiceIdentity", PRODUCERS_PATH, ("ProducerBoundary", boundary))


def may_create_consumer_roles(connection: Connection) -> bool:
    """Return whether the role in the account, as it was last read, may create roles for consumers."""
    boundary = connection.consumer_boundary_arn
    return _may_create_roles(connection, "SluiceConsumers", CONSUMERS_PATH, ("ConsumerBoundary", boundary))


def _may_create_roles(connection: Connection, policy: str, path: str, boundary: tuple[str, str]) -> bool:
    policies, (key, boundary_arn) = deployed_policies(connection), boundary
    if policies is None:
        return True  # not known: AWS decides
    arn = f"arn:{connection.partition}:iam::{connection.account_id}:role{path}{connection.name_prefix}x"
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary_arn}}
    wanted = document(allow("", ["iam:CreateRole", "iam:PutRolePolicy"], arn, condition=bounded))
    granted = policies.get(policy)
    return policies.get(key) is not None and granted is not None and not outside_boundary(wanted, granted)


def consumers_problem(connection: Connection) -> Message | None:
    """Return why a connection allows no roles for consumers, and what to do; None if it allows them."""
    if not connection.allow_consumers:
        permission = PERMISSION_BY_KEY["consumers"].title
        return Message("consumer.not_allowed", connection=connection.name, permission=permission)
    return None if may_create_consumer_roles(connection) else _role_out_of_date(connection)


def sharing_problem(connection: Connection) -> Message | None:
    """Return why a connection allows no shares, and what to do; None if it allows them."""
    if not connection.allow_sharing:
        title = PERMISSION_BY_KEY["sharing"].title
        return Message("connection.sharing_not_allowed", connection=connection.name, permission=title)
    return _role_out_of_date(connection) if lacks(connection, READ_POLICY) else None


def fan_out_problem(connection: Connection) -> Message | None:
    """Return why a connection allows no registered consumers, and what to do; None if it allows them."""
    if not connection.allow_fanout:
        title = PERMISSION_BY_KEY["fanout"].title
        return Message("connection.fan_out_not_allowed", connection=connection.name, permission=title)
    return _role_out_of_date(connection) if lacks(connection, REGISTER) else None


def devices_problem(connection: Connection) -> Message | None:
    """Return why a connection allows no devices, and what to do; None if it allows them."""
    if connection.allow_devices:
        return None
    title = PERMISSION_BY_KEY["devices"].title
    return Message("connection.devices_need_permission", connection=connection.name, permission=title)


def _newer_than_role(stream: StreamSpec, connection: Connection) -> Iterator[str]:
    """Yield the settings of a stream for which the role in the account is too old."""
    if stream.makes_key and connection.allow_keys and lacks(connection, "kms:CreateKey"):
        yield "stream.kms_key"
    if stream.max_record_kib != SMALLEST_RECORD_LIMIT and lacks(connection, "kinesis:UpdateMaxRecordSize"):
        yield "stream.max_record_kib"


def _of_devices(plan: Plan, connection: Connection) -> Iterator[Message]:
    if plan.devices is None:
        return
    permissions = plan.devices.permissions(plan.stream_arn, plan.key_arn)
    if not connection.allow_devices or outside_boundary(permissions, grant_of(connection).boundary.document):
        title = PERMISSION_BY_KEY["devices"].title
        yield Message("connection.devices_need_permission", connection=connection.name, permission=title)
        return
    deployed = (connection.deployed.get("policies") or {}).get("Boundary")
    is_behind = deployed is not None and bool(outside_boundary(permissions, deployed))
    if is_behind or lacks(connection, "iot:CreateTopicRule"):
        yield _role_out_of_date(connection)


def _of_stream(plan: Plan, connection: Connection) -> Iterator[Message]:
    stream, arn = plan.spec.stream, plan.stream_arn
    if not stream.adopt:
        return
    if not may_adopt(connection, arn):
        [title] = [permission.title for permission in OPTIONAL_PERMISSIONS if permission.key == "adoption"]
        yield Message("connection.adoption_not_allowed", connection=connection.name, permission=title, arn=arn)
        return
    deployed = (connection.deployed.get("policies") or {}).get("SluiceStreams")
    if deployed is not None and outside_boundary(document(allow("", ["kinesis:AddTagsToStream"], arn)), deployed):
        yield _role_out_of_date(connection)


def _plan(spec: IntegrationSpec, connection: Connection) -> Plan:
    # The names that contain an integration's uid are in the policies for stream, bucket and log group alone.
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
    permissions = document(*delivery.statements(plan.place_of(delivery)))
    return outside_boundary(permissions, grant_of(connection).boundary.document)


def _of_delivery(delivery: Delivery, plan: Plan, connection: Connection) -> Iterator[tuple[str, Message]]:
    beyond = _beyond_choice(delivery, plan, connection)
    yield from missing_permissions.messages(delivery, connection, beyond)
    if not beyond and _is_behind(delivery, plan, connection):
        yield "destination", _role_out_of_date(connection)


def _is_behind(delivery: Delivery, plan: Plan, connection: Connection) -> bool:
    boundary = (connection.deployed.get("policies") or {}).get("Boundary")
    permissions = document(*delivery.statements(plan.place_of(delivery)))
    return boundary is not None and bool(outside_boundary(permissions, boundary))


def _role_out_of_date(connection: Connection) -> Message:
    return Message("connection.role_out_of_date", account=connection.account_id, connection=connection.name)
