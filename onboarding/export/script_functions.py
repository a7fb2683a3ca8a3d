"""The functions of the exported script. A name between two @ is a placeholder; every `read` reads JSON unchanged."""

FUNCTIONS = """\
set -euo pipefail

account=@account@
integration=@uid@
stream=@stream@
export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""@fips@

signed_in=$(aws sts get-caller-identity --query Account --output text)
if [ "$signed_in" != "$account" ]; then
  echo "You are signed in to AWS account $signed_in; this script is for account $account. Nothing was changed." >&2
  exit 1
fi

# ours RESOURCE TAG: continues only if the resource has this integration's tag.
ours() {
  if [ "$2" != "$integration" ]; then
    echo "$1 already exists and its tag sluice:integration is not $integration. It was not changed." >&2
    echo "Choose another name. If this script created it and was interrupted, set that tag and run this again." >&2
    exit 1
  fi
}

# ensure_role NAME REQUEST TRUST POLICY_NAME POLICY [SECONDS]: creates a role, or sets its trust, policy and session.
ensure_role() {
  local name=$1 request=$2 trust=$3 policy_name=$4 policy=$5 seconds=${6:-} tag
  if tag=$(aws iam get-role --role-name "$name" --output text \\
    --query "Role.Tags[?Key=='sluice:integration'].Value | [0]" 2>/dev/null); then
    ours "IAM role $name" "$tag"
    aws iam update-assume-role-policy --role-name "$name" --policy-document "$trust"
    if [ -n "$seconds" ]; then
      aws iam update-role --role-name "$name" --max-session-duration "$seconds" >/dev/null
    fi
  else
    aws iam create-role --cli-input-json "$request" --assume-role-policy-document "$trust" >/dev/null
  fi
  aws iam put-role-policy --role-name "$name" --policy-name "$policy_name" --policy-document "$policy"
}

# wait_for STATE COMMAND…: waits until the command prints the state, for at most five minutes.
wait_for() {
  local wanted=$1 _
  shift
  for _ in $(seq 150); do
    if [ "$("$@" 2>/dev/null || true)" = "$wanted" ]; then return 0; fi
    sleep 2
  done
  echo "Not $wanted after five minutes: $*" >&2
  exit 1
}

stream_says() {
  aws kinesis describe-stream-summary --stream-name "$stream" --query "StreamDescriptionSummary.$1" --output text
}

firehose_says() {
  aws firehose describe-delivery-stream --delivery-stream-name "$firehose" \\
    --query "DeliveryStreamDescription.$1" --output text
}
"""
