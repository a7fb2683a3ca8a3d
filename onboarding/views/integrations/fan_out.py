"""The section of registered consumers on the tab "Consumers": how each stands, its ARN, and what it costs."""

from typing import Any

from onboarding.estimates.fan_out_price import fan_out_price
from onboarding.integrations import fan_out_status
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs
from onboarding.views.integrations.consumer_section import TabSection


def _context(integration: Integration) -> dict[str, Any]:
    stream = specs.from_row(integration.spec).stream
    price = fan_out_price(stream.region, None if stream.mode == "ON_DEMAND" else stream.shards)
    return {"fan_out": fan_out_status.consumers_of(integration), "fan_out_price": price}


FAN_OUT = TabSection("onboarding/_fan_out_tab.html", _context)
