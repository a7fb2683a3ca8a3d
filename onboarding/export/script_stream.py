"""The part of the exported script that creates or adopts the data stream and sets it up."""

STREAM_CREATED = """\
if stream_says StreamStatus >/dev/null 2>&1; then
  ours "Data stream $stream" "$(aws kinesis list-tags-for-stream --stream-name "$stream" \\
    --query "Tags[?Key=='sluice:integration'].Value | [0]" --output text)"
  if [ "$(stream_says StreamModeDetails.StreamMode)" != @mode@ ]; then
    echo "The stream's capacity mode is not @mode@. Change it in the AWS console, then run this again." >&2
    exit 1
  fi
  aws kinesis add-tags-to-stream --cli-input-json "$tags"
else
  aws kinesis create-stream --cli-input-json "$request"
fi"""

# An adopted stream: neither created here nor removed from another integration.
STREAM_ADOPTED = """\
if ! stream_says StreamStatus >/dev/null 2>&1; then
  echo "Your data stream $stream does not exist, and this script does not create it. Nothing was changed." >&2
  exit 1
fi
whose=$(aws kinesis list-tags-for-stream --stream-name "$stream" \\
  --query "Tags[?Key=='sluice:integration'].Value | [0]" --output text)
if [ "$whose" != None ]; then ours "Data stream $stream" "$whose"; fi
if [ "$(stream_says StreamModeDetails.StreamMode)" != @mode@ ]; then
  echo "The stream's capacity mode is not @mode@. Change it in the AWS console, then run this again." >&2
  exit 1
fi
aws kinesis add-tags-to-stream --cli-input-json "$tags"
"""

STREAM = """
echo "Data stream $stream"
IFS= read -r -d '' request <<'JSON' || true
@request@
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
    echo "The retention period is $hours hours. Reducing it to @hours@ hours deletes older records immediately." >&2
    echo "To accept this, set ACCEPT_LOSS=yes and run this again." >&2
    exit 1
  fi
  aws kinesis decrease-stream-retention-period --stream-name "$stream" --retention-period-hours @hours@
fi
wait_for ACTIVE stream_says StreamStatus

record_kib=$(stream_says MaxRecordSizeInKiB)
if [ "${record_kib/None/1024}" != @record_kib@ ]; then
  aws kinesis update-max-record-size --stream-arn @stream_arn@ --max-record-size-in-ki-b @record_kib@
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
