"""What the environment makes of the database's URL, and that PostgreSQL heeds it."""

import pytest
from django.conf import settings
from django.db import connection

from portal import env


def test_a_session_that_stands_still_in_a_transaction_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://a:b@c:5433/d?sslmode=require&options=-c%20search_path%3Dx")
    options = env.database("SOME_URL", idle_in_transaction_seconds=30)["OPTIONS"]
    limit = "-c idle_in_transaction_session_timeout=30s"
    assert options == {"sslmode": "require", "options": f"-c search_path=x {limit}"}


@pytest.mark.django_db
def test_that_takes_as_long_as_a_lease() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)")
        assert cursor.fetchone()[0] == settings.SLUICE_LEASE_SECONDS
