"""People are notified, by mail and bell, that how they sign in has changed; who signs in for the first time is not."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts import second_factors
from portal.messages.catalogue import text_of
from portal.outbox.models import OutboxItem
from portal.tenancy import people, sign_in_notices, tokens
from portal.tenancy.models import AuditEvent, StaffRole, Tenant, User
from tests.world import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
NEW = "seven lifts and a boiler"


@pytest.fixture
def ada(settings: Any) -> User:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"
    found = person("ada@north.example", Tenant.objects.create(slug="north", name="North"))
    found.last_login = timezone.now()
    found.save()
    return found


def texts() -> list[tuple[str, str]]:
    return [(item.channel, text_of(item.body)) for item in OutboxItem.objects.order_by("pk")]


@pytest.mark.parametrize("kind", ["totp", "webauthn", "recovery_codes"])
def test_a_second_factor_that_is_added_or_removed(ada: User, kind: str) -> None:
    for verb, text in (("added", "was added to ada@north.example."), ("removed", "Changed by sue@vendor.example.")):
        second_factors.record(verb, ada, "sue@vendor.example", kind)
        [*_, (channel, last)] = texts()
        assert channel == "bell"
        assert text in last
    assert [channel for channel, _ in texts()] == ["mail", "bell"] * 2
    assert {item.path for item in OutboxItem.objects.all()} == {"/accounts/security/"}


def test_recovery_codes_that_replace_others(ada: User) -> None:
    second_factors.new_recovery_codes(ada)
    assert texts() == []
    second_factors.new_recovery_codes(ada)
    assert texts()[0][1] == "A set of recovery codes was added to ada@north.example."


def test_all_second_factors_removed_by_support(ada: User) -> None:
    second_factors.remove_all(ada, actor="sue@vendor.example")
    assert "All second factors of ada@north.example were removed by sue@vendor.example." in texts()[0][1]


def test_an_api_token_that_anyone_creates_for_the_person(ada: User) -> None:
    ada.is_staff, ada.staff_role = True, StaffRole.OPERATOR
    given = {"person": ada, "name": "Pusher", "scopes": ["vendor_keys"]}
    _token, text = tokens.create(**given, actor="sue@vendor.example")
    assert [channel for channel, _ in texts()] == ["mail", "bell"]
    created = "The API token Pusher of ada@north.example was created. Created by sue@vendor.example."
    assert {shown for _, shown in texts()} == {created}
    assert text not in str(list(OutboxItem.objects.values()))


def test_a_password_that_is_changed_on_the_page(ada: User, client: Client) -> None:
    client.force_login(ada)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/accounts/password/", form).status_code == 302
    assert texts()[0] == ("mail", "The password of ada@north.example was changed.")


def test_who_has_never_signed_in_is_not_notified(ada: User) -> None:
    ada.last_login = None
    people.set_password(user=ada, password=NEW, actor="Ada")
    sign_in_notices.password_changed(AuditEvent.objects.get(), ada)
    assert texts() == []
