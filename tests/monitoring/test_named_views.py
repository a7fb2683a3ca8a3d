"""A person keeps views of a board under names: in the address, theirs alone, few, and with errors beside the field."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring import named_views
from monitoring.models import NamedView
from monitoring.pages.board_address import BoardAddress
from portal.tenancy.models import Tenant, User
from tests.monitoring.conftest import live_integration

pytestmark = pytest.mark.django_db
FAILING = BoardAddress(q="north & wing", state="failing", sort="-records")


def kept(person: User, tenant: Tenant | None = None) -> list[tuple[str, str]]:
    return list(named_views.of_board(person, tenant).values_list("name", "query"))


def test_a_view_is_kept_by_name_and_a_second_of_that_name_replaces_it(admin: User, northwind: Tenant) -> None:
    for address in (BoardAddress(state="failing"), FAILING):
        named_views.save(person=admin, tenant=northwind, name="  Night \t shift ", address=address)
    assert kept(admin, northwind) == [("Night shift", "q=north+%26+wing&state=failing&sort=-records")]
    assert kept(admin) == [], "another board has views of its own"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "board.view_without_name"),
        (" \n\t", "board.view_without_name"),
        ("a\u202eb", "board.view_without_name"),
        ("\x00", "board.view_without_name"),
        ("x" * 61, "board.view_name_too_long"),
    ],
)
def test_a_name_that_cannot_be_read_is_refused(admin: User, northwind: Tenant, name: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        named_views.save(person=admin, tenant=northwind, name=name, address=FAILING)
    assert refused.value.code == code
    assert kept(admin, northwind) == []


def test_twenty_are_enough(admin: User, northwind: Tenant) -> None:
    for number in range(named_views.MOST):
        named_views.save(person=admin, tenant=northwind, name=f"view {number}", address=FAILING)
    named_views.save(person=admin, tenant=northwind, name="view 3", address=BoardAddress())
    with pytest.raises(ValidationError) as refused:
        named_views.save(person=admin, tenant=northwind, name="one more", address=FAILING)
    assert refused.value.code == "board.too_many_views"


def test_two_requests_at_once_do_not_exceed_the_limit(admin: User, northwind: Tenant) -> None:
    with CaptureQueriesContext(connection) as asked:
        named_views.save(person=admin, tenant=northwind, name="first", address=FAILING)
    statements = [query["sql"] for query in asked]
    locked = next(place for place, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    counted = next(place for place, sql in enumerate(statements) if "COUNT(*)" in sql)
    assert locked < counted, "the person's row is locked before their views are counted"


def test_the_longest_search_fits(admin: User, northwind: Tenant) -> None:
    address = BoardAddress(q="\U0001f3e2" * 100, state="attention", cause=f"{'a' * 40}.{'b' * 60}", sort="-throttled")
    assert named_views.save(person=admin, tenant=northwind, name="towers", address=address)[0].query == address.query()


@pytest.fixture
def board(northwind: Tenant) -> str:
    live_integration(northwind)
    return reverse("streams", kwargs={"slug": "northwind"})


def test_the_board_keeps_what_it_shows_and_removes_it(client: Client, admin: User, board: str) -> None:
    client.force_login(admin)
    answer = client.post(board, {"name": "Failing <b>", "query": FAILING.query(), "do": "save"})
    assert (answer.status_code, answer["Location"]) == (302, f"{board}?{FAILING.query()}")
    page = client.get(answer["Location"]).content.decode()
    assert "Failing &lt;b&gt;" in page
    assert 'aria-current="page"\n        >Failing' in page
    assert client.post(board, {"name": "Failing <b>", "query": "", "do": "remove"}).status_code == 302
    assert not NamedView.objects.exists()


def test_saving_again_says_that_it_replaced_the_view(client: Client, admin: User, board: str) -> None:
    client.force_login(admin)
    texts = []
    for _ in range(2):
        answer = client.post(board, {"name": "Mine", "query": "", "do": "save"}, follow=True)
        texts.append(answer.content.decode())
    assert [("Saved the view “Mine”." in text, "Replaced the view “Mine”." in text) for text in texts] == [
        (True, False),
        (False, True),
    ]
    assert "maxlength" not in texts[0].partition('name="name"')[2].partition(">")[0], "the error says it instead"


def test_what_was_typed_stays_beside_its_error(client: Client, admin: User, board: str) -> None:
    client.force_login(admin)
    answer = client.post(board, {"name": "y" * 90, "query": "state=failing&odd=1&sort=x", "do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="yyyy' in page
    assert "has 90 characters" in page
    assert 'name="query" value="state=failing"' in page, "what means nothing is left out"


@pytest.mark.parametrize("name", ["", "Mine"])
def test_a_zero_byte_in_the_query_of_a_view_is_left_out(client: Client, admin: User, board: str, name: str) -> None:
    client.force_login(admin)
    answer = client.post(board, {"name": name, "query": "q=a%00b", "do": "save"})
    assert answer.status_code == (302 if name else 422)
    assert list(NamedView.objects.values_list("query", flat=True)) == (["q=ab"] if name else [])


def test_no_one_else_sees_or_removes_it(client: Client, admin: User, operator: User, board: str) -> None:
    named_views.save(person=admin, tenant=Tenant.objects.get(slug="northwind"), name="Mine", address=FAILING)
    client.force_login(operator)
    client.post(reverse("board"), {"name": "Mine", "query": "", "do": "remove"})
    page = client.get(reverse("board")).content.decode()
    assert ">Mine<" not in page
    assert "Removed the view" not in page, "nothing was removed"
    assert NamedView.objects.count() == 1


def test_a_person_who_is_deleted_takes_their_views_along(admin: User, northwind: Tenant) -> None:
    named_views.save(person=admin, tenant=northwind, name="Mine", address=FAILING)
    admin.delete()
    assert not NamedView.objects.exists()
