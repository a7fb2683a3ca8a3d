"""manage.py estimate with the portal's settings: the command that also runs without them."""

from onboarding.estimates.management.commands.estimate import Command as OfflineCommand


class Command(OfflineCommand):
    """Estimate shards and cost."""
