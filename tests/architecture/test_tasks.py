"""What goes through the broker: ids, never contents. The broker's settings are those that were measured."""

import inspect

import pytest
from celery import Task

from portal.celery import VISIBILITY_TIMEOUT_SECONDS, app

app.loader.import_default_modules()
OURS = {name: task for name, task in sorted(app.tasks.items()) if not name.startswith("celery.")}


def test_there_are_tasks() -> None:
    assert {"onboarding.advance_run", "onboarding.sweep_runs", "monitoring.collect_metrics"} <= set(OURS)


@pytest.mark.parametrize("task", OURS.values(), ids=OURS)
def test_a_task_takes_ids_by_keyword_only(task: Task) -> None:
    for name, parameter in inspect.signature(task.run).parameters.items():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, name
        assert parameter.annotation in {int, str}, name
        assert name.endswith(("_id", "_uid")) or name == "region", f"{name} is no id"


@pytest.mark.parametrize("task", OURS.values(), ids=OURS)
def test_a_task_answers_nothing(task: Task) -> None:
    assert inspect.signature(task.run).return_annotation is None
    assert task.ignore_result


def test_results_are_kept_nowhere() -> None:
    assert app.conf.result_backend is None
    assert app.conf.task_store_errors_even_if_ignored is False
    assert app.conf.result_extended is False


def test_a_lost_worker_is_noticed() -> None:
    """By the defaults a task is lost with its worker, or found again after an hour."""
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] == VISIBILITY_TIMEOUT_SECONDS
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < VISIBILITY_TIMEOUT_SECONDS


def test_only_json_is_read() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_the_clock_names_tasks_that_exist() -> None:
    app.finalize()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(OURS)
