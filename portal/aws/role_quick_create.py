"""The link at which the AWS console shows the hosted template filled in."""

from __future__ import annotations

from urllib.parse import urlencode

from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS
from portal.aws.role_grant import RoleGrant

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}
_LONGEST_LINK = 1024
_FIRST_REGION = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


def quick_create_url(grant: RoleGrant, template_url: str) -> str:
    """Return the address at which the AWS console shows the hosted template filled in, ready to be created.

    "" where it would be longer than the 1,024 characters that the console takes: with many ARNs listed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
    """
    region = _FIRST_REGION.get(grant.partition, "us-east-1")
    listed = listed_resources(grant.optional.others)
    parameters = {
        "templateURL": template_url,
        "stackName": grant.stack_name,
        "param_ExternalId": grant.external_id,
        "param_NamePrefix": grant.name_prefix,
        "param_NameSuffix": grant.suffix,
        **{
            f"param_{permission.parameter}": "yes" if permission.key in grant.optional.chosen else "no"
            for permission in OPTIONAL_PERMISSIONS
            if permission.is_default or permission.key in grant.optional.chosen
        },
        **{
            f"param_{sid}": ",".join(resources)
            for sid, resources in listed.items()
            if sid not in grant.optional.excluded_statements
        },
    }
    console = _CONSOLES.get(grant.partition, _CONSOLES["aws"])
    address = f"https://{console}/cloudformation/home?region={region}#/stacks/quickcreate?{urlencode(parameters)}"
    return address if len(address) <= _LONGEST_LINK else ""
