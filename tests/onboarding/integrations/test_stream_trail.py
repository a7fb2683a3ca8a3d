"""CloudTrail of a stream: a worker reads it on request, a page shows the last answer in words and never asks AWS."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from onboarding.integrations import stream_trail
from onboarding.integrations.key_trail import KEPT, OVERLAP
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.stream_trail import StreamTrail
from onboarding.tasks import read_stream_trail
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession
from portal.aws.trail_stream import StreamEvent, StreamHistory
from portal.celery import app
from portal.tenancy.models import Membership, Tenant, TenantRole, User
from tests.monitoring.conftest import aws, live_integration

__all__ = ["aws"]
pytestmark = pytest.mark.django_db
OUTDATED = {"SluiceIdentity": {"Statement": [{"Effect": "Allow", "Action": ["iam:GetUser"], "Resource": "*"}]}}
NO_POLICY = "User: x is not authorized to perform: y because no identity-based policy allows the action"
History = Callable[..., StreamHistory]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(transaction, "on_commit", lambda send, **_: send())
    monkeypatch.setattr(app, "send_task", lambda task, kwargs, **_: found.append((task, kwargs["check_id"])))
    return found


@pytest.fixture
def integration(aws: AwsSession, clean_redis: str, sent: list[Any]) -> Integration:
    live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))
    Connection.objects.update(allow_trail=True)
    return fresh()


def fresh() -> Integration:
    return Integration.objects.select_related("tenant", "connection").get()


def event(operation: str = "UpdateShardCount", **given: Any) -> StreamEvent:
    fields: dict[str, Any] = {"id": operation, "at": timezone.now(), "arn": "arn", "source_address": "192.0.2.1"}
    return StreamEvent(**{**fields, "operation": operation, "who": "ada", "error_code": "", "aws_text": "", **given})


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[History], list[dict[str, Any]]]:
    def installed(history: History) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []

        def answered(aws: AwsSession, name: str, arn: str, **given: Any) -> StreamHistory:
            asked.append({"name": name, "arn": arn, **given})
            return history(**given)

        monkeypatch.setattr(stream_trail, "stream_history", answered)
        return asked

    return installed


def of(*events: StreamEvent, is_whole: bool = True) -> History:
    return lambda since, **_: StreamHistory(events, is_whole, since if is_whole else events[-1].at)


def read(integration: Integration) -> StreamTrail:
    """Request it, and do what the worker does, as if a minute had passed."""
    StreamTrail.objects.update(requested_at=timezone.now() - stream_trail.EVERY - timedelta(seconds=1))
    stream_trail.request(integration=integration, actor="ada")
    row = StreamTrail.objects.get()
    read_stream_trail(check_id=row.pk)
    row.refresh_from_db()
    return row


def test_a_worker_reads_and_the_answer_is_as_old_as_its_question(
    integration: Integration, answer: Any, sent: list[tuple[str, int]]
) -> None:
    asked = answer(of(event()))
    before = timezone.now()
    row = read(integration)
    assert sent == [("onboarding.read_stream_trail", row.pk)]
    assert asked[0]["name"] == integration.stream_name
    assert asked[0]["arn"].endswith(f":stream/{integration.stream_name}")
    assert before - KEPT <= asked[0]["since"] <= timezone.now() - KEPT
    state = stream_trail.state_of(integration)
    assert [found.operation for found in state.events] == ["UpdateShardCount"]
    assert state.read_at
    assert state.covers_since == state.read_at - KEPT
    assert (state.requested_at, state.problem, state.obstacle) == (None, None, None)


def test_the_next_answer_continues_the_last_one(integration: Integration, answer: Any) -> None:
    first = event("SplitShard", at=timezone.now() - timedelta(hours=5))
    answer(of(first))
    known = read(integration)
    asked = answer(of(event("MergeShards"), first))
    row = read(integration)
    assert asked[0]["since"] == known.read_at - OVERLAP
    assert [found["operation"] for found in row.events] == ["MergeShards", "SplitShard"], "once each, newest first"
    assert row.covers_since == row.read_at - KEPT
    gap = event("TagResource", at=timezone.now() - timedelta(minutes=3))
    answer(of(gap, is_whole=False))
    assert read(integration).covers_since < gap.at, "the pages that were read reach back to the last answer"
    StreamTrail.objects.update(read_at=timezone.now() - timedelta(days=1))
    assert read(integration).covers_since == gap.at, "between the pages that were read and the last answer is a gap"


def test_at_most_two_hundred_events_are_kept(integration: Integration, answer: Any) -> None:
    now = timezone.now()
    answer(of(*(event(id=str(number), at=now - timedelta(hours=number)) for number in range(300))))
    row = read(integration)
    assert len(row.events) == stream_trail.MOST_EVENTS
    assert row.covers_since == now - timedelta(hours=stream_trail.MOST_EVENTS - 1), "since when all are listed"


def test_what_cannot_be_read_leaves_what_is_known(integration: Integration, answer: Any) -> None:
    answer(of(event()))
    known = read(integration)

    def denied(**_: Any) -> StreamHistory:
        raise AwsFault(FaultKind.DENIED, "AccessDenied", "LookupEvents", "no")

    answer(denied)
    row = read(integration)
    assert (row.events, row.read_at) == (known.events, known.read_at)
    state = stream_trail.state_of(integration)
    assert state.problem
    assert state.failed_at


def test_it_is_requested_once_a_minute_and_where_the_client_allows_it(integration: Integration, answer: Any) -> None:
    answer(of(event()))
    stream_trail.request(integration=integration, actor="ada")
    stream_trail.request(integration=integration, actor="bob")
    assert StreamTrail.objects.get().requested_by == "ada", "one that is under way stays the only one"
    read_stream_trail(check_id=StreamTrail.objects.get().pk)
    with pytest.raises(ValidationError):
        stream_trail.request(integration=integration, actor="ada")
    deployed = {"read_at": "2026-11-30T00:00:00+00:00", "policies": OUTDATED}
    for given in ({"allow_trail": False}, {"allow_trail": True, "deployed": deployed}):
        Connection.objects.update(**given)
        assert stream_trail.obstacle_of(fresh())
        with pytest.raises(ValidationError):
            stream_trail.request(integration=fresh(), actor="ada")


def test_the_page_says_who_changed_what_and_what_cures_a_denial(
    integration: Integration, answer: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = User.objects.create_user("ada@northwind.example", password="x")
    Membership.objects.create(user=person, tenant=integration.tenant, role=TenantRole.ADMIN)
    client.force_login(person)
    page = f"/t/northwind/integrations/{integration.uid}/cloudtrail/"
    assert "Not read yet." in client.get(page).content.decode()
    denied = event("DescribeStreamSummary", who="reader", error_code="AccessDenied", aws_text=NO_POLICY)
    answer(of(event(), denied, event("Unknown<b>", error_code="LimitExceededException")))
    read(integration)
    monkeypatch.setattr(stream_trail, "session_for", None)  # the page asks AWS nothing
    text = client.get(page).content.decode()
    assert "Change the number of shards" in text
    assert "No policy of this user or role allows it. If it should read the stream, attach the consumer policy" in text
    assert "Call Unknown&lt;b&gt;" in text
    assert "LimitExceededException" in text
    assert "has no reads and writes of records" in text
    assert "Known since" in text
    Connection.objects.update(allow_trail=False)
    text = client.get(page).content.decode()
    assert "CloudTrail cannot be read." in text
    assert "Read CloudTrail</button>" not in text
