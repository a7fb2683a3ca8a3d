"""What a worker does before it begins its first task."""

import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery.signals import celeryd_after_setup

from onboarding import tasks
from onboarding.credentials.sealing_server_client import SealingServerProcess
from onboarding.provisioning import fair_share
from portal.celery import app
from portal.lanes import OUTBOX, PROVISIONING


@pytest.fixture
def unfrozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fair_share.MACHINE, "threads", 0)
    yield
    gc.unfreeze()


def test_what_a_worker_has_loaded_is_no_longer_visited_by_the_garbage_collector(unfrozen: None) -> None:
    gc.unfreeze()
    loaded = len(gc.get_objects())
    celeryd_after_setup.send("worker@here", instance=SimpleNamespace(concurrency=2), conf=None)
    assert gc.get_freeze_count() > loaded * 0.8
    assert len(gc.get_objects()) < loaded * 0.1


def test_a_worker_notes_how_many_threads_it_has(unfrozen: None) -> None:
    celeryd_after_setup.send("worker@here", instance=SimpleNamespace(concurrency=7), conf=None)
    assert fair_share.MACHINE.threads == 7
    assert app.conf.worker_pool == "threads"


@pytest.mark.parametrize(("lane", "is_started"), [(PROVISIONING, True), (OUTBOX, False)])
def test_only_a_worker_of_runs_preloads_the_encryption(
    lane: str, is_started: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = SealingServerProcess()
    monkeypatch.setattr(tasks, "SERVER", server)
    monkeypatch.setattr(app.amqp.queues, "_consume_from", {lane: app.amqp.queues[lane]})
    tasks.preload_encryption()
    try:
        assert bool(server.pid) is is_started
    finally:
        server.close()
