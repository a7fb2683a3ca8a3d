"""What a worker does before it starts its processes."""

import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery.signals import celeryd_after_setup

from onboarding.provisioning import fair_share


@pytest.fixture
def unfrozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fair_share.MACHINE, "processes", 0)
    yield
    gc.unfreeze()


def test_what_a_worker_has_loaded_is_no_longer_visited_by_the_garbage_collector(unfrozen: None) -> None:
    gc.unfreeze()
    loaded = len(gc.get_objects())
    celeryd_after_setup.send("worker@here", instance=SimpleNamespace(concurrency=2), conf=None)
    assert gc.get_freeze_count() > loaded * 0.8
    assert len(gc.get_objects()) < loaded * 0.1


def test_the_parser_for_its_processes_is_loaded_before_the_freeze(
    unfrozen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.unfreeze()
    frozen: list[int] = []
    monkeypatch.setattr("portal.celery.get_pdeathsig", lambda: frozen.append(gc.get_freeze_count()))
    celeryd_after_setup.send("worker@here", instance=SimpleNamespace(concurrency=2), conf=None)
    assert frozen == [0]
