"""The way through EventBridge as a script for the AWS CLI. A name between two @ is a placeholder."""

SCRIPT = """\
#!/usr/bin/env bash
# Sends the records of data stream @stream_arn@ to an event bus elsewhere:
# event-bridge.sh DESTINATION_BUS_ARN
# Run it signed in to account @account@. A bus in another account must allow this account events:PutEvents in its own
# policy. It begins with records that arrive after its creation. It contains no secret. Sluice does not manage it.
@cost@set -euo pipefail

destination=${1:?Name the event bus that receives the records, by its ARN.}
name=@bus@
export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""

signed_in=$(aws sts get-caller-identity --query Account --output text)
if [ "$signed_in" != @account@ ]; then
  echo "You are signed in to AWS account $signed_in; this script is for account @account@." >&2
  echo "Nothing was changed." >&2
  exit 1
fi

# role NAME TRUST POLICY: creates the role if it is missing, and sets its only policy.
role() {
  aws iam get-role --role-name "$1" >/dev/null 2>&1 ||
    aws iam create-role --role-name "$1" --assume-role-policy-document "$2" >/dev/null
  aws iam put-role-policy --role-name "$1" --policy-name least --policy-document "$3"
}

IFS= read -r -d '' pipe_policy <<'JSON' || true
@pipe_policy@
JSON
rule_policy='@rule_policy@'
rule_policy=${rule_policy/DESTINATION/$destination}
role "$name-pipe" '@pipe_trust@' "$pipe_policy"
role "$name-rule" '@rule_trust@' "$rule_policy"
echo "New roles can take up to a minute to become active. If AWS cannot assume one, run this again."

aws events describe-event-bus --name "$name" >/dev/null 2>&1 || aws events create-event-bus --name "$name" >/dev/null
aws events put-rule --name "$name" --event-bus-name "$name" --event-pattern '@pattern@' >/dev/null
aws events put-targets --rule "$name" --event-bus-name "$name" \\
  --targets "Id=elsewhere,Arn=$destination,RoleArn=arn:@partition@:iam::@account@:role/$name-rule" >/dev/null
aws pipes describe-pipe --name "$name" >/dev/null 2>&1 ||
  aws pipes create-pipe --name "$name" --role-arn "arn:@partition@:iam::@account@:role/$name-pipe" \\
    --source @stream_arn@ --source-parameters '@source@' \\
    --target @bus_arn@ --target-parameters '@target@' >/dev/null
echo "Done. Records go to $destination."
"""
