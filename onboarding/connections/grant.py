"""What a client grants by one connection: the choice of rights, and the files that make the role."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from onboarding.models.connection import Connection
from onboarding.service_guards import Actor, may_act, must_have_grant, record
from portal.aws import deployed_grant
from portal.aws.deployed_grant import Difference
from portal.aws.errors import AwsFault
from portal.aws.policies.grant import boundary_policy
from portal.aws.policies.listed_arns import InvalidListedArn, listed_statement
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS, ChosenPermissions
from portal.aws.role_cloudformation import cloudformation, hosted, quick_create_url
from portal.aws.role_grant import RoleGrant
from portal.aws.role_script import cli_script
from portal.aws.role_terraform import terraform
from portal.aws.session import AwsSession
from portal.messages.errors import validation_error
from portal.messages.message import Message

MOST_CHARACTERS = (
    6144  # of a managed policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
)


def grant_of(connection: Connection) -> RoleGrant:
    """Return what the client grants by this connection's role."""
    return RoleGrant(
        portal_principal_arn=settings.SLUICE_PORTAL_PRINCIPAL_ARN,
        external_id=connection.external_id,
        account_id=connection.account_id,
        name_prefix=connection.name_prefix,
        partition=connection.partition,
        optional=connection.optional_rights,
        suffix=connection.name_suffix,
    )


def role_template(connection: Connection) -> str:
    """Return the CloudFormation template of the role that the client makes, as YAML."""
    return cloudformation(grant_of(connection))


def role_script(connection: Connection) -> str:
    """Return the script for the AWS CLI that makes the role."""
    return cli_script(grant_of(connection))


def role_terraform(connection: Connection) -> str:
    """Return the Terraform configuration that makes the role."""
    return terraform(grant_of(connection))


def quick_create_link(connection: Connection) -> str:
    """Return the link that opens the hosted template in the AWS console, or "" where none is hosted."""
    address: str = settings.SLUICE_TEMPLATE_URL
    return quick_create_url(grant_of(connection), address) if address else ""


def hosted_template() -> str:
    """Return the template to be hosted for quick-create links, as YAML."""
    return hosted(portal_principal_arn=settings.SLUICE_PORTAL_PRINCIPAL_ARN)


@transaction.atomic
def choose_permissions(*, connection: Connection, optional: ChosenPermissions, actor: Actor) -> Connection:
    """Change which optional rights the grant has; the client brings the role up to date from the files.

    Raises ValidationError by field for ARNs that cannot be listed.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    check_choice(optional, connection.account_id, connection.name_prefix, connection.partition)
    if connection.optional_rights != optional:
        for name, value in fields_of(optional).items():
            setattr(connection, name, value)
        connection.save(update_fields=list(fields_of(optional)))
        chosen = {permission.key: permission.key in optional.chosen for permission in OPTIONAL_PERMISSIONS}
        record(
            "connection:rights-chosen",
            connection.tenant,
            actor,
            connection.name,
            **chosen,
            others=list(optional.others),
        )
    return connection


def check_choice(
    optional: ChosenPermissions, account_id: str, name_prefix: str = "sluice-", partition: str = "aws"
) -> None:
    """Raise ValidationError by field for ARNs that cannot be listed, or more of them than a boundary can hold."""
    refused: list[ValidationError] = []
    for arn in optional.others:
        try:
            statement = listed_statement(arn, account_id)
        except InvalidListedArn as invalid:
            refused.append(validation_error(invalid.message))
            continue
        [right] = [permission for permission in OPTIONAL_PERMISSIONS if statement in permission.statements]
        if right.key not in optional.chosen:
            refused.append(
                validation_error(Message("connection.permission_not_chosen", arn=arn, permission=str(right.title)))
            )
    if not refused and (size := boundary_size(optional, account_id, name_prefix, partition)) > MOST_CHARACTERS:
        refused.append(
            validation_error(
                Message(
                    "connection.boundary_too_large",
                    limit_count=MOST_CHARACTERS,
                    size_count=size,
                    prefix=name_prefix,
                )
            )
        )
    if refused:
        raise ValidationError({"other_resources": refused})


def boundary_size(optional: ChosenPermissions, account_id: str, name_prefix: str, partition: str) -> int:
    """Return the characters of the permissions boundary as IAM counts them: without white space."""
    return len(
        json.dumps(boundary_policy(account_id, name_prefix, partition, optional=optional), separators=(",", ":"))
    )


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


def fields_of(optional: ChosenPermissions) -> dict[str, Any]:
    """Return a choice as the fields of a Connection."""
    return {
        **{f"allow_{permission.key}": permission.key in optional.chosen for permission in OPTIONAL_PERMISSIONS},
        "other_resources": list(optional.others),
    }
