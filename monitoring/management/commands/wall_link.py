"""manage.py wall_link: links for wall displays, and to end one that was lost."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring import wall_links
from monitoring.wall_link_model import WallLink
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.message import Message
from portal.tenancy.command import tenant_called
from portal.tenancy.models import User

ACTOR = "command line"


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage links for wall displays, which show a board on a screen.")
    subcommands = {
        "create": gettext_lazy("Create a link of a person, and print it once."),
        "list": gettext_lazy("List links that have not ended, without their token."),
        "revoke": gettext_lazy("End a link and its open screens at once."),
    }

    def add_create(self, parser: ArgumentParser) -> None:
        """Add the arguments: person, name, end, tenant."""
        parser.add_argument("email", help=_("The email address of the person whose link it is."))
        parser.add_argument("--name", required=True, help=_("The place of the screen, such as Lobby."))
        parser.add_argument(
            "--days",
            type=int,
            default=wall_links.USUAL_DAYS,
            help=_("The days after which it expires; 90 if not given."),
        )
        _add_board(parser)

    def do_create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Create the link."""
        person, tenant = _person(options["email"]), _tenant(options)
        given = {"name": options["name"], "days": options["days"], "actor": ACTOR}
        link, token = wall_links.create(person=person, tenant=tenant, **given)
        path = reverse("wall", kwargs={"token": token})
        return {**_described(link), "url": f"{settings.SLUICE_PORTAL_URL or ''}{path}"}

    def add_list(self, parser: ArgumentParser) -> None:
        """Add the argument: of which board."""
        _add_board(parser)

    def do_list(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the links."""
        found = wall_links.current()
        if tenant := _tenant(options):
            found = found.filter(tenant=tenant)
        return {"links": [_described(link) for link in found]}

    def say_list(self, answer: dict[str, Any]) -> str:
        """Format a link a line."""
        return "\n".join(
            f"{link['uid']}  {link['tenant'] or _('all tenants')}  {link['name']}  {link['person']}"
            f"  expires {link['expires_at']:%Y-%m-%d}  {_last_used(link)}"
            for link in answer["links"]
        )

    def add_revoke(self, parser: ArgumentParser) -> None:
        """Add the argument: which."""
        parser.add_argument("link", help=_("The link's ID, from `wall_link list`."))

    def do_revoke(self, options: dict[str, Any]) -> dict[str, Any]:
        """Revoke the link."""
        link = wall_links.current().filter(uid=options["link"]).first()
        if link is None or wall_links.end(link=link, actor=ACTOR) is None:
            raise failed(Message("wall.uid_unknown", link=options["link"]))
        return {**_described(link), "revoked": True}


def _add_board(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="SLUG", help=_("The tenant whose board it is."))


def _tenant(options: dict[str, Any]) -> Any:
    return tenant_called(options["tenant"]) if options["tenant"] else None


def _person(email: str) -> User:
    try:
        return User.objects.get(email=email.strip().lower())
    except User.DoesNotExist:
        raise failed(Message("tenancy.person_unknown", email=email)) from None


def _described(link: WallLink) -> dict[str, Any]:
    return {
        "uid": link.uid,
        "name": link.name,
        "person": link.person.email,
        "tenant": link.tenant.slug if link.tenant else None,
        "expires_at": link.expires_at,
        "last_used_at": link.last_used_at,
        "last_used_from": link.last_used_from,
    }


def _last_used(link: dict[str, Any]) -> str:
    at = link["last_used_at"]
    return f"last used {at:%Y-%m-%d %H:%M} from {link['last_used_from'] or '-'}" if at else "never used"
