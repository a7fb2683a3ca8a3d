"""Firehose streams as a spec declares them: what all have in common, and one file for each kind of destination."""

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Destination, Place
from onboarding.deliveries.kinds import KINDS, read, usual
from onboarding.deliveries.s3 import S3

__all__ = ["KINDS", "S3", "Delivery", "Destination", "Place", "read", "usual"]
