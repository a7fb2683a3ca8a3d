"""Views of a board that a person saved under a name."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

LONGEST_NAME = 60
LONGEST_QUERY = 1500  # a search of a hundred characters, each of up to four bytes, percent-encoded


class NamedView(models.Model):
    """A search, filters and an order of a board, by the person who named them and for that person only."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="named_views")
    board = models.CharField(max_length=60, help_text="The tenant's slug, or “*” for the board of all tenants.")
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY, help_text="The query of the board's address.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "board", "name"], name="named_view_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.person}"
