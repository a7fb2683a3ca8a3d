"""IAM's lag about what a run created a moment ago is AccessDenied: it settles for a minute, and no longer."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.models.resource import Resource
from onboarding.models.states import RunState
from onboarding.provisioning import iam_lag
from portal.aws.errors import fault
from tests import clock
from tests.faults.proxy import Answer, Proxy, Request
from tests.onboarding.provisioning.driving import carried_out, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
LAGGING = ("PutRolePolicy", "CreateDeliveryStream", "CreateAccessKey", "ListAttachedUserPolicies", "AttachUserPolicy")
PASS_ROLE = "User is not authorized to perform: iam:PassRole on resource: the role"


def test_a_run_waits_for_iam_and_creates_everything_once(world: World, aws_proxy: Proxy) -> None:
    seen: Counter[str] = Counter()

    def lag(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        seen[request.operation] += 1
        if request.operation not in LAGGING or nth > 2:
            return carry_out()
        return request.error(403, "AccessDenied" if request.dialect == "query" else "AccessDeniedException", PASS_ROLE)

    run = started(world)
    aws_proxy.fault = lag
    assert carried_out(run).state == RunState.DONE, failed_steps(run)
    assert [seen[name] for name in ("CreateRole", "CreateUser")] == [1, 1]
    assert seen["CreateAccessKey"] == 3


def test_a_right_that_is_missing_is_reported_after_a_minute_with_awss_message(world: World, aws_proxy: Proxy) -> None:
    def deny(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        text = "is not authorized to perform: iam:PutRolePolicy on resource: role sluice-sensors"
        return request.error(403, "AccessDenied", text) if request.operation == "PutRolePolicy" else carry_out()

    run = started(world)
    aws_proxy.fault = deny
    carried_out(run, turns=1)
    step = run.steps.get(name="firehose_role:sluice-sensors-to-s3")
    assert (step.state, "iam:PutRolePolicy" in step.aws_detail) == ("waiting", True)
    clock.pass_time(run.pk, iam_lag.SETTLES)
    carried_out(run)
    step.refresh_from_db()
    assert failed_steps(run)[step.name].code == "aws.access_denied"
    assert "on resource: role sluice-sensors" in step.aws_detail


DENIED = fault("AccessDenied", "iam:PutRolePolicy", "no identity-based policy allows the iam:PutRolePolicy action")


CASES = [
    (DENIED, "IAM role", 0, "present", True),
    (DENIED, "IAM user", 50, "intended", True),
    (fault("AccessDeniedException", "firehose:CreateDeliveryStream", PASS_ROLE), "IAM role", 5, "present", True),
    (DENIED, "IAM role", 70, "present", False),
    (DENIED, "IAM role", 400, "present", False),
    (DENIED, "IAM role", 0, "removed", False),
    (DENIED, "S3 bucket", 0, "present", False),
    (fault("AccessDenied", "iam:CreateRole", ""), "IAM role", 0, "intended", False),
    (fault("AccessDenied", "kinesis:CreateStream", ""), "IAM role", 0, "present", False),
    (fault("AccessDenied", "iam:TagRole", "with an explicit deny"), "IAM role", 0, "present", False),
    (fault("AccessDenied", "iam:TagRole", "no permissions boundary allows"), "IAM role", 0, "present", False),
    (fault("NoSuchEntity", "iam:TagRole", ""), "IAM role", 0, "present", False),
]


def test_a_denial_is_lag_only_about_an_identity_of_this_run_and_for_a_minute(world: World) -> None:
    run = started(world, delivery=False)
    run.created_at = run.created_at - timedelta(minutes=5)
    run.steps.filter(name="access_key").update(started_at=timezone.now() - timedelta(seconds=50))
    for denial, kind, age, state, may_be in CASES:
        Resource.objects.all().delete()
        created = timezone.now() - timedelta(seconds=age)
        Resource.objects.create(integration=run.integration, kind=kind, name="a", state=state, intended_at=created)
        assert iam_lag.may_be_lag(run, denial) is may_be, (denial, kind, age, state)


def test_another_user_of_the_same_run_begins_no_minute_of_its_own(world: World) -> None:
    """Each attempt to create a key creates a new user: a denial that stays would be waited for without an end."""
    run = started(world, delivery=False)
    Resource.objects.create(integration=run.integration, kind="IAM user", name="second", state="present")
    steps = run.steps.filter(name="access_key")
    for age, may_be in ((55, True), (65, False)):
        steps.update(started_at=timezone.now() - timedelta(seconds=age))
        assert iam_lag.may_be_lag(run, DENIED) is may_be, age
