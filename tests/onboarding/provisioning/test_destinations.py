"""Every kind of destination through the real steps: made, looked at, changed, meddled with, mended, removed."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Place
from onboarding.deliveries.kinds import KINDS, read
from onboarding.integrations import drift, removal, repair
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, RunState
from onboarding.provisioning.plan_factory import plan_for
from onboarding.spec.integration_spec import IntegrationSpec
from portal.aws import firehose
from portal.aws.iam.roles import role_policy
from tests.faults.proxy import Answer, Proxy, Request
from tests.onboarding.deliveries_examples import example
from tests.onboarding.provisioning.driving import applied, carried_out, differences, failed_steps
from tests.onboarding.provisioning.test_change import changed, spec_of
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def delivering_to(world: World, kind: str, **more: object) -> tuple[Integration, IntegrationSpec]:
    integration, _ = applied(world, delivery=False)
    delivery = read(example(kind, account=world.account_id, **more))
    changed(world, integration, replace(spec_of(integration), deliveries=(delivery,)))
    return integration, spec_of(integration)


def seen(integration: Integration) -> dict[str, str]:
    found = drift.check(Integration.objects.get(pk=integration.pk))
    assert Integration.objects.get(pk=integration.pk).drift_problem is None
    return {what: there for what, (_, there) in differences(found).items()}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", KINDS)
def test_a_destination_is_made_changed_mended_and_removed(world: World, kind: str) -> None:
    integration, spec = delivering_to(world, kind)
    [delivery], root = spec.deliveries, world.root()
    found = firehose.describe_delivery_stream(root, delivery.name)
    assert (found.status, found.destination) == ("ACTIVE", delivery.destination.MEMBER)
    assert seen(integration) == {}
    policy = str(role_policy(root, delivery.role_name(integration.uid), "delivery"))
    for statement in delivery.statements(found_place(spec, world)):
        assert statement["Sid"] in policy

    less = replace(delivery, buffering_seconds=30, destination=replace(delivery.destination, **retried(delivery)))
    changed(world, integration, replace(spec, deliveries=(less,)))
    assert "'IntervalInSeconds': 30" in str(firehose.describe_delivery_stream(root, delivery.name).settings)
    assert seen(integration) == {}

    present = firehose.describe_delivery_stream(root, delivery.name)
    firehose.update_destination(root, present, delivery.configuration(found_place(spec, world)))
    assert seen(integration), "somebody set it back by hand"
    run = carried_out(repair.repair(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    assert seen(integration) == {}

    integration.refresh_from_db()
    run = carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    assert run.state == RunState.DONE, failed_steps(run)
    integration.refresh_from_db()
    assert integration.state == IntegrationState.REMOVED
    assert firehose.describe_delivery_stream(root, delivery.name) is None
    assert root.client("iam").list_roles(PathPrefix="/sluice/")["Roles"] == []


def retried(delivery: Delivery) -> dict[str, int]:
    return {"retry_seconds": 120} if hasattr(delivery.destination, "retry_seconds") else {}


def found_place(spec: IntegrationSpec, world: World) -> Place:
    plan = plan_for(Integration.objects.get(tenant=world.tenant), spec)
    return plan.place_of(spec.deliveries[0])


def with_the_role_that_calls_it(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
    """Describe a Lambda processor as AWS does: with the role, which nobody asked for."""
    answer = carry_out()
    if request.operation != "DescribeDeliveryStream" or answer.status != 200:
        return answer
    outcomes_of = json.loads(answer.body)
    for destination in outcomes_of["DeliveryStreamDescription"]["Destinations"]:
        settings = destination["ExtendedS3DestinationDescription"]
        for processor in settings["ProcessingConfiguration"]["Processors"]:
            processor["Parameters"].append({"ParameterName": "RoleArn", "ParameterValue": settings["RoleARN"]})
    return Answer(200, answer.headers, json.dumps(outcomes_of).encode())


def test_a_transformation_comes_to_rest_though_aws_adds_its_role(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    function = f"arn:aws:lambda:eu-west-1:{world.account_id}:function:sluice-mask"
    with Proxy(world.ministack).running() as between, monkeypatch.context() as patched:
        between.fault = with_the_role_that_calls_it
        patched.setenv("AWS_ENDPOINT_URL", between.url)
        integration, spec = delivering_to(world, "s3", transform={"function_arn": function})
        assert seen(integration) == {}
        found = firehose.describe_delivery_stream(world.root(), spec.deliveries[0].name)
        assert "RoleArn" in str(found.settings["ProcessingConfiguration"])
        assert found.version_id == "1", "nothing was updated after it was made"
