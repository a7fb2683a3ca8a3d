"""The way through EventBridge as a script for the AWS CLI. A name between two @ is a placeholder."""

SCRIPT = """\
#!/usr/bin/env bash
# Sends the records of data stream @stream_arn@ to an event bus elsewhere:
# event-bridge.sh DESTINATION_BUS_ARN
# Run it signed in to account @account@. A bus in another account must allow this account events:PutEvents in its own
# policy. It begins with records that arrive after its creation. It contains no secret. Sluice does not manage it.
# You can run it again: it changes only what has this integration's tag, and keeps a pipe that exists.
@cost@set -euo pipefail

destination=${1:?Name the event bus that receives the records, by its ARN.}
name=@bus@
integration=@uid@
tags='@tags@'
export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""

signed_in=$(aws sts get-caller-identity --query Account --output text)
if [ "$signed_in" != @account@ ]; then
  echo "You are signed in to AWS account $signed_in; this script is for account @account@." >&2
  echo "Nothing was changed." >&2
  exit 1
fi

# ours RESOURCE TAG: continues only if the resource has this integration's tag.
ours() {
  if [ "$2" != "$integration" ]; then
    echo "$1 already exists and its tag sluice:integration is not $integration. It was not changed." >&2
    echo "If this script created it, set that tag and run this again. Otherwise rename or delete it." >&2
    exit 1
  fi
}

# ours_if_there NAME ARN COMMAND…: `ours` for something of EventBridge that the command finds.
ours_if_there() {
  local tag name=$1 arn=$2
  shift 2
  if "$@" >/dev/null 2>&1; then
    tag=$(aws events list-tags-for-resource --resource-arn "$arn" --output text \\
      --query "Tags[?Key=='sluice:integration'].Value | [0]")
    ours "$name" "$tag"
  fi
}

# ours_if_role NAME: `ours` for a role that exists; its status is 1 where there is none.
ours_if_role() {
  local tag
  if tag=$(aws iam get-role --role-name "$1" --output text \\
    --query "Role.Tags[?Key=='sluice:integration'].Value | [0]" 2>/dev/null); then
    ours "IAM role $1" "$tag"
  else
    return 1
  fi
}

# role NAME TRUST POLICY: creates the role if it is missing, and sets its trust policy and its own policy.
role() {
  if ours_if_role "$1"; then
    aws iam update-assume-role-policy --role-name "$1" --policy-document "$2"
  else
    aws iam create-role --role-name "$1" --assume-role-policy-document "$2" --tags "$tags" >/dev/null
  fi
  aws iam put-role-policy --role-name "$1" --policy-name least --policy-document "$3"
}

# Everything is looked at before anything is changed.
ours_if_role "$name-pipe" || true
ours_if_role "$name-rule" || true
ours_if_there "Event bus $name" @bus_arn@ aws events describe-event-bus --name "$name"
ours_if_there "Rule $name" @rule_arn@ aws events describe-rule --name "$name" --event-bus-name "$name"
if tag=$(aws pipes describe-pipe --name "$name" --query 'Tags."sluice:integration"' --output text 2>/dev/null); then
  ours "Pipe $name" "$tag"
fi

IFS= read -r -d '' pipe_policy <<'JSON' || true
@pipe_policy@
JSON
rule_policy='@rule_policy@'
rule_policy=${rule_policy/DESTINATION/$destination}
role "$name-pipe" '@pipe_trust@' "$pipe_policy"
role "$name-rule" '@rule_trust@' "$rule_policy"
echo "New roles can take up to a minute to become active. If AWS cannot assume one, run this again."

aws events describe-event-bus --name "$name" >/dev/null 2>&1 || \\
  aws events create-event-bus --name "$name" --tags "$tags" >/dev/null
aws events put-rule --name "$name" --event-bus-name "$name" --event-pattern '@pattern@' --tags "$tags" >/dev/null
targets='@targets@'
targets=${targets/DESTINATION/$destination}
aws events put-targets --rule "$name" --event-bus-name "$name" --targets "$targets" >/dev/null
aws pipes describe-pipe --name "$name" >/dev/null 2>&1 ||
  aws pipes create-pipe --name "$name" --role-arn @role_arn@-pipe \\
    --source @stream_arn@ --source-parameters '@source@' \\
    --target @bus_arn@ --target-parameters '@target@' --tags '@tag@' >/dev/null
echo "Done. Records go to $destination."
"""
