"""`integration export`: an integration's plan as a file."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from onboarding.export.formats import FORMATS
from onboarding.export.resources import CannotExport
from onboarding.integrations import export_files
from onboarding.management.integrations.runs import integration_called
from onboarding.problem_texts import lines_of
from onboarding.provisioning.answers import Refused
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused
from portal.messages.catalogue import explanation_of
from portal.tenancy.command import tenant_called

_MORE = (export_files.YAML, export_files.KEY, export_files.REMOVAL, export_files.VENDOR)


class ExportSubcommands:
    """The verb of the integration command that writes a plan down."""

    export_subcommands = {
        "export": "Print an integration's plan for CloudFormation, Terraform or the AWS CLI, its spec or other script.",
    }

    def add_export(self, parser: ArgumentParser) -> None:
        """Take the integration and the format."""
        parser.add_argument("name", help="The integration's name or uid.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument("--format", required=True, choices=[*FORMATS, *_MORE], help="What for.")

    def do_export(self, options: dict[str, Any]) -> dict[str, Any]:
        """Render the file."""
        integration = integration_called(options["name"], tenant_called(options["tenant"]))
        if integration.spec is None:
            raise CommandError(f"{integration.name} is a draft: it has no plan yet.")
        try:
            found = export_files.exported(integration, specs.from_row(integration.spec), options["format"])
        except SpecRefused as refused:
            raise CommandError("\n".join(lines_of(refused))) from refused
        except (CannotExport, Refused) as refused:
            raise CommandError(explanation_of(refused.message)) from refused
        return {"name": found.name, "format": options["format"], "text": found.text}

    def say_export(self, answer: dict[str, Any]) -> str:
        """Print the file itself."""
        return str(answer["text"]).rstrip("\n")
