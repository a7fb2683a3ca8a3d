"""An estimate as pages show it: shards, the limit that decides, and the cost of both modes row by row."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.forms import Form
from django.utils.translation import gettext as _

from onboarding.estimates.cost_row import CostRow, dollars, total
from onboarding.estimates.estimate import Estimate, estimate
from onboarding.estimates.prices import CHECKED_ON, price_list
from onboarding.estimates.traffic import PlannedStream, Traffic
from onboarding.wizard.forms.estimate import LIVE
from portal.messages.catalogue import explanation_of, text_of


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An amount in USD a month, what it is for, and what it is computed from."""

    item: str
    usd: str
    basis: str


@dataclass(frozen=True, slots=True)
class ShownMode:
    """A capacity mode with its rows and their sum."""

    title: str
    rows: list[ShownRow]
    total: str


@dataclass(frozen=True, slots=True)
class ShownEstimate:
    """What a page shows of an estimate."""

    shards: int
    is_possible: bool
    binding: str
    comparison: str
    notes: list[str]
    modes: list[ShownMode]
    priced_region: str
    checked_on: object = CHECKED_ON


def shown_rows(rows: tuple[CostRow, ...] | list[CostRow]) -> list[ShownRow]:
    """Return rows as people read them."""
    return [ShownRow(text_of(row.title), dollars(row.usd), text_of(row.basis)) for row in rows]


def shown_estimate(traffic: Traffic, stream: PlannedStream) -> ShownEstimate:
    """Return the estimate of traffic in a stream, as people read it."""
    found: Estimate = estimate(traffic, stream)
    return ShownEstimate(
        shards=found.need.shards,
        is_possible=found.need.is_possible,
        binding=text_of(found.binding),
        comparison=text_of(found.cheaper),
        notes=[explanation_of(note) for note in found.notes],
        modes=[_mode(_("Provisioned"), found.provisioned), _mode(_("On-demand"), found.on_demand)],
        priced_region=price_list(stream.region).priced_region,
    )


def field_problems(form: Form, problems: Mapping[str, str], live: tuple[str, ...] = LIVE) -> list[dict[str, str]]:
    """Return for each field whose error is replaced as one types its ID and what is wrong; "" for nothing."""
    return [{"id": form[name].auto_id, "text": problems.get(name, "")} for name in live]


def _mode(title: str, rows: tuple[CostRow, ...]) -> ShownMode:
    return ShownMode(title, shown_rows(rows), dollars(total(list(rows))))
