import asyncio
import gc
import json
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module

import httpx
import pytest
import uvicorn
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils import timezone
from redis import Redis

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal import live
from portal.event_access import Viewer, viewer_of
from portal.event_listener import Listener, Owner, frame
from portal.events import EventStreams, topic_of, with_events
from portal.fanout import Fanout
from portal.local import ports
from portal.tenancy.models import AuditEvent, Membership, StaffRole, Tenant, TenantRole, User
from tests.waiting import wait_for

SESSION = "a-session"


@dataclass
class Guard:
    """Answers for PostgreSQL in tests of the transport alone."""

    topics: set[str] = field(default_factory=lambda: {"run:7", "run:8", "stream:abc:clear"})
    until: datetime = field(default_factory=lambda: timezone.now() + timedelta(hours=12))
    people: dict[str, int] = field(default_factory=lambda: {SESSION: 1, "another's": 2})
    asked: int = 0
    rechecks: int = 0

    def viewer_of(self, topic: str, session_key: str) -> Viewer | None:
        self.asked += 1
        user_id = self.people.get(session_key)
        return Viewer(user_id, self.until) if user_id and topic in self.topics else None

    def still_allowed(self, asked: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        self.rechecks += 1
        return {(topic, key) for topic, key in asked if key in self.people and topic in self.topics}


@dataclass
class Served:
    url: str
    events: EventStreams
    guard: Guard
    server: uvicorn.Server

    def read(self, path: str, *, session: str = SESSION) -> httpx.Response:
        return httpx.get(self.url + path, cookies={django_settings.SESSION_COOKIE_NAME: session})

    @contextmanager
    def stream(self, path: str, *, session: str = SESSION) -> Iterator["Lines"]:
        cookies = {django_settings.SESSION_COOKIE_NAME: session}
        with httpx.Client(timeout=10, cookies=cookies) as client, client.stream("GET", self.url + path) as answer:
            yield Lines(answer, answer.iter_lines())


@dataclass
class Lines:
    answer: httpx.Response
    lines: Iterator[str]

    def until(self, wanted: str) -> list[str]:
        seen, began = [], time.monotonic()
        for line in self.lines:
            seen.append(line)
            if line == wanted:
                return seen
            assert time.monotonic() - began < 10, f"no {wanted!r} within 10 s: {seen}"
        raise AssertionError(f"the stream ended without {wanted!r}: {seen}")


def assert_ends(stream: Lines, *, seconds: float = 5) -> None:
    """Read until the stream ends; its heartbeats would keep a test that only reads waiting for ever."""
    began = time.monotonic()
    for line in stream.lines:
        assert not line.startswith("event")
        assert time.monotonic() - began < seconds, "the stream does not end"


@contextmanager
def serving(redis_url: str, *, most: int = 10, each_person: int = 9, recheck: float = 60) -> Iterator[Served]:
    guard = Guard()
    limits = {"most": most, "each_person": each_person}
    events = EventStreams(access=guard, redis_url=redis_url, heartbeat=0.4, recheck=recheck, **limits)
    port = ports.free_port()
    server = uvicorn.Server(
        uvicorn.Config(events, port=port, lifespan="off", log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield Served(f"http://127.0.0.1:{port}", events, guard, server)
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def served(clean_redis: str) -> Iterator[Served]:
    with serving(clean_redis) as server:
        yield server


@pytest.mark.parametrize(
    ("path", "topic"),
    [
        ("/events/run/12/", "run:12"),
        ("/events/run/12", "run:12"),
        ("/events/board/all/", "board:all"),
        ("/events/stream/0a1b/clear/", "stream:0a1b:clear"),
        ("/events/stream/0a1b/masked/", "stream:0a1b:masked"),
        ("/events/stream/0a1b/", None),
        ("/events/stream/0a1b/raw/", None),
        ("/events/", None),
        ("/events/run/", None),
        ("/events/run/a:b/", None),
        ("/events/other/1/", None),
        ("/events/run/1/2/", None),
        ("/events/run/../", None),
    ],
)
def test_the_path_names_the_topic(path: str, topic: str | None) -> None:
    assert topic_of(path) == topic


def test_a_frame_carries_every_line() -> None:
    assert frame("metrics", "<p>\n</p>\r\nx") == b"event: metrics\ndata: <p>\ndata: </p>\ndata: x\n\n"


def test_what_is_published_reaches_the_browser(served: Served) -> None:
    with served.stream("/events/run/7/") as stream:
        headers = stream.answer.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in headers
        assert next(stream.lines).startswith("retry: ")
        live.publish("run:8", "changed", "another's")
        live.publish("run:7", "changed", "<p>\nhello</p>")
        seen = stream.until("data: hello</p>")
    assert seen[-3:] == ["event: changed", "data: <p>", "data: hello</p>"]
    assert not any("another" in line for line in seen)


def test_the_newest_of_each_event_is_given_on_connecting(served: Served) -> None:
    live.publish("run:7", "changed", "old")
    live.publish("run:7", "changed", "new")
    live.publish("run:7", "finished", "yes")
    with served.stream("/events/run/7/") as stream:
        seen = stream.until("data: yes")
    assert "data: new" in seen
    assert "data: old" not in seen


def test_a_quiet_stream_still_beats(served: Served) -> None:
    with served.stream("/events/run/7/") as stream:
        assert stream.until(": still here")


def test_what_is_anothers_is_not_found(served: Served) -> None:
    assert served.read("/events/run/9/").status_code == 404
    assert served.read("/events/run/7/", session="somebody else").status_code == 404
    assert served.read("/events/nothing/").status_code == 404
    assert httpx.post(served.url + "/events/run/7/").status_code == 405


def test_head_is_answered_without_a_stream(served: Served) -> None:
    head = httpx.head(served.url + "/events/run/7/", cookies={"sessionid": SESSION}, timeout=5)
    assert (head.status_code, head.headers["Content-Type"], head.content) == (
        200,
        "text/event-stream; charset=utf-8",
        b"",
    )
    assert httpx.head(served.url + "/events/run/9/", cookies={"sessionid": SESSION}, timeout=5).status_code == 404
    wait_for(lambda: served.events.open == 0)


def test_access_that_ended_without_a_message_ends_the_stream_at_the_next_check(clean_redis: str) -> None:
    with serving(clean_redis, recheck=0.3) as served, served.stream("/events/run/7/") as stream:
        next(stream.lines)
        served.guard.topics.clear()
        assert_ends(stream)
        assert served.guard.rechecks >= 1


def test_one_check_covers_every_stream(clean_redis: str) -> None:
    with serving(clean_redis, recheck=0.3) as served, served.stream("/events/run/7/"), served.stream("/events/run/8/"):
        wait_for(lambda: served.guard.rechecks == 2)
        assert served.guard.asked == 2


def test_a_check_that_does_not_return_ends_the_streams(clean_redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(Guard, "still_allowed", lambda _guard, _asked: release.wait(10))
    with serving(clean_redis, recheck=0.2) as served:
        with served.stream("/events/run/7/") as stream:
            assert_ends(stream)
        release.set()


def test_a_check_that_fails_ends_the_streams_and_the_next_is_checked_again(
    clean_redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_guard: Guard, _asked: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        raise KeyError("a rule's own mistake")

    with serving(clean_redis, recheck=0.2) as served:
        with monkeypatch.context() as broken, served.stream("/events/run/7/") as stream:
            broken.setattr(Guard, "still_allowed", failing)
            assert_ends(stream)
        with served.stream("/events/run/7/") as stream:
            next(stream.lines)
            wait_for(lambda: served.guard.rechecks >= 2)
            served.guard.topics.clear()
            assert_ends(stream)


def test_a_person_has_a_limit_and_another_does_not_notice(clean_redis: str) -> None:
    with serving(clean_redis, each_person=2) as served:
        with served.stream("/events/run/7/") as first, served.stream("/events/run/8/") as second:
            next(first.lines), next(second.lines)
            refused = served.read("/events/run/7/")
            assert refused.status_code == 429
            assert 30 <= int(refused.headers["retry-after"]) <= 60
            assert "too many live pages open" in refused.text
            with served.stream("/events/run/7/", session="another's") as other:
                assert other.answer.status_code == 200
        wait_for(lambda: served.events.open == 0)
        with served.stream("/events/run/7/") as again, served.stream("/events/run/8/") as more:
            assert {again.answer.status_code, more.answer.status_code} == {200}


def test_what_is_refused_is_not_counted(clean_redis: str) -> None:
    with serving(clean_redis, each_person=1) as served:
        assert [served.read("/events/run/9/").status_code for _ in range(3)] == [404] * 3
        for _ in range(3):
            with served.stream("/events/run/7/") as stream:
                assert stream.answer.status_code == 200
                assert served.read("/events/run/8/").status_code == 429
            wait_for(lambda: served.events.open == 0)


def test_a_browser_that_leaves_at_any_step_of_a_send_is_noticed(clean_redis: str) -> None:
    async def left_after(steps: int) -> None:
        gone = asyncio.Event()

        async def receive() -> dict[str, str]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            if message.get("body") == b": still here\n\n":
                gone.set()
                for _ in range(steps):
                    await asyncio.sleep(0)

        events = EventStreams(access=Guard(), redis_url=clean_redis, most=10, each_person=10, heartbeat=0.05)
        cookie = f"{django_settings.SESSION_COOKIE_NAME}={SESSION}".encode()
        headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie)]
        scope = {"type": "http", "method": "GET", "path": "/events/run/7/", "headers": headers}
        try:
            async with asyncio.timeout(3):
                await events(scope, receive, send)
        finally:
            await events.close()

    for steps in range(8):
        asyncio.run(left_after(steps))


def test_a_full_process_asks_to_come_again(clean_redis: str) -> None:
    with serving(clean_redis, most=1) as served, served.stream("/events/run/7/") as stream:
        next(stream.lines)
        refused = served.read("/events/run/8/")
        assert refused.status_code == 503
        assert 5 <= int(refused.headers["retry-after"]) <= 20


def test_without_redis_the_page_is_told_to_come_again() -> None:
    with serving("redis://127.0.0.1:1/0") as served:
        assert served.read("/events/run/7/").status_code == 503
        wait_for(lambda: served.events.open == 0)


def test_while_it_is_open_the_topic_is_watched_and_then_no_more(served: Served, clean_redis: str) -> None:
    with served.stream("/events/stream/abc/clear/") as first, served.stream("/events/stream/abc/clear/") as second:
        next(first.lines), next(second.lines)
        wait_for(lambda: live.watchers("stream:abc:clear") == 2)
        assert live.watched("stream:") == {"stream:abc:clear"}
    wait_for(lambda: live.watched("stream:") == set())
    wait_for(lambda: served.events.open == 0)
    channels = Redis.from_url(clean_redis).pubsub_channels("live:*")
    assert channels == [b"live:"]


def test_one_subscription_serves_all_and_each_event_reaches_all(served: Served, clean_redis: str) -> None:
    with served.stream("/events/run/7/") as first, served.stream("/events/run/7/") as second:
        next(first.lines), next(second.lines)
        assert Redis.from_url(clean_redis).pubsub_numsub("live:run:7") == [(b"live:run:7", 1)]
        live.publish("run:7", "changed", "for both")
        assert first.until("data: for both")
        assert second.until("data: for both")


def test_when_redis_breaks_the_connection_browsers_come_back_to_a_new_one(served: Served, clean_redis: str) -> None:
    redis = Redis.from_url(clean_redis)
    with served.stream("/events/run/7/") as stream:
        next(stream.lines)
        redis.client_kill_filter(_type="pubsub")
        assert_ends(stream)
    with served.stream("/events/run/7/") as stream:
        next(stream.lines)
        live.publish("run:7", "changed", "again")
        assert stream.until("data: again")


def test_a_browser_that_is_behind_loses_the_oldest() -> None:
    async def fill() -> list[bytes]:
        listener = Listener("run:7", Owner(1, "s"), room=3)
        for number in range(5):
            listener.offer(str(number).encode())
        assert listener.dropped == 2
        return [listener.queue.get_nowait() for _ in range(3)]

    assert asyncio.run(fill()) == [b"2", b"3", b"4"]


def test_everything_else_goes_to_django(clean_redis: str) -> None:
    seen = []

    async def django(scope, receive, send) -> None:
        seen.append(scope["path"])

    async def ask() -> None:
        await with_events(django)({"type": "http", "path": "/eventsful/"}, None, None)

    asyncio.run(ask())
    assert seen == ["/eventsful/"]


def test_a_started_process_looks_for_garbage_only_in_what_came_later(clean_redis: str) -> None:
    sent, frozen = [], []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.shutdown" if sent else "lifespan.startup"}

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])
        frozen.append(gc.get_freeze_count())

    try:
        asyncio.run(with_events(None)({"type": "lifespan"}, receive, send))
    finally:
        gc.unfreeze()
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert frozen[0] > 1000


# Who may watch what: the rules, with PostgreSQL.


@dataclass
class People:
    admin: User
    viewer: User
    outsider: User
    support: User
    operator: User


@pytest.fixture
def integration(transactional_db) -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    Tenant.objects.create(slug="contoso", name="Contoso Towers")
    link = Connection.objects.create(tenant=tenant, name="c", account_id="111122223333")
    return Integration.objects.create(tenant=tenant, connection=link, name="i", state="live", spec={})


@pytest.fixture
def people(integration: Integration) -> People:
    other = Tenant.objects.get(slug="contoso")

    def person(name: str, **fields) -> User:
        return User.objects.create_user(f"{name}@example.test", "x" * 12, **fields)

    found = People(
        person("admin"),
        person("viewer"),
        person("outsider"),
        person("support", is_staff=True, staff_role=StaffRole.SUPPORT),
        person("operator", is_staff=True, staff_role=StaffRole.OPERATOR),
    )
    Membership.objects.create(tenant=integration.tenant, user=found.admin, role=TenantRole.ADMIN)
    Membership.objects.create(tenant=integration.tenant, user=found.viewer, role=TenantRole.VIEWER)
    Membership.objects.create(tenant=other, user=found.outsider, role=TenantRole.ADMIN)
    return found


def session_of(user: User) -> str:
    session = import_module(django_settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def test_each_person_may_watch_what_the_pages_would_show(people: People, integration: Integration) -> None:
    run = Run.objects.create(integration=integration, spec={}, requested_by="t")
    uid = integration.uid
    expected = {
        f"run:{run.pk}": "admin viewer support operator",
        f"stream:{uid}:clear": "admin viewer",
        f"stream:{uid}:masked": "support operator",
        "board:northwind": "admin viewer support operator",
        "board:contoso": "outsider support operator",
        "board:all": "support operator",
        "run:999999": "",
        "run:12x": "",
        "stream:nothere:clear": "",
        "board:nobody": "",
    }
    names = ["admin", "viewer", "outsider", "support", "operator"]
    sessions = {name: session_of(getattr(people, name)) for name in names}
    found = {topic: " ".join(name for name in names if viewer_of(topic, sessions[name])) for topic in expected}
    assert found == expected


@pytest.mark.parametrize("topics", [["run"], ["stream"], ["board"], ["run", "stream", "board"]])
def test_staff_who_watch_without_a_page_visit_the_tenant_once(
    people: People, integration: Integration, topics: list[str]
) -> None:
    run = Run.objects.create(integration=integration, spec={}, requested_by="t")
    names = {"run": f"run:{run.pk}", "stream": f"stream:{integration.uid}:masked", "board": "board:northwind"}
    session = session_of(people.support)
    for topic in [*topics, *topics]:
        assert viewer_of(names[topic], session)
    assert viewer_of("board:all", session)
    assert viewer_of(f"stream:{integration.uid}:clear", session_of(people.viewer))
    seen = AuditEvent.objects.filter(action="tenancy:staff:viewed").values_list("tenant__slug", "actor")
    assert list(seen) == [("northwind", people.support.email)]


def test_a_session_that_ended_or_never_was_may_watch_nothing(people: People, integration: Integration) -> None:
    topic = f"stream:{integration.uid}:clear"
    session = session_of(people.admin)
    assert viewer_of(topic, session)
    assert not viewer_of(topic, "")
    assert not viewer_of(topic, "forged")
    people.admin.set_password("another one, also long")
    people.admin.save()
    assert not viewer_of(topic, session)


def test_a_person_who_was_locked_out_may_watch_nothing(people: People, integration: Integration) -> None:
    session = session_of(people.admin)
    User.objects.filter(pk=people.admin.pk).update(is_active=False)
    assert not viewer_of(f"stream:{integration.uid}:clear", session)


def test_asking_leaves_no_connection_to_postgresql_open(people: People, integration: Integration) -> None:
    session = session_of(people.admin)
    before = backends()
    threads = [threading.Thread(target=viewer_of, args=(f"stream:{integration.uid}:clear", session)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # PostgreSQL needs a moment to see that a connection was closed.
    wait_for(lambda: backends() <= before)


def backends() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_the_message_on_the_channel_is_plain_json(clean_redis: str) -> None:
    live.publish("run:7", "changed")
    assert json.loads(Redis.from_url(clean_redis).get("last:run:7:changed")) == {"event": "changed", "data": ""}


def test_many_who_come_back_at_once_share_a_few_connections_to_redis(clean_redis: str) -> None:
    async def all_at_once() -> int:
        fanout = Fanout(clean_redis, in_thread=asyncio.to_thread)
        since = await fanout.mark()
        listeners = await asyncio.gather(*(fanout.join("run:7", Owner(1, "s"), since) for _ in range(300)))
        assert fanout.listening == 300
        opened = len(Redis.from_url(clean_redis).client_list())
        for listener in listeners:
            await fanout.leave(listener)
        assert fanout.listening == 0
        await fanout.close()
        return opened

    before = len(Redis.from_url(clean_redis).client_list())
    assert asyncio.run(all_at_once()) <= before + 40
