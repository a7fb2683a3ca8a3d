"""The settings of a living stream: mode, shards, retention, record size and tags, each by AWS's rules."""

from dataclasses import replace
from typing import Any

import pytest

from onboarding.integrations import daily_limits, drift, repair, runs, update
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.spec import integration_spec as specs
from onboarding.spec import validation
from onboarding.spec.problem import SpecRefused
from portal.aws import kinesis
from portal.aws.stream_settings import set_retention, update_max_record_size, update_shard_count
from portal.messages.catalogue import text_of
from portal.tenancy.models import AuditEvent
from tests.onboarding.provisioning.driving import applied, carried_out, differences, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"


def wish(integration: Integration, **fields: Any) -> specs.IntegrationSpec:
    before = validation.from_dict(Integration.objects.get(pk=integration.pk).spec)
    return replace(before, stream=replace(before.stream, **fields))


def asked(world: World, integration: Integration, *, accept_loss: bool = False, **fields: Any) -> Run:
    spec = wish(integration, **fields)
    run = runs.start_run(integration=integration, actor=world.admin, spec=spec, accept_loss=accept_loss)
    return carried_out(run)


def changed(world: World, integration: Integration, **fields: Any) -> kinesis.Stream:
    run = asked(world, integration, **fields)
    assert run.state == RunState.DONE, failed_steps(run)
    found = kinesis.describe_stream(world.root(), STREAM)
    assert found is not None
    return found


def test_the_mode_is_switched_and_back_and_then_aws_is_not_asked_a_third_time(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    assert changed(world, integration, mode="ON_DEMAND", shards=None).mode == "ON_DEMAND"
    back = changed(world, integration, mode="PROVISIONED", shards=3)
    assert (back.mode, back.open_shard_count) == ("PROVISIONED", 3)
    assert daily_limits.used_of(integration).mode_switches == 2
    with pytest.raises(SpecRefused, match=r"change\.mode_switches_used"):
        asked(world, integration, mode="ON_DEMAND", shards=None)
    integration.stream_updates.all().delete()
    run = asked(world, integration, mode="ON_DEMAND", shards=None)
    assert failed_steps(run)["stream"].code == "aws.mode_switches_used", "AWS counts what others did in the account"
    assert kinesis.describe_stream(world.root(), STREAM).mode == "PROVISIONED"


def test_the_shards_changed_today_are_counted(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    changed(world, integration, shards=5)
    used = daily_limits.used_of(integration)
    assert used.shard_changes == 2
    assert used.next_shard_change.endswith("UTC")
    [found] = update.changes_of(integration, wish(integration, shards=4))
    assert "Sluice has used 2 of these changes" in text_of(found.effect)


def test_the_eleventh_change_of_shards_is_refused_in_words(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    for count in (4, 2, 4, 2, 4, 2, 4, 2, 4, 2):
        update_shard_count(world.root(), STREAM, count)
    run = asked(world, integration, shards=4)
    assert failed_steps(run)["stream"].code == "aws.shard_changes_used"


def test_records_are_not_lost_before_somebody_says_so(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    with pytest.raises(SpecRefused, match=r"change\.confirm_loss"):
        asked(world, integration, retention_hours=24)
    assert kinesis.describe_stream(world.root(), STREAM).retention_hours == 48
    assert changed(world, integration, retention_hours=24, accept_loss=True).retention_hours == 24
    assert AuditEvent.objects.filter(action="onboarding:run:started", details__accept_loss=True).count() == 1
    assert changed(world, integration, retention_hours=72).retention_hours == 72


def test_a_run_that_stopped_on_the_way_need_not_be_told_again(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    after = wish(integration, retention_hours=24)
    run = runs.start_run(integration=integration, actor=world.admin, spec=after, accept_loss=True)
    runs.cancel_run(run=run, actor=world.admin)
    assert carried_out(run).state == RunState.CANCELLED
    again = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=after))
    assert (again.state, again.accept_loss) == (RunState.DONE, True)
    assert kinesis.describe_stream(world.root(), STREAM).retention_hours == 24


def test_a_retention_that_somebody_lengthened_is_not_shortened_by_the_way(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    set_retention(world.root(), STREAM, current_hours=48, wanted_hours=100)
    drift.check(integration)
    assert drift.repair_loses_records(integration)
    with pytest.raises(SpecRefused, match=r"change\.confirm_loss"):
        repair.repair(integration=integration, actor=world.admin)
    integration.observations.all().delete()  # as if someone had lengthened it since the last check
    run = carried_out(repair.repair(integration=integration, actor=world.admin))
    assert failed_steps(run)["stream"].code == "refused.retention_loss"
    assert kinesis.describe_stream(world.root(), STREAM).retention_hours == 100
    integration.refresh_from_db()
    run = carried_out(repair.repair(integration=integration, actor=world.admin, accept_loss=True))
    assert run.state == RunState.DONE
    assert kinesis.describe_stream(world.root(), STREAM).retention_hours == 48


def test_the_largest_record_is_set_and_looked_after(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    assert changed(world, integration, max_record_kib=10_240).max_record_kib == 10_240
    arn = integration.resources.get(kind="data stream").arn
    update_max_record_size(world.root(), arn, 2048)
    [found] = drift.check(integration)
    assert differences([found]) == {"Maximum record size": ("10240 KiB", "2048 KiB")}
    carried_out(repair.repair(integration=integration, actor=world.admin))
    assert kinesis.describe_stream(world.root(), STREAM).max_record_kib == 10_240


def test_tags_come_change_and_go_and_those_of_others_stay(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    root = world.root()
    kinesis.tag_stream(root, STREAM, {"theirs": "stays", "shared": "before"})
    changed(world, integration, tags={"cost-centre": "4711", "floor": "", "shared": "after"})
    tags = kinesis.stream_tags(root, STREAM)
    assert {key: tags[key] for key in ("cost-centre", "floor", "shared", "theirs")} == {
        "cost-centre": "4711",
        "floor": "",
        "shared": "after",
        "theirs": "stays",
    }
    changed(world, integration, tags={"cost-centre": "4712"})
    tags = kinesis.stream_tags(root, STREAM)
    assert tags.keys() == {"cost-centre", "theirs", "shared", "sluice:integration", "sluice:tenant", "managed-by"}
    assert tags["cost-centre"] == "4712"
    again = asked(world, integration)
    assert again.steps.get(name="stream").did is None


def test_a_tag_that_somebody_took_off_is_drift(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    changed(world, integration, tags={"cost-centre": "4711"})
    kinesis.untag_stream(world.root(), STREAM, ["cost-centre"])
    [found] = drift.check(integration)
    assert differences([found]) == {"Tag cost-centre": ("4711", "none")}


def test_a_stream_is_made_with_its_tags_and_its_record_size(world: World) -> None:
    connection, recipient = world.connected(), world.recipient()
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = world.spec(connection, recipient, delivery=False)
    spec = replace(spec, stream=replace(spec.stream, tags={"floor": "3"}, max_record_kib=2048))
    assert carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec)).state == RunState.DONE
    assert kinesis.stream_tags(world.root(), STREAM)["floor"] == "3"
    assert kinesis.describe_stream(world.root(), STREAM).max_record_kib == 2048
    changed(world, integration, tags={})
    assert "floor" not in kinesis.stream_tags(world.root(), STREAM)
