"""Celery's part: what has expired is deleted."""

from importlib import import_module

from django.conf import settings

from portal.celery import app


@app.task(name="tenancy.clear_sessions", expires=3600)
def clear_sessions() -> None:
    """Delete expired sessions, which no one can use and which otherwise stay in the table for ever.

    https://docs.djangoproject.com/en/5.2/topics/http/sessions/#clearing-the-session-store
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
