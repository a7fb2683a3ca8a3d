"""The devices of an integration by command line: the same as on their page."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.iot.device_package import package
from onboarding.iot.thing_rules import NewThing
from onboarding.management.devices.answers import answer_lines, device_line, devices_as_json, unused_line
from onboarding.management.devices.named import add_recipients, integration_with_devices, named_devices, recipients
from onboarding.management.devices.typed import devices_of_file, typed_device
from onboarding.management.devices.waiting import add_waiting, after_waiting
from onboarding.management.integrations.named import add_integration
from onboarding.management.output_files import write_new_bytes
from onboarding.models.integration import Integration
from onboarding.things import download, requests, selectors
from portal.command_line import Answer, CommandWithSubcommands, failed
from portal.messages.message import Message

ACTOR = "command line"


class Command(CommandWithSubcommands):
    description = gettext_lazy("Add, list and remove devices of an integration, and download their packages.")
    subcommands = {
        "list": gettext_lazy("List the devices of an integration."),
        "add": gettext_lazy("Add one device."),
        "import": gettext_lazy("Add the devices of a CSV file, all of them or none."),
        "retry": gettext_lazy("Try failed devices and removals again."),
        "package": gettext_lazy("Download the package of a device into a file, and record the download."),
        "remove": gettext_lazy("Remove devices: their certificates are deactivated first."),
    }

    def add_list(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration and the state."""
        add_integration(parser)
        help_text = _("The state of the devices to list.")
        parser.add_argument("--state", choices=list(selectors.STATES), default="", help=help_text)

    def do_list(self, options: dict[str, Any]) -> Answer:
        """Return the devices."""
        return devices_as_json(integration_with_devices(options), options["state"])

    def say_list(self, answer: Answer) -> str:
        """Format the devices, one a line."""
        lines = [*map(device_line, answer["devices"]), *map(unused_line, answer["unused_certificates"])]
        return "\n".join(lines) or _("No devices.")

    def add_add(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, the device, its attributes and who gets its key."""
        add_integration(parser)
        parser.add_argument("device", help=_("The device's name. It begins with the connection's prefix."))
        parser.add_argument(
            "--attribute", action="append", default=[], metavar="NAME=VALUE", help=_("An attribute, repeatable.")
        )
        add_recipients(parser)
        add_waiting(parser)

    def do_add(self, options: dict[str, Any]) -> Answer:
        """Request the device."""
        integration = integration_with_devices(options)
        return self._added(integration, [typed_device(integration, options)], options)

    def add_import(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, the file and who gets the keys."""
        add_integration(parser)
        parser.add_argument("file", type=Path, help=_("The CSV file, or - for standard input."))
        help_text = _("Skip devices that the integration has, and try those that failed again.")
        parser.add_argument("--resume", action="store_true", help=help_text)
        add_recipients(parser)
        add_waiting(parser)

    def do_import(self, options: dict[str, Any]) -> Answer:
        """Request the devices of the file."""
        integration = integration_with_devices(options)
        things = devices_of_file(integration, options)
        if options["resume"]:
            requests.try_again(integration=integration, actor=ACTOR)
        return self._added(integration, things, options)

    def add_retry(self, parser: ArgumentParser) -> None:
        """Add the argument: the integration."""
        add_integration(parser)
        add_waiting(parser)

    def do_retry(self, options: dict[str, Any]) -> Answer:
        """Try again."""
        integration = integration_with_devices(options)
        count = requests.try_again(integration=integration, actor=ACTOR)
        return after_waiting(integration, {"retried": count}, options, self.stderr)

    def add_package(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, the device and the file."""
        add_integration(parser)
        parser.add_argument("device", help=_("The device's name."))
        help_text = _("The zip file to create. It must not exist.")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE", help=help_text)

    def do_package(self, options: dict[str, Any]) -> Answer:
        """Write the package."""
        [thing] = named_devices(integration_with_devices(options), [options["device"]])
        facts = selectors.facts_of(thing)
        if facts is None:
            raise failed(Message("command.device_not_ready", device=thing.name))
        write_new_bytes(options["output"], package(facts))
        download.record_download(thing=thing, actor=ACTOR)
        return {
            "file": str(options["output"]),
            "device": thing.name,
            "certificate_id": thing.certificate_id,
            "recipients": list(facts.keys),
        }

    def add_remove(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, the devices and the confirmation."""
        add_integration(parser)
        parser.add_argument("device", nargs="*", help=_("The names of the devices."))
        parser.add_argument("--all", action="store_true", dest="is_all", help=_("Remove all devices."))
        help_text = _("Confirm the removal. Without it, only print what would be removed.")
        parser.add_argument("--yes", action="store_true", help=help_text)
        add_waiting(parser)

    def do_remove(self, options: dict[str, Any]) -> Answer:
        """Request the removal; without --yes, return what would be removed and fail."""
        integration = integration_with_devices(options)
        if bool(options["device"]) == options["is_all"]:
            raise failed(Message("command.devices_or_all"))
        rows = selectors.listed(integration) if options["is_all"] else named_devices(integration, options["device"])
        names = {thing.uid: thing.name for thing in rows}
        if not options["yes"]:
            raise failed(Message("command.not_confirmed"), answer={"would_remove": list(names.values())})
        count = requests.remove_things(integration=integration, uids=list(names), actor=ACTOR)
        return after_waiting(integration, {"requested": count}, options, self.stderr)

    def say(self, answer: Answer) -> str:
        """Format an answer as lines."""
        return answer_lines(answer)

    def _added(self, integration: Integration, things: list[NewThing], options: dict[str, Any]) -> Answer:
        to = recipients(integration, options)
        if things:
            requests.add_things(integration=integration, things=things, recipients=to, actor=ACTOR)
        return after_waiting(integration, {"added": len(things), "recipients": to}, options, self.stderr)
