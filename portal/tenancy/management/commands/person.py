"""People by command line: the first sign-in of an installation, and every change of people without the admin."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.command_line import CommandWithSubcommands, failed
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.tenancy import people, services
from portal.tenancy.command import tenant_called
from portal.tenancy.invitations import Handover, hand_over, invite
from portal.tenancy.models import StaffRole, TenantRole, User

ACTOR = "command line"
NONE = "none"
_STAFF = [role.value for role in StaffRole if role]
_ROLES = [role.value for role in TenantRole]


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage people: clients' people and staff.")
    subcommands = {
        "create": gettext_lazy("Create a person, with a password from standard input or none yet."),
        "invite": gettext_lazy("Send a person a link to choose a password; create the person if needed."),
        "role": gettext_lazy("Change or end a person's role in a tenant, or their staff role."),
        "password": gettext_lazy("Set a person's password, read from standard input."),
        "deactivate": gettext_lazy("End all access of a person who leaves."),
        "list": gettext_lazy("List people, with their roles."),
    }

    def add_create(self, parser: ArgumentParser) -> None:
        """Add the arguments: address, name, place, password."""
        _add_person(parser)
        _add_place(parser, _ROLES, _STAFF)
        parser.add_argument(
            "--password-stdin", action="store_true", help=_("Read the password from standard input, as one line.")
        )

    def do_create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Create the person."""
        password = _password() if options["password_stdin"] else None
        with transaction.atomic():
            user = _created(options)
            if password is not None:
                people.set_password(user=user, password=password, actor=ACTOR)
        return {**_described(user), "has_password": password is not None}

    def add_invite(self, parser: ArgumentParser) -> None:
        """Add the arguments: address, name, place, how the link is sent."""
        _add_person(parser)
        _add_place(parser, _ROLES, _STAFF)
        parser.add_argument(
            "--print-link", action="store_true", help=_("Print the link for you to pass on, and send no mail.")
        )

    def do_invite(self, options: dict[str, Any]) -> dict[str, Any]:
        """Invite the person, and deliver the mail at once rather than by a worker, to say what became of it."""
        with transaction.atomic():
            user = User.objects.filter(email=options["email"].lower()).first() or _created(options)
            invitation = invite(user=user, actor=ACTOR, by_mail=not options["print_link"])
        if invitation.item is None:
            return {**_described(user), "mailed": False, "link": invitation.link}
        return {**_described(user), **_handed_over(hand_over(invitation.item))}

    def add_role(self, parser: ArgumentParser) -> None:
        """Add the arguments: address and role."""
        parser.add_argument("email", help=_("The person's email address."))
        _add_place(parser, [*_ROLES, NONE], [*_STAFF, NONE])

    def do_role(self, options: dict[str, Any]) -> dict[str, Any]:
        """Change the role."""
        user = _person(options["email"])
        _check_place(options)
        if options["staff"]:
            role = StaffRole.NONE if options["staff"] == NONE else StaffRole(options["staff"])
            people.set_staff_role(user=user, role=role, actor=ACTOR)
        elif options["role"] == NONE:
            services.remove_member(tenant=tenant_called(options["tenant"]), user=user, actor=ACTOR)
        else:
            _join(user, options)
        return _described(user)

    def add_password(self, parser: ArgumentParser) -> None:
        """Add the argument: the address."""
        parser.add_argument("email", help=_("The person's email address."))

    def do_password(self, options: dict[str, Any]) -> dict[str, Any]:
        """Set the password, which ends the person's sessions."""
        user = _person(options["email"])
        people.set_password(user=user, password=_password(), actor=ACTOR)
        return _described(user)

    def add_deactivate(self, parser: ArgumentParser) -> None:
        """Add the argument: the address."""
        parser.add_argument("email", help=_("The person's email address."))

    def do_deactivate(self, options: dict[str, Any]) -> dict[str, Any]:
        """Deactivate the person."""
        user = _person(options["email"])
        people.deactivate(user=user, actor=ACTOR)
        return _described(user)

    def add_list(self, parser: ArgumentParser) -> None:
        """Add no argument."""

    def do_list(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return every person."""
        return {"people": [_described(user) for user in User.objects.prefetch_related("memberships__tenant")]}

    def say_list(self, answer: dict[str, Any]) -> str:
        """Format a person a line."""
        return "\n".join(
            "  ".join([person["email"], person["name"] or "-", _places(person), person["state"]])
            for person in answer["people"]
        )

    def say(self, answer: dict[str, Any]) -> str:
        """Format one person."""
        rest = {name: value for name, value in answer.items() if name not in {"email", "name", "tenants", "staff_role"}}
        name = {"name": answer["name"]} if answer["name"] else {}
        return super().say({"email": answer["email"], **name, "roles": _places(answer), **rest})


def _add_person(parser: ArgumentParser) -> None:
    parser.add_argument("email", help=_("The person's email address."))
    parser.add_argument("--name", default="", help=_("The person's full name."))


def _add_place(parser: ArgumentParser, roles: list[str], staff_roles: list[str]) -> None:
    parser.add_argument("--tenant", metavar="SLUG", help=_("The slug of the tenant in which the person has the role."))
    parser.add_argument("--role", choices=roles, help=_("The role in the tenant."))
    parser.add_argument("--staff", choices=staff_roles, help=_("The staff role, in place of a tenant and a role."))


def _check_place(options: dict[str, Any]) -> None:
    in_tenant = bool(options["tenant"] and options["role"])
    if in_tenant == bool(options["staff"]) or (options["staff"] and (options["tenant"] or options["role"])):
        raise failed(Message("tenancy.no_place"))


def _created(options: dict[str, Any]) -> User:
    _check_place(options)
    role = StaffRole(options["staff"]) if options["staff"] else StaffRole.NONE
    user = people.create_person(email=options["email"], full_name=options["name"], staff_role=role, actor=ACTOR)
    if not role:
        _join(user, options)
    return user


def _join(user: User, options: dict[str, Any]) -> None:
    tenant, role = tenant_called(options["tenant"]), TenantRole(options["role"])
    services.add_member(tenant=tenant, user=user, role=role, actor=ACTOR)


def _person(email: str) -> User:
    try:
        return User.objects.get(email=email.strip().lower())
    except User.DoesNotExist:
        raise failed(Message("tenancy.person_unknown", email=email)) from None


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass(_("New password: "))
    if password := sys.stdin.readline(4096).rstrip("\r\n"):
        return password
    raise failed(Message("tenancy.no_password"))


def _described(user: User) -> dict[str, Any]:
    memberships = user.memberships.all()
    return {
        "email": user.email,
        "name": user.full_name,
        "staff_role": user.staff_role,
        "tenants": {membership.tenant.slug: membership.role for membership in memberships},
        "state": "active" if user.is_active else "deactivated",
    }


def _handed_over(handover: Handover) -> dict[str, Any]:
    if handover.is_accepted:
        return {"mailed": True}
    return {"mailed": False, "attempted_again": handover.is_waiting, "problem": explanation_of(handover.answer)}


def _places(person: dict[str, Any]) -> str:
    places = [f"{role} of {slug}" for slug, role in person["tenants"].items()]
    return ", ".join([*places, *filter(None, [person["staff_role"]])]) or "-"
