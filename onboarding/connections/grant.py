"""What a client grants by one connection: the role's files, and what is deployed of them."""

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from django.conf import settings

from onboarding.models.connection import Connection
from portal.aws import deployed_grant
from portal.aws.deployed_grant import Difference
from portal.aws.errors import AwsFault
from portal.aws.policies.first_version import first_version
from portal.aws.policies.statements import Document, statements_of
from portal.aws.role_cloudformation import cloudformation
from portal.aws.role_grant import RoleGrant
from portal.aws.role_hosted_template import hosted
from portal.aws.role_quick_create import quick_create_url
from portal.aws.role_script import cli_script
from portal.aws.role_terraform import terraform
from portal.aws.session import AwsSession


def grant_of(connection: Connection) -> RoleGrant:
    """Return what the client grants by this connection's role."""
    return RoleGrant(
        portal_principal_arn=settings.SLUICE_PORTAL_PRINCIPAL_ARN,
        external_id=connection.external_id,
        account_id=connection.account_id,
        name_prefix=connection.name_prefix,
        partition=connection.partition,
        optional=connection.optional_permissions,
        suffix=connection.name_suffix,
    )


def role_template(connection: Connection) -> str:
    """Return the CloudFormation template of the role that the client creates, as YAML."""
    return cloudformation(grant_of(connection))


def role_script(connection: Connection) -> str:
    """Return the script for the AWS CLI that creates the role."""
    return cli_script(grant_of(connection))


def role_terraform(connection: Connection) -> str:
    """Return the Terraform configuration that creates the role."""
    return terraform(grant_of(connection))


def quick_create_link(connection: Connection) -> str:
    """Return the link that opens the hosted template in the AWS console, or "" where none is hosted."""
    address: str = settings.SLUICE_TEMPLATE_URL
    return quick_create_url(grant_of(connection), address) if address else ""


def hosted_template() -> str:
    """Return the template to be hosted for quick-create links, as YAML."""
    return hosted(portal_principal_arn=settings.SLUICE_PORTAL_PRINCIPAL_ARN)


def keep_deployed(connection: Connection, aws: AwsSession, now: datetime) -> None:
    """Read the role's policies in the account and keep them; what cannot be read now is not known any more."""
    try:
        found = deployed_grant.read(aws, grant_of(connection))
    except AwsFault:
        return
    later = Connection.objects.filter(pk=connection.pk, deployed__read_at__gt=now.isoformat()).first()
    if later is not None:
        connection.deployed = later.deployed
        return
    connection.deployed = {"read_at": now.isoformat(), "policies": found}
    connection.save(update_fields=["deployed"])


def is_unreadable(connection: Connection) -> bool:
    """Return whether the role may not read its own policies: it was created from an earlier template."""
    return "read_at" in connection.deployed and connection.deployed.get("policies") is None


def deployed_policies(connection: Connection) -> Mapping[str, Document | None] | None:
    """Return the role's policies as last read, by key; None before they were read.

    Of a role that may not read them, they are those of the first version: the least that it has.
    """
    if is_unreadable(connection):
        return first_version(
            connection.account_id, connection.name_prefix, connection.partition, suffix=connection.name_suffix
        )
    found: Mapping[str, Document | None] | None = connection.deployed.get("policies")
    return found


def lacks(connection: Connection, action: str) -> bool:
    """Return whether the deployed role is known to be older than an action of the grant."""
    policies = deployed_policies(connection)
    if policies is None:
        return False
    allowed = [row for policy in policies.values() for row in statements_of(policy) if row["Effect"] == "Allow"]
    return not any(action in _many(row.get("Action", "*")) for row in allowed) and not any(
        "*" in named for row in allowed for named in _many(row.get("Action", "*"))
    )


def allows(connection: Connection, action: str, resource: str) -> bool:
    """Return whether the deployed role may do an action on a resource, by its policies as last read.

    True before they were read. Conditions are not looked at; of the actions that Sluice asks for, none has one.
    """
    policies = deployed_policies(connection)
    if policies is None:
        return True
    allowed = [row for policy in policies.values() for row in statements_of(policy) if row["Effect"] == "Allow"]
    return any(
        _matches(row.get("Action", ()), action) and _matches(row.get("Resource", ()), resource) for row in allowed
    )


def to_bring_up_to_date(connection: Connection) -> list[Difference] | None:
    """Return what the deployed role still lacks of the grant, or has beyond it; None where that is not known."""
    found = deployed_policies(connection)
    return None if found is None else deployed_grant.differences(grant_of(connection), found)


def grant_versions(connection: Connection) -> tuple[str, str]:
    """Return the version of the deployed grant ("" where it is not known), and that of the role's files."""
    found = None if is_unreadable(connection) else deployed_policies(connection)
    wanted = deployed_grant.fingerprint({policy.key: policy.document for policy in grant_of(connection).policies})
    return ("" if found is None else deployed_grant.fingerprint(found)), wanted


def _matches(patterns: str | list[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in _many(patterns))


def _many(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
