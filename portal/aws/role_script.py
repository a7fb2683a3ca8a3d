"""The grant as a script for the AWS CLI: creates the role, its policies and the boundary, or updates what exists."""

from __future__ import annotations

import json

from portal.aws.names import check_account_id
from portal.aws.policies.statements import Document
from portal.aws.role_grant import ROLE_DESCRIPTION, SESSION_SECONDS, NamedPolicy, RoleGrant

_SCRIPT = """\
#!/usr/bin/env bash
# Sluice's access to AWS account @account@, by the AWS CLI (version 1 or 2).
# Run it signed in to that account as someone who may manage IAM. You can run it again at any time: it updates
# existing resources to the state below. It contains no secret.
# To remove the access: remove the deliveries in Sluice first, then delete role @role@ and its policies.
set -euo pipefail

account=@account@
partition=@partition@
role=@role@

signed_in=$(aws sts get-caller-identity --query Account --output text)
if [ "$signed_in" != "$account" ]; then
  echo "You are signed in to AWS account $signed_in; this script is for account $account. Nothing was changed." >&2
  exit 1
fi

# put_policy NAME PURPOSE DOCUMENT
put_policy() {
  local arn="arn:$partition:iam::$account:policy/$1" version
  if aws iam get-policy --policy-arn "$arn" --output text >/dev/null 2>&1; then
    # IAM stores five versions of a policy: delete the oldest before adding one.
    for version in $(aws iam list-policy-versions --policy-arn "$arn" --output text \\
      --query 'sort_by(Versions[?!IsDefaultVersion], &CreateDate)[:-3].VersionId'); do
      aws iam delete-policy-version --policy-arn "$arn" --version-id "$version"
    done
    aws iam create-policy-version --policy-arn "$arn" --policy-document "$3" --set-as-default >/dev/null
  else
    aws iam create-policy --policy-name "$1" --description "$2" --policy-document "$3" >/dev/null
  fi
}

@policies@
trust=$(cat <<'JSON'
@trust@
JSON
)
if aws iam get-role --role-name "$role" --output text >/dev/null 2>&1; then
  aws iam update-assume-role-policy --role-name "$role" --policy-document "$trust"
  aws iam update-role --role-name "$role" --max-session-duration @seconds@ --description "@description@" >/dev/null
else
  aws iam create-role --role-name "$role" --assume-role-policy-document "$trust" \\
    --max-session-duration @seconds@ --description "@description@" >/dev/null
fi
for name in @names@; do
  aws iam attach-role-policy --role-name "$role" --policy-arn "arn:$partition:iam::$account:policy/$name"
done

@withdrawals@echo "The role is ready. Paste its ARN into Sluice:"
echo "arn:$partition:iam::$account:role/$role"
"""

_POLICY = """\
put_policy @name@ "@purpose@" "$(cat <<'JSON'
@document@
JSON
)"
"""

# What an earlier choice attached. The policy itself stays, as it can be in use as a permissions boundary.
_WITHDRAWAL = """\
arn="arn:$partition:iam::$account:policy/@name@"
if aws iam get-policy --policy-arn "$arn" --output text >/dev/null 2>&1; then
  aws iam detach-role-policy --role-name "$role" --policy-arn "$arn" >/dev/null 2>&1 || true
fi

"""


# https://docs.aws.amazon.com/cli/latest/reference/iam/
def cli_script(grant: RoleGrant) -> str:
    """Return the bash script, complete. Raises InvalidName for an impossible account ID."""
    check_account_id(grant.account_id)
    values = {
        "policies": "\n".join(_policy(policy) for policy in grant.policies),
        "trust": _json(grant.trust),
        "names": " ".join(policy.name for policy in grant.permissions),
        "account": grant.account_id,
        "partition": grant.partition,
        "role": grant.role_name,
        "seconds": str(SESSION_SECONDS),
        "description": ROLE_DESCRIPTION,
        "withdrawals": "".join(_WITHDRAWAL.replace("@name@", name) for name in grant.withdrawn_policies),
    }
    return _filled(_SCRIPT, values)


def _policy(policy: NamedPolicy) -> str:
    return _filled(_POLICY, {"name": policy.name, "purpose": policy.purpose, "document": _json(policy.document)})


def _filled(form: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        form = form.replace(f"@{name}@", value)
    return form


def _json(document: Document) -> str:
    return json.dumps(document, indent=2)
