"""Deliveries that earlier plans of a self-managed integration had: applying the newest plan does not remove them."""

from dataclasses import asdict
from typing import Any

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import read
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs


def former_deliveries(integration: Integration) -> list[Delivery]:
    """Return the deliveries of earlier plans that the plan no longer has; their resources may still exist.

    A delivery that now writes to another bucket counts as one that the plan no longer has.
    """
    current = {_key(delivery) for delivery in specs.from_row(integration.spec).deliveries}
    earlier = [read(stored) for stored in integration.earlier_deliveries]
    return [delivery for delivery in earlier if _key(delivery) not in current]


def earlier_deliveries(integration: Integration) -> list[dict[str, Any]]:
    """Return, as the row stores them, the deliveries of all plans until now, for a plan that replaces the present."""
    present = specs.from_row(integration.spec).deliveries if integration.spec else ()
    known = [*(read(stored) for stored in integration.earlier_deliveries), *present]
    return [asdict(delivery) for delivery in {_key(delivery): delivery for delivery in known}.values()]


def _key(delivery: Delivery) -> tuple[str, str]:
    return delivery.name, delivery.bucket
