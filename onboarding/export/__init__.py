"""A plan as files that a client applies without Sluice: CloudFormation, Terraform, and a script for the AWS CLI.

resources.py says once what a plan makes; each other file writes that down in one form. None adds or leaves out
anything. No file holds a secret, and none makes the access key: in a template's output or in Terraform's state it
would lie in the clear. key_script.py makes it, apart, and encrypts it before it is written; removal_script.py takes
all of it down again.
"""

from onboarding.export.cloudformation import cloudformation
from onboarding.export.key_script import key_script
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import CannotExport, Resources, resources_of
from onboarding.export.script import cli_script
from onboarding.export.terraform import terraform

FORMATS = {
    "cloudformation": (cloudformation, "yaml"),
    "terraform": (terraform, "tf"),
    "cli": (cli_script, "sh"),
}

__all__ = [
    "FORMATS",
    "CannotExport",
    "Resources",
    "cli_script",
    "cloudformation",
    "key_script",
    "removal_script",
    "resources_of",
    "terraform",
]
