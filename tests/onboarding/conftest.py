"""Stories of onboarding begin in a world; where rows and moto's AWS are enough, with those."""

from tests.monitoring.conftest import aws
from tests.onboarding.provisioning.steps.account import answers
from tests.world import client_keypair, portal_user, vendor_keypair, world

__all__ = ["answers", "aws", "client_keypair", "portal_user", "vendor_keypair", "world"]
