"""What every check that someone requested and a worker does has in common: who requested it, and how far it is."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from portal.messages.fields import MessageField

# A worker begins within seconds, and its task has less than a minute. Later, no one waits for the check any more.
CHECK_EXPIRES = timedelta(minutes=5)
# To be done or under way; one that no worker did in time is neither. By PostgreSQL's clock.
OPEN = models.Q(finished_at__isnull=True, requested_at__gt=Now() - CHECK_EXPIRES)
OPEN_NOW = models.ExpressionWrapper(OPEN, output_field=models.BooleanField())


class RequestedCheck(models.Model):
    """A check that someone requested and a worker does; a row keeps the last one of its kind."""

    requested_by = models.CharField(max_length=254)
    requested_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, help_text="When a worker began it.")
    progress = MessageField(help_text="What the check is doing.")
    problem = MessageField(help_text="Why the check could not be done.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Return whether the check is to be done or under way; of a row that was read with `open_now=OPEN_NOW`."""
        return bool(vars(self)["open_now"])
