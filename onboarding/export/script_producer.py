"""The part of the exported script that creates the producer: its policy and IAM user, or its role."""

PRODUCER = """
echo "Policy and IAM user of the producer"
IFS= read -r -d '' request <<'JSON' || true
@policy_request@
JSON
IFS= read -r -d '' document <<'JSON' || true
@policy@
JSON
arn=@policy_arn@
if tag=$(aws iam get-policy --policy-arn "$arn" --output text \\
  --query "Policy.Tags[?Key=='sluice:integration'].Value | [0]" 2>/dev/null); then
  ours "Policy @policy_name@" "$tag"
  # IAM stores five versions of a policy: delete the oldest before adding one.
  for version in $(aws iam list-policy-versions --policy-arn "$arn" --output text \\
    --query 'sort_by(Versions[?!IsDefaultVersion], &CreateDate)[:-3].VersionId'); do
    aws iam delete-policy-version --policy-arn "$arn" --version-id "$version"
  done
  aws iam create-policy-version --policy-arn "$arn" --policy-document "$document" --set-as-default >/dev/null
else
  aws iam create-policy --cli-input-json "$request" --policy-document "$document" >/dev/null
fi

IFS= read -r -d '' request <<'JSON' || true
@user_request@
JSON
user=@user@
if tag=$(aws iam get-user --user-name "$user" --output text \\
  --query "User.Tags[?Key=='sluice:integration'].Value | [0]" 2>/dev/null); then
  ours "IAM user $user" "$tag"
else
  aws iam create-user --cli-input-json "$request" >/dev/null
fi
aws iam attach-user-policy --user-name "$user" --policy-arn "$arn"
"""

PRODUCER_ROLE = """
echo "Role of the producer"
IFS= read -r -d '' request <<'JSON' || true
@role_request@
JSON
IFS= read -r -d '' trust <<'JSON' || true
@trust@
JSON
IFS= read -r -d '' document <<'JSON' || true
@policy@
JSON
ensure_role @role@ "$request" "$trust" @role_policy_name@ "$document"
"""
