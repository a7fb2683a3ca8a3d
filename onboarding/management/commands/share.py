"""manage.py share: the shares of an integration with other accounts, their check, and links for those who read."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.integrations import drift, share_links, share_status
from onboarding.integrations.share_status import ShareStatus
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.models.integration import Integration
from onboarding.provisioning.answers import Refused
from portal.command_line import Answer, CommandWithSubcommands, failed
from portal.messages.catalogue import described
from portal.messages.message import Message
from portal.tenancy.models import ExpiringLink

ACTOR = "command line"


class Command(CommandWithSubcommands):
    description = gettext_lazy("Inspect the shares of a data stream with other accounts, and link those who read.")
    subcommands = {
        "list": gettext_lazy("List the shares of an integration, how each stands, and its link."),
        "check": gettext_lazy("Check the shares of an integration in AWS."),
        "link": gettext_lazy("Create a link for the reader of a share, in place of an open one, and print it."),
        "revoke": gettext_lazy("Revoke the link of a share."),
    }

    def add_list(self, parser: ArgumentParser) -> None:
        """Add the argument: the integration."""
        add_integration(parser)

    def do_list(self, options: Answer) -> Answer:
        """Return the shares as they were last seen."""
        return _shares(_shared(options))

    def say_list(self, answer: Answer) -> str:
        """Format the shares as lines."""
        return "\n".join(line for share in answer["shares"] for line in _lines(share))

    def add_check(self, parser: ArgumentParser) -> None:
        """Add the argument: the integration."""
        add_integration(parser)

    def do_check(self, options: Answer) -> Answer:
        """Check now; fail if a share is not as set up, or a key does not allow it, or AWS cannot be reached."""
        integration = _shared(options)
        drift.check(integration)
        if integration.drift_problem:
            raise failed(integration.drift_problem)
        answer = _shares(integration)
        if any(share["state"] != "healthy" for share in answer["shares"]):
            raise failed(Message("command.shares_differ"), answer=answer)
        return answer

    def say_check(self, answer: Answer) -> str:
        """Format the shares as lines."""
        return self.say_list(answer)

    def add_link(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration and the share."""
        _add_share(parser)

    def do_link(self, options: Answer) -> Answer:
        """Create the link."""
        integration, label = named_integration(options), options["label"]
        link = share_links.create(integration=integration, label=label, actor=ACTOR)
        return {"integration": integration.name, "share": label, **(_link(link) or {})}

    def add_revoke(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration and the share."""
        _add_share(parser)

    def do_revoke(self, options: Answer) -> Answer:
        """Revoke the link; nothing happens where there is none."""
        integration, label = named_integration(options), options["label"]
        count = share_links.open_links(integration, label).count()
        share_links.revoke(integration=integration, label=label, actor=ACTOR)
        return {"integration": integration.name, "share": label, "revoked": count}


def _add_share(parser: ArgumentParser) -> None:
    add_integration(parser)
    parser.add_argument("label", help=_("The label of the share."))


def _shared(options: Answer) -> Integration:
    integration = named_integration(options)
    if integration.spec is None:
        raise failed(Message("command.is_draft", integration=integration.name))
    return integration


def _shares(integration: Integration) -> Answer:
    try:
        shares = [_as_json(integration, status) for status in share_status.shares_of(integration)]
    except Refused as refused:
        raise failed(refused.message) from refused
    return {"integration": integration.name, "uid": integration.uid, "shares": shares}


def _as_json(integration: Integration, status: ShareStatus) -> dict[str, Any]:
    messages = ("what", "expected", "found")
    return {
        "label": status.share.label,
        "principal": status.share.principal,
        "state": status.look,
        "verdict": described(status.verdict),
        "key": described(status.key_verdict) if status.owns_key else None,
        "checked_at": status.checked_at,
        "findings": [{name: described(getattr(row, name)) for name in messages} for row in status.findings],
        "link": _link(share_links.open_links(integration, status.share.label).first()),
    }


def _link(link: ExpiringLink | None) -> dict[str, str | datetime | None] | None:
    if link is None:
        return None
    try:
        url = share_links.address_of(link)
    except ValidationError:  # the portal's secret key was changed since
        url = ""
    return {"url": url, "expires_at": link.expires_at, "opened_at": link.opened_at}


def _lines(share: Answer) -> list[str]:
    lines = [f"{share['label']}: {share['principal']}", f"  {share['verdict']['text']}"]
    lines += [f"  {share['key']['text']}"] if share["key"] else []
    lines += [f"  {row['what']['text']}: {row['found']['text']}" for row in share["findings"]]
    if link := share["link"]:
        expires = _("expires at %(time)s") % {"time": f"{link['expires_at']:%Y-%m-%d %H:%M} UTC"}
        lines.append(f"  {link['url'] or _('a link that cannot be shown any more')}, {expires}")
    return lines
