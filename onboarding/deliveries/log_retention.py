"""How long a delivery's log group keeps delivery errors: the choices, and what those are called that are no number."""

from portal.aws.logs import NEVER_EXPIRES, RETENTION_DAYS
from portal.messages.message import Message

DEFAULT_DAYS = 90
NEVER = Message("value.never_expires")
NAMES = {NEVER_EXPIRES: NEVER, None: Message("value.not_set_by_sluice")}
CHOICES = (
    *((str(days), f"{days:,} day{'' if days == 1 else 's'}") for days in RETENTION_DAYS),
    (str(NEVER_EXPIRES), "Never expire"),
    ("keep", "Not set by Sluice"),
)
