"""A tenant with a stream, an admin who wants the report, and what CloudWatch answers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitoring.reports import usage
from monitoring.reports.month import Month
from portal.aws.cloudwatch import Series, SeriesGap
from portal.outbox import choices, kinds
from portal.tenancy.models import User

OCTOBER = Month(date(2026, 10, 1), "UTC")
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.fixture
def reader(settings: Any, admin: User) -> User:
    """The admin switched the report on, by mail and bell."""
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"
    off = choices.chosen(admin)
    every = {(kind.key, channel) for kind in kinds.CHOSEN for channel in ("mail", "bell")}
    choices.choose(admin, every - off | {("monthly_report", "mail"), ("monthly_report", "bell")})
    return admin


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """CloudWatch answers one record of 2 KiB each hour, a minute of another month, and what is given."""
    asked: list[Any] = []

    def answer(fault: Exception | None = None, gap: SeriesGap | None = None) -> list[Any]:
        def series(aws: Any, queries: Any, *, start: datetime, end: datetime) -> dict[str, Series]:
            asked.append((queries, start, end))
            if fault:
                raise fault
            hours = int((end - start).total_seconds() / 3600)
            at = [start + timedelta(hours=hour) for hour in range(-1, hours + 1)]
            values = {"records": 1.0, "bytes": 2048.0, "throttled": 0.0}
            return {
                query.key: Series(query.key, tuple((each, values[query.key.rpartition("/")[2]]) for each in at), gap)
                for query in queries
            }

        monkeypatch.setattr(usage, "session_for", lambda *_, **__: None)
        monkeypatch.setattr(usage, "metric_series", series)
        return asked

    return answer
