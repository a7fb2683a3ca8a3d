"""The part of the exported scripts about devices: what creates their resources, and what removes them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from onboarding.export.device_resources import DeviceResources
from onboarding.export.file_heads import filled
from onboarding.export.resources import Resources

_TAG = "\"tags[?Key=='sluice:integration'].Value | [0]\""
CREATE = f"""
echo "Thing type, thing group and policy of the devices"
IFS= read -r -d '' request <<'JSON' || true
@type_request@
JSON
if aws iot describe-thing-type --thing-type-name @thing_type@ >/dev/null 2>&1; then
  tag=$(aws iot list-tags-for-resource --resource-arn @type_arn@ --output text --query {_TAG})
  ours "Thing type @thing_type@" "$tag"
  aws iot deprecate-thing-type --thing-type-name @thing_type@ --undo-deprecate
else
  aws iot create-thing-type --cli-input-json "$request" >/dev/null
fi
IFS= read -r -d '' request <<'JSON' || true
@group_request@
JSON
if aws iot describe-thing-group --thing-group-name @thing_group@ >/dev/null 2>&1; then
  tag=$(aws iot list-tags-for-resource --resource-arn @group_arn@ --output text --query {_TAG})
  ours "Thing group @thing_group@" "$tag"
else
  aws iot create-thing-group --cli-input-json "$request" >/dev/null
fi
IFS= read -r -d '' request <<'JSON' || true
@policy_request@
JSON
IFS= read -r -d '' policy <<'JSON' || true
@policy@
JSON
if aws iot get-policy --policy-name @policy_name@ >/dev/null 2>&1; then
  tag=$(aws iot list-tags-for-resource --resource-arn @policy_arn@ --output text --query {_TAG})
  ours "IoT policy @policy_name@" "$tag"
  # AWS IoT stores five versions of a policy: delete the oldest before adding one.
  for version in $(aws iot list-policy-versions --policy-name @policy_name@ --output text \\
    --query 'sort_by(policyVersions[?!isDefaultVersion], &createDate)[:-3].versionId'); do
    aws iot delete-policy-version --policy-name @policy_name@ --policy-version-id "$version"
  done
  aws iot create-policy-version --policy-name @policy_name@ --policy-document "$policy" --set-as-default >/dev/null
else
  aws iot create-policy --cli-input-json "$request" --policy-document "$policy" >/dev/null
fi

echo "Topic rule @rule_name@, with its log group and role"
IFS= read -r -d '' request <<'JSON' || true
@log_request@
JSON
if [ "$(aws logs describe-log-groups --log-group-name-prefix @log_group@ \\
  --query "length(logGroups[?logGroupName=='@log_group@'])" --output text)" = 0 ]; then
  aws logs create-log-group --cli-input-json "$request"
  tag=$integration
else
  tag=$(aws logs list-tags-for-resource --resource-arn @log_arn@ --output text \\
    --query 'tags."sluice:integration"' 2>/dev/null || true)
fi
if [ "$tag" = "$integration" ]; then
  aws logs put-retention-policy --log-group-name @log_group@ --retention-in-days @days@
fi
IFS= read -r -d '' request <<'JSON' || true
@role_request@
JSON
IFS= read -r -d '' trust <<'JSON' || true
@trust@
JSON
IFS= read -r -d '' permissions <<'JSON' || true
@permissions@
JSON
ensure_role @role@ "$request" "$trust" @role_policy_name@ "$permissions"
IFS= read -r -d '' rule <<'JSON' || true
@rule@
JSON
if [ "$(aws iot list-topic-rules --query "length(rules[?ruleName=='@rule_name@'])" --output text)" != 0 ]; then
  tag=$(aws iot list-tags-for-resource --resource-arn @rule_arn@ --output text --query {_TAG})
  ours "Topic rule @rule_name@" "$tag"
  aws iot replace-topic-rule --rule-name @rule_name@ --topic-rule-payload "$rule"
else
  # New roles can take up to a minute to become active.
  for attempt in $(seq 24); do
    if answer=$(aws iot create-topic-rule --rule-name @rule_name@ --topic-rule-payload "$rule" \\
      --tags '@rule_tags@' 2>&1); then break; fi
    case "$answer" in *"assume"*) ;; *) echo "$answer" >&2; exit 1 ;; esac
    if [ "$attempt" = 24 ]; then echo "$answer" >&2; exit 1; fi
    sleep 5
  done
