"""The formats of a plan: what renders each, and how its file's name ends."""

from onboarding.export.cloudformation import cloudformation
from onboarding.export.script import cli_script
from onboarding.export.terraform import terraform

FORMATS = {
    "cloudformation": (cloudformation, "yaml"),
    "terraform": (terraform, "tf"),
    "cli": (cli_script, "sh"),
}
