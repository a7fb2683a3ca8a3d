"""What nobody goes on with is cleared up; whatever is at work, or not ours, is left alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.integrations import orphaned_keys
from onboarding.integrations.context_factory import open_run
from onboarding.models.credential import Credential
from onboarding.models.run import Run
from onboarding.provisioning import engine, iam_lag
from portal.aws.iam.users import create_user
from portal.local.ministack import MiniStack
from tests import clock
from tests.faults import invariants, proxy
from tests.faults.case import Case, new_case
from tests.faults.proxy import Proxy
from tests.faults.scenario import Rig
from tests.faults.worker import drive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aws_proxy(ministack: MiniStack, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.01)
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


@pytest.fixture
def left_over(rig: Rig, aws_proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A failed run whose clean-up AWS refused: its user and key are still there."""
    # What AWS denies here is no lag of IAM, for which a worker would create user after user for a minute.
    monkeypatch.setattr(iam_lag, "SETTLES", timedelta(0))
    case = new_case(rig.client_key, kinds=())

    def refuse(request: proxy.Request, nth: int, carry_out):
        if request.operation in {"AttachUserPolicy", "DeleteUser", "GetUser"}:
            return request.error(403, "AccessDenied")
        return carry_out()

    aws_proxy.fault = refuse
    assert drive(case.run_id) == "failed"
    aws_proxy.fault = proxy.no_fault
    assert len(users(case)) == 1
    return case


def users(case: Case) -> list[str]:
    found = case.root().client("iam").list_users(PathPrefix="/sluice/")["Users"]
    return [user["UserName"] for user in found]


def grow_old(minutes: int) -> None:
    Credential.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))


def test_a_key_that_was_left_over_is_removed(left_over: Case) -> None:
    grow_old(6)
    assert orphaned_keys.remove_orphaned_keys() == 1
    assert users(left_over) == []
    assert [row.state for row in Credential.objects.all()] == ["discarded"]


def test_what_is_young_or_at_work_is_left_alone(left_over: Case) -> None:
    assert orphaned_keys.remove_orphaned_keys() == 0
    grow_old(6)
    Run.objects.update(state="waiting")
    assert orphaned_keys.remove_orphaned_keys() == 0
    assert len(users(left_over)) == 1


def test_a_user_made_after_its_attempt_was_discarded_is_removed(left_over: Case) -> None:
    Credential.objects.update(state="discarded")
    grow_old(6)
    assert orphaned_keys.remove_orphaned_keys() == 1
    assert users(left_over) == []


def test_a_key_in_use_and_users_of_others_are_left_alone(rig: Rig) -> None:
    case = new_case(rig.client_key, kinds=())
    assert drive(case.run_id) == "done"
    grow_old(6)
    create_user(case.root(), "somebody", path="/", tags={})
    assert orphaned_keys.remove_orphaned_keys() == 0
    assert invariants.broken(case) == []


def test_a_slow_aws_means_many_turns_not_an_ended_worker(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "TURN", timedelta(0))
    case = new_case(rig.client_key)
    turns = 0
    while not case.run.status.is_over and turns < 60:
        clock.pass_until_due(case.run_id)
        engine.advance(case.run_id, open_run)
        turns += 1
    assert turns > 5
    assert invariants.broken(case) == []
