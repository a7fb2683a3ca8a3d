"""`alert export`: the alerts of a stream, or of an account and Region, as CloudWatch alarms in a file."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.alarms.contents import CannotExport, Contents
from monitoring.alarms.formats import FORMATS, rendered
from monitoring.alarms.selectors import contents_of_account, contents_of_stream
from onboarding.integrations.selectors import live_integrations
from onboarding.management.integrations.named import named_integration
from portal.command_line import failed
from portal.messages.message import Message
from portal.tenancy.command import add_tenant, tenant_called


class AlarmSubcommands:
    """The subcommand of `alert` that writes alarms into a file."""

    alarm_subcommands = {
        "export": gettext_lazy("Print CloudWatch alarms and dashboards as CloudFormation, Terraform or Grafana JSON."),
    }

    def add_export(self, parser: ArgumentParser) -> None:
        """Add what is exported, and the format."""
        add_tenant(parser)
        parser.add_argument("--stream", dest="name", default="", help=_("The integration’s name or uid."))
        parser.add_argument("--account", default="", help=_("The AWS account ID, for all streams in it."))
        parser.add_argument("--region", default="", help=_("The Region of those streams."))
        parser.add_argument("--format", required=True, choices=list(FORMATS), help=_("The format of the file."))

    def do_export(self, options: dict[str, Any]) -> dict[str, Any]:
        """Render the file."""
        try:
            name, text = rendered(_contents(options), options["format"])
        except CannotExport as refused:
            raise failed(refused.message) from refused
        return {"name": name, "format": options["format"], "text": text}

    def say_export(self, answer: dict[str, Any]) -> str:
        """Print the file itself."""
        return str(answer["text"]).rstrip("\n")


def _contents(options: dict[str, Any]) -> Contents:
    now = timezone.now()
    if not options["name"]:
        tenant = tenant_called(options["tenant"])
        return contents_of_account(tenant, options["account"], options["region"], now=now)
    integration = named_integration(options)
    if not live_integrations().filter(pk=integration.pk).exists():
        raise failed(Message("alarm.not_watched", name=integration.name))
    return contents_of_stream(integration, now=now)
