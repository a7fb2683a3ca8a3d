"""The way back without Sluice: a script that says what it would delete of a plan, and deletes it when told to.

It deletes what carries the integration's tag and nothing else. A bucket goes only if it is empty, and the data stream
only if that is said as well; one that was adopted never. What is gone already is passed over, so it can be run again.
"""

from onboarding.export.file_heads import filled
from onboarding.export.resources import Delivered, Resources

_HEAD = """\
#!/usr/bin/env bash
# Integration @uid@: data stream @stream@ in @region@, AWS account @account@.
# Without an argument this says what it would delete, and deletes nothing. With --yes it deletes it.
# The data stream stays with its records unless DELETE_DATA=yes is set before; a bucket goes only if it is empty.
# A script for bash and the AWS CLI (version 1 or 2), run as somebody who may delete these. It can be run again.
set -euo pipefail

account=@account@
integration=@uid@
stream=@stream@
sure=${1:-}
left=0
export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""@fips@

signed_in=$(aws sts get-caller-identity --query Account --output text)
if [ "$signed_in" != "$account" ]; then
  echo "You are signed in to AWS account $signed_in; this script is for account $account. Nothing was done." >&2
  exit 1
fi

said=$(mktemp)
trap 'rm -f "$said"' EXIT

# find COMMAND…: puts the tag into $tag; false where there is no such thing. Any other refusal of AWS is said.
find() {
  tag=None
  if tag=$("$@" --output text 2>"$said"); then return 0; fi
  case "$(cat "$said")" in
    *NoSuchTagSet*) return 0 ;;
    *NoSuchEntity* | *NoSuchBucket* | *NotFound*) return 1 ;;
  esac
  echo "  cannot tell: $(cat "$said")"
  left=1
  return 1
}

# may WHAT: says what happens to what was found, and tells whether to delete it.
may() {
  if [ "$tag" != "$integration" ]; then
    echo "keep          $1: it does not carry the tag sluice:integration=$integration"
    return 1
  fi
  if [ "$sure" != --yes ]; then
    echo "would delete  $1"
    return 1
  fi
  echo "delete        $1"
}

# try COMMAND…: what AWS refuses is said, and the rest goes on.
try() {
  local answer
  if ! answer=$("$@" 2>&1 >/dev/null); then
    case "$answer" in
      *BucketNotEmpty*) echo "  kept: it holds objects. Yours to delete: aws s3 rb s3://$bucket --force" ;;
      *NoSuchEntity* | *ResourceNotFound*) ;; # gone already
      *) echo "  left: $answer"; left=1 ;;
    esac
  fi
}
"""

_USER = """
user=@user@
if find aws iam get-user --user-name "$user" --query "User.Tags[?Key=='sluice:integration'].Value | [0]"; then
  if may "IAM user $user, with its access keys"; then
    for key in $(aws iam list-access-keys --user-name "$user" --output text \\
      --query 'AccessKeyMetadata[].AccessKeyId'); do
      try aws iam delete-access-key --user-name "$user" --access-key-id "$key"
    done
    for policy in $(aws iam list-attached-user-policies --user-name "$user" --output text \\
      --query 'AttachedPolicies[].PolicyArn'); do
      try aws iam detach-user-policy --user-name "$user" --policy-arn "$policy"
    done
    for policy in $(aws iam list-user-policies --user-name "$user" --query 'PolicyNames' --output text); do
      try aws iam delete-user-policy --user-name "$user" --policy-name "$policy"
    done
    try aws iam delete-user --user-name "$user"
  fi
fi
"""

