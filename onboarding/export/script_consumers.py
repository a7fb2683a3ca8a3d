"""The part of the exported script that creates the role of one consumer."""

import json

from onboarding.export.file_heads import filled
from onboarding.export.resources import ConsumerRoleResource, Resources

_ROLE = """
echo "Role of the consumer @label@"
IFS= read -r -d '' request <<'JSON' || true
@request@
JSON
IFS= read -r -d '' trust <<'JSON' || true
@trust@
JSON
IFS= read -r -d '' document <<'JSON' || true
@policy@
JSON
ensure_role @role@ "$request" "$trust" @policy_name@ "$document" @seconds@
"""
_REMOVAL = """
role=@role@
if find aws iam get-role --role-name "$role" --query "Role.Tags[?Key=='sluice:integration'].Value | [0]"; then
  if may "IAM role $role, with which the consumer @label@ reads"; then
    try aws iam delete-role-policy --role-name "$role" --policy-name @policy_name@
    try aws iam delete-role --role-name "$role"
  fi
fi
"""


# https://docs.aws.amazon.com/cli/latest/reference/iam/create-role.html
def consumer_role_part(found: Resources, role: ConsumerRoleResource) -> str:
    """Return the lines that create the role of a consumer, or set it to what the plan has."""
    bounded = {"PermissionsBoundary": found.consumer_boundary_arn} if found.consumer_boundary_arn else {}
    request = {
        "RoleName": role.name,
        "Path": role.path,
        "MaxSessionDuration": role.session_seconds,
        "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
        **bounded,
    }
    values = {
        "request": json.dumps(request, indent=2),
        "trust": json.dumps(role.trust_policy, indent=2),
        "policy": json.dumps(role.policy, indent=2),
        "seconds": str(role.session_seconds),
    }
    return filled(_ROLE, found, **values, **_names(role))


def consumer_role_removal(found: Resources, role: ConsumerRoleResource) -> str:
    """Return the lines that delete the role of a consumer."""
    return filled(_REMOVAL, found, **_names(role))


def _names(role: ConsumerRoleResource) -> dict[str, str]:
    return {"label": role.label, "role": role.name, "policy_name": role.policy_name}
