"""What goes through the broker: ids, never contents. The broker's settings are those that were measured."""

import inspect

import pytest
from botocore.awsrequest import AWSResponse
from botocore.retries.standard import ExponentialBackoff, RetryContext, RetryEventAdapter, ThrottlingErrorDetector
from celery import Task

from onboarding.credentials.sealer_client import MINT_SECONDS, PROVE_SECONDS
from onboarding.provisioning import engine
from onboarding.provisioning.leases import TURN_ENDS_AFTER
from portal.aws.botocore_sessions import ATTEMPTS, CALL_SECONDS, LAST_ATTEMPT_AFTER_SECONDS, patience
from portal.celery import VISIBILITY_TIMEOUT_SECONDS, app
from portal.task_deadlines import hard_limit, soft_limit

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


# A turn begins no step after its end, but a step that it began may wait for AWS or the sealing process; one that holds
# a key is continued until the engine's patience ends, and then tests the key for the last time.
TURN_SECONDS = engine.TURN.total_seconds() + max(CALL_SECONDS, MINT_SECONDS)
VAULT_SECONDS = engine.LONGEST_TURN.total_seconds() + max(CALL_SECONDS, PROVE_SECONDS)


@pytest.mark.parametrize("task", OURS.values(), ids=OURS)
def test_a_task_outlasts_a_call_to_an_aws_that_hangs(task: Task) -> None:
    """No call begins after the soft limit, and one that has begun ends by itself: then the task is not stuck yet."""
    soft, hard = soft_limit(task), hard_limit(task)
    is_turn = task.name == "onboarding.advance_run"
    longest = max(TURN_SECONDS, VAULT_SECONDS) if is_turn else CALL_SECONDS
    assert longest < soft
    assert soft + (max(CALL_SECONDS, MINT_SECONDS) if is_turn else CALL_SECONDS) < hard < VISIBILITY_TIMEOUT_SECONDS
    assert not is_turn or hard <= TURN_ENDS_AFTER.total_seconds() < VISIBILITY_TIMEOUT_SECONDS


@pytest.mark.parametrize("is_single", [False, True])
def test_no_call_takes_longer_than_is_said(is_single: bool) -> None:
    config = patience("iam", single_attempt=is_single)
    assert config.retries["total_max_attempts"] == (1 if is_single else ATTEMPTS)
    asked_to_wait = AWSResponse("https://iam.amazonaws.com", 503, {"x-amz-retry-after": "60000"}, None)
    throttled = {"Error": {"Code": "Throttling"}}
    last = RetryContext(ATTEMPTS - 1, parsed_response=throttled, http_response=asked_to_wait)
    backoff = ExponentialBackoff(random=lambda: 1.0, throttling_detector=ThrottlingErrorDetector(RetryEventAdapter()))
    attempt = 2 * config.connect_timeout + config.read_timeout
    assert LAST_ATTEMPT_AFTER_SECONDS + backoff.delay_amount(last) + attempt <= CALL_SECONDS