_DELIVERY = """
firehose=@name@
if find aws firehose list-tags-for-delivery-stream --delivery-stream-name "$firehose" \\
  --query "Tags[?Key=='sluice:integration'].Value | [0]"; then
  if may "Firehose stream $firehose"; then
    try aws firehose delete-delivery-stream --delivery-stream-name "$firehose"
    for _ in $(seq 150); do
      aws firehose describe-delivery-stream --delivery-stream-name "$firehose" >/dev/null 2>&1 || break
      sleep 2
    done
  fi
fi
role=@role@
if find aws iam get-role --role-name "$role" --query "Role.Tags[?Key=='sluice:integration'].Value | [0]"; then
  if may "IAM role $role"; then
    try aws iam delete-role-policy --role-name "$role" --policy-name @policy_name@
    try aws iam delete-role --role-name "$role"
  fi
fi
if find aws logs list-tags-for-resource --resource-arn @log_arn@ --query 'tags."sluice:integration"'; then
  if may "log group @log_group@, with the delivery errors in it"; then
    try aws logs delete-log-group --log-group-name @log_group@
  fi
fi
"""

_BUCKET = """
bucket=@bucket@
if find aws s3api get-bucket-tagging --bucket "$bucket" --expected-bucket-owner "$account" \\
  --query "TagSet[?Key=='sluice:integration'].Value | [0]"; then
  if may "bucket $bucket, if it is empty"; then
    try aws s3api delete-bucket --bucket "$bucket"
  fi
fi
"""

_OWN_BUCKET = """
echo "keep          bucket @bucket@: it is yours and was there before"
"""

_REST = """
arn=@policy_arn@
if find aws iam get-policy --policy-arn "$arn" --query "Policy.Tags[?Key=='sluice:integration'].Value | [0]"; then
  if may "IAM policy @policy_name@"; then
    for version in $(aws iam list-policy-versions --policy-arn "$arn" --output text \\
      --query 'Versions[?!IsDefaultVersion].VersionId'); do
      try aws iam delete-policy-version --policy-arn "$arn" --version-id "$version"
    done
    try aws iam delete-policy --policy-arn "$arn"
  fi
fi
"""

_STREAM = """
if find aws kinesis list-tags-for-stream --stream-name "$stream" \\
  --query "Tags[?Key=='sluice:integration'].Value | [0]"; then
  if [ "$tag" = "$integration" ] && [ "${DELETE_DATA:-}" != yes ]; then
    echo "keep          data stream $stream with its records: run this with DELETE_DATA=yes before it to delete both"
  elif may "data stream $stream, with every record in it"; then
    try aws kinesis delete-stream --stream-name "$stream"
  fi
fi
"""

# One that was adopted is the client's own and stays, whatever is set.
_ADOPTED = """
if find aws kinesis list-tags-for-stream --stream-name "$stream" \\
  --query "Tags[?Key=='sluice:integration'].Value | [0]"; then
  echo "keep          data stream $stream: it is yours and was adopted; only its tags under sluice: come off"
  if [ "$tag" = "$integration" ] && [ "$sure" = --yes ]; then
    try aws kinesis remove-tags-from-stream --stream-name "$stream" --tag-keys sluice:integration sluice:tenant
  fi
fi
"""

_END = """
if [ "$sure" != --yes ]; then
  echo "Nothing was deleted. Run this with --yes to do it."
elif [ "$left" != 0 ]; then
  echo "Something is left; AWS's words stand above. Mend that, and run this again." >&2
  exit 1
else
  echo "Done."
fi
"""


# https://docs.aws.amazon.com/cli/latest/reference/
def removal_script(found: Resources) -> str:
    """Return the bash script, complete: the key first, then each delivery, then what they stood on."""
    parts = [
        filled(_HEAD, found),
        filled(_USER, found, user=found.user_name),
        *(_delivery(found, delivery) for delivery in found.deliveries),
        *(filled(_BUCKET if bucket.is_new else _OWN_BUCKET, found, bucket=bucket.name) for bucket in found.buckets),
        filled(_REST, found, policy_arn=found.policy_arn, policy_name=found.policy_name),
        filled(_ADOPTED if found.is_adopted else _STREAM, found),
        _END,
    ]
    return "".join(parts)


def _delivery(found: Resources, delivery: Delivered) -> str:
    place = f"{found.stream.region}:{found.account_id}"
    return filled(
        _DELIVERY,
        found,
        name=delivery.name,
        role=delivery.role_name,
        policy_name=delivery.policy_name,
        log_group=delivery.log_group,
        log_arn=f"arn:{found.partition}:logs:{place}:log-group:{delivery.log_group}",
    )
