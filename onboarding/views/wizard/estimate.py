"""The estimate inside the wizard: of what was typed on the page of the stream, and the total beside every page."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.forms import Form

from onboarding.drafts import costs
from onboarding.drafts import services as drafts
from onboarding.estimates.cost_row import dollars
from onboarding.estimates.prices import BASE_REGION, CHECKED_ON, price_list
from onboarding.estimates.running_total import running_total
from onboarding.estimates.shard_need import shard_need
from onboarding.estimates.traffic import MOST_DEVICES, Traffic
from onboarding.models.integration import Integration
from onboarding.things.selectors import device_count
from onboarding.views.estimate_result import field_problems, shown_estimate, shown_rows
from onboarding.wizard import pages
from onboarding.wizard.forms.traffic import TRAFFIC
from portal.messages.catalogue import explanation_of, text_of
from portal.messages.message import Message

PAGE = "stream"


def context(integration: Integration, form: Form) -> dict[str, Any]:
    """Return the estimate of the traffic that was typed, or what is wrong with its numbers."""
    traffic, problems = costs.traffic_of(integration.draft)
    stream = costs.planned_stream(integration.draft)
    texts = {name: str(explanation_of(message)) for name, message in problems.items()}
    for name in texts:
        form.fields[name].widget.attrs["aria-invalid"] = "true"
    return {
        "estimate": shown_estimate(traffic, stream) if traffic else None,
        "too_few_shards": _too_few_shards(traffic, costs.shards_of(integration.draft), len(stream.deliveries)),
        "problems": [{"label": form.fields[name].label, "text": text} for name, text in texts.items()],
        "problem_texts": texts,
        "field_problems": field_problems(form, texts, TRAFFIC),
    }


def use_shards(integration: Integration) -> None:
    """Write the shards that the typed traffic needs into the field of the page; nothing without an estimate."""
    traffic, _ = costs.traffic_of(integration.draft)
    if traffic is None:
        return
    need = shard_need(traffic, deliveries=len(costs.planned_stream(integration.draft).deliveries))
    if need.is_possible:
        values = {**pages.values_of(integration, PAGE), "shards": str(need.shards), "mode": "PROVISIONED"}
        drafts.save_page(integration=integration, page=PAGE, values=values)


def monthly_total(integration: Integration) -> dict[str, Any]:
    """Return the total of a month as the draft says it, row by row."""
    traffic, _ = costs.traffic_of(integration.draft)
    stream = costs.planned_stream(integration.draft)
    if stream.has_devices:
        stream = replace(stream, known_devices=min(device_count(integration.pk), MOST_DEVICES))
    found = running_total(
        traffic,
        stream,
        shards=costs.shards_of(integration.draft),
        read_seconds=settings.SLUICE_UNWATCHED_SECONDS,
    )
    return {
        "rows": shown_rows(found.rows),
        "usd": dollars(found.usd),
        "is_whole": found.is_whole,
        "checked_on": CHECKED_ON,
        "priced_region": price_list(stream.region).priced_region,
        **_region_notes(integration),
    }


def _region_notes(integration: Integration) -> dict[str, str]:
    # The estimate itself has a note where a chosen Region's prices are unknown; the total has none.
    region = costs.region_of(integration.draft)
    if not region:
        until = text_of(Message("estimate.until_region", base=BASE_REGION))
        return {"until_region": until, "region_note": until}
    if price_list(region).is_known:
        return {}
    return {"region_note": text_of(Message("estimate.region_unknown", region=region, base=BASE_REGION))}


def _too_few_shards(traffic: Traffic | None, chosen: int | None, deliveries: int) -> str:
    if traffic is None or chosen is None:
        return ""
    need = shard_need(traffic, deliveries=deliveries)
    if not need.is_possible or chosen >= need.shards:
        return ""
    return text_of(Message("estimate.too_few_shards", needed_count=need.shards, shard_count=chosen))
