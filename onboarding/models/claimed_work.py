"""What every row of work has in common that workers advance in turns: when it is due, and who has claimed it."""

from django.db import models
from django.db.models.functions import Now

from portal.messages.fields import MessageField


class ClaimedWork(models.Model):
    """Work in stages. Only the worker that holds the lease with the newest fence may write."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(db_default=Now(), help_text="Earliest next turn.")
    owner = models.CharField(max_length=80, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    problem = MessageField(help_text="Why it waits or failed.")

    class Meta:
        abstract = True
