"""Staleness: how long a page shows what a killed process does not renew any more."""

import json
import os
import re
import signal
import time
from collections.abc import Callable
from datetime import datetime

from django.test import Client

from monitoring.models import StreamHealth
from monitoring.records.tap_status import tap_status
from portal import live
from portal.local.processes import ChildProcess
from tests.bench import estate
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement, NotMeasured

COLLECT_SECONDS, TAP_SECONDS = 5, 3  # the interval of collections here, and that of a tap's status
MOST_SECONDS = 60.0
PAUSE_SECONDS = 0.25
_EXPIRES = re.compile(r'data-expires="([^"]+)"')


def stale(machine: Machine, seconds: float) -> list[Measurement]:
    """Kill worker, beat and tap in turn, and measure until the stream's page says that its state is unknown."""
    tenant = estate.new_tenant()
    (connection,) = estate.connected(tenant, 1)
    (uid,) = estate.live_streams(tenant, 1, shards=1, connection=connection)
    name = tenant.integrations.get(uid=uid).stream_name
    estate.root(connection).client("kinesis").create_stream(StreamName=name, ShardCount=1)
    page = _Page(estate.signed_in(estate.member(tenant)), uid, f"/t/{tenant.slug}/streams/{uid}/")
    before = os.environ["SLUICE_COLLECT_SECONDS"]
    os.environ["SLUICE_COLLECT_SECONDS"] = str(COLLECT_SECONDS)
    try:
        found = {victim: _collection(machine, page, victim) / COLLECT_SECONDS for victim in ("worker", "beat")}
        found["tap"] = _tap(machine, page) / TAP_SECONDS
    finally:
        os.environ["SLUICE_COLLECT_SECONDS"] = before
        estate.forget([uid])
    note = f"intervals of {COLLECT_SECONDS} s, of the tap {TAP_SECONDS} s; asked every {PAUSE_SECONDS} s"
    return [
        Measurement(f"from kill -9 of the {victim} to the page that says so", intervals, 3, "intervals", note)
        for victim, intervals in found.items()
    ]


class _Page:
    """The page of a stream, which someone views all the time."""

    def __init__(self, browser: Client, uid: str, address: str) -> None:
        self.uid = uid
        self._browser = browser
        self._address = address

    def html(self) -> str:
        live.hold({f"stream:{self.uid}:clear": 1}, process="bench")
        return self._browser.get(self._address).content.decode()

    def is_unknown(self) -> bool:
        """Return whether the page says that it is not known how the stream is."""
        return 'class="page-head is-expired"' in self.html()

    def is_checked(self) -> bool:
        """Return whether it shows a state that was measured just now."""
        self.html()
        row = StreamHealth.objects.get(integration__uid=self.uid)
        return row.checked_at is not None and time.time() - row.checked_at.timestamp() < COLLECT_SECONDS


def _collection(machine: Machine, page: _Page, victim: str) -> float:
    processes = {"worker": machine.worker(concurrency=2), "beat": machine.beat()}
    try:
        _until(page.is_checked)
        time.sleep(2 * COLLECT_SECONDS)  # so that it is a collection of a stream that someone watches
        _until(page.is_checked)
        return _killed(processes[victim], page.is_unknown)
    finally:
        machine.end(*processes.values())


def _tap(machine: Machine, page: _Page) -> float:
    """An open page marks the tap's status as unknown when what the last event says has expired."""
    tap = machine.tap()
    try:
        _until(lambda: bool(page.html()) and tap_status(page.uid) is not None)
        time.sleep(2 * TAP_SECONDS)
        os.killpg(tap.pid, signal.SIGKILL)
        killed_at = time.time()
        time.sleep(2 * TAP_SECONDS)
        event = json.loads(live.text(live.connect().get(f"last:stream:{page.uid}:clear:tap_status")))
        return datetime.fromisoformat(_EXPIRES.findall(event["data"])[0]).timestamp() - killed_at
    finally:
        machine.end(tap)


def _killed(process: ChildProcess, is_said: Callable[[], bool]) -> float:
    os.killpg(process.pid, signal.SIGKILL)
    began = time.monotonic()
    _until(is_said)
    return time.monotonic() - began


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + MOST_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise NotMeasured("it did not happen within a minute")
        time.sleep(PAUSE_SECONDS)
