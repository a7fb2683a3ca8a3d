"""What a client grants by one connection: the role's files, and what is deployed of them."""

from datetime import datetime

from django.conf import settings

from onboarding.models.connection import Connection
from portal.aws import deployed_grant
from portal.aws.deployed_grant import Difference
from portal.aws.errors import AwsFault
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
    connection.deployed = {"read_at": now.isoformat(), "policies": found}
    connection.save(update_fields=["deployed"])


def to_bring_up_to_date(connection: Connection) -> list[Difference] | None:
    """Return what the deployed role still lacks of the grant, or has beyond it; None where that is not known."""
    found = connection.deployed.get("policies")
    return None if found is None else deployed_grant.differences(grant_of(connection), found)
