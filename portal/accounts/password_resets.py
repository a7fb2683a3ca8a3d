"""Links to choose a new password, for people who forgot theirs.

A request does the same whether there is such an account or not: one message for a worker, which looks the person up and
sends the mail. So neither the words nor the time of the answer say who has an account.
"""

from kombu.exceptions import OperationalError

from portal.accounts import tasks
from portal.tenancy.models import User


def request_link(email: str) -> None:
    """Ask a worker to mail a link to the active person with the address, if there is one; never raises."""
    user_id = User.objects.filter(email=email.strip().lower(), is_active=True).values_list("pk", flat=True).first()
    try:
        tasks.mail_reset_link.apply_async(kwargs={"user_id": user_id or 0}, expires=600, retry=False)
    except OperationalError:
        tasks.log.warning("password_reset.not_queued")
