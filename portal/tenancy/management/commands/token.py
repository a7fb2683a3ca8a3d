"""API tokens by command line: for programs of an installation, and to end a token that was lost."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.command_line import CommandWithSubcommands, failed
from portal.messages.message import Message
from portal.tenancy import tokens
from portal.tenancy.command import tenant_called
from portal.tenancy.models import ApiToken, User

ACTOR = "command line"


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage API tokens, with which programs act for a person.")
    subcommands = {
        "create": gettext_lazy("Create a token of a person, and print it once."),
        "list": gettext_lazy("List tokens that have not ended, without their text."),
        "revoke": gettext_lazy("End a token at once."),
    }

    def add_create(self, parser: ArgumentParser) -> None:
        """Add the arguments: person, name, scopes, end, tenant."""
        parser.add_argument("email", help=_("The email address of the token's person."))
        parser.add_argument("--name", required=True, help=_("The name of the program that uses the token."))
        parser.add_argument(
            "--scope",
            required=True,
            action="append",
            choices=[right.value for right in tokens.BY_TOKEN],
            help=_("The right that the token may use while its person has it. Can be given more than once."),
        )
        parser.add_argument(
            "--days", type=int, default=tokens.USUAL_DAYS, help=_("The days after which it expires; 90 if not given.")
        )
        parser.add_argument("--tenant", metavar="SLUG", help=_("The only tenant in which it can be used."))

    def do_create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Create the token."""
        person, tenant = _person(options["email"]), tenant_called(options["tenant"]) if options["tenant"] else None
        given = {"name": options["name"], "scopes": options["scope"], "days": options["days"], "tenant": tenant}
        token, text = tokens.create(person=person, actor=ACTOR, **given)
        return {**_described(token), "token": text}

    def add_list(self, parser: ArgumentParser) -> None:
        """Add the argument: whose."""
        parser.add_argument("email", nargs="?", help=_("The email address of a person, to list theirs alone."))

    def do_list(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the tokens."""
        found = tokens.tokens_of(_person(options["email"])) if options["email"] else tokens.current_tokens()
        return {"tokens": [_described(token) for token in found.select_related("tenant")]}

    def say_list(self, answer: dict[str, Any]) -> str:
        """Format a token a line."""
        return "\n".join(
            f"{token['number']}  {token['person']}  {token['name']}  {' '.join(token['scopes'])}"
            f"  expires {token['expires_at']:%Y-%m-%d}  {_last_used(token)}"
            for token in answer["tokens"]
        )

    def add_revoke(self, parser: ArgumentParser) -> None:
        """Add the argument: which."""
        parser.add_argument("number", type=int, help=_("The token's number, from `token list`."))

    def do_revoke(self, options: dict[str, Any]) -> dict[str, Any]:
        """Revoke the token."""
        token = tokens.current_tokens().filter(pk=options["number"]).first()
        if token is None:
            raise failed(Message("token.number_unknown", number=str(options["number"])))
        tokens.revoke(token=token, actor=ACTOR)
        return {**_described(token), "revoked": True}


def _person(email: str) -> User:
    try:
        return User.objects.get(email=email.strip().lower())
    except User.DoesNotExist:
        raise failed(Message("tenancy.person_unknown", email=email)) from None


def _described(token: ApiToken) -> dict[str, Any]:
    return {
        "number": token.pk,
        "person": token.person.email,
        "name": token.name,
        "scopes": token.scopes,
        "tenant": token.tenant.slug if token.tenant else None,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "last_used_from": token.last_used_from,
    }


def _last_used(token: dict[str, Any]) -> str:
    at = token["last_used_at"]
    return f"last used {at:%Y-%m-%d %H:%M} from {token['last_used_from'] or '-'}" if at else "never used"
