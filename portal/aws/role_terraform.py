"""The grant as Terraform: the role, its policies and the boundary, as resources of the AWS provider."""

from __future__ import annotations

import json

from portal.aws.names import check_account_id
from portal.aws.policies.statements import Document
from portal.aws.role_grant import ROLE_DESCRIPTION, SESSION_SECONDS, NamedPolicy, RoleGrant

_HEAD = """\
# Sluice's access to AWS account @account@, for Terraform 1.2 or newer and the provider hashicorp/aws.
# Apply it with a provider that is signed in to that account. It contains no secret.
# To remove the access: remove the deliveries in Sluice first, then destroy these resources.

data "aws_caller_identity" "sluice" {}
"""

_POLICY = """\
resource "aws_iam_policy" "@label@" {
  name        = "@name@"
  description = "@purpose@"

  policy = <<JSON
@document@
JSON
}
"""

_ROLE = """\
resource "aws_iam_role" "sluice_access" {
  name                 = "@role@"
  description          = "@description@"
  max_session_duration = @seconds@

  assume_role_policy = <<JSON
@document@
JSON

  lifecycle {
    precondition {
      condition     = data.aws_caller_identity.sluice.account_id == "@account@"
      error_message = "This role is for AWS account @account@, but the provider is signed in to another account."
    }
  }
}
"""

_ATTACHMENT = """\
resource "aws_iam_role_policy_attachment" "@label@" {
  role       = aws_iam_role.sluice_access.name
  policy_arn = aws_iam_policy.@label@.arn
}
"""

_OUTPUT = """\
output "sluice_role_arn" {
  description = "Paste this role ARN into Sluice."
  value       = aws_iam_role.sluice_access.arn
}
"""


# https://developer.hashicorp.com/terraform/language/expressions/strings
def terraform(grant: RoleGrant) -> str:
    """Return the configuration as HCL, complete. Raises InvalidName for an impossible account ID."""
    check_account_id(grant.account_id)
    values = {
        "account": grant.account_id,
        "role": grant.role_name,
        "description": ROLE_DESCRIPTION,
        "seconds": str(SESSION_SECONDS),
        "document": _json(grant.trust),
    }
    blocks = [
        _filled(_HEAD, values),
        *(_policy(policy) for policy in grant.policies),
        _filled(_ROLE, values),
        *(_filled(_ATTACHMENT, {"label": _label(policy)}) for policy in grant.permissions),
        _OUTPUT,
    ]
    return "\n".join(blocks)


def _policy(policy: NamedPolicy) -> str:
    values = {"label": _label(policy), "name": policy.name, "purpose": policy.purpose}
    return _filled(_POLICY, {**values, "document": _json(policy.document)})


def _label(policy: NamedPolicy) -> str:
    return f"sluice_{policy.key.removeprefix('Sluice').lower()}"


def _filled(form: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        form = form.replace(f"@{name}@", value)
    return form


def _json(document: Document) -> str:
    # In a here-document these two begin an expression of Terraform's own.
    return json.dumps(document, indent=2).replace("${", "$${").replace("%{", "%%{")
