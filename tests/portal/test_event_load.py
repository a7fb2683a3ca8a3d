"""A sign-out under load: a thousand event streams, a real web process, events for all of them, and new browsers."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from portal import live
from portal.local import ports
from portal.local.processes import start_process
from portal.tenancy.models import Tenant
from tests.portal.event_crowd import Crowd, gathered
from tests.portal.test_event_endings import SECONDS, member, session_key, sign_out, signed_in

ROOT = Path(__file__).resolve().parents[2]
STREAMS = 500  # of each of two people
pytestmark = [pytest.mark.audit, pytest.mark.django_db(transaction=True)]


@contextmanager
def web(log: Path) -> Iterator[str]:
    """A web process of its own on the test's database and Redis."""
    place, port = connection.settings_dict, ports.free_port()
    database = f"postgresql://{place['USER']}@/{place['NAME']}?host={quote(str(place['HOST']))}"
    command = [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--port", str(port)]
    environment = {**os.environ, "DATABASE_URL": database, "SLUICE_ALLOWED_HOSTS": "127.0.0.1"}
    environment["SLUICE_EVENTS_PER_PERSON"] = str(STREAMS)
    process = start_process(
        "web", [*command, "--timeout-graceful-shutdown", "1"], log=log, environment=environment, cwd=ROOT
    )
    try:
        process.wait_until(lambda: ports.accepts("127.0.0.1", port), seconds=30)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stop()


@contextmanager
def published(topic: str) -> Iterator[None]:
    """Publish two events a second meanwhile, each of the size of a board's row: two thousand sends a second."""
    stop = threading.Event()

    def publish() -> None:
        while not stop.wait(0.5):
            live.publish(topic, "row", "x" * 5000)

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def test_a_sign_out_among_a_thousand_streams(clean_redis: str, tmp_path: Path) -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    person, other = member(tenant, "ada"), member(tenant, "ben")
    client = signed_in(person)
    with web(tmp_path / "web.log") as url:
        path = "/events/board/northwind/"
        crowd = Crowd(url, path, session_key(client), size=STREAMS)
        others = Crowd(url, path, session_key(signed_in(other)), size=STREAMS)
        with gathered(crowd, others, within=120), published("board:northwind"):
            began = time.monotonic()
            sign_out(person, client)
            took = crowd.seconds_after(began)
            print(f"{STREAMS} of {2 * STREAMS} streams ended after {took:.2f} s")
            assert took < SECONDS
            assert others.still_open == STREAMS
