"""How people sign in, by command line: for those who lost their second factor, and for sessions that must end."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import second_factors, sessions
from portal.accounts.oidc import identities
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.message import Message
from portal.tenancy.command import add_tenant, tenant_called
from portal.tenancy.models import User

ACTOR = "command line"


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage second factors and sessions of people.")
    subcommands = {
        "reset-second-factor": gettext_lazy("Remove all second factors of a person who lost them."),
        "sign-out": gettext_lazy("End all sessions of a person."),
        "identity-provider": gettext_lazy("Set the OpenID Connect provider at which a tenant's people sign in."),
        "remove-identity-provider": gettext_lazy("End the single sign-on of a tenant."),
    }

    def add_reset_second_factor(self, parser: ArgumentParser) -> None:
        """Add the argument: the address."""
        parser.add_argument("email", help=_("The person's email address."))

    def do_reset_second_factor(self, options: dict[str, Any]) -> dict[str, Any]:
        """Remove the factors and end the sessions."""
        user = _person(options["email"])
        removed = second_factors.remove_all(user, actor=ACTOR)
        return {"email": user.email, "removed": removed, "sessions_ended": sessions.end_others(user, None, actor=ACTOR)}

    def add_sign_out(self, parser: ArgumentParser) -> None:
        """Add the argument: the address."""
        parser.add_argument("email", help=_("The person's email address."))

    def do_sign_out(self, options: dict[str, Any]) -> dict[str, Any]:
        """End the sessions."""
        user = _person(options["email"])
        return {"email": user.email, "sessions_ended": sessions.end_others(user, None, actor=ACTOR)}

    def add_identity_provider(self, parser: ArgumentParser) -> None:
        """Add the arguments: the tenant, the issuer, the client."""
        add_tenant(parser)
        parser.add_argument("--issuer", required=True, help=_("The issuer's address, exactly as it names itself."))
        parser.add_argument("--client-id", required=True, help=_("The client ID that the provider gave to Sluice."))

    def do_identity_provider(self, options: dict[str, Any]) -> dict[str, Any]:
        """Store the provider; its client secret is read from standard input."""
        secret = sys.stdin.readline(4096).rstrip("\r\n")
        if not secret:
            raise failed(Message("accounts.no_client_secret"))
        tenant = tenant_called(options["tenant"])
        given = {"issuer": options["issuer"], "client_id": options["client_id"], "client_secret": secret}
        row = identities.set_provider(tenant=tenant, actor=ACTOR, **given)
        portal = settings.SLUICE_PORTAL_URL
        return {
            "tenant": tenant.slug,
            "issuer": row.issuer,
            "redirect_uri": f"{portal}{reverse('sign_on_callback')}",
            "sign_in_at": f"{portal}{reverse('sign_on', kwargs={'uid': row.uid})}",
        }

    def add_remove_identity_provider(self, parser: ArgumentParser) -> None:
        """Add the argument: the tenant."""
        add_tenant(parser)

    def do_remove_identity_provider(self, options: dict[str, Any]) -> dict[str, Any]:
        """Remove the provider."""
        tenant = tenant_called(options["tenant"])
        return {"tenant": tenant.slug, "removed": identities.remove_provider(tenant=tenant, actor=ACTOR)}


def _person(email: str) -> User:
    try:
        return User.objects.get(email=email.strip().lower())
    except User.DoesNotExist:
        raise failed(Message("tenancy.person_unknown", email=email)) from None
