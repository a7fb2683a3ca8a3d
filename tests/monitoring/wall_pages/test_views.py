"""The pages that create, list and revoke links for screens, as they work without JavaScript."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from monitoring import wall_links
from monitoring.models import WallLink
from portal.tenancy.models import Membership, Tenant, User

pytestmark = pytest.mark.django_db
HERE = {"slug": "northwind"}


def test_an_admin_creates_a_link_that_is_shown_once_and_opens_the_board(
    client: Client, admin: User, northwind: Tenant
) -> None:
    client.force_login(admin)
    listing, new = reverse("wall_links", kwargs=HERE), reverse("wall_link_new", kwargs=HERE)
    assert "No links yet" in client.get(listing).content.decode()
    answer = client.post(new, {"name": "Lobby", "days": "30"})
    page = answer.content.decode()
    [url] = set(re.findall(r"https?://[^<\"]+/wall/[^<\"]+/", page))
    assert "no-store" in answer["Cache-Control"]
    assert Client().get("/" + url.split("/", 3)[3]).status_code == 200
    listed = client.get(listing).content.decode()
    assert "Lobby" in listed
    assert "sluice_wall_" not in listed
    assert url not in client.get(new).content.decode()


def test_what_was_typed_stays_beside_its_error(client: Client, admin: User) -> None:
    client.force_login(admin)
    answer = client.post(reverse("wall_link_new", kwargs=HERE), {"name": "x" * 61, "days": "30"})
    assert answer.status_code == 422
    assert "at most 60 characters" in answer.content.decode()
    assert "x" * 61 in answer.content.decode()


def test_revoke_ends_a_link(client: Client, admin: User, northwind: Tenant) -> None:
    link, token = wall_links.create(person=admin, tenant=northwind, name="Lobby")
    client.force_login(admin)
    page = client.post(reverse("wall_links", kwargs=HERE), {"uid": link.uid}, follow=True).content.decode()
    assert "Revoked the link “Lobby”." in page
    assert "No links yet" in page
    assert client.get(reverse("wall", kwargs={"token": token})).status_code == 404


def test_a_link_whose_creator_left_is_marked(client: Client, admin: User, northwind: Tenant) -> None:
    leaver = User.objects.create_user("leaver@example.test", "a long password")
    membership = Membership.objects.create(tenant=northwind, user=leaver, role="admin")
    wall_links.create(person=leaver, tenant=northwind, name="Lobby")
    membership.delete()
    client.force_login(admin)
    assert "Not working" in client.get(reverse("wall_links", kwargs=HERE)).content.decode()


def test_staff_have_links_to_the_board_of_all(client: Client, operator: User) -> None:
    client.force_login(operator)
    client.post(reverse("all_wall_link_new"), {"name": "Operations room", "days": "7"})
    assert "Operations room" in client.get(reverse("all_wall_links")).content.decode()
    assert WallLink.objects.get().tenant is None
