"""`integration policies`: the four policies of a stream by command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from onboarding.integrations import policies
from onboarding.integrations.policies import InvalidPrincipal
from onboarding.management.integrations.runs import integration_called
from onboarding.spec import integration_spec as specs
from portal.messages.catalogue import explanation_of
from portal.tenancy.command import tenant_called


class PolicySubcommands:
    """The subcommand of `integration` about the policies of its stream."""

    policy_subcommands = {
        "policies": "Print the four policies of an integration's stream, and how to attach them.",
    }

    def add_policies(self, parser: ArgumentParser) -> None:
        """Take the integration's name, its tenant, and whom to give a policy to."""
        parser.add_argument("name", help="The integration's name or uid.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument("--principal", default="", help="The ARN of an IAM user or role in the stream's account.")

    def do_policies(self, options: dict[str, Any]) -> dict[str, Any]:
        """Say what each of the four allows, and how to attach it."""
        integration = integration_called(options["name"], tenant_called(options["tenant"]))
        if integration.spec is None or integration.connection is None:
            raise CommandError(f"{integration.name} is a draft: it has no stream with policies.")
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
            raise CommandError(explanation_of(refused.message)) from refused

    def say_policies(self, answer: dict[str, Any]) -> str:
        """Print each policy in words, then its commands."""
        return "\n".join(
            "\n".join([key, *(f"  {sentence}" for sentence in policy["allows"]), policy["commands"]])
            for key, policy in answer.items()
        )
