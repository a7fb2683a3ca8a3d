"""What has expired is deleted."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.celery import app
from portal.tenancy.tasks import clear_sessions


@pytest.mark.django_db
def test_sessions_that_have_expired_are_deleted_and_no_others() -> None:
    kept, ended = SessionStore(), SessionStore()
    for session in (kept, ended):
        session["a"] = 1
        session.save()
    Session.objects.filter(session_key=ended.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == [kept.session_key]


def test_beat_asks_for_it() -> None:
    app.finalize()
    assert "tenancy.clear_sessions" in {entry["task"] for entry in app.conf.beat_schedule.values()}
