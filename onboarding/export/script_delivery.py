"""The parts of the exported script that create a bucket, and a Firehose stream with its log group and role."""

OWN_BUCKET = """
echo "Your bucket @bucket@"
if ! aws s3api head-bucket --bucket @bucket@ --expected-bucket-owner "$account" >/dev/null 2>&1; then
  echo "Bucket @bucket@ does not exist in this account, or you have no access to it. Create it first." >&2
  exit 1
fi
# Firehose's role is allowed to use only the key that the integration states.
key=$(aws s3api get-bucket-encryption --bucket @bucket@ --expected-bucket-owner "$account" --output text --query \\
  "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault | \\
  (SSEAlgorithm=='AES256' && 's3') || KMSMasterKeyID || 'aws'" 2>/dev/null || true)
case "$key" in *alias/aws/s3) key=aws ;; esac
if [ -n "$key" ] && [ "$key" != @declared@ ]; then
  echo "Bucket @bucket@ is encrypted with $key, and this integration states @declared@: deliveries would fail." >&2
  echo "Set the bucket's encryption in Sluice to $key, and export this script again. Nothing was changed." >&2
  exit 1
fi
"""

BUCKET = """
echo "Bucket @bucket@"
IFS= read -r -d '' request <<'JSON' || true
@request@
JSON
IFS= read -r -d '' tagging <<'JSON' || true
@tagging@
JSON
IFS= read -r -d '' document <<'JSON' || true
@policy@
JSON
if aws s3api head-bucket --bucket @bucket@ --expected-bucket-owner "$account" >/dev/null 2>&1; then
  ours "Bucket @bucket@" "$(aws s3api get-bucket-tagging --bucket @bucket@ --output text \\
    --query "TagSet[?Key=='sluice:integration'].Value | [0]" 2>/dev/null || true)"
else
  aws s3api create-bucket --cli-input-json "$request" >/dev/null
  aws s3api put-bucket-tagging --bucket @bucket@ --tagging "$tagging"
fi
aws s3api put-public-access-block --bucket @bucket@ --public-access-block-configuration \\
  '{"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true}'
aws s3api put-bucket-encryption --bucket @bucket@ --server-side-encryption-configuration \\
  '@encryption@'
aws s3api put-bucket-policy --bucket @bucket@ --policy "$document"
"""

# The retention period of someone else's log group is not changed.
LOG_EXPIRES = """\
if [ "$tag" = "$integration" ]; then
  aws logs put-retention-policy --log-group-name @log_group@ --retention-in-days @days@
fi
"""
LOG_NEVER_EXPIRES = """\
if [ "$tag" = "$integration" ]; then
  aws logs delete-retention-policy --log-group-name @log_group@
fi
"""

LOG_STREAM = """\
if [ "$(aws logs describe-log-streams --log-group-name @log_group@ --log-stream-name-prefix @log_stream@ \\
  --query "length(logStreams[?logStreamName=='@log_stream@'])" --output text)" = 0 ]; then
  aws logs create-log-stream --log-group-name @log_group@ --log-stream-name @log_stream@
fi
"""

DELIVERY = """
firehose=@name@
echo "Firehose stream $firehose, with its log group and role"
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
@log_retention@@log_streams@
IFS= read -r -d '' request <<'JSON' || true
@role_request@
JSON
IFS= read -r -d '' trust <<'JSON' || true
@trust@
JSON
IFS= read -r -d '' permissions <<'JSON' || true
@permissions@
JSON
ensure_role @role@ "$request" "$trust" @policy_name@ "$permissions"

IFS= read -r -d '' request <<'JSON' || true
@request@
JSON
IFS= read -r -d '' update <<'JSON' || true
@update@
JSON
if firehose_says DeliveryStreamStatus >/dev/null 2>&1; then
  ours "Firehose stream $firehose" "$(aws firehose list-tags-for-delivery-stream --output text \\
    --delivery-stream-name "$firehose" --query "Tags[?Key=='sluice:integration'].Value | [0]")"
  wait_for ACTIVE firehose_says DeliveryStreamStatus
  aws firehose update-destination --delivery-stream-name "$firehose" \\
    --current-delivery-stream-version-id "$(firehose_says VersionId)" \\
    --destination-id "$(firehose_says 'Destinations[0].DestinationId')" --cli-input-json "$update"
else
  # New roles can take up to a minute to become active.
  for attempt in $(seq 24); do
    if answer=$(aws firehose create-delivery-stream --cli-input-json "$request" 2>&1); then break; fi
    case "$answer" in
      *"unable to assume role"* | *"Access was denied"* | *"is not authorized to"* | *"Verify that the IAM role"*)
        if [ "$attempt" = 24 ]; then echo "$answer" >&2; exit 1; fi
        ;;
      *) echo "$answer" >&2; exit 1 ;;
    esac
    sleep 5
  done
fi
wait_for ACTIVE firehose_says DeliveryStreamStatus
"""
