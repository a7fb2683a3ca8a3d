"""A change that AWS denies on one stream: the run says so, and offers the permission on all of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from onboarding.provisioning.answers import Refused
from onboarding.provisioning.scoped_denials import offering_permission
from onboarding.provisioning.steps import shard_metrics, stream_configuration
from portal.aws.errors import AwsFault
from portal.aws.policies.streams import UNSCOPED
from portal.messages.catalogue import advice_of, text_of
from tests.portal.aws.stubbed import stubbed

IMPLICIT = "User: x is not authorized because no identity-based policy allows the kinesis:UpdateShardCount action"
EXPLICIT = "User: x is not authorized with an explicit deny in a service control policy"


def stream(**changed: Any) -> SimpleNamespace:
    usual = {
        "name": "sluice-a",
        "arn": "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-a",
        "status": "ACTIVE",
        "mode": "PROVISIONED",
        "open_shard_count": 2,
        "shards": 2,
        "max_record_kib": 1024,
        "shard_level_metrics": frozenset(),
        "adopt": False,
    }
    return SimpleNamespace(**{**usual, **changed})


def context(aws: Any, wanted: SimpleNamespace) -> Any:
    ledger = SimpleNamespace(saw_stream=lambda *_: None)
    return SimpleNamespace(aws=aws, ledger=ledger, plan=SimpleNamespace(spec=SimpleNamespace(stream=wanted)))


def configure(wanted: SimpleNamespace, aws: Any) -> None:
    stream_configuration.start_next_change(context(aws, wanted), stream())


def measure(wanted: SimpleNamespace, aws: Any) -> None:
    shard_metrics.apply(context(aws, wanted))


def described(wanted: SimpleNamespace) -> dict[str, Any]:
    on = [] if wanted.shard_level_metrics else sorted(shard_metrics.METRICS)
    summary = {
        "StreamName": wanted.name,
        "StreamARN": wanted.arn,
        "StreamStatus": "ACTIVE",
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": datetime(2026, 11, 1, tzinfo=UTC),
        "EnhancedMonitoring": [{"ShardLevelMetrics": on}] if on else [],
        "OpenShardCount": 2,
    }
    return {"StreamDescriptionSummary": summary}


CHANGES: dict[str, tuple[str, Callable[..., None], SimpleNamespace]] = {
    "kinesis:UpdateShardCount": ("update_shard_count", configure, stream(shards=4)),
    "kinesis:UpdateStreamMode": ("update_stream_mode", configure, stream(mode="ON_DEMAND")),
    "kinesis:EnableEnhancedMonitoring": ("enable_enhanced_monitoring", measure, stream(shard_level_metrics=True)),
    "kinesis:DisableEnhancedMonitoring": ("disable_enhanced_monitoring", measure, stream(shard_level_metrics=False)),
}


def test_every_action_without_a_resource_is_tried() -> None:
    assert set(CHANGES) == set(UNSCOPED)


@pytest.mark.parametrize("action", CHANGES)
def test_a_denial_on_one_stream_offers_the_permission_on_all(action: str) -> None:
    method, change, wanted = CHANGES[action]
    with stubbed("kinesis") as (aws, answers):
        if change is measure:
            answers.add_response("describe_stream_summary", described(wanted))
        answers.add_client_error(method, "AccessDeniedException", IMPLICIT)
        with pytest.raises(Refused) as caught:
            change(wanted, aws)
    assert caught.value.message.code == "refused.denied_for_one_stream"
    assert action in text_of(caught.value.message)
    assert "every data stream in the account" in advice_of(caught.value.message), "its reach is said"
    assert caught.value.detail == IMPLICIT, "AWS's own text is kept"


@pytest.mark.parametrize(("code", "text"), [("AccessDeniedException", EXPLICIT), ("LimitExceededException", "twice")])
def test_another_fault_is_what_it_is(code: str, text: str) -> None:
    with stubbed("kinesis") as (aws, answers):
        answers.add_client_error("update_shard_count", code, text)
        with pytest.raises(AwsFault) as caught, offering_permission("sluice-a"):
            configure(stream(shards=4), aws)
    assert caught.value.code == code
