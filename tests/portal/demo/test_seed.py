import pytest

from portal.demo import seed
from portal.demo.cast import CLIENTS, PASSWORD, PEOPLE
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, Membership, StaffRole, Tenant, User

pytestmark = pytest.mark.django_db


def test_everybody_of_the_cast_can_sign_in(client):
    seed.main()
    for person in PEOPLE:
        assert client.login(username=person.email, password=PASSWORD)


def test_seeding_twice_changes_nothing():
    seed.main()
    before = sorted(User.objects.values_list("email", "password"))
    seed.main()
    assert sorted(User.objects.values_list("email", "password")) == before
    assert Tenant.objects.count() == len(CLIENTS)
    assert Membership.objects.count() == 4


def test_clients_people_are_no_staff_and_staff_belongs_to_no_client():
    seed.main()
    for person in PEOPLE:
        user = User.objects.get(email=person.email)
        assert user.is_staff == (person.client is None)
        assert user.memberships.count() == (person.client is not None)
    assert User.objects.get(email="support@halcyon.example").staff_role == StaffRole.SUPPORT
    assert not User.objects.get(email="support@halcyon.example").is_superuser


def test_the_simulated_building_has_a_token_that_works(tmp_path):
    file = tmp_path / "vendor" / "api-token"
    seed.main([str(file)])
    text = file.read_text()
    assert tokens.use(text, address="").scopes == ["vendor_keys", "producer_roles"]
    assert file.stat().st_mode & 0o077 == 0
    seed.main([str(file)])
    assert file.read_text() == text
    tokens.revoke(token=ApiToken.objects.get(), actor="demo")
    seed.main([str(file)])
    assert file.read_text() != text
    assert tokens.use(file.read_text(), address="")
