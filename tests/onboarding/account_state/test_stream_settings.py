"""Settings as people read them: what is in AWS, with the time; what was requested beside it until it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onboarding.account_state.stream_settings import settings_of, unknown_since
from onboarding.account_state.values import Setting, UnknownSince
from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from onboarding.spec import integration_spec as specs
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from tests.faults.proxy import Proxy, refusing
from tests.onboarding.account_state.settings import SEEN_AT, SPEC, STREAM, live, saw, saw_delivery
from tests.onboarding.provisioning.driving import applied, carried_out
from tests.world import World

LATER = SEEN_AT + timedelta(minutes=5)


def setting(integration: Integration, label: str) -> Setting:
    return next(found for found in settings_of(integration) if text_of(found.label) == label)


@pytest.mark.django_db
def test_what_was_requested_stands_beside_what_is_in_aws() -> None:
    longer = replace(SPEC, stream=replace(SPEC.stream, retention_hours=48, shard_level_metrics=False, kms_key="none"))
    integration = saw(live(longer))
    found = setting(integration, "Retention period")
    assert (text_of(found.shown), text_of(found.requested), found.is_applied, found.seen_at) == (
        "24 hours",
        "48 hours",
        False,
        SEEN_AT,
    )
    assert [text_of(found.label) for found in settings_of(integration) if not found.is_applied] == [
        "Retention period",
        "Encryption at rest",
        "Shard-level metrics",
    ]


@pytest.mark.django_db
def test_a_delivery_shows_the_buffer_that_is_in_aws() -> None:
    found = setting(saw_delivery(live(), seconds=60), "Delivery sensors-to-s3")
    assert (text_of(found.shown), text_of(found.requested)) == (
        "Amazon S3, sensors, every 60 s or 5 MB",
        "Amazon S3, sensors, every 300 s or 5 MB",
    )


@pytest.mark.django_db
def test_what_aws_was_never_asked_about_is_what_was_requested() -> None:
    found = setting(live(), "Capacity")
    assert (text_of(found.shown), found.seen_at, found.is_applied) == ("2 shards", None, True)


@pytest.mark.django_db
def test_while_the_role_is_denied_what_was_seen_is_the_last_that_is_known() -> None:
    integration = saw(live(), replace(STREAM, open_shard_count=3))
    assert unknown_since(integration) is None
    connection = integration.connection
    connection.state, connection.state_since = "degraded", LATER
    assert setting(integration, "Capacity").unknown_since == UnknownSince(LATER)
    assert text_of(setting(integration, "Capacity").shown) == "3 shards"


@pytest.mark.django_db
def test_a_drift_check_that_failed_leaves_the_settings_unknown_since_then() -> None:
    integration = live()
    integration.drift_problem, integration.drift_checked_at = Message("aws.throttled"), LATER
    assert unknown_since(integration) == UnknownSince(LATER)


@pytest.mark.django_db(transaction=True)
def test_after_a_change_that_failed_the_settings_are_those_of_aws(world: World, monkeypatch) -> None:
    integration, _ = applied(world, delivery=False)
    assert text_of(setting(integration, "Retention period").shown) == "48 hours"
    before = specs.from_row(integration.spec)
    longer = replace(before, stream=replace(before.stream, retention_hours=72))
    with Proxy(world.ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        between.fault = refusing("IncreaseStreamRetentionPeriod", 99, 400, "AccessDeniedException")
        run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=longer))
    assert run.state == RunState.FAILED
    found = setting(Integration.objects.get(pk=integration.pk), "Retention period")
    assert (text_of(found.shown), text_of(found.requested), found.is_applied) == ("48 hours", "72 hours", False)
    assert found.seen_at >= run.started_at
