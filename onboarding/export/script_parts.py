"""The bash of the exported script. A word between two @ is filled in; every `read` takes JSON as it is."""

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

# ours WHAT TAG: go on only with what carries this integration's tag.
ours() {
  if [ "$2" != "$integration" ]; then
    echo "$1 is there already and its tag sluice:integration is not $integration. It was left as it is." >&2
    echo "Choose another name, or set that tag if this script made it and was interrupted." >&2
    exit 1
  fi
}

# wait_for WORD COMMAND…: until the command prints the word, for five minutes at most.
wait_for() {
  local wanted=$1 _
  shift
  for _ in $(seq 150); do
    if [ "$("$@" 2>/dev/null || true)" = "$wanted" ]; then return 0; fi
    sleep 2
  done
  echo "Still not $wanted after five minutes: $*" >&2
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

STREAM_MADE = """\
if stream_says StreamStatus >/dev/null 2>&1; then
  ours "Data stream $stream" "$(aws kinesis list-tags-for-stream --stream-name "$stream" \\
    --query "Tags[?Key=='sluice:integration'].Value | [0]" --output text)"
  if [ "$(stream_says StreamModeDetails.StreamMode)" != @mode@ ]; then
    echo "The stream's capacity mode is not @mode@. Switch it in the AWS console first, and run this again." >&2
    exit 1
  fi
  aws kinesis add-tags-to-stream --cli-input-json "$tags"
else
  aws kinesis create-stream --cli-input-json "$asked"
fi"""

# A stream that was there before: neither made here nor taken from another integration.
STREAM_ADOPTED = """\
if ! stream_says StreamStatus >/dev/null 2>&1; then
  echo "There is no data stream $stream, and this script makes none in the place of yours. Nothing was changed." >&2
  exit 1
fi
whose=$(aws kinesis list-tags-for-stream --stream-name "$stream" \\
  --query "Tags[?Key=='sluice:integration'].Value | [0]" --output text)
if [ "$whose" != None ]; then ours "Data stream $stream" "$whose"; fi
if [ "$(stream_says StreamModeDetails.StreamMode)" != @mode@ ]; then
  echo "The stream's capacity mode is not @mode@. Switch it in the AWS console first, and run this again." >&2
  exit 1
fi
aws kinesis add-tags-to-stream --cli-input-json "$tags"
"""

STREAM = """
echo "Data stream $stream"
IFS= read -r -d '' asked <<'JSON' || true
@asked@
JSON
IFS= read -r -d '' tags <<'JSON' || true
@tags@
JSON
IFS= read -r -d '' metrics <<'JSON' || true
@metrics@
JSON
@stream_there@
wait_for ACTIVE stream_says StreamStatus

hours=$(stream_says RetentionPeriodHours)
if [ "$hours" -lt @hours@ ]; then
  aws kinesis increase-stream-retention-period --stream-name "$stream" --retention-period-hours @hours@
elif [ "$hours" -gt @hours@ ]; then
  if [ "${ACCEPT_LOSS:-}" != yes ]; then
    echo "The stream keeps records for $hours hours. Keeping them for @hours@ loses the older ones at once." >&2
    echo "If that is meant, run this with ACCEPT_LOSS=yes before it." >&2
    exit 1
  fi
  aws kinesis decrease-stream-retention-period --stream-name "$stream" --retention-period-hours @hours@
fi
wait_for ACTIVE stream_says StreamStatus

record_kib=$(stream_says MaxRecordSizeInKiB)
if [ "${record_kib/None/1024}" != @record_kib@ ]; then
  aws kinesis update-max-record-size --stream-arn @stream_arn@ --max-record-size-in-kib @record_kib@
  wait_for ACTIVE stream_says StreamStatus
fi

# AWS takes at most twice the number of open shards at a time, and at least half of it. 0 is on demand.
shards=@shards@
while count=$(stream_says OpenShardCount) && [ "$shards" != 0 ] && [ "$count" != "$shards" ]; do
  target=$shards
  if [ "$target" -gt $((count * 2)) ]; then target=$((count * 2)); fi
  if [ "$target" -lt $(((count + 1) / 2)) ]; then target=$(((count + 1) / 2)); fi
  aws kinesis update-shard-count --stream-name "$stream" --target-shard-count "$target" \\
    --scaling-type UNIFORM_SCALING >/dev/null
  wait_for ACTIVE stream_says StreamStatus
done

key='@key@'
if [ -n "$key" ]; then
  if [ "$(stream_says KeyId)" != "$key" ]; then
    aws kinesis start-stream-encryption --stream-name "$stream" --encryption-type KMS --key-id "$key"
  fi
elif [ "$(stream_says EncryptionType)" = KMS ]; then
  aws kinesis stop-stream-encryption --stream-name "$stream" --encryption-type KMS --key-id "$(stream_says KeyId)"
fi
wait_for ACTIVE stream_says StreamStatus

metrics_on=$(stream_says 'EnhancedMonitoring[0].ShardLevelMetrics | length(not_null(@, `[]`))')
if [ @metrics_on@ != 0 ] && [ "$metrics_on" != @metrics_on@ ]; then
  aws kinesis enable-enhanced-monitoring --cli-input-json "$metrics" >/dev/null
elif [ @metrics_on@ = 0 ] && [ "$metrics_on" -ge @metrics_some@ ]; then
  aws kinesis disable-enhanced-monitoring --cli-input-json "$metrics" >/dev/null
fi
wait_for ACTIVE stream_says StreamStatus
"""

PRODUCER = """
echo "Policy and IAM user of the producer"
IFS= read -r -d '' asked <<'JSON' || true
@policy_asked@
JSON
IFS= read -r -d '' document <<'JSON' || true
@policy@
JSON
arn=@policy_arn@
if tag=$(aws iam get-policy --policy-arn "$arn" --output text \\
  --query "Policy.Tags[?Key=='sluice:integration'].Value | [0]" 2>/dev/null); then
  ours "Policy @policy_name@" "$tag"
  # IAM keeps five versions of a policy: make room for a new one.
  for version in $(aws iam list-policy-versions --policy-arn "$arn" --output text \\
    --query 'sort_by(Versions[?!IsDefaultVersion], &CreateDate)[:-3].VersionId'); do
    aws iam delete-policy-version --policy-arn "$arn" --version-id "$version"
  done
  aws iam create-policy-version --policy-arn "$arn" --policy-document "$document" --set-as-default >/dev/null
else
  aws iam create-policy --cli-input-json "$asked" --policy-document "$document" >/dev/null
fi

IFS= read -r -d '' asked <<'JSON' || true
@user_asked@
JSON
user=@user@
if tag=$(aws iam get-user --user-name "$user" --output text \\
  --query "User.Tags[?Key=='sluice:integration'].Value | [0]" 2>/dev/null); then
  ours "IAM user $user" "$tag"
else
  aws iam create-user --cli-input-json "$asked" >/dev/null
fi
aws iam attach-user-policy --user-name "$user" --policy-arn "$arn"
"""

OWN_BUCKET = """
echo "Your bucket @bucket@"
if ! aws s3api head-bucket --bucket @bucket@ --expected-bucket-owner "$account" >/dev/null 2>&1; then
  echo "There is no bucket @bucket@ in this account, or you may not see it. Make it first." >&2
  exit 1
fi
"""

BUCKET = """
echo "Bucket @bucket@"
IFS= read -r -d '' asked <<'JSON' || true
@asked@
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
  aws s3api create-bucket --cli-input-json "$asked" >/dev/null
  aws s3api put-bucket-tagging --bucket @bucket@ --tagging "$tagging"
fi
aws s3api put-public-access-block --bucket @bucket@ --public-access-block-configuration \\
  '{"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true}'
aws s3api put-bucket-encryption --bucket @bucket@ --server-side-encryption-configuration \\
  '{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": false}]}'
aws s3api put-bucket-policy --bucket @bucket@ --policy "$document"
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
IFS= read -r -d '' asked <<'JSON' || true
@log_asked@
JSON
if [ "$(aws logs describe-log-groups --log-group-name-prefix @log_group@ \\
  --query "length(logGroups[?logGroupName=='@log_group@'])" --output text)" = 0 ]; then
  aws logs create-log-group --cli-input-json "$asked"
fi
@log_streams@
IFS= read -r -d '' asked <<'JSON' || true
@role_asked@
JSON
IFS= read -r -d '' trust <<'JSON' || true
@trust@
JSON
IFS= read -r -d '' rights <<'JSON' || true
@rights@
JSON
role=@role@
if tag=$(aws iam get-role --role-name "$role" --output text \\
  --query "Role.Tags[?Key=='sluice:integration'].Value | [0]" 2>/dev/null); then
  ours "Role $role" "$tag"
  aws iam update-assume-role-policy --role-name "$role" --policy-document "$trust"
else
  aws iam create-role --cli-input-json "$asked" --assume-role-policy-document "$trust" >/dev/null
fi
aws iam put-role-policy --role-name "$role" --policy-name @policy_name@ --policy-document "$rights"

IFS= read -r -d '' asked <<'JSON' || true
@asked@
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
  # A role made a moment ago is not known to Firehose at once.
  for attempt in $(seq 24); do
    if answer=$(aws firehose create-delivery-stream --cli-input-json "$asked" 2>&1); then break; fi
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
