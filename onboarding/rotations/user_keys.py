"""The IAM user of one access key: its keys, their status, and its deletion, which never deletes a key unseen."""

from onboarding.models.credential import Credential
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.plan import INTEGRATION_TAG
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import access_key_ids, delete_access_key, set_access_key_status
from portal.aws.iam.managed_policies import is_quarantine
from portal.aws.iam.users import (
    attached_policies,
    delete_inline_policy,
    delete_user,
    detach_user_policy,
    get_user,
    inline_policies,
)
from portal.aws.session import AwsSession
from portal.messages.message import Message

ACTIVE, INACTIVE = "Active", "Inactive"


def statuses(aws: AwsSession, credential: Credential) -> dict[str, str] | None:
    """Return the status of every access key of the credential's user by key ID; None where there is no such user.

    Raises Refused if the user is not this integration's any more, and AwsFault.
    """
    user = get_user(aws, credential.user_name)
    if user is None:
        return None
    owner = credential.integration.uid
    if user.tags.get(INTEGRATION_TAG) != owner:
        raise Refused(Message("refused.user_tag_removed", user=credential.user_name, tag=INTEGRATION_TAG, owner=owner))
    try:
        return {key.id: key.status for key in access_key_ids(aws, credential.user_name)}
    except AwsFault as fault:
        # IAM knows no path of a deleted user, so the role's permissions do not cover it.
        if fault.kind in {FaultKind.NOT_FOUND, FaultKind.DENIED} and get_user(aws, credential.user_name) is None:
            return None
        raise


def is_active(aws: AwsSession, credential: Credential) -> bool:
    """Return whether IAM lists the credential's key as active."""
    return (statuses(aws, credential) or {}).get(credential.access_key_id) == ACTIVE


def set_status(aws: AwsSession, credential: Credential, status: str) -> bool:
    """Set the credential's key to "Active" or "Inactive"; return whether it exists."""
    found = statuses(aws, credential)
    if found is None or credential.access_key_id not in found:
        return False
    if found[credential.access_key_id] != status:
        set_access_key_status(aws, credential.user_name, credential.access_key_id, status)
    return True


def foreign_keys(aws: AwsSession, credential: Credential) -> list[str]:
    """Return the access keys on the credential's user that Sluice did not create."""
    return sorted(set(statuses(aws, credential) or {}) - {credential.access_key_id})


def take_permissions(aws: AwsSession, credential: Credential, *, for_deletion: bool = False) -> None:
    """Detach and delete every policy of the user, which also ends sessions that were made with its key.

    A quarantine policy, which AWS attached and which only denies, stays until the user is deleted.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
    """
    if statuses(aws, credential) is None:
        return
    for arn in attached_policies(aws, credential.user_name):
        if for_deletion or not is_quarantine(arn):
            detach_user_policy(aws, credential.user_name, arn)
    for name in inline_policies(aws, credential.user_name):
        delete_inline_policy(aws, credential.user_name, name)


def delete(aws: AwsSession, credential: Credential, *, agreed: list[str]) -> list[str]:
    """Delete the user with our key and the keys that a person agreed to; return the foreign keys that keep the user.

    No key is deleted that was not listed here: IAM refuses to delete a user to whom another key was added meanwhile.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
    """
    found = statuses(aws, credential)
    if found is None:
        return []
    if unknown := sorted(set(found) - {credential.access_key_id, *agreed}):
        return unknown
    for key_id in found:
        delete_access_key(aws, credential.user_name, key_id)
    take_permissions(aws, credential, for_deletion=True)
    delete_user(aws, credential.user_name)
    return []
