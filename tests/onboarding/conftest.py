"""Stories of onboarding begin in a world."""

from tests.world import client_keypair, portal_user, vendor_keypair, world

__all__ = ["client_keypair", "portal_user", "vendor_keypair", "world"]
