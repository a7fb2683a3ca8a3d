"""The wall display: worst first, page by page, without a session, and nothing else than that."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring import wall_links, wall_screen
from monitoring.models import HealthState, StreamHealth, WallLink
from portal import rate_limits
from portal.messages.message import Message
from portal.tenancy.models import Tenant, User
from tests.monitoring.conftest import live_integration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture(autouse=True)
def each_screen_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes between two requests of a test are shown at once."""
    monkeypatch.setattr(wall_screen, "SHARED_SECONDS", 0)


def give(tenant: Tenant, name: str, state: HealthState, account: str = "111122223333") -> None:
    message = Message("stream.receiving", records_per_second=3)
    if state is HealthState.FAILING:
        message = Message("stream.being_deleted")
    StreamHealth.objects.create(
        integration=live_integration(tenant, name, account=account),
        state=state,
        rank=state.rank,
        message=message,
        checked_at=timezone.now(),
    )


@pytest.fixture
def url(admin: User, northwind: Tenant) -> str:
    _, token = wall_links.create(person=admin, tenant=northwind, name="Lobby")
    return reverse("wall", kwargs={"token": token})


def text_of(address: str, **query: str) -> str:
    answer = Client().get(address, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_worst_is_first_with_counts_and_the_time_of_the_newest_reading(url: str, northwind: Tenant) -> None:
    give(northwind, "a-well", HealthState.HEALTHY)
    give(northwind, "b-bad", HealthState.FAILING)
    give(northwind, "c-warn", HealthState.ATTENTION)
    page = text_of(url)
    places = [page.index(f"<h2>{name}</h2>") for name in ("b-bad", "c-warn", "a-well")]
    assert places == sorted(places)
    assert "AWS is deleting the data stream." in page
    assert "<strong >1</strong> failing" in page
    assert "Newest reading" in page
    assert 'class="wall is-dark"' in page
    assert 'class="wall is-light"' in text_of(url, theme="light")
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_no_cookie_is_needed_or_set_and_the_address_stays_secret(url: str) -> None:
    answer = Client().get(url)
    assert not answer.cookies
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"


def test_pages_turn_by_themselves_without_javascript(url: str, northwind: Tenant) -> None:
    for number in range(wall_screen.TILES + 3):
        give(northwind, f"s-{number:02}", HealthState.FAILING)
    give(northwind, "well", HealthState.HEALTHY)
    first, second = text_of(url), text_of(url, page="2")
    assert f'<meta http-equiv="refresh" content="15; url={url}?page=2">' in first.partition("<noscript>")[2][:200]
    assert f"url={url}?page=1" in second
    assert "Stop refreshing" in second
    assert "http-equiv" not in text_of(url, refresh="off")
    assert first.count("wall-tile is-failing") == wall_screen.TILES
    assert (second.count("wall-tile is-failing"), second.count("wall-tile is-healthy")) == (3, 1)
    assert "Page 2 of 2" in second
    assert "Page 1 of 2" in text_of(url, page="3")
    assert "Page 1 of 2" in text_of(url, page="\u0663x")


def test_many_pages_are_cut_and_the_rest_is_counted(url: str, northwind: Tenant, monkeypatch) -> None:
    monkeypatch.setattr(wall_screen, "MOST_PAGES", 2)
    monkeypatch.setattr(wall_screen, "TILES", 2)
    for number in range(7):
        give(northwind, f"s-{number:02}", HealthState.FAILING)
    assert "Page 1 of 2, and 3 more not healthy" in text_of(url)


def test_states_without_streams_or_faults_say_so(url: str, northwind: Tenant) -> None:
    assert "No streams yet" in text_of(url)
    give(northwind, "well", HealthState.HEALTHY)
    assert "The stream is healthy" in text_of(url)
    StreamHealth.objects.update(checked_at=timezone.now().replace(year=2025))
    page = text_of(url)
    assert "Sluice did not check the stream." in page
    assert "wall-tile is-unknown" in page


def test_a_tenants_wall_has_no_other_tenants_stream_and_that_of_staff_has_all(
    url: str, northwind: Tenant, operator: User
) -> None:
    contoso = Tenant.objects.create(slug="contoso", name="Contoso Homes")
    give(northwind, "ours", HealthState.FAILING)
    give(contoso, "theirs", HealthState.FAILING, account="444455556666")
    assert "theirs" not in text_of(url)
    _, token = wall_links.create(person=operator, tenant=None, name="Operations room")
    page = text_of(reverse("wall", kwargs={"token": token}))
    assert "<h2>ours</h2>" in page
    assert "<h2>theirs</h2>" in page
    assert "Contoso Homes" in page


def test_the_first_use_is_noted(url: str) -> None:
    Client().get(url, REMOTE_ADDR="192.0.2.7")
    link = WallLink.objects.get()
    assert link.last_used_at is not None


def test_a_link_has_a_limit_of_requests(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "WALL_OF_LINK", 2)
    statuses = [Client().get(url).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_guesses_have_a_limit_of_their_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "WALL_OF_ADDRESS", 2)
    unknown = reverse("wall", kwargs={"token": "sluice_wall_" + "A" * 38})
    assert [Client().get(unknown).status_code for _ in range(3)] == [404, 404, 429]


def test_it_takes_as_many_queries_for_many_as_for_few(
    url: str, northwind: Tenant, django_assert_max_num_queries
) -> None:
    give(northwind, "first", HealthState.FAILING)
    Client().get(url)
    with django_assert_max_num_queries(20) as few:
        Client().get(url)
    for number in range(30):
        give(northwind, f"s-{number}", HealthState.FAILING)
    with django_assert_max_num_queries(20) as many:
        Client().get(url)
    assert len(many) == len(few)


def test_who_is_signed_in_opens_it_from_the_board(client: Client, admin: User, northwind: Tenant) -> None:
    give(northwind, "bad", HealthState.FAILING)
    client.force_login(admin)
    board = reverse("streams", kwargs={"slug": "northwind"})
    page = " ".join(client.get(board, {"wall": "1"}).content.decode().split())
    assert "<h2>bad</h2>" in page
    assert 'sse-connect="/events/wall/northwind/"' in page
    assert f"url={board}?wall=1&amp;page=1" in page
    assert "Shown while you are signed in" in page


def test_screens_of_a_board_share_one_read(
    url: str, northwind: Tenant, admin: User, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_screen, "SHARED_SECONDS", 60)
    reads: list[object] = []
    board = wall_screen.selectors.board
    monkeypatch.setattr(
        wall_screen.selectors, "board", lambda tenant, **at: reads.append(tenant) or board(tenant, **at)
    )
    give(northwind, "b-bad", HealthState.FAILING)
    _, other = wall_links.create(person=admin, tenant=northwind, name="Canteen")
    _, of_all = wall_links.create(person=operator, tenant=None, name="Operations room")
    pages = [text_of(url), text_of(reverse("wall", kwargs={"token": other}), theme="light"), text_of(url, page="1")]
    assert all("<h2>b-bad</h2>" in page for page in pages)
    assert [url in page for page in pages] == [True, False, True], "each has its own address"
    assert reads == [northwind]
    text_of(reverse("wall", kwargs={"token": of_all}))
    assert reads == [northwind, None]
