"""manage.py connector: the settings of a tool that reads an integration's stream."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.connectors.catalogue import TOOLS
from onboarding.connectors.connector import Connector
from onboarding.connectors.consumed_stream import AssumedRole
from onboarding.connectors.typed import InvalidConsumer, with_typed
from onboarding.integrations.consumed_streams import consumed_stream, consumer_roles
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.models.integration import Integration
from onboarding.provisioning.answers import Refused
from portal.command_line import Answer, CommandWithAnswer, failed
from portal.messages.catalogue import text_of
from portal.messages.message import Message


class Command(CommandWithAnswer):
    """Print the settings of one tool."""

    description = gettext_lazy("Print the settings of a tool that reads an integration's data stream.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the integration, the tool, and how it signs in."""
        add_integration(parser)
        parser.add_argument("tool", choices=list(TOOLS), help=_("The tool."))
        parser.add_argument(
            "--file", default="", metavar="NAME", help=_("The name of one file, which is printed alone.")
        )
        parser.add_argument(
            "--consumer", default="", metavar="NAME", help=_("The name of a consumer of the integration, for its role.")
        )
        parser.add_argument("--by-role", action="store_true", help=_("Sign in by a role that the tool assumes."))
        parser.add_argument("--role", default="", metavar="ARN", help=_("The ARN of that role."))
        parser.add_argument("--external-id", default="", metavar="ID", help=_("The external ID of that role."))
        parser.add_argument(
            "--fan-out", default="", metavar="ARN", help=_("The ARN of a consumer with enhanced fan-out.")
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("Print the answer as JSON."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the settings."""
        self.print_answer(_answer, _as_text, options)


def _answer(options: Answer) -> Answer:
    integration = named_integration(options)
    try:
        stream = consumed_stream(integration)
        if stream is None:
            raise failed(Message("command.is_draft", integration=integration.name))
        described = with_typed(
            stream,
            by_role=options["by_role"] or bool(options["role"]),
            role_arn=options["role"],
            external_id=options["external_id"],
            fanout_arn=options["fan_out"],
        )
        if options["consumer"]:
            described = replace(described, role=_role_of(integration, options["consumer"]))
    except (InvalidConsumer, Refused) as refused:
        raise failed(refused.message) from refused
    return _described(TOOLS[options["tool"]].settings(described), options["file"])


def _role_of(integration: Integration, name: str) -> AssumedRole:
    roles = {role.name: role for role in consumer_roles(integration)}
    if name not in roles:
        raise failed(Message("connector.no_consumer", consumer=name, integration=integration.name))
    return roles[name]


def _described(connector: Connector, name: str) -> Answer:
    files = {file.name: file.text for file in connector.files}
    if name and name not in files:
        raise failed(Message("connector.no_file", tool=connector.title, file=name, files=", ".join(files)))
    return {
        "tool": connector.key,
        "file": name,
        "files": files,
        "policies": {policy.file_name: policy.document for policy in connector.policies},
        "secrets": [text_of(message) for message in connector.secrets],
        "notes": [text_of(message) for message in connector.notes],
        "costs": [text_of(message) for message in connector.costs],
        "reader": text_of(connector.reader),
        "sources": [
            {"version": source.version, "url": source.url, "read_on": source.read_on.isoformat()}
            for source in connector.sources
        ],
    }


def _as_text(answer: Answer) -> str:
    files: dict[str, str] = answer["files"]
    if answer["file"]:
        return files[answer["file"]].rstrip("\n")
    parts = [f"== {name}\n{text}" for name, text in files.items()]
    lines = [*answer["secrets"], *answer["notes"], *answer["costs"], answer["reader"]]
    return "\n".join([*parts, *lines])
