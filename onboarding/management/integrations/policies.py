"""`integration policies`: the four policies of a stream by command line."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.integrations import policies
from onboarding.integrations.policies import InvalidPrincipal
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.spec import integration_spec as specs
from portal.command_line import failed
from portal.messages.message import Message


class PolicySubcommands:
    """The subcommand of `integration` about the policies of its stream."""

    policy_subcommands = {
        "policies": gettext_lazy("Print the four policies of an integration's data stream, and how to attach them."),
    }

    def add_policies(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, and the user or role that gets a policy."""
        add_integration(parser)
        parser.add_argument(
            "--principal",
            default="",
            metavar="ARN",
            help=_("The ARN of an IAM user or role in the stream's account, for the commands that attach a policy."),
        )

    def do_policies(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what each policy allows, its document, and the commands that attach it."""
        integration = named_integration(options)
        if integration.spec is None or integration.connection is None:
            raise failed(Message("command.is_draft", integration=integration.name))
        account_id, principal = integration.connection.account_id, options["principal"]
        try:
            return {
                policy.key: {
                    "allows": policy.sentences,
                    "document": policy.document,
                    "commands": policies.commands(policy, account_id=account_id, principal=principal),
                }
                for policy in policies.stream_policies(integration, specs.from_row(integration.spec))
            }
        except InvalidPrincipal as refused:
            raise failed(refused.message) from refused

    def say_policies(self, answer: dict[str, Any]) -> str:
        """Print what each policy allows, then its commands."""
        return "\n".join(
            "\n".join([key, *(f"  {sentence}" for sentence in policy["allows"]), policy["commands"]])
            for key, policy in answer.items()
        )
