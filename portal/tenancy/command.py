"""What Sluice's commands share: subcommands, `--json`, and errors as sentences with exit status 1."""

import json
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.tenancy.models import Tenant


class VerbCommand(BaseCommand):
    """A command with verbs: each entry of `verbs` has methods `add_<verb>` (arguments) and `do_<verb>` (work), with an
    underscore for each hyphen of the verb.

    `do_<verb>` returns the answer as plain JSON; `say_<verb>`, where there is one, formats it for people.
    """

    verbs: ClassVar[dict[str, str]] = {}

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add a subcommand for each verb, each with --json."""
        subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb, help_text in self.verbs.items():
            sub = subparsers.add_parser(verb, help=help_text, description=help_text)
            sub.add_argument("--json", action="store_true", dest="as_json", help="Print JSON.")
            getattr(self, f"add_{verb.replace('-', '_')}")(sub)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb and print its answer."""
        verb = options["verb"].replace("-", "_")
        try:
            answer = getattr(self, f"do_{verb}")(options)
        except ValidationError as invalid:
            raise CommandError(" ".join(invalid.messages)) from invalid
        if options["as_json"]:
            self.stdout.write(json.dumps(answer, indent=2, default=str))
        else:
            say = getattr(self, f"say_{verb}", self.say)
            self.stdout.write(say(answer))

    def say(self, answer: dict[str, Any]) -> str:
        """Format an answer as lines of “name: value”."""
        return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in answer.items())


def tenant_called(slug: str) -> Tenant:
    """Return the tenant; raises CommandError with the slug where there is none."""
    try:
        return Tenant.objects.get(slug=slug)
    except Tenant.DoesNotExist:
        raise CommandError(f"There is no tenant with the slug “{slug}”.") from None
