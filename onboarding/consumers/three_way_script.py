"""The three-way test that the consumer itself runs: only its principal can really try to assume the role."""

from onboarding.consumers.sign_in import ConsumerSignIn
from portal.placeholders import filled

_SCRIPT = """\
#!/usr/bin/env bash
# Tests the role with which the consumer @name@ reads the data stream @stream@.
# Run it with the AWS CLI (version 1 or 2), signed in as the principal that reads the stream. It requests the role with
# the right external ID, with a wrong one and with none, then reads records of one shard. It changes nothing, contains
# no secret, and stores no credentials.
set -uo pipefail

export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""@fips@
role=@role@
external_id='@external_id@'
stream=@arn@
failed=0

says() { printf '%-20s %s\\n' "$1" "$2"; }

assume() {
  aws sts assume-role --role-arn "$role" --role-session-name sluice-test --output text \\
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' "$@" 2>&1
}

# must_be_denied LABEL OPTION…
must_be_denied() {
  local label=$1 answer
  shift
  if answer=$(assume "$@"); then
    says "$label" "allowed. This must be denied: report it to the owner of the stream."
    failed=1
  elif [[ $answer == *AccessDenied* ]]; then
    says "$label" "denied, as it must be"
  else
    says "$label" "not known: $answer"
    failed=1
  fi
}

says "Signed in as" "$(aws sts get-caller-identity --query Arn --output text)"
if credentials=$(assume --external-id "$external_id"); then
  says "Right external ID" "allowed"
else
  says "Right external ID" "denied: $credentials"
  credentials=""
  failed=1
fi
must_be_denied "Wrong external ID" --external-id "wrong-$RANDOM$RANDOM"
must_be_denied "No external ID"

if [ -n "$credentials" ]; then
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$credentials"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  unset AWS_PROFILE credentials
  if shard=$(aws kinesis list-shards --stream-arn "$stream" --query 'Shards[0].ShardId' --output text) &&
    iterator=$(aws kinesis get-shard-iterator --stream-arn "$stream" --shard-id "$shard" \\
      --shard-iterator-type TRIM_HORIZON --query ShardIterator --output text) &&
    count=$(aws kinesis get-records --stream-arn "$stream" --shard-iterator "$iterator" --limit 100 \\
      --query 'length(Records)' --output text); then
    says "Reading" "$count records in the first answer of $shard"
  else
    says "Reading" "denied or failed, see above"
    failed=1
  fi
fi
exit "$failed"
"""


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
def consumer_test_script(sign_in: ConsumerSignIn) -> str:
    """Return the bash script for the consumer of a role."""
    values = {
        "name": sign_in.name,
        "stream": sign_in.stream_name,
        "region": sign_in.region,
        "role": sign_in.role_arn,
        "external_id": sign_in.external_id,
        "arn": sign_in.stream_arn,
        "fips": "\nexport AWS_USE_FIPS_ENDPOINT=true" if sign_in.is_fips else "",
    }
    return filled(_SCRIPT, values)
