"""The vendor's sender reports from which addresses AWS rejected its records; what is no report is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.key_address import KeyAddress
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.portal.api.programs import KEYS, code_of, program
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
NOON = "2026-11-29T12:00:00+00:00"
ENTRY = {"address": "8.8.8.8", "at": NOON, "error": "AccessDeniedException"}


@pytest.fixture
def copy(settings: Any) -> SealedCopy:
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24",)
    north = Tenant.objects.create(slug="north", name="North")
    person("ada@north.example", north)
    found = key(integration_of(north))
    Credential.objects.update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    return found


def path(copy: SealedCopy) -> str:
    return f"{KEYS}/{copy.uid}/rejected"


def test_addresses_outside_of_the_networks_are_kept_and_reported_to_admins(copy: SealedCopy) -> None:
    pusher = program()
    entries = [ENTRY, {**ENTRY, "address": "1.1.1.7"}, {**ENTRY, "address": "2600:2f00::9"}]
    answer = pusher.post(path(copy), {"rejections": entries})
    assert (answer.status_code, answer.json()) == (200, {"id": copy.uid, "unexpected": ["2600:2f00::9", "8.8.8.8"]})
    rows = KeyAddress.objects.order_by("address")
    assert [(row.address, row.source, row.operation, row.error_code, row.reported_by) for row in rows] == [
        (address, "vendor", "kinesis:PutRecord", "AccessDeniedException", str(pusher.owner))
        for address in ("2600:2f00::9", "8.8.8.8")
    ]
    assert rows[0].first_seen_at == datetime.fromisoformat(NOON)
    assert OutboxItem.objects.filter(kind="access_key_used_elsewhere", channel="bell").count() == 1
    assert pusher.post(path(copy), {"rejections": [ENTRY]}).status_code == 200
    assert KeyAddress.objects.count() == 2


def test_times_of_a_wrong_clock_are_those_of_the_key_and_of_now(copy: SealedCopy) -> None:
    early, late = (timezone.now() + timedelta(days=days) for days in (-1000, 1000))
    entries = [{**ENTRY, "at": at.isoformat()} for at in (early, late)]
    program().post(path(copy), {"rejections": entries})
    row = KeyAddress.objects.get()
    assert row.first_seen_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert row.last_seen_at <= timezone.now()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        {},
        {"rejections": []},
        {"rejections": [ENTRY] * 21},
        {"rejections": [ENTRY], "more": 1},
        {"rejections": {"address": "8.8.8.8"}},
        {"rejections": ["8.8.8.8"]},
        {"rejections": [{**ENTRY, "address": "kinesis.amazonaws.com"}]},
        {"rejections": [{**ENTRY, "address": "8.8.8.0/24"}]},
        {"rejections": [{**ENTRY, "address": "fe80::1%eth0"}]},
        {"rejections": [{**ENTRY, "at": "2026-11-30T12:00:00"}]},
        {"rejections": [{**ENTRY, "at": "yesterday"}]},
        {"rejections": [{**ENTRY, "error": "A\0"}]},
        {"rejections": [{**ENTRY, "error": "A" * 129}]},
        {"rejections": [{**ENTRY, "at": 1}]},
        {"rejections": [{"address": "8.8.8.8"}]},
    ],
)
def test_what_is_no_report_is_refused(copy: SealedCopy, body: object) -> None:
    assert code_of(program().post(path(copy), body)) == (422, "api.rejections_invalid")
    assert not KeyAddress.objects.exists()


def test_where_every_network_is_allowed_no_address_is_unexpected(copy: SealedCopy, settings: Any) -> None:
    settings.SLUICE_VENDOR_NETWORKS = ()
    answer = program().post(path(copy), {"rejections": [ENTRY]})
    assert code_of(answer) == (409, "key_address.networks_not_published")


@pytest.mark.parametrize("state", ["inactive", "revoked"])
def test_a_key_that_ended_is_gone(copy: SealedCopy, state: str) -> None:
    Credential.objects.update(state=state)
    assert code_of(program().post(path(copy), {"rejections": [ENTRY]})) == (410, "api.key_withdrawn")


def test_a_token_of_another_tenant_reports_nothing(copy: SealedCopy) -> None:
    south = Tenant.objects.create(slug="south", name="South")
    assert program(tenant=south).post(path(copy), {"rejections": [ENTRY]}).status_code == 404
    assert not KeyAddress.objects.exists()
