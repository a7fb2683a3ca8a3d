"""Celery's part: what has expired is deleted."""

from importlib import import_module

from django.conf import settings

from portal import database_scope
from portal.celery import app
from portal.tenancy import expiring_tokens


@app.task(name="tenancy.clear_sessions", expires=3600)
def clear_sessions() -> None:
    """Delete expired sessions, which no one can use and which otherwise stay in the table for ever.

    https://docs.djangoproject.com/en/5.2/topics/http/sessions/#clearing-the-session-store
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@app.task(name="tenancy.notify_of_expiring_tokens", expires=3600)
def notify_of_expiring_tokens() -> None:
    """Notify people of API tokens that expire soon."""
    with database_scope.every_tenant("tokens are of people of every tenant"):
        expiring_tokens.notify_of_expiring_tokens()
