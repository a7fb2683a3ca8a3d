"""A report is made once when its month is over and someone wants it, and sent once, whenever its worker is killed."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from monitoring.alert_models import AlertSettings
from monitoring.models import MonthlyReport
from monitoring.reports import making
from monitoring.reports.making import keep, make_due
from monitoring.tasks import make_report_of_tenant, make_reports
from onboarding.models.integration import Integration
from portal import database_scope
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.outbox import outbox, tasks
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant, User
from tests.monitoring.conftest import person
from tests.monitoring.reports.conftest import NOW, OCTOBER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
CONTENTS = {
    "streams": [],
    "alerts": {"opened": 2},
    "totals": {"streams": 1, "known": 1, "records": 744, "bytes": 744 * 2048},
}


def test_the_report_of_the_last_month_is_sent_once_to_who_wants_it(
    integration: Integration, reader: User, cloudwatch: Callable[..., Any]
) -> None:
    person("other", integration.tenant)
    cloudwatch()
    assert make_due(integration.tenant, now=OCTOBER.end + timedelta(hours=1)) is None
    for _ in range(3):
        make_due(integration.tenant, now=NOW)
        tasks.deliver()
    report = MonthlyReport.objects.get()
    assert (report.month, report.zone) == (OCTOBER.first, "UTC")
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([reader.email], "Report of 2026-10: Northwind Estates")
    assert "https://portal.example/t/northwind/reports/2026-10/" in sent.body
    assert "744 records (1.5 MiB) in 1 of 1 streams" in sent.body
    assert "https://portal.example/t/northwind/reports/2026-10/" in str(sent.alternatives[0][0])
    assert list(OutboxItem.objects.filter(channel="bell").values_list("recipient", flat=True)) == [reader.pk]


def test_without_a_reader_nothing_is_read_or_stored(
    integration: Integration, admin: User, cloudwatch: Callable[..., Any]
) -> None:
    asked = cloudwatch()
    assert make_due(integration.tenant, now=NOW) is None
    assert not asked
    assert not MonthlyReport.objects.exists()


def test_the_month_is_that_of_the_tenants_zone(
    integration: Integration, reader: User, cloudwatch: Callable[..., Any]
) -> None:
    AlertSettings.objects.create(tenant=integration.tenant, report_zone="Asia/Kathmandu", changed_by="ada")
    asked = cloudwatch()
    report = make_due(integration.tenant, now=NOW)
    [(queries, start, end)] = asked
    assert (start, end) == (datetime(2026, 9, 30, 18, 15, tzinfo=UTC), datetime(2026, 10, 31, 18, 15, tzinfo=UTC))
    assert {query.period for query in queries} == {900}
    assert report is not None
    assert report.zone == "Asia/Kathmandu"


def test_what_cannot_be_read_is_tried_again_for_two_days_and_then_said(
    integration: Integration, reader: User, cloudwatch: Callable[..., Any]
) -> None:
    fault = AwsFault(FaultKind.THROTTLED, "Throttling", "GetMetricData", "Rate exceeded")
    asked = cloudwatch(fault=fault)
    for minutes in (0, 30, 60):
        assert make_due(integration.tenant, now=NOW + timedelta(minutes=minutes)) is None
    assert len(asked) == 1, "each attempt is billed"
    report = make_due(integration.tenant, now=OCTOBER.end + timedelta(days=2))
    assert report is not None
    [stream] = report.contents["streams"]
    assert stream["records"] is None
    assert stream["problem"]["code"] == fault.message.code
    assert report.contents["totals"]["known"] == 0


def test_a_suspended_tenant_gets_no_report(
    integration: Integration, reader: User, cloudwatch: Callable[..., Any]
) -> None:
    cloudwatch()
    Tenant.objects.update(is_suspended=True)
    integration.tenant.refresh_from_db()
    assert make_due(integration.tenant, now=NOW) is None


def test_the_task_makes_each_tenants_report_in_a_task_of_its_own(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(make_report_of_tenant, "apply_async", lambda kwargs, **_: sent.append(kwargs))
    made: list[Tenant] = []
    monkeypatch.setattr(making, "make_due", lambda tenant, **_: made.append(tenant))
    make_reports()
    for message in sent:
        make_report_of_tenant(**message)
    assert made == [integration.tenant]


def kill_this_process(*_args: object, **_kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_worker(tenant: Tenant, place: object, name: str) -> None:
    """A process of its own that stores a report and is killed when it calls the function of that name."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            setattr(place, name, kill_this_process)
            with database_scope.of_tenant(tenant.pk):
                keep(tenant, OCTOBER, CONTENTS)
        finally:
            os._exit(1)  # too late: nothing killed it
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_before_it_writes_the_mail_has_stored_nothing(integration: Integration, reader: User) -> None:
    killed_worker(integration.tenant, OutboxItem.objects, "bulk_create")
    assert not MonthlyReport.objects.exists()
    keep(integration.tenant, OCTOBER, CONTENTS)
    tasks.deliver()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_after_its_commit_has_sent_it_once(integration: Integration, reader: User) -> None:
    killed_worker(integration.tenant, outbox, "hint")
    for _ in range(2):
        tasks.deliver()
        keep(integration.tenant, OCTOBER, CONTENTS)
    assert len(mail.outbox) == 1
