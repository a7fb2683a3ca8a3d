"""Who may watch which event stream: the same kind of table as for pages (test_urls.py), in the same order of people."""

import asyncio
from collections.abc import Iterator

import pytest
from django.conf import settings

from monitoring.records.selection import Selection, remember
from portal.asgi import django_application
from portal.event_access import REGISTERED, viewer_of
from portal.events import topic_of, with_events
from tests.architecture.population import ROLES, Population, populate

#                             nobody  other's  viewer  admin  support  operator
TABLE = {
    "run:{run}":              (False, False,   True,   True,  True,    True),
    "stream:{uid}:clear":     (False, False,   True,   True,  False,   False),
    "stream:{uid}:masked":    (False, False,   False,  False, True,    True),
    "stream:{uid}:clear:{key}":  (False, False, True,  True,  False,   False),
    "stream:{uid}:masked:{key}": (False, False, False, False, False,   False),
    "stream:{uid}:masked:{free}": (False, False, False, False, True,   True),
    "stream:{uid}:clear:{none}": (False, False, False, False, False,   False),
    "tenant:{slug}":          (False, False,   True,   True,  True,    True),
    "board:{slug}":           (False, False,   True,   True,  True,    True),
    "wall:{slug}":            (False, False,   True,   True,  True,    True),
    "wall:all":               (False, False,   False,  False, True,    True),
    "alerts:{slug}":          (False, False,   True,   True,  True,    True),
    "alerts:all":             (False, False,   False,  False, True,    True),
    "board:all":              (False, False,   False,  False, True,    True),
    "run:999999999":          (False, False,   False,  False, False,   False),
    "stream:nothing:masked":  (False, False,   False,  False, False,   False),
    "tenant:nobody":          (False, False,   False,  False, False,   False),
    "board:nobody":           (False, False,   False,  False, False,   False),
    "wall:nobody":            (False, False,   False,  False, False,   False),
}  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def population() -> Population:
    return populate()


def session_of(population: Population, role: str) -> str:
    cookies = population.client(role).cookies
    return cookies[settings.SESSION_COOKIE_NAME].value if cookies else ""


def topics(population: Population) -> Iterator[tuple[str, tuple[bool, ...]]]:
    ours = population.ours
    uid = ours.live.uid
    # Of filters, the second one uses nothing that is masked, and the last one is not in use.
    keys = {"key": remember(uid, Selection("zone = 1")), "free": remember(uid, Selection("@size > 1"))}
    for shape, expected in TABLE.items():
        yield shape.format(run=ours.failed.pk, uid=uid, slug=ours.tenant.slug, none="0" * 16, **keys), expected


def status_of(path: str, session: str) -> int:
    """Ask the web process itself; whoever is let in is an event stream, which is not waited for."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}".encode()
    headers = [(b"host", b"testserver"), (b"cookie", cookie)]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}
    answered: list[int] = []

    async def send(message):
        answered.append(message.get("status", 0))

    async def receive():
        return {"type": "http.disconnect"}

    asyncio.run(asyncio.wait_for(with_events(django_application)(scope, receive, send), 10))
    return answered[0]


def test_everybody_may_watch_what_the_table_says(population: Population) -> None:
    for topic, expected in topics(population):
        got = {role: viewer_of(topic, session_of(population, role)) is not None for role in ROLES}
        assert got == dict(zip(ROLES, expected, strict=True)), topic


def test_every_kind_of_topic_is_in_the_table() -> None:
    assert {topic.split(":")[0] for topic in TABLE} == set(REGISTERED)


def test_whoever_may_not_watch_is_answered_404(population: Population) -> None:
    session = session_of(population, "outsider")
    for topic, _ in topics(population):
        path = "/events/" + topic.replace(":", "/") + "/"
        assert topic_of(path) == topic
        assert status_of(path, session) == 404, path


@pytest.mark.parametrize(
    "path",
    [
        "/events/",
        "/events/run/",
        "/events/run/1/2/",
        "/events/stream/x/",
        "/events/stream/x/clear/none/",
        "/events/all/x/",
    ],
)
def test_what_is_no_topic_is_not_found(path: str) -> None:
    assert status_of(path, "") == 404
