"""The parts of the removal script that delete one resource each, if it has the tag of the integration."""

USER = """
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

PRODUCER_ROLE = """
role=@role@
if find aws iam get-role --role-name "$role" --query "Role.Tags[?Key=='sluice:integration'].Value | [0]"; then
  if may "IAM role $role, which the vendor assumes"; then
    try aws iam delete-role-policy --role-name "$role" --policy-name @role_policy_name@
    try aws iam delete-role --role-name "$role"
  fi
fi
"""

DELIVERY = """
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

BUCKET = """
bucket=@bucket@
if find aws s3api get-bucket-tagging --bucket "$bucket" --expected-bucket-owner "$account" \\
  --query "TagSet[?Key=='sluice:integration'].Value | [0]"; then
  if may "bucket $bucket, if it is empty"; then
    try aws s3api delete-bucket --bucket "$bucket"
  fi
fi
"""

OWN_BUCKET = """
echo "keep          bucket @bucket@: it is yours and existed before Sluice"
"""

POLICY = """
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

STREAM = """
if find aws kinesis list-tags-for-stream --stream-name "$stream" \\
  --query "Tags[?Key=='sluice:integration'].Value | [0]"; then
  if [ "$tag" = "$integration" ] && [ "${DELETE_DATA:-}" != yes ]; then
    echo "keep          data stream $stream with its records: to delete both, set DELETE_DATA=yes"
  elif may "data stream $stream, with every record in it"; then
    try aws kinesis delete-stream --stream-name "$stream"
  fi
fi
"""

# One that was adopted is the client's own and stays, whatever is set.
ADOPTED = """
if find aws kinesis list-tags-for-stream --stream-name "$stream" \\
  --query "Tags[?Key=='sluice:integration'].Value | [0]"; then
  echo "keep          data stream $stream: it is yours and was adopted; only its sluice: tags are removed"
  if [ "$tag" = "$integration" ] && [ "$sure" = --yes ]; then
    try aws kinesis remove-tags-from-stream --stream-name "$stream" --tag-keys sluice:integration sluice:tenant
  fi
fi
"""

# Our statement only: the policy itself is deleted if no statement of anyone else is left.
SHARE = """
policy=""
if find aws kinesis get-resource-policy --resource-arn @stream_arn@ --query Policy; then policy=$tag; fi
case "$policy" in
  *@sid@*)
    tag=$integration
    if may "statement @sid@ in the resource policy of the stream"; then
      policy=${policy//\\`/\\\\\\`}
      kept="merge(\\`$policy\\`, {Statement: [\\`$policy\\`.Statement][] | [?Sid != '@sid@']})"
      if [ "$(aws sts get-caller-identity --query "length(($kept).Statement)" --output text)" = 0 ]; then
        try aws kinesis delete-resource-policy --resource-arn @stream_arn@
      else
        try aws kinesis put-resource-policy --resource-arn @stream_arn@ \\
          --policy "$(aws sts get-caller-identity --query "to_string($kept)" --output text)"
      fi
    fi
    ;;
esac
"""
