"""Which optional permissions a client chooses for a connection, and whether IAM's policies can hold them."""

import json
from typing import Any

from django.core.exceptions import ValidationError

from onboarding.models.connection import Connection
from onboarding.service_guards import Actor, may_act, must_have_grant, record
from portal import deadlocks
from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.aws.policies.listed_arns import InvalidListedArn, listed_statement
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS
from portal.aws.role_grant import RoleGrant
from portal.messages.errors import validation_error
from portal.messages.message import Message

# Of a managed policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MOST_CHARACTERS = 6144


@deadlocks.atomic
def choose_permissions(*, connection: Connection, optional: ChosenPermissions, actor: Actor) -> Connection:
    """Change which optional permissions the grant has; the client updates the role with its files.

    Raises ValidationError by field for ARNs that cannot be listed.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    check_choice(optional, connection.account_id, connection.name_prefix, connection.partition)
    if connection.optional_permissions != optional:
        for name, value in fields_of(optional).items():
            setattr(connection, name, value)
        connection.save(update_fields=list(fields_of(optional)))
        chosen = {permission.key: permission.key in optional.chosen for permission in OPTIONAL_PERMISSIONS}
        record(
            "connection:permissions-chosen",
            connection.tenant,
            actor,
            connection.name,
            about=connection,
            **chosen,
            others=list(optional.others),
        )
    return connection


def check_choice(
    optional: ChosenPermissions, account_id: str, name_prefix: str = "sluice-", partition: str = "aws"
) -> None:
    """Raise ValidationError by field for ARNs that cannot be listed, or more of them than a policy can hold."""
    refused: list[ValidationError] = []
    for arn in optional.others:
        try:
            statement = listed_statement(arn, account_id, partition)
        except InvalidListedArn as invalid:
            refused.append(validation_error(invalid.message))
            continue
        [permission] = [known for known in OPTIONAL_PERMISSIONS if statement in known.statements]
        if permission.key not in optional.chosen:
            refused.append(
                validation_error(Message("connection.permission_not_chosen", arn=arn, permission=permission.title))
            )
    if not refused and (size := largest_policy(optional, account_id, name_prefix, partition)) > MOST_CHARACTERS:
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


def largest_policy(optional: ChosenPermissions, account_id: str, name_prefix: str, partition: str) -> int:
    """Return the characters of the largest policy of a grant as IAM counts them: without white space."""
    grant = RoleGrant("", "", account_id, name_prefix, partition, optional, suffix=f"-{'0' * 12}")
    return max(len(json.dumps(policy.document, separators=(",", ":"))) for policy in grant.policies)


def fields_of(optional: ChosenPermissions) -> dict[str, Any]:
    """Return a choice as the fields of a Connection."""
    return {
        **{f"allow_{permission.key}": permission.key in optional.chosen for permission in OPTIONAL_PERMISSIONS},
        "other_resources": list(optional.others),
    }
