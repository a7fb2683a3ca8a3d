"""An event stream ends within two seconds of a sign-out, a removal, a deactivation, the end of its session."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.backends.signals import connection_created
from django.test import Client
from django.utils import timezone
from redis import Redis

from portal import event_access, live
from portal.event_listener import Listener, Owner
from portal.events import EventStreams
from portal.fanout import Fanout
from portal.tenancy import services
from portal.tenancy.models import Membership, StaffRole, Tenant, TenantRole, User
from tests.portal.event_crowd import Crowd, gathered
from tests.waiting import wait_for
from tests.web_process import served
from tests.world import PASSWORD

SECONDS = 2.0
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def serving(redis_url: str, *, recheck: float = 600) -> Iterator[str]:
    most = {"most": 5000, "each_person": 5000}
    events = EventStreams(access=event_access, redis_url=redis_url, recheck=recheck, **most)
    with served(events) as url:
        yield url


@pytest.fixture
def url(clean_redis: str) -> Iterator[str]:
    with serving(clean_redis) as address:
        yield address


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind Estates")


def member(tenant: Tenant, name: str) -> User:
    user = User.objects.create_user(f"{name}@northwind.example", PASSWORD)
    services.add_member(tenant=tenant, user=user, role=TenantRole.VIEWER, actor="test")
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def session_key(client: Client) -> str:
    return str(client.session.session_key)


def sign_out(user: User, client: Client) -> None:
    assert client.post("/accounts/logout/").status_code == 302


def remove_from_tenant(user: User, client: Client) -> None:
    Membership.objects.get(user=user).delete()


def deactivate(user: User, client: Client) -> None:
    user.is_active = False
    user.save()


def delete_person(user: User, client: Client) -> None:
    user.delete()


def change_password(user: User, client: Client) -> None:
    user.set_password("another one, also long")
    user.save(update_fields=["password"])


def delete_session(user: User, client: Client) -> None:
    Session.objects.get(session_key=session_key(client)).delete()


@pytest.mark.parametrize(
    "end_access", [sign_out, remove_from_tenant, deactivate, delete_person, change_password, delete_session]
)
def test_the_streams_end_and_those_of_others_stay(
    url: str, tenant: Tenant, end_access: Callable[[User, Client], None]
) -> None:
    person, other = member(tenant, "ada"), member(tenant, "ben")
    client = signed_in(person)
    crowd = Crowd(url, "/events/board/northwind/", session_key(client), size=20)
    others = Crowd(url, "/events/board/northwind/", session_key(signed_in(other)), size=3)
    with gathered(crowd, others):
        began = time.monotonic()
        end_access(person, client)
        assert crowd.seconds_after(began, within=10) < SECONDS
        assert others.still_open == 3


def test_a_person_who_stops_being_staff_sees_no_more_of_other_tenants(url: str, tenant: Tenant) -> None:
    support = User.objects.create_user("sam@vendor.example", PASSWORD, is_staff=True, staff_role=StaffRole.SUPPORT)
    crowd = Crowd(url, "/events/board/all/", session_key(signed_in(support)), size=3)
    with gathered(crowd):
        began = time.monotonic()
        support.staff_role = StaffRole.NONE
        support.save()
        assert crowd.seconds_after(began, within=10) < SECONDS


def test_a_session_that_expires_ends_its_streams(url: str, tenant: Tenant) -> None:
    client = signed_in(member(tenant, "ada"))
    expires = timezone.now() + timedelta(seconds=1.5)
    Session.objects.filter(session_key=session_key(client)).update(expire_date=expires)
    crowd = Crowd(url, "/events/board/northwind/", session_key(client), size=3)
    with gathered(crowd):
        began = time.monotonic()
        assert crowd.seconds_after(began, within=10) < 1.5 + SECONDS


def test_a_sign_in_elsewhere_ends_nothing(url: str, tenant: Tenant) -> None:
    person = member(tenant, "ada")
    crowd = Crowd(url, "/events/board/northwind/", session_key(signed_in(person)), size=3)
    with gathered(crowd):
        assert Client().login(username=person.email, password=PASSWORD)
        live.publish("board:northwind", "moved")
        time.sleep(0.3)
        assert crowd.still_open == 3


def test_a_rolled_back_change_ends_nothing(clean_redis: str, tenant: Tenant) -> None:
    person = member(tenant, "ada")
    with Redis.from_url(clean_redis).pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe("live:")
        pubsub.get_message(timeout=2)
        with transaction.atomic():
            deactivate(person, Client())
            transaction.set_rollback(True)
        assert pubsub.get_message(timeout=0.3) is None


def test_a_recheck_opens_one_connection_for_all_streams(clean_redis: str, tenant: Tenant) -> None:
    opened: list[object] = []

    def count(**_: object) -> None:
        opened.append(threading.current_thread().name)

    crowds = [
        Crowd("", "/events/board/northwind/", session_key(signed_in(member(tenant, name))), size=10) for name in "abc"
    ]
    with serving(clean_redis, recheck=0.5) as url:
        for crowd in crowds:
            crowd.url = url
        with gathered(*crowds):
            connection_created.connect(count)
            try:
                wait_for(lambda: opened)
                time.sleep(0.2)
            finally:
                connection_created.disconnect(count)
    assert [name for name in opened if str(name).startswith(("events", "rechecks"))] == ["rechecks_0"]


def test_the_net_below_notices_what_sent_no_message(clean_redis: str, tenant: Tenant) -> None:
    person = member(tenant, "ada")
    crowd = Crowd("", "/events/board/northwind/", session_key(signed_in(person)), size=5)
    with serving(clean_redis, recheck=0.5) as crowd.url, gathered(crowd):
        began = time.monotonic()
        User.objects.filter(pk=person.pk).update(is_active=False)
        assert crowd.seconds_after(began, within=10) < 0.5 + SECONDS


def test_an_ending_between_the_check_and_the_subscription_is_not_missed(clean_redis: str) -> None:
    async def join_late() -> list[bool]:
        fanout = Fanout(clean_redis, in_thread=asyncio.to_thread)
        since = await fanout.mark()
        await asyncio.to_thread(live.end_streams, session_key="ended")
        async with asyncio.timeout(5):
            while (await fanout.mark()).endings == since.endings:
                await asyncio.sleep(0.01)
        found = [
            (await fanout.join("run:7", Owner(1, live.digest(key)), since)).is_closed for key in ("ended", "another")
        ]
        await fanout.close()
        return found

    assert asyncio.run(join_late()) == [True, False]


def test_a_browser_that_reads_nothing_is_ended_as_well() -> None:
    async def stuck() -> float:
        listener = Listener("run:7", Owner(1, "s"))
        began = time.monotonic()
        asyncio.get_running_loop().call_later(0.1, listener.close)
        await listener.run(asyncio.sleep(20), seconds=60)
        return time.monotonic() - began

    assert asyncio.run(stuck()) < 1


def test_no_session_key_is_sent_through_redis(clean_redis: str) -> None:
    with Redis.from_url(clean_redis).pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe("live:")
        pubsub.get_message(timeout=2)
        live.end_streams(session_key="a-secret-key")
        message = pubsub.get_message(timeout=2) or pubsub.get_message(timeout=2)
    assert "a-secret-key" not in json.dumps(str(message))
