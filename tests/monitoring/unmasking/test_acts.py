"""Unmasking begins with a reason and an end, ends by itself and by click, and the client knows of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from monitoring.models import Unmasking
from monitoring.records.access import Audience, audience_of, clear_until
from monitoring.records.access_services import withhold_rights
from monitoring.unmasking import acts
from onboarding.models.integration import Integration
from portal import database_scope, live
from portal.outbox.models import Channel, OutboxItem
from portal.tenancy.models import AuditEvent, StaffRole, Tenant, User
from tests.monitoring.conftest import live_integration, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(db: None) -> User:
    return person("support", is_staff=True, staff_role=StaffRole.SUPPORT)


@pytest.fixture
def ended_streams(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    found: list[int | None] = []
    monkeypatch.setattr(live, "end_streams", lambda *, user_id=None, **_: found.append(user_id))
    return found


def begin(person: User, tenant: Tenant, integration: Integration | None = None, **changed: object) -> Unmasking:
    given: dict = {"reason": "Ticket 4711", "minutes": 15} | changed
    return acts.begin(person=person, tenant=tenant, integration=integration, **given)


def test_one_stream_is_unmasked_until_its_end(support: User, northwind: Tenant, integration: Integration) -> None:
    other = live_integration(northwind, "sluice-other")
    begin(support, northwind, integration)
    assert audience_of(support, northwind, integration.uid) is Audience.CLEAR
    assert audience_of(support, northwind, other.uid) is Audience.MASKED
    assert audience_of(support, northwind) is Audience.MASKED
    until = clear_until(support, northwind, integration.uid)
    assert until is not None
    assert timedelta(minutes=14) < until - timezone.now() <= timedelta(minutes=15, seconds=5)
    Unmasking.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert audience_of(support, northwind, integration.uid) is Audience.MASKED
    until = clear_until(support, northwind, integration.uid)
    assert until is not None
    assert until <= timezone.now()  # a stream that was let in a moment ago ends at once


def test_all_streams_of_this_tenant_and_of_no_other(
    support: User, northwind: Tenant, integration: Integration, outsider: User
) -> None:
    theirs = outsider.memberships.get().tenant
    begin(support, northwind)
    assert audience_of(support, northwind, integration.uid) is audience_of(support, northwind) is Audience.CLEAR
    assert audience_of(support, theirs, "") is Audience.MASKED


def test_it_is_one_persons(support: User, operator: User, northwind: Tenant, integration: Integration) -> None:
    begin(support, northwind)
    colleague = person("colleague", is_staff=True, staff_role=StaffRole.SUPPORT)
    assert audience_of(colleague, northwind, integration.uid) is Audience.MASKED
    assert audience_of(operator, northwind, integration.uid) is Audience.MASKED
    with pytest.raises(ValidationError):
        begin(operator, northwind)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"reason": " \x00 "}, "reason"), ({"minutes": 61}, "minutes"), ({"minutes": 0}, "minutes")],
)
def test_it_needs_a_reason_and_an_end(support: User, northwind: Tenant, changed: dict, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        begin(support, northwind, **changed)
    assert list(refused.value.message_dict) == [field]
    assert not Unmasking.objects.exists()


def test_the_client_is_notified_and_it_is_in_activity(
    support: User, northwind: Tenant, admin: User, integration: Integration
) -> None:
    act = begin(support, northwind, integration, reason="Ticket 4711\nwrong values")
    [item] = OutboxItem.objects.filter(channel=Channel.BELL)
    assert (item.recipient, item.kind, item.message.code) == (
        admin, "staff_unmasked", "notification.staff_unmasked_stream"
    )  # fmt: skip
    assert item.message.params["reason"] == "Ticket 4711 wrong values"
    acts.end(tenant=northwind, uid=act.uid, actor=admin)
    events = AuditEvent.objects.filter(action__startswith="monitoring:unmasking:").order_by("pk")
    assert [(event.action.rsplit(":")[-1], event.actor, event.reason) for event in events] == [
        ("began", support.email, "Ticket 4711 wrong values"),
        ("ended", admin.email, ""),
    ]


def test_an_end_by_click_masks_at_once_and_ends_open_event_streams(
    support: User,
    northwind: Tenant,
    integration: Integration,
    ended_streams: list[int | None],
    django_capture_on_commit_callbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        act = begin(support, northwind, integration)
    assert ended_streams == [support.pk]  # so that open pages change over to the values
    with django_capture_on_commit_callbacks(execute=True):
        assert acts.end(tenant=northwind, uid=act.uid, actor=support) is not None
        assert acts.end(tenant=northwind, uid=act.uid, actor=support) is None
    assert ended_streams == [support.pk] * 2
    assert audience_of(support, northwind, integration.uid) is Audience.MASKED


def test_beginning_again_replaces_the_earlier_act(support: User, northwind: Tenant) -> None:
    begin(support, northwind, minutes=60)
    begin(support, northwind, minutes=15)
    assert acts.of_tenant(northwind).count() == acts.ended_of(northwind).count() == 1


def test_a_client_that_withholds_it_ends_what_lasts(support: User, northwind: Tenant, admin: User) -> None:
    begin(support, northwind)
    withhold_rights(tenant=northwind, withheld=["support:unmask"], actor=admin)
    northwind.refresh_from_db()
    assert audience_of(support, northwind) is Audience.MASKED
    assert acts.end_all(tenant=northwind, actor=admin) == 1
    with pytest.raises(ValidationError) as refused:
        begin(support, northwind)
    assert refused.value.message_dict["reason"] == ["The client withholds the right to unmask records."]


@pytest.mark.parametrize("change", ["suspended", "deactivated", "operator"])
def test_who_loses_the_right_sees_masked_records_at_once(support: User, northwind: Tenant, change: str) -> None:
    begin(support, northwind)
    if change == "suspended":
        northwind.is_suspended = True
    elif change == "deactivated":
        support.is_active = False
    else:
        support.staff_role = StaffRole.OPERATOR
    assert audience_of(support, northwind) is Audience.MASKED


def test_members_need_no_act(northwind: Tenant, admin: User, integration: Integration) -> None:
    assert clear_until(admin, northwind, integration.uid) is None
    with pytest.raises(ValidationError):
        begin(admin, northwind)


def test_another_tenant_finds_no_act(support: User, northwind: Tenant, outsider: User) -> None:
    act = begin(support, northwind)
    theirs = outsider.memberships.get().tenant
    assert acts.end(tenant=theirs, uid=act.uid, actor=outsider) is None
    with database_scope.of_tenant(theirs.pk):
        assert not Unmasking.objects.exists()
