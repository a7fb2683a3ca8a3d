"""Celery's part: what would take time of a page, and so would say who has an account."""

import logging

from portal.celery import app
from portal.tenancy import invitations
from portal.tenancy.models import User

log = logging.getLogger(__name__)


@app.task(name="accounts.mail_reset_link", expires=600)
def mail_reset_link(*, user_id: int) -> None:
    """Write the mail with a link to choose a new password; 0 is no one, whom a form named all the same."""
    if user := User.objects.filter(pk=user_id, is_active=True).first():
        invitations.mail_reset_link(user)
