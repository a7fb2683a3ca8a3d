"""Alerts of real collections: what CloudWatch returned opens them, at the time of its data."""

import pytest

from monitoring.alert_models import Alert
from monitoring.collection.collector import collect
from onboarding.models.integration import Integration
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of
from tests.monitoring.alerts.conftest import MINUTE, sent
from tests.monitoring.collection.test_collector import END, account, now_is_now, put
from tests.monitoring.conftest import NOW, REGION

__all__ = ["account", "now_is_now"]
pytestmark = pytest.mark.django_db


def gather(integration: Integration, *minutes: int) -> None:
    for minute in minutes:
        collect(connection_id=integration.connection_id, region=REGION, now=NOW + minute * MINUTE)


def test_silence_that_a_collection_finds_is_an_alert(account: AwsSession, integration: Integration) -> None:
    put(account, "IncomingRecords", {20: 60})
    gather(integration, 0, 0, 1)
    alert = Alert.objects.get()
    assert (alert.kind, alert.state, alert.since, alert.seen_at) == ("silence", "open", END, END + MINUTE)
    assert alert.value == 20
    assert text_of(alert.evidence) == "No records have arrived for 20 minutes."
    assert sent(about="silence") == ["alert_opened"]


def test_throttled_writes_of_two_collections_are_an_alert_with_their_shard(
    account: AwsSession, integration: Integration
) -> None:
    put(account, "IncomingRecords", dict.fromkeys(range(-10, 30), 60_000))
    put(account, "WriteProvisionedThroughputExceeded", dict.fromkeys(range(-10, 4), 7))
    gather(integration, 0, 4)
    assert Alert.objects.get().state == "pending"
    gather(integration, 5)
    alert = Alert.objects.get()
    assert (alert.kind, alert.state, alert.value) == ("writes_throttled", "open", 35)
