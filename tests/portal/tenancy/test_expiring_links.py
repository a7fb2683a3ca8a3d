"""Links: one purpose, once, until a time, revocable; nothing in the database opens one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F

from portal.tenancy import expiring_links
from portal.tenancy.models import AuditEvent, ExpiringLink, LinkPurpose, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
FOR = LinkPurpose.INVITATION


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def new(tenant: Tenant, hours: int = 1) -> ExpiringLink:
    return expiring_links.create(
        purpose=FOR,
        tenant=tenant,
        actor="ada@north.example",
        valid_for=timedelta(hours=hours),
        for_email="ben@x.example",
    )


def opened(link: ExpiringLink) -> ExpiringLink:
    return expiring_links.open_link(token=expiring_links.token_of(link), purpose=FOR)


def code_of(link: ExpiringLink) -> str:
    with pytest.raises(ValidationError) as caught:
        opened(link)
    return str(caught.value.code)


def trail() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_opening_uses_nothing_up_and_is_recorded_once(north: Tenant) -> None:
    link = new(north)
    assert [opened(link).pk for _ in range(3)] == [link.pk] * 3
    assert trail() == ["tenancy:invitation:created", "tenancy:invitation:opened"]


def test_it_works_once(north: Tenant) -> None:
    link = opened(new(north))
    expiring_links.use(link=link, actor="ben@x.example")
    with pytest.raises(ValidationError) as caught:
        expiring_links.use(link=link, actor="ben@x.example")
    assert (caught.value.code, code_of(link)) == ("link.used", "link.used")
    assert trail()[-1] == "tenancy:invitation:used"


def test_it_expires_by_the_clock_of_the_database(north: Tenant) -> None:
    link = new(north)
    ExpiringLink.objects.update(expires_at=F("created_at"))
    assert code_of(link) == "link.expired"
    assert not expiring_links.open_links(north, FOR).exists()


def test_it_is_revoked_at_once_and_once(north: Tenant) -> None:
    link = new(north)
    for _ in range(2):
        expiring_links.revoke(link=link, actor="ada@north.example")
    assert code_of(link) == "link.revoked"
    assert trail().count("tenancy:invitation:revoked") == 1


def test_the_database_has_nothing_that_opens_it(north: Tenant, settings) -> None:
    link = new(north)
    token = expiring_links.token_of(link)
    assert token.startswith("sluice_link_")
    assert len(token) == len("sluice_link_") + 43
    row = [str(value) for value in ExpiringLink.objects.values_list().get()]
    for known in (token, *row, link.token_hash, f"sluice_link_{link.number}"):
        if known != token:
            with pytest.raises(ExpiringLink.DoesNotExist):
                expiring_links.open_link(token=known, purpose=FOR)
    assert token not in "".join(row)
    settings.SECRET_KEY = "another " * 8
    with pytest.raises(ValidationError):
        expiring_links.token_of(link)
    assert expiring_links.open_link(token=token, purpose=FOR) == link  # a link that was sent stays good


@pytest.mark.parametrize("token", ["", "x", "sluice_link_", "sluice_link_" + "A" * 43, "a" * 5_000, "\0", "é"])
def test_a_token_that_never_was_opens_nothing(north: Tenant, token: str) -> None:
    new(north)
    with pytest.raises(ExpiringLink.DoesNotExist):
        expiring_links.open_link(token=token, purpose=FOR)
