"""The vendor's sender lists the roles that it assumes, and reports tests of them; no one else's report counts."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.producer_role import ProducerRole
from onboarding.models.states import CredentialState, ProducerRoleState
from onboarding.views.credentials import producer_roles
from portal.tenancy.models import AuditEvent, StaffRole, Tenant
from portal.tenancy.rights import Right
from tests.onboarding.encrypted_keys import integration_of, key
from tests.portal.api.programs import KEYS, Program, code_of, program
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
ROLES = "/api/v1/producer-roles"
RECORD = {"shard_id": "shardId-000000000000", "sequence_number": "4966"}
WORKS = {"right": "allowed", "wrong": "refused", "missing": "refused", "record": RECORD}


def sender(**given: Any) -> Program:
    return program(scopes=[Right.PRODUCER_ROLES], **given)


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def by_role(tenant: Tenant, name: str = "harbour") -> ProducerRole:
    integration = integration_of(tenant, name)
    integration.spec = {**integration.spec, "producer": "role"}
    integration.save(update_fields=["spec"])
    arn = f"arn:aws:iam::111122223333:role/sluice/producers/sluice-{name}"
    return ProducerRole.objects.create(integration=integration, arn=arn)


def test_a_role_is_listed_tested_and_in_use(north: Tenant) -> None:
    role, pusher = by_role(north), sender()
    [listed] = pusher.get(ROLES).json()["roles"]
    assert (listed["id"], listed["role_arn"], listed["state"]) == (role.uid, role.arn, "waiting")
    assert (listed["external_id"], listed["is_wanted"]) == (str(role.integration.producer_external_id), True)
    assert listed["stream"]["endpoint"] == "https://kinesis.eu-west-1.amazonaws.com"
    assert pusher.get(listed["url"]).json() == listed
    answer = pusher.post(f"{listed['url']}/report", WORKS)
    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
    assert pusher.post(f"{listed['url']}/report", {**WORKS, "in_use": True}).json()["state"] == "in_use"
    role.refresh_from_db()
    assert (role.reported_by, role.token is not None, role.in_use_at is not None) == (str(pusher.owner), True, True)
    events = AuditEvent.objects.filter(action="onboarding:producer-role:reported")
    assert [event.details["state"] for event in events.order_by("pk")] == ["ready", "in_use"]


@pytest.mark.parametrize(
    "report",
    [
        {**WORKS, "wrong": "allowed"},
        {**WORKS, "missing": "unknown"},
        {**WORKS, "right": "refused", "record": None, "detail": "User is not authorized to perform sts:AssumeRole"},
        {"right": "allowed", "wrong": "refused", "missing": "refused"},
    ],
)
def test_a_report_of_a_role_that_does_not_work_is_kept_and_leaves_it_waiting(
    north: Tenant, report: dict[str, Any]
) -> None:
    role, pusher = by_role(north), sender()
    pusher.post(f"{ROLES}/{role.uid}/report", WORKS)
    answer = pusher.post(f"{ROLES}/{role.uid}/report", report)
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    role.refresh_from_db()
    assert role.has_failed
    refused = pusher.post(f"{ROLES}/{role.uid}/report", {**report, "in_use": True})
    assert code_of(refused) == (422, "producer_role.in_use_without_working")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        "[]",
        "nonsense",
        "[" * 4000,
        {},
        {**WORKS, "right": "yes"},
        {**WORKS, "right": True},
        {**WORKS, "more": 1},
        {**WORKS, "in_use": "true"},
        {**WORKS, "detail": 1},
        {**WORKS, "detail": "\0"},
        {**WORKS, "detail": "\ud800"},
        {**WORKS, "record": "4966"},
        {**WORKS, "record": {"shard_id": "", "sequence_number": "1"}},
        {**WORKS, "record": {"shard_id": "a\0", "sequence_number": "1"}},
        {**WORKS, "record": {"shard_id": "a" * 200, "sequence_number": "1"}},
        {**WORKS, "detail": "a" * 5000},
    ],
)
def test_what_is_no_report_is_refused_and_changes_nothing(north: Tenant, body: object) -> None:
    role = by_role(north)
    assert code_of(sender().post(f"{ROLES}/{role.uid}/report", body)) == (422, "api.report_invalid")
    role.refresh_from_db()
    assert (role.state, role.reported_at) == (ProducerRoleState.WAITING, None)


def test_a_report_of_someone_else_is_refused(north: Tenant) -> None:
    role, south = by_role(north), Tenant.objects.create(slug="south", name="South")
    url = f"{ROLES}/{role.uid}/report"
    elsewhere = person("bound@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    bound = sender(owner=elsewhere, tenant=south)
    assert bound.get(ROLES).json()["roles"] == []
    assert code_of(bound.post(url, WORKS)) == (404, "api.not_found")
    assert code_of(bound.get(f"{ROLES}/{role.uid}")) == (404, "api.not_found")
    keys_only = program(person("keys@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR))
    assert code_of(keys_only.post(url, WORKS)) == (403, "token.right_missing")
    former = sender(owner=person("former@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR))
    former.owner.is_staff, former.owner.staff_role = False, ""
    former.owner.save()
    assert code_of(former.post(url, WORKS)) == (403, "token.right_missing")
    admin = Client()
    admin.force_login(person("ada@north.example", north))
    assert code_of(admin.post(url, "{}", content_type="application/json")) == (401, "token.missing")
    role.refresh_from_db()
    assert role.reported_at is None


def test_without_the_views_own_filter_postgresql_shows_a_limited_token_nothing_more(
    north: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_role(Tenant.objects.create(slug="south", name="South"), "south")
    own = by_role(north)
    monkeypatch.setattr(producer_roles, "_of_token", lambda request: ProducerRole.objects.all())
    assert [found["id"] for found in sender(tenant=north).get(ROLES).json()["roles"]] == [own.uid]


def test_a_report_on_a_former_role_does_not_count_for_its_successor(north: Tenant) -> None:
    former = by_role(north)
    former.state = ProducerRoleState.RETIRED
    former.save()
    successor = ProducerRole.objects.create(integration=former.integration, arn=former.arn)
    pusher = sender()
    assert [found["id"] for found in pusher.get(ROLES).json()["roles"]] == [successor.uid]
    for answer in (pusher.post(f"{ROLES}/{former.uid}/report", WORKS), pusher.get(f"{ROLES}/{former.uid}")):
        assert code_of(answer) == (410, "producer_role.withdrawn")
    successor.refresh_from_db()
    assert successor.state == ProducerRoleState.WAITING
    assert code_of(pusher.post(f"{ROLES}/unknown/report", WORKS)) == (404, "api.not_found")


def test_a_list_costs_as_many_queries_however_long_it_is(north: Tenant) -> None:
    pusher, counts = sender(), []
    for number in range(3):
        by_role(north, f"harbour-{number}")
        with CaptureQueriesContext(connection) as queries:
            pusher.get(ROLES)
        counts.append(len(queries))
    assert counts[1] == counts[2]


def in_use(pusher: Program, copy: SealedCopy, body: object = None) -> Any:
    return pusher.post(f"{KEYS}/{copy.uid}/in-use", {"record": RECORD} if body is None else body)


def test_a_key_is_reported_in_use_and_the_role_is_then_unused(north: Tenant) -> None:
    role = by_role(north)
    copy = key(Integration.objects.get())
    role.state = ProducerRoleState.IN_USE
    role.save()
    assert in_use(program(), copy).json() == {"id": copy.uid, "state": "in_use"}
    role.refresh_from_db()
    copy.credential.refresh_from_db()
    assert (role.state, role.left_at is not None, copy.credential.state) == ("ready", True, CredentialState.IN_USE)


@pytest.mark.parametrize("body", [{}, "", {"record": None}, {"record": RECORD, "more": 1}, "x" * 5000])
def test_a_key_is_not_in_use_without_a_record(north: Tenant, body: object) -> None:
    assert code_of(in_use(program(), key(integration_of(north)), body)) == (422, "api.record_invalid")


def test_a_withdrawn_key_and_one_of_another_tenant_are_not_reported_in_use(north: Tenant) -> None:
    revoked = key(integration_of(north), state=CredentialState.REVOKED)
    assert code_of(in_use(program(), revoked)) == (410, "api.key_withdrawn")
    south = Tenant.objects.create(slug="south", name="South")
    bound = program(person("bound@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR), tenant=south)
    assert code_of(in_use(bound, revoked)) == (404, "api.not_found")
