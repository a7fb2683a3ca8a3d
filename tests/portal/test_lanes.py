"""Every task has a lane, and a message goes to it."""

from celery import Task

from portal.celery import app
from portal.lanes import LANES, PROVISIONING, ROUTES, VERIFICATION

app.loader.import_default_modules()


def test_every_task_has_a_lane() -> None:
    ours: set[str] = {name for name, task in app.tasks.items() if isinstance(task, Task) and "celery." not in name}
    assert set(ROUTES) == ours
    assert set(ROUTES.values()) == set(LANES)


def test_a_message_goes_to_its_lane() -> None:
    for name, lane in ROUTES.items():
        assert app.amqp.router.route({}, name)["queue"].name == lane


def test_checks_do_not_stand_before_runs() -> None:
    assert ROUTES["onboarding.advance_run"] == PROVISIONING
    assert ROUTES["onboarding.check_integration_drift"] == VERIFICATION


def test_a_worker_without_queues_serves_every_lane() -> None:
    assert set(app.amqp.queues) == set(LANES)