fi
"""

REMOVE = f"""
# AWS answers about a rule that does not exist as if access was denied.
if [ "$(aws iot list-topic-rules --query "length(rules[?ruleName=='@rule_name@'])" --output text)" != 0 ] &&
  find aws iot list-tags-for-resource --resource-arn @rule_arn@ --query {_TAG}; then
  if may "topic rule @rule_name@"; then
    try aws iot delete-topic-rule --rule-name @rule_name@
  fi
fi
role=@role@
if find aws iam get-role --role-name "$role" --query "Role.Tags[?Key=='sluice:integration'].Value | [0]"; then
  if may "IAM role $role"; then
    try aws iam delete-role-policy --role-name "$role" --policy-name @role_policy_name@
    try aws iam delete-role --role-name "$role"
  fi
fi
if find aws logs list-tags-for-resource --resource-arn @log_arn@ --query 'tags."sluice:integration"'; then
  if may "log group @log_group@, with the errors of the topic rule in it"; then
    try aws logs delete-log-group --log-group-name @log_group@
  fi
fi
if find aws iot get-policy --policy-name @policy_name@ &&
  find aws iot list-tags-for-resource --resource-arn @policy_arn@ --query {_TAG}; then
  if may "IoT policy @policy_name@, if no certificate has it"; then
    for version in $(aws iot list-policy-versions --policy-name @policy_name@ --output text \\
      --query 'policyVersions[?!isDefaultVersion].versionId'); do
      try aws iot delete-policy-version --policy-name @policy_name@ --policy-version-id "$version"
    done
    try aws iot delete-policy --policy-name @policy_name@
  fi
fi
if find aws iot describe-thing-group --thing-group-name @thing_group@ &&
  find aws iot list-tags-for-resource --resource-arn @group_arn@ --query {_TAG}; then
  if may "thing group @thing_group@"; then
    try aws iot delete-thing-group --thing-group-name @thing_group@
  fi
fi
if find aws iot describe-thing-type --thing-type-name @thing_type@ &&
  find aws iot list-tags-for-resource --resource-arn @type_arn@ --query {_TAG}; then
  if may "thing type @thing_type@, five minutes after it is deprecated"; then
    try aws iot deprecate-thing-type --thing-type-name @thing_type@
    echo "AWS deletes a thing type only five minutes after that: run this script again then, if it is still there."
    try aws iot delete-thing-type --thing-type-name @thing_type@
  fi
fi
"""


def devices_in_script(found: Resources) -> str:
    """Return the part that creates what devices need; "" where there are none."""
    devices = found.devices
    if devices is None:
        return ""
    tags = [{"Key": key, "Value": value} for key, value in found.tags.items()]
    bounded = {"PermissionsBoundary": found.boundary_arn} if found.boundary_arn else {}
    described = {"thingTypeDescription": devices.description}
    grouped = {"thingGroupDescription": devices.description}
    thing_type = {"thingTypeName": devices.thing_type, "thingTypeProperties": described, "tags": tags}
    group = {"thingGroupName": devices.thing_group, "thingGroupProperties": grouped, "tags": tags}
    values = {
        "type_request": _json(thing_type),
        "group_request": _json(group),
        "policy_request": _json({"policyName": devices.policy_name, "tags": tags}),
        "policy": _json(devices.policy),
        "log_request": _json({"logGroupName": devices.log_group, "tags": found.tags}),
        "days": str(devices.log_retention_days),
        "role_request": _json({"RoleName": devices.role_name, "Path": found.path, "Tags": tags, **bounded}),
        "trust": _json(devices.trust_policy),
        "permissions": _json(devices.permissions_policy),
        "rule": _json(devices.rule),
        "rule_tags": urlencode(found.tags),
    }
    return filled(CREATE, found, **values, **_named(devices))


def devices_in_removal(found: Resources) -> str:
    """Return the part that removes what devices needed; "" where there are none."""
    return "" if found.devices is None else filled(REMOVE, found, **_named(found.devices))


def _named(devices: DeviceResources) -> dict[str, str]:
    return {
        "thing_type": devices.thing_type,
        "thing_group": devices.thing_group,
        "policy_name": devices.policy_name,
        "log_group": devices.log_group,
        "log_arn": devices.log_group_arn,
        "role": devices.role_name,
        "role_policy_name": devices.role_policy_name,
        "rule_name": devices.rule_name,
        "type_arn": devices.thing_type_arn,
        "group_arn": devices.thing_group_arn,
        "policy_arn": devices.policy_arn,
        "rule_arn": devices.rule_arn,
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2)
