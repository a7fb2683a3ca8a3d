"""What runs that stopped created and removed of the consumers, by the ledger: the differences of a review have it."""

from dataclasses import replace

import pytest

from onboarding.consumers.role import ConsumerRole
from onboarding.deliveries.delivery import Delivery
from onboarding.integrations import update
from onboarding.iot.device_source import DeviceSource
from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.sharing.share import Share
from onboarding.spec.change import Verb
from onboarding.spec.integration_spec import IntegrationSpec
from tests.onboarding.account_state.settings import SPEC, live, saw, saw_delivery

pytestmark = pytest.mark.django_db
TEAM = ConsumerRole("team", ("222233334444",))
OTHERS = ConsumerRole("team", ("555566667777",))
REPORTS = Share("reports", "arn:aws:iam::222233334444:role/reader")
DEVICES = DeviceSource("sluice-meter", "sluice-meters", "sensors")
ALL = replace(SPEC, consumer_roles=(TEAM,), shares=(REPORTS,), devices=DEVICES)
PATHS = ["consumer_roles.team", "devices", "shares.reports"]


def stopped(integration: Integration, spec: IntegrationSpec, *, done: tuple[str, ...] = ()) -> Integration:
    """The integration after a run of `spec` that failed; `done` are the steps that were completed."""
    run = Run.objects.create(integration=integration, spec=spec.as_dict(), state="failed", requested_by="ada")
    for position, name in enumerate(done):
        Step.objects.create(run=run, name=name, position=position, title={"code": "step.grant"}, state="done")
    integration.spec = spec.as_dict()
    integration.save()
    return integration


def with_all(integration: Integration, state: str = "present") -> Integration:
    role = f"sluice-sensors-{integration.uid[:6]}-consumer-team"
    rows = {"consumer role": role, "stream share": "reports", "thing type": "sluice-meter", "topic rule": "rule"}
    for kind, name in rows.items():
        integration.resources.update_or_create(kind=kind, name=name, defaults={"state": state})
    return integration


def changes(integration: Integration, spec: IntegrationSpec) -> list[tuple[str, Verb]]:
    return sorted((change.path, change.verb) for change in update.changes_of(integration, spec))


def integration_in_aws(applied: IntegrationSpec = SPEC) -> Integration:
    return saw_delivery(saw(live(applied, applied=applied)))


def test_what_a_stopped_run_created_is_in_aws_and_is_removed_when_it_is_taken_out() -> None:
    integration = with_all(stopped(integration_in_aws(), ALL))
    assert update.unapplied(integration) == []
    removed = [(path, Verb.REMOVE) for path in PATHS]
    assert changes(integration, SPEC) == removed
    assert changes(stopped(integration, SPEC), SPEC) == removed, "the next run stopped before it removed them"


def test_what_a_stopped_run_did_not_reach_is_not_in_aws() -> None:
    integration = stopped(integration_in_aws(), ALL)
    assert changes(integration, ALL) == [(path, Verb.CREATE) for path in PATHS]


def test_what_a_stopped_run_asked_aws_for_is_removed_where_it_is_not_wanted_any_more() -> None:
    integration = with_all(stopped(integration_in_aws(), ALL), "intended")
    assert changes(integration, ALL) == [(path, Verb.CREATE) for path in PATHS]
    assert changes(integration, SPEC) == [(path, Verb.REMOVE) for path in PATHS]
    again = stopped(integration, SPEC)
    assert [change.verb for change in update.unapplied(again)] == [Verb.REMOVE] * len(PATHS)


def test_a_delivery_that_a_stopped_run_asked_aws_for_is_removed_where_it_is_not_wanted_any_more() -> None:
    more = replace(SPEC, deliveries=(*SPEC.deliveries, Delivery(name="sensors-to-two", bucket="two")))
    integration = stopped(integration_in_aws(), more)
    integration.resources.create(kind="Firehose stream", name="sensors-to-two", state="intended")
    assert [change.verb for change in update.changes_of(integration, SPEC)] == [Verb.REMOVE]


def test_what_a_stopped_run_removed_is_created_anew() -> None:
    integration = with_all(stopped(integration_in_aws(ALL), SPEC), "removed")
    assert changes(integration, SPEC) == []
    assert changes(integration, ALL) == [(path, Verb.CREATE) for path in PATHS]


@pytest.mark.parametrize(("done", "is_applied"), [(("consumer_role:team",), True), ((), False)])
def test_a_role_is_changed_by_its_completed_step(done: tuple[str, ...], is_applied: bool) -> None:
    changed = replace(ALL, consumer_roles=(OTHERS,))
    integration = with_all(stopped(integration_in_aws(ALL), changed, done=done))
    assert (update.unapplied(integration) == []) is is_applied
    assert (changes(integration, ALL) == []) is not is_applied


@pytest.mark.parametrize(
    ("done", "left"),
    [
        ((), ["devices.log_retention_days", "devices.partition_key", "devices.topic_prefix"]),
        (("topic_rule",), ["devices.log_retention_days", "devices.topic_prefix"]),
        (("device_policy", "topic_rule"), ["devices.log_retention_days"]),
        (("device_policy", "topic_rule", "rule_log_group"), []),
    ],
)
def test_settings_of_devices_are_changed_by_their_completed_steps(done: tuple[str, ...], left: list[str]) -> None:
    changed = replace(DEVICES, topic_prefix="meters", partition_key="device", log_retention_days=30)
    wanted = replace(ALL, devices=changed)
    integration = with_all(stopped(integration_in_aws(ALL), wanted, done=done))
    assert changes(integration, wanted) == [(path, Verb.UPDATE) for path in left]


def test_settings_of_a_delivery_are_changed_by_its_completed_step() -> None:
    [delivery] = SPEC.deliveries
    wanted = replace(SPEC, deliveries=(replace(delivery, compression="UNCOMPRESSED"),))
    before = stopped(integration_in_aws(), wanted)
    assert len(update.unapplied(before)) == 1
    assert update.unapplied(stopped(before, wanted, done=("firehose:sensors-to-s3",))) == []
