"""API tokens: never more than their person may, ended at once, and nowhere to be read again."""

import logging
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from portal import database_scope
from portal.tenancy import people, token_text, tokens
from portal.tenancy.models import ApiToken, AuditEvent, StaffRole, Tenant, TenantRole, User
from portal.tenancy.rights import TABLE, Right
from portal.tenancy.tokens import TokenRefused
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
KEYS = Right.VENDOR_KEYS


@pytest.fixture
def olga() -> User:
    return person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def new(owner: User, **given: object) -> tuple[ApiToken, str]:
    return tokens.create(**{"person": owner, "name": "Pusher", "scopes": [KEYS], "actor": owner, **given})


def used(text: str, address: str = "192.0.2.1") -> ApiToken:
    return tokens.use(text, address=address)


def refusal(text: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        used(text)
    return caught.value.message.code


def test_it_is_found_by_its_text_and_its_text_is_stored_nowhere(olga: User) -> None:
    token, text = new(olga)
    assert used(text) == token
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM tenancy_apitoken t UNION ALL SELECT e::text FROM tenancy_auditevent e")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert token_text.hash_of(text) in stored
    assert text[13:] not in stored
    assert text not in f"{token} {token!r} {vars(token)} {vars(AuditEvent.objects.get())}"


def test_its_creation_and_end_are_recorded(olga: User, north: Tenant) -> None:
    token, _text = new(olga, tenant=north, days=7)
    tokens.revoke(token=token, actor="command line")
    tokens.revoke(token=token, actor="command line")
    assert list(AuditEvent.objects.order_by("pk").values_list("action", "actor", "target", "tenant")) == [
        ("tenancy:token:created", olga.email, "Pusher", north.pk),
        ("tenancy:token:revoked", "command line", "Pusher", north.pk),
    ]
    assert AuditEvent.objects.earliest("pk").details == {"person": olga.email, "scopes": [KEYS], "days": 7}


def test_a_limited_tokens_end_is_its_tenants_event_also_in_a_scope_that_shows_no_tenant(
    olga: User, north: Tenant
) -> None:
    new(olga, tenant=north)
    with database_scope.of_person(olga.pk):
        tokens.revoke_all(person=olga, actor="command line")
    assert AuditEvent.objects.latest("pk").tenant == north
    assert tokens.listed(olga) == []


def test_what_is_no_token_costs_no_query() -> None:
    wrong = token_text.new_token()[:-1] + "-"
    with CaptureQueriesContext(connection) as queries:
        assert {refusal(text) for text in ("", "garbage", "ghp_" + "a" * 36, wrong)} == {"token.malformed"}
    assert len(queries) == 0
    assert refusal(token_text.new_token()) == "token.unknown"


def test_it_ends_when_revoked_expired_or_its_person_is_deactivated(olga: User) -> None:
    token, text = new(olga)
    ApiToken.objects.update(expires_at=F("created_at") - timedelta(seconds=1))
    assert refusal(text) == "token.expired"
    ApiToken.objects.update(expires_at=F("created_at") + timedelta(days=1))
    assert used(text)
    User.objects.update(is_active=False)
    assert refusal(text) == "token.revoked"
    User.objects.update(is_active=True)
    tokens.revoke(token=token, actor=olga)
    assert refusal(text) == "token.revoked"


def test_a_leavers_tokens_stay_ended_when_the_person_comes_back(olga: User) -> None:
    _, text = new(olga)
    people.deactivate(user=olga, actor="command line")
    User.objects.update(is_active=True, is_staff=True, staff_role=StaffRole.OPERATOR)
    assert refusal(text) == "token.revoked"
    assert "tenancy:token:revoked" in AuditEvent.objects.values_list("action", flat=True)


def test_it_may_never_do_more_than_its_person_may_at_that_moment(olga: User, north: Tenant) -> None:
    _, text = new(olga)
    assert tokens.rights_of_token(used(text)) == tokens.rights_of_token(used(text), north) == {KEYS}
    people.set_staff_role(user=olga, role=StaffRole.NONE, actor="command line")
    assert tokens.rights_of_token(used(text)) == tokens.rights_of_token(used(text), north) == frozenset()


def test_it_may_do_no_more_than_its_scopes(olga: User, north: Tenant) -> None:
    _, text = new(olga)
    ApiToken.objects.update(scopes=[Right.BOARD, "a right of a later version"])  # the board is no scope
    assert tokens.rights_of_token(used(text)) == tokens.rights_of_token(used(text), north) == frozenset()


def test_it_does_nothing_in_another_tenant_than_its_own(olga: User, north: Tenant) -> None:
    south = Tenant.objects.create(slug="south", name="South")
    _, text = new(olga, tenant=north)
    assert [tokens.rights_of_token(used(text), tenant) for tenant in (north, south)] == [{KEYS}, frozenset()]


def test_a_clients_people_cannot_have_the_vendors_scope(north: Tenant) -> None:
    for role in TenantRole:
        member = person(f"{role}@north.example", north, role)
        assert KEYS not in tokens.offered_to(member)
        with pytest.raises(ValidationError) as caught:
            new(member)
        assert list(caught.value.message_dict) == ["scopes"]
    assert not ApiToken.objects.exists()


def test_no_scope_changes_who_has_access() -> None:
    scopes = {right for right, rule in TABLE.items() if rule.by_token}
    assert scopes == set(tokens.BY_TOKEN)
    assert not scopes & {Right.PEOPLE, Right.KEEP_TENANTS, Right.ADMINISTRATION, Right.WEBHOOKS}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "a" * 61}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": [KEYS, Right.BOARD]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
)
def test_what_cannot_be_created_is_refused_at_its_field(olga: User, given: dict, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        new(olga, **given)
    assert list(caught.value.message_dict) == [field]
    assert not ApiToken.objects.exists()


def test_a_person_has_a_limit_of_them(olga: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    first, _ = new(olga)
    with pytest.raises(ValidationError):
        new(olga)
    tokens.revoke(token=first, actor=olga)
    assert new(olga)


def test_its_last_use_is_noted_at_most_once_a_minute(olga: User) -> None:
    token, text = new(olga)
    used(text)
    with CaptureQueriesContext(connection) as queries:
        used(text, "192.0.2.2")
    assert len(queries) == 1
    token.refresh_from_db()
    assert token.last_used_from == "192.0.2.1"
    ApiToken.objects.update(last_used_at=F("last_used_at") - timedelta(seconds=61))
    used(text, "192.0.2.2")
    token.refresh_from_db()
    assert token.last_used_from == "192.0.2.2"


def test_an_error_with_a_token_at_hand_is_logged_without_it(olga: User, caplog: pytest.LogCaptureFixture) -> None:
    _, text = new(olga)
    tokens.revoke(token=ApiToken.objects.get(), actor=olga)
    with caplog.at_level(logging.DEBUG):
        try:
            used(text)
        except TokenRefused:
            logging.getLogger("portal.api").exception("request.failed")
    assert "token.revoked" in caplog.text
    assert text[13:] not in caplog.text
