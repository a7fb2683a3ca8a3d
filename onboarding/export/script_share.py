"""The part of the exported script that shares the stream: its own statement in the resource policy, others untouched.

The AWS CLI has no command that edits JSON, and a script should need no other program. Its `--query` takes JSON between
backticks, so a query of a call that changes nothing puts the statement in.
https://jmespath.org/specification.html#literal-expressions
"""

SHARE = """
echo "Share with @principal@"
IFS= read -r -d '' statement <<'JSON' || true
@statement@
JSON
@consumer@policy=$(aws kinesis get-resource-policy --resource-arn @resource@ --query Policy --output text)
case "$policy" in
  "" | None | "{}") policy='@empty@' ;;
esac
policy=${policy//\\`/\\\\\\`}
others="([\\`$policy\\`.Statement][] | [?Sid != '@sid@'])"
merged=$(aws sts get-caller-identity --output text \\
  --query "to_string(merge(\\`$policy\\`, {Statement: [$others, [\\`$statement\\`]][]}))")
aws kinesis put-resource-policy --resource-arn @resource@ --policy "$merged"
"""

# Of a share that reads as a registered consumer: AWS takes the exact ARN, which ends with the time of registration.
CONSUMER = """\
consumer=$(aws kinesis describe-stream-consumer --stream-arn @stream_arn@ --consumer-name @name@ \\
  --query ConsumerDescription.ConsumerARN --output text)
statement=${statement//@placeholder@/$consumer}
"""
