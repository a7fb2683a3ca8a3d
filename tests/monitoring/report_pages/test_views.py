"""The pages of reports: a dash where something is not known, and no other tenant's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from monitoring.models import MonthlyReport
from monitoring.report_pages import views
from monitoring.reports.contents import contents_of
from monitoring.reports.making import keep
from onboarding.models.integration import Integration
from portal.aws.cloudwatch import SeriesGap
from portal.outbox import choices, kinds
from portal.tenancy.models import TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.conftest import person
from tests.monitoring.reports.conftest import NOW, OCTOBER, cloudwatch, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
__all__ = ["cloudwatch", "reader"]
LIST = "/t/northwind/reports/"


@pytest.fixture
def page(client: Client, integration: Integration) -> Client:
    client.force_login(person("viewer", integration.tenant, TenantRole.VIEWER))
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def test_a_report_is_listed_and_shows_what_is_known(
    page: Client, integration: Integration, cloudwatch: Callable[..., Any]
) -> None:
    assert "No reports yet." in text(page, LIST)
    cloudwatch()
    keep(integration.tenant, OCTOBER, contents_of(integration.tenant, OCTOBER, now=NOW))
    assert f'href="{LIST}2026-10/"' in text(page, LIST)
    shown = text(page, f"{LIST}2026-10/")
    for part in (
        "October 2026",
        "744 records, 1.5 MiB.",
        "Status not known before 2026-11-01 00:00.",
        "0 alerts opened",
    ):
        assert part in shown


def test_what_is_not_known_is_a_dash_and_says_why(
    page: Client, integration: Integration, cloudwatch: Callable[..., Any]
) -> None:
    cloudwatch(gap=SeriesGap.FORBIDDEN)
    keep(integration.tenant, OCTOBER, contents_of(integration.tenant, OCTOBER, now=NOW))
    shown = text(page, f"{LIST}2026-10/")
    assert "Records not known. CloudWatch did not return every metric of the month." in shown
    assert '<td class="num" data-label="Records">–</td>' in shown
    assert "0 records" not in shown
    assert ".." not in shown.split("<tbody>")[1].split("</tbody>")[0]


def test_alerts_are_listed_by_their_number(
    page: Client, integration: Integration, cloudwatch: Callable[..., Any]
) -> None:
    cloudwatch()
    contents = contents_of(integration.tenant, OCTOBER, now=NOW)
    # PostgreSQL orders names by their length.
    contents["alerts"]["by_kind"] = {"key_old": 1, "writes_throttled": 3, "silence": 2}
    keep(integration.tenant, OCTOBER, contents)
    shown = text(page, f"{LIST}2026-10/")
    places = [
        shown.index(f'<th scope="row">{label}</th>') for label in ("Throttled writes", "Silence", "Access key old")
    ]
    assert places == sorted(places)


def test_many_streams_are_pages_and_all_of_them_to_print(
    page: Client, integration: Integration, cloudwatch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloudwatch()
    contents = contents_of(integration.tenant, OCTOBER, now=NOW)
    [stream] = contents["streams"]
    contents["streams"] = [{**stream, "name": f"stream-{number:04}"} for number in range(230)]
    contents["totals"] |= {"streams": 230, "known": 230}
    keep(integration.tenant, OCTOBER, contents)
    address = f"{LIST}2026-10/"
    first, last = text(page, address), text(page, f"{address}?page=3")
    assert (first.count("stream-0"), last.count("stream-0")) == (100, 30)
    assert "Streams 201 to 230 of 230." in last
    assert "230 running streams." in last, "the summary is of all"
    whole = text(page, f"{address}?all=1")
    assert (whole.count("stream-0"), "Pages" in whole) == (230, False)
    monkeypatch.setattr(views, "MOST_ROWS", 200)
    bounded = text(page, f"{address}?all=1")
    assert bounded.count("stream-0") == 200
    assert "The first 200 of 230 streams." in bounded


@pytest.mark.parametrize("month", ["2026-09", "2026-13", "x", "2026-10-01"])
def test_a_month_without_a_report_is_not_found(page: Client, integration: Integration, month: str) -> None:
    assert page.get(f"{LIST}{month}/").status_code == 404


def test_another_tenants_report_is_not_found(page: Client, outsider: User) -> None:
    theirs = outsider.memberships.get().tenant
    MonthlyReport.objects.create(tenant=theirs, month=OCTOBER.first, zone="UTC", contents={})
    assert page.get(f"{LIST}2026-10/").status_code == 404
    assert page.get("/t/contoso/reports/2026-10/").status_code == 404


def test_the_report_is_off_until_a_person_switches_it_on(admin: User) -> None:
    pair = ("monthly_report", "mail")
    assert pair in choices.chosen(admin)
    assert not choices.wants_any(admin, kinds.MONTHLY_REPORT)
    choices.choose(admin, {pair})
    assert pair not in choices.chosen(admin)
    assert choices.wants(admin, kinds.MONTHLY_REPORT, "mail")
    assert not choices.wants(admin, kinds.MONTHLY_REPORT, "bell")
    choices.switch_off(admin, kinds.MONTHLY_REPORT, "mail")
    choices.switch_off(admin, kinds.MONTHLY_REPORT, "mail")
    assert pair in choices.chosen(admin)
