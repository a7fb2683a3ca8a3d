"""Tenants and people as rows: names, addresses, and what the database itself refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.tenancy.models import AuditEvent, Membership, Tenant, TenantRole, User
from tests.world import person


@pytest.mark.parametrize(
    ("email", "full_name", "initials", "short"),
    [
        ("ada@north.example", "Ada Lovelace", "AL", "Ada"),
        ("ada@north.example", "Ada King Lovelace", "AK", "Ada"),
        ("ada@north.example", "ada", "A", "ada"),
        ("ada.lovelace@north.example", "", "AL", "ada.lovelace@north.example"),
        ("ada@north.example", "", "A", "ada@north.example"),
        ("ada@north.example", "\u00c9lodie \u00c5strand", "\u00c9\u00c5", "\u00c9lodie"),
    ],
)
def test_a_person_has_initials_and_a_short_name(email: str, full_name: str, initials: str, short: str) -> None:
    user = User(email=email, full_name=full_name)
    assert (user.initials, user.get_short_name(), str(user)) == (initials, short, email)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_any_name_has_at_most_two_initials(full_name: str) -> None:
    initials = User(email="a@b.example", full_name=full_name).initials
    # One letter may have a capital of several, such as the German sharp s.
    assert initials == initials.upper()
    assert len(initials) <= 2 * 3
    assert "@" not in initials


@pytest.mark.parametrize("slug", ["ab", "north", "north-2", "a" * 40])
def test_a_slug_that_is_accepted(slug: str) -> None:
    Tenant(slug=slug, name="North").clean_fields()


@pytest.mark.parametrize(
    "slug", ["", "a", "2north", "-north", "North", "no_rth", "n\u00f6rd", "north\n", "a" * 41, "a b"]
)
def test_a_slug_that_is_refused(slug: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Tenant(slug=slug, name="North").clean_fields()
    assert "slug" in caught.value.message_dict


@pytest.mark.django_db
def test_an_address_is_one_person_whatever_its_case() -> None:
    ada = person("Ada@North.Example")
    assert ada.email == "ada@north.example"
    assert User.objects.get_by_natural_key("ADA@north.EXAMPLE") == ada
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ADA@NORTH.EXAMPLE")


@pytest.mark.django_db
def test_a_superuser_is_staff_and_a_person_without_a_password_cannot_sign_in() -> None:
    root = User.objects.create_superuser("root@vendor.example", "secret")
    assert (root.is_staff, root.is_superuser, root.check_password("secret")) == (True, True, True)
    ada = User.objects.create_user("ada@north.example")
    assert (ada.is_staff, ada.has_usable_password()) == (False, False)


@pytest.mark.django_db
def test_a_person_has_one_role_in_a_tenant() -> None:
    north = Tenant.objects.create(slug="north", name="North")
    ada = person("ada@north.example", north)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(tenant=north, user=ada, role=TenantRole.VIEWER)
    [membership] = ada.memberships.all()
    assert str(membership) == "ada@north.example is admin of North"


@pytest.mark.django_db
def test_a_tenant_with_a_history_cannot_be_deleted() -> None:
    north = Tenant.objects.create(slug="north", name="North")
    event = AuditEvent.objects.create(tenant=north, actor="a", action="portal:x:y")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenant.objects.filter(pk=north.pk).delete()
    assert (str(event), str(AuditEvent(action="portal:x:y", target="z"))) == ("portal:x:y", "portal:x:y z")
