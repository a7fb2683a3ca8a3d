"""`integration export`: an integration's plan as a file."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.export.formats import FORMATS
from onboarding.export.resources import CannotExport
from onboarding.integrations import export_files
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.management.spec_problems import problems_failed
from onboarding.provisioning.answers import Refused
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused
from portal.command_line import failed
from portal.messages.message import Message

_MORE = (export_files.YAML, export_files.KEY, export_files.REMOVAL, export_files.VENDOR)


class ExportSubcommands:
    """The subcommand of `integration` that writes its plan into a file."""

    export_subcommands = {
        "export": gettext_lazy("Print an integration's plan as a file for CloudFormation, Terraform or the AWS CLI."),
    }

    def add_export(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration and the format."""
        add_integration(parser)
        parser.add_argument(
            "--format",
            required=True,
            choices=[*FORMATS, *_MORE],
            help=_("The content: a plan, the spec, a script for the key or the removal, or the vendor's key."),
        )

    def do_export(self, options: dict[str, Any]) -> dict[str, Any]:
        """Render the file."""
        integration = named_integration(options)
        if integration.spec is None:
            raise failed(Message("command.is_draft", integration=integration.name))
        try:
            found = export_files.exported(integration, specs.from_row(integration.spec), options["format"])
        except SpecRefused as refused:
            raise problems_failed(refused) from refused
        except (CannotExport, Refused) as refused:
            raise failed(refused.message) from refused
        return {"name": found.name, "format": options["format"], "text": found.text}

    def say_export(self, answer: dict[str, Any]) -> str:
        """Print the file itself."""
        return str(answer["text"]).rstrip("\n")
