"""People are notified of a token that expires 30, 7 and 1 day before, each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.outbox.models import Channel, OutboxItem
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, StaffRole, Tenant, User
from portal.tenancy.tasks import notify_of_expiring_tokens
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def pusher() -> User:
    person("help@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT)
    person("gone@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT, is_active=False)
    person("ada@north.example", Tenant.objects.create(slug="north", name="North"))
    return person("pusher@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)


def create(pusher: User, days: int = 90) -> ApiToken:
    return tokens.create(person=pusher, name="Pusher", scopes=["vendor_keys"], actor=pusher, days=days)[0]


def recipients(**changed: object) -> list[str]:
    """Who was notified after two checks."""
    ApiToken.objects.update(**changed)
    for _ in range(2):
        notify_of_expiring_tokens()
    rows = OutboxItem.objects.filter(kind="token_expires", channel=Channel.BELL)
    return sorted(row.recipient.email for row in rows.select_related("recipient"))


def test_each_of_the_three_days_is_reported_once(pusher: User, monkeypatch: pytest.MonkeyPatch) -> None:
    expires_at = create(pusher).expires_at
    found = []
    for left in (31, 29.9, 20, 7, 2, 1, 0.5, -1):
        moment = expires_at - timedelta(days=left)
        monkeypatch.setattr("portal.database_clock._read", lambda moment=moment: moment)
        found.append(len(recipients()))
    assert found == [0, 2, 2, 4, 4, 6, 6, 6]


def test_the_person_and_support_are_notified(pusher: User) -> None:
    create(pusher)
    assert recipients(expires_at=timezone.now() + timedelta(days=3)) == ["help@vendor.example", "pusher@vendor.example"]


@pytest.mark.parametrize(
    "changed", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(minutes=1)}]
)
def test_a_token_that_has_ended_is_not_reported(pusher: User, changed: dict[str, object]) -> None:
    create(pusher)
    assert recipients(**{"expires_at": timezone.now() + timedelta(days=3), **changed}) == []


def test_a_person_who_may_not_sign_in_hears_of_no_token(pusher: User) -> None:
    create(pusher)
    User.objects.filter(pk=pusher.pk).update(is_active=False)
    assert recipients(expires_at=timezone.now() + timedelta(days=3)) == []


def test_a_token_of_one_day_is_not_reported(pusher: User) -> None:
    create(pusher, days=1)
    assert recipients() == []
