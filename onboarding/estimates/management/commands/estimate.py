"""manage.py estimate: shards and the monthly cost for some traffic. It reaches no server and needs no setting."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onboarding.estimates.cost_row import CostRow, dollars
from onboarding.estimates.estimate import Estimate, estimate, rounded
from onboarding.estimates.prices import BASE_REGION, CHECKED_ON
from onboarding.estimates.traffic import MOST_RETENTION_HOURS, DeliverySettings, PlannedStream
from onboarding.estimates.typed_traffic import RULES, read_traffic
from portal.aws.names import InvalidName, check_region
from portal.command_line import Answer, CommandFailed, CommandWithAnswer
from portal.messages.catalogue import described, explanation_of, text_of
from portal.messages.message import Message
from portal.typed_numbers import NumberRefused, typed_number

_MOST_DELIVERIES = 20
_ARGUMENTS = {
    "records_per_second": gettext_lazy("The records a second at peak, such as 1500 or 0.5."),
    "record_bytes": gettext_lazy("The average size of a record in bytes, with its partition key (1024)."),
    "burst_factor": gettext_lazy("The factor by which short bursts exceed the peak (1)."),
    "average_percent": gettext_lazy("The average over a month in per cent of the peak (100)."),
    "shared_consumers": gettext_lazy("The number of consumers that share the throughput (1)."),
    "fanout_consumers": gettext_lazy("The number of consumers with enhanced fan-out (0)."),
    "devices": gettext_lazy("The number of devices that send through AWS IoT Core (0)."),
}


class Command(CommandWithAnswer):
    """Estimate shards and cost."""

    description = gettext_lazy("Estimate the shards that traffic needs and what both capacity modes cost in a month.")
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the traffic and the settings that cost something."""
        for name, help_text in _ARGUMENTS.items():
            is_required = not RULES[name].usual
            parser.add_argument(
                _option(name), required=is_required, default=RULES[name].usual, metavar="NUMBER", help=str(help_text)
            )
        parser.add_argument("--region", default=BASE_REGION, help=_("The Region of the stream (us-east-1)."))
        parser.add_argument(
            "--retention-hours", default="24", metavar="NUMBER", help=_("The retention period in hours (24).")
        )
        parser.add_argument("--shard-metrics", action="store_true", help=_("Include shard-level metrics."))
        parser.add_argument(
            "--kms-key", choices=("none", "aws", "own", "new"), default="aws", help=_("The kind of KMS key (aws).")
        )
        parser.add_argument(
            "--deliveries", default="0", metavar="NUMBER", help=_("The number of Firehose streams (0).")
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("Print the answer as JSON."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the estimate."""
        self.print_answer(_answer, _as_text, options)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _answer(options: Answer) -> Answer:
    traffic, problems = read_traffic({name: options[name] for name in RULES})
    hours = _number(options, "retention_hours", problems, least=24, most=MOST_RETENTION_HOURS)
    deliveries = _number(options, "deliveries", problems, least=0, most=_MOST_DELIVERIES)
    try:
        check_region(options["region"])
    except InvalidName as invalid:
        problems["region"] = invalid.message
    if traffic is None or problems:
        raise _refused(problems)
    stream = PlannedStream(
        region=options["region"],
        retention_hours=hours,
        shard_level_metrics=options["shard_metrics"],
        kms_key=options["kms_key"],
        deliveries=(DeliverySettings(),) * deliveries,
    )
    return _described(estimate(traffic, stream))


def _number(options: Answer, name: str, problems: dict[str, Message], *, least: int, most: int) -> int:
    try:
        return int(typed_number(options[name], least=least, most=most, is_whole=True))
    except NumberRefused as refused:
        problems[name] = refused.message
        return least


def _refused(problems: Mapping[str, Message]) -> CommandFailed:
    lines = [f"{_option(name)}: {explanation_of(message)}" for name, message in problems.items()]
    errors = [{**(described(message) or {}), "path": name} for name, message in problems.items()]
    return CommandFailed("\n".join(lines), errors)


def _described(found: Estimate) -> Answer:
    return {
        **found.as_json(),
        "binding": text_of(found.binding),
        "comparison": text_of(found.cheaper),
        "notes": [described(note) for note in found.notes],
        "rows": {"provisioned": _rows(found.provisioned), "on_demand": _rows(found.on_demand)},
    }


def _rows(rows: tuple[CostRow, ...]) -> list[Answer]:
    return [
        {
            "item": text_of(row.title),
            "usd": None if row.usd is None else rounded((row,)),
            "written": dollars(row.usd),
            "basis": text_of(row.basis),
        }
        for row in rows
    ]


def _as_text(answer: Answer) -> str:
    lines = [
        _count_of(answer["shards"]) + ". " + answer["binding"],
        *(note["text"] for note in answer["notes"]),
    ]
    titles = {"provisioned": _("Provisioned"), "on_demand": _("On-demand")}
    for mode, title in titles.items():
        lines.append(f"{title}: {answer['monthly_usd'][mode]:,.2f} USD a month")
        lines += [f"  {row['item']}: {row['written']} ({row['basis']})" for row in answer["rows"][mode]]
    lines.append(answer["comparison"])
    lines.append(_("An estimate, by prices of %(date)s.") % {"date": CHECKED_ON.isoformat()})
    return "\n".join(lines)


def _count_of(shards: int) -> str:
    return ngettext("%(count)s shard", "%(count)s shards", shards) % {"count": f"{shards:,}"}
