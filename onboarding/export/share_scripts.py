"""The scripts of a reader: to read with a Lambda function, and to check each step and learn what is wrong."""

MAPPING = """\
#!/usr/bin/env bash
# Reads data stream @stream_arn@ with a Lambda function: event-source-mapping.sh FUNCTION
# Run it signed in to account @reader_account@. The function must be in @region@ and have the execution role below.
# You can run it again: it updates the policy, and keeps a mapping that exists. It contains no secret.
set -euo pipefail

function=${1:?Name the Lambda function.}
role=@role@
stream=@source_arn@
export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""

signed_in=$(aws sts get-caller-identity --query Account --output text)
if [ "$signed_in" != @reader_account@ ]; then
  echo "You are signed in to AWS account $signed_in; this script is for account @reader_account@." >&2
  echo "Nothing was changed." >&2
  exit 1
fi

IFS= read -r -d '' policy <<'JSON' || true
@policy@
JSON
aws iam put-role-policy --role-name "$role" --policy-name @policy_name@ --policy-document "$policy"

# From the oldest record on: with LATEST, records that arrive while the mapping is created are missed.
found=$(aws lambda list-event-source-mappings --function-name "$function" --event-source-arn "$stream" \\
  --query 'EventSourceMappings[0].UUID' --output text)
if [ "$found" = None ]; then
  aws lambda create-event-source-mapping --function-name "$function" --event-source-arn "$stream" \\
    --starting-position TRIM_HORIZON --batch-size @batch_size@ --maximum-retry-attempts @retries@ \\
    --bisect-batch-on-function-error --function-response-types ReportBatchItemFailures --query UUID --output text
else
  echo "The function reads this stream already: event source mapping $found."
fi
"""

CHECK = """\
#!/usr/bin/env bash
# Checks whether you can read data stream @stream_arn@, call by call. It changes nothing and prints no record.
# Run it with the credentials of the role that reads.
set -uo pipefail

stream=@stream_arn@
export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""
failed=0

# try WHAT COMMAND…: prints whether a call worked and what its failure means; its output is in $answer.
try() {
  local what=$1
  shift
  if answer=$("$@" --output text 2>&1); then
    echo "ok      $what"
    return 0
  fi
  failed=1
  echo "failed  $what"
  case "$answer" in
    *KMSAccessDenied* | *"customer master key"*)
      echo "        The KMS key does not admit you. Allow kms:Decrypt in your policy (reader-policy.json), and ask the"
      echo "        owner to check the statement of the key." ;;
    *"resource-based policy"*)
      echo "        The stream's resource policy does not name you. Compare who you are, above, with the share." ;;
    *AccessDenied* | *"not authorized"*)
      echo "        Your own policy (reader-policy.json) or the stream's resource policy does not allow it." ;;
    *ResourceNotFound*)
      echo "        There is no such stream in @region@. It may have been removed, or you call another Region." ;;
  esac
  echo "        AWS: $answer"
  return 1
}

try "signed in" aws sts get-caller-identity --query Arn && echo "        $answer"
try "kinesis:DescribeStream" aws kinesis describe-stream --stream-arn "$stream" --query StreamDescription.StreamStatus
try "kinesis:DescribeStreamSummary" aws kinesis describe-stream-summary --stream-arn "$stream" \\
  --query StreamDescriptionSummary.StreamStatus
if try "kinesis:ListShards" aws kinesis list-shards --stream-arn "$stream" --query 'Shards[0].ShardId'; then
  if try "kinesis:GetShardIterator" aws kinesis get-shard-iterator --stream-arn "$stream" --shard-id "$answer" \\
    --shard-iterator-type TRIM_HORIZON --query ShardIterator; then
    try "kinesis:GetRecords, and decrypting" aws kinesis get-records --stream-arn "$stream" \\
      --shard-iterator "$answer" --limit 1 --query 'length(Records)'
  fi
fi
if [ "$failed" = 0 ]; then echo "Done. You can read the stream."; else echo "You cannot read the stream yet." >&2; fi
exit "$failed"
"""
