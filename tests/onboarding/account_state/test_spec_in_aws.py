"""What is in AWS, as a spec: what the last completed run applied, and the settings seen since."""

from dataclasses import replace

import pytest

from onboarding.account_state.spec_in_aws import spec_in_aws
from onboarding.deliveries.delivery import Delivery
from onboarding.integrations import update
from onboarding.spec.change import Change
from portal.messages.catalogue import text_of
from tests.onboarding.account_state.settings import SPEC, STREAM, live, saw, saw_delivery

pytestmark = pytest.mark.django_db
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234"


def requested(**fields: object):
    return replace(SPEC, stream=replace(SPEC.stream, **fields))


def test_before_anything_was_requested_there_is_none() -> None:
    integration = live()
    integration.spec = None
    assert spec_in_aws(integration) is None


def test_what_was_requested_and_never_applied_is_not_in_aws() -> None:
    integration = saw(live(requested(retention_hours=48, tags={"site": "A"}, shards=4, kms_key="none")))
    assert spec_in_aws(integration) == SPEC


def test_what_was_seen_counts_more_than_what_was_applied() -> None:
    integration = saw(live(), replace(STREAM, retention_hours=72, open_shard_count=5, shard_level_metrics=frozenset()))
    found = spec_in_aws(integration).stream
    assert (found.retention_hours, found.shards, found.shard_level_metrics) == (72, 5, False)
    integration.observations.all().delete()
    on_demand = saw(integration, replace(STREAM, mode="ON_DEMAND", open_shard_count=4))
    assert (spec_in_aws(on_demand).stream.mode, spec_in_aws(on_demand).stream.shards) == ("ON_DEMAND", None)


@pytest.mark.parametrize(
    ("described", "specified", "becomes"),
    [
        (("NONE", None), "aws", "none"),
        (("KMS", "alias/aws/kinesis"), "none", "aws"),
        (("KMS", "arn:aws:kms:eu-west-1:111122223333:alias/aws/kinesis"), "aws", "aws"),
        (("KMS", "1234"), KEY, KEY),
        (("KMS", KEY), "aws", KEY),
        (("KMS", "alias/theirs"), KEY, KEY),
    ],
)
def test_the_key_is_stated_as_a_spec_states_it(described: tuple[str, str | None], specified: str, becomes: str) -> None:
    spec = requested(kms_key=specified)
    integration = saw(live(spec, applied=spec), replace(STREAM, encryption_type=described[0], key_id=described[1]))
    assert spec_in_aws(integration).stream.kms_key == becomes


def test_the_key_that_sluice_created_is_a_new_one() -> None:
    integration = saw(live(requested(kms_key="new")), replace(STREAM, key_id=KEY))
    integration.resources.create(kind="KMS key", name="alias/sluice", arn=KEY, state="present")
    assert spec_in_aws(integration).stream.kms_key == "new"


def test_of_the_deliveries_those_that_exist_are_in_aws() -> None:
    added = Delivery(name="sensors-to-two", bucket="two")
    both = replace(SPEC, deliveries=(*SPEC.deliveries, added))
    integration = saw_delivery(live(both), seconds=60)
    [only] = spec_in_aws(integration).deliveries
    assert (only.name, only.buffering_seconds) == ("sensors-to-s3", 60)
    saw_delivery(integration, "sensors-to-two")
    assert [delivery.name for delivery in spec_in_aws(integration).deliveries] == ["sensors-to-s3", "sensors-to-two"]


def test_a_delivery_that_was_removed_is_not_in_aws() -> None:
    integration = saw_delivery(live(replace(SPEC, deliveries=())))
    integration.resources.create(kind="Firehose stream", name="sensors-to-s3", state="removed")
    assert spec_in_aws(integration).deliveries == ()


def test_a_review_names_what_differs_from_aws_and_what_was_never_applied() -> None:
    longer = requested(retention_hours=48)
    integration = saw(live(longer))
    [typed] = update.changes_of(integration, longer)
    assert (text_of(typed.label), *values_of(typed)) == ("Retention period", "24 hours", "48 hours")
    assert update.unapplied(integration) == [typed]
    assert update.changes_of(integration, SPEC) == []
    assert update.unapplied(saw(live_again(integration), replace(STREAM, retention_hours=48))) == []


def values_of(change: Change) -> tuple[str, str]:
    return text_of(change.was), text_of(change.becomes)


def live_again(integration):
    integration.observations.all().delete()
    return integration


def test_a_settings_change_of_a_delivery_is_compared_with_aws() -> None:
    integration = saw_delivery(saw(live()), seconds=60)
    [change] = update.changes_of(integration, SPEC)
    assert values_of(change) == ("60", "300")
