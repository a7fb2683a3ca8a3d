"""The table of contents of destinations, and how a declaration becomes a delivery."""

from collections.abc import Mapping
from typing import Any

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Destination
from onboarding.deliveries.s3 import S3

KINDS: dict[str, type[Destination]] = {"s3": S3}


def read(data: Mapping[str, Any]) -> Delivery:
    """Return the delivery of plain JSON that the schema has passed."""
    settings = dict(data.get("destination") or {"kind": "s3"})
    destination = KINDS[settings.pop("kind")](**settings)
    return Delivery(**{**data, "destination": destination})
