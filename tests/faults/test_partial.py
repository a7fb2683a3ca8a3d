"""AWS refuses one call for good, whichever: what was made until then is listed to its owner, and can be taken down."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from onboarding.integrations import inventory
from onboarding.integrations import removal as removing
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, RunState
from onboarding.provisioning import iam_lag
from portal.local.ministack import MiniStack
from portal.messages.catalogue import todo_of
from tests import clock
from tests.faults import proxy
from tests.faults.case import Case, new_case
from tests.faults.proxy import Answer, Proxy, Request
from tests.faults.scenario import Rig
from tests.faults.test_aws_faults import CREATES
from tests.faults.worker import drive
from tests.faults.workloads import account
from tests.sampling import Sample, seed_of

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = ("data streams", "Firehose streams", "buckets", "log groups")
OF_IAM = ("users under /sluice/", "roles under /sluice/", "policies under /sluice/")
SAMPLED = 5


@pytest.fixture(autouse=True)
def _short_lag_of_iam(monkeypatch: pytest.MonkeyPatch) -> None:
    # For a denial about a new user a worker waits within its turn, and creates user after user.
    monkeypatch.setattr(iam_lag, "SETTLES", timedelta(seconds=2))
    clock.pass_while_worker_waits(monkeypatch)


@pytest.fixture
def aws_proxy(ministack: MiniStack, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


def denied(operation: str) -> proxy.Fault:
    def fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation == operation:
            # A new key that may not put records yet is waited for; records that are wrong are not.
            code = "InvalidArgumentException" if operation == "PutRecord" else "AccessDeniedException"
            return request.error(400, code, "as asked by a test")
        return carry_out()

    return fault


def there(case: Case) -> set[str]:
    """The names of all that the account holds of ours."""
    found = account(case)
    return {name for place in PLACES for name in found[place]} | {
        arn.rsplit("/", 1)[-1] for place in OF_IAM for arn in found[place]
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try a sample of the operations with every commit."""
    if "sampled" in metafunc.fixturenames:
        sample = Sample(seed_of(metafunc.config))
        metafunc.parametrize("sampled", sample.spread("denied operations", CREATES, SAMPLED))


def test_a_sample_of_what_was_made_is_listed_and_goes(rig: Rig, aws_proxy: Proxy, sampled: str) -> None:
    stop_at(sampled, rig, aws_proxy)


@pytest.mark.faults
@pytest.mark.parametrize("operation", CREATES)
def test_what_was_made_is_listed_and_goes(rig: Rig, aws_proxy: Proxy, operation: str) -> None:
    stop_at(operation, rig, aws_proxy)


def stop_at(operation: str, rig: Rig, aws_proxy: Proxy) -> None:
    """Deny an operation; all that was created before must be listed, and removable."""
    case = new_case(rig.client_key)
    aws_proxy.fault = denied(operation)
    drive(case.run_id, turns=60)
    aws_proxy.fault = proxy.no_fault
    run = case.run
    assert aws_proxy.seen[operation], "it was refused"
    assert run.state == RunState.FAILED
    failed = [step for step in run.steps.all() if step.state == "failed"]
    assert failed, run.failure
    assert all(step.reason and todo_of(step.reason) and step.aws_detail for step in failed)
    integration = Integration.objects.get(pk=run.integration_id)
    assert integration.state == IntegrationState.ATTENTION
    listed = {line.name for line in inventory.lines(integration)}
    assert there(case) <= listed, "nothing of ours that its owner is not told of"

    if listed:
        removal = removing.start_removal(integration=integration, actor="test", delete_data=True)
        assert drive(removal.pk, turns=60) == RunState.DONE, removal.failure
    assert there(case) == set()
    assert inventory.lines(integration) == []
