"""IAM: users with their access keys, managed policies, roles."""

from portal.aws.iam.access_keys import (
    AccessKey,
    AccessKeyInfo,
    access_key_ids,
    create_access_key,
    delete_access_key,
    set_access_key_status,
)
from portal.aws.iam.managed_policies import (
    Policy,
    create_policy,
    delete_policy,
    get_policy,
    new_policy_version,
    policy_arn,
)
from portal.aws.iam.roles import (
    Role,
    create_role,
    delete_role_completely,
    get_role,
    put_role_policy,
    role_policy,
    update_trust,
)
from portal.aws.iam.users import (
    User,
    attach_user_policy,
    attached_policies,
    create_user,
    delete_user_completely,
    detach_user_policy,
    get_user,
    inline_policies,
)

__all__ = [
    "AccessKey",
    "AccessKeyInfo",
    "Policy",
    "Role",
    "User",
    "access_key_ids",
    "attach_user_policy",
    "attached_policies",
    "create_access_key",
    "create_policy",
    "create_role",
    "create_user",
    "delete_access_key",
    "delete_policy",
    "delete_role_completely",
    "delete_user_completely",
    "detach_user_policy",
    "get_policy",
    "get_role",
    "get_user",
    "inline_policies",
    "new_policy_version",
    "policy_arn",
    "put_role_policy",
    "role_policy",
    "set_access_key_status",
    "update_trust",
]
