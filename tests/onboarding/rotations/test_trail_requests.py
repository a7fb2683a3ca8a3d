"""What CloudTrail recorded of a compromised key is read again on request: by a worker, and at most once a minute."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.key_events_check import KeyEventsCheck
from onboarding.models.requested_check import CHECK_EXPIRES
from onboarding.models.revocation import Revocation
from onboarding.rotations import trail, trail_requests
from onboarding.tasks import read_key_events
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession
from portal.aws.trail import KeyEvent
from portal.celery import app
from portal.messages.catalogue import advice_of
from portal.tenancy.models import Membership, Tenant, TenantRole, User
from tests.monitoring.conftest import aws, live_integration

__all__ = ["aws"]
pytestmark = pytest.mark.django_db
KEY = "AKIA0123456789ABCDEF"
OUTDATED = {"SluiceIdentity": {"Statement": [{"Effect": "Allow", "Action": ["iam:GetUser"], "Resource": "*"}]}}
Events = Callable[..., list[KeyEvent]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The messages to workers."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(transaction, "on_commit", lambda send, **_: send())
    monkeypatch.setattr(app, "send_task", lambda task, kwargs, **_: found.append((task, kwargs["check_id"])))
    return found


@pytest.fixture
def revocation(aws: AwsSession, clean_redis: str, sent: list[Any]) -> Revocation:
    integration = live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))
    Connection.objects.update(allow_trail=True)
    credential = Credential.objects.create(
        integration=integration, attempt=1, user_name="u", access_key_id=KEY, state="revoked"
    )
    Revocation.objects.create(
        integration=integration, credential=credential, is_compromised=True, state="proved", requested_by="ada"
    )
    return fresh()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Events], list[tuple[str, str]]]:
    """Answers in CloudTrail's place; returns what was asked."""

    def installed(events: Events) -> list[tuple[str, str]]:
        asked: list[tuple[str, str]] = []

        def answered(session: AwsSession, key_id: str) -> list[KeyEvent]:
            asked.append((session.region, key_id))
            return events(session.region)

        monkeypatch.setattr(trail, "events_of_key", answered)
        return asked

    return installed


def fresh() -> Revocation:
    return Revocation.objects.select_related("integration__tenant", "integration__connection", "credential").get()


def event(region: str) -> list[KeyEvent]:
    return [KeyEvent(timezone.now(), "kinesis.amazonaws.com", "ListStreams", region, "8.8.8.8", "AccessDenied")]


def throttled(*_: Any) -> list[KeyEvent]:
    raise AwsFault(FaultKind.THROTTLED, "ThrottlingException", "cloudtrail:LookupEvents", "Rate exceeded")


def requested(sent: list[tuple[str, int]]) -> int:
    trail_requests.request(revocation=fresh(), actor="grace@vendor.example")
    [(task, check_id)] = sent
    assert task == "onboarding.read_key_events"
    return check_id


def test_a_request_is_one_message_and_a_worker_reads_both_regions(
    revocation: Revocation, sent: list[Any], answer: Any
) -> None:
    asked = answer(event)
    check_id = requested(sent)
    trail_requests.request(revocation=revocation, actor="ada")
    state = trail_requests.state_of(fresh())
    assert (len(sent), asked, state.requested_by, state.may_request) == (1, [], "grace@vendor.example", False)
    read_key_events(check_id=check_id)
    read_key_events(check_id=check_id)
    assert asked == [("eu-west-1", KEY), ("us-east-1", KEY)]
    found, state = fresh(), trail_requests.state_of(fresh())
    assert [each["region"] for each in found.events] == ["us-east-1", "eu-west-1"]
    assert [each.call for each in state.events] == ["kinesis:ListStreams"] * 2
    assert found.events_read_at is not None
    assert (state.requested_at, state.problem, state.may_request) == (None, None, True)
    with pytest.raises(ValidationError, match="less than a minute ago"):
        trail_requests.request(revocation=revocation, actor="ada")


def test_a_failure_has_its_time_and_leaves_what_is_known(revocation: Revocation, sent: list[Any], answer: Any) -> None:
    long_ago = timezone.now() - timedelta(hours=3)
    before = [each.as_dict() for each in event("eu-west-1")]
    Revocation.objects.update(events=before, events_read_at=long_ago)
    answer(throttled)
    read_key_events(check_id=requested(sent))
    state, found = trail_requests.state_of(fresh()), fresh()
    assert state.problem is not None
    assert state.failed_at is not None
    assert state.failed_at > long_ago
    assert advice_of(state.problem) == "Cause: AWS. Choose Read again."
    assert (len(found.events), found.events_read_at) == (1, long_ago)
    # What is read later ends the problem.
    KeyEventsCheck.objects.update(requested_at=long_ago)
    sent.clear()
    answer(event)
    read_key_events(check_id=requested(sent))
    assert trail_requests.state_of(fresh()).problem is None


def test_what_no_worker_did_in_time_is_said(revocation: Revocation, sent: list[Any]) -> None:
    requested(sent)
    KeyEventsCheck.objects.update(requested_at=timezone.now() - CHECK_EXPIRES - timedelta(seconds=1))
    state = trail_requests.state_of(fresh())
    assert state.problem is not None
    assert (state.problem.code, state.requested_at, state.may_request) == ("check.not_started", None, True)


def test_a_client_that_does_not_allow_it_is_never_asked(revocation: Revocation, sent: list[Any], answer: Any) -> None:
    asked = answer(event)
    check_id = requested(sent)
    Connection.objects.update(deployed={"read_at": "2026-11-30T00:00:00+00:00", "policies": OUTDATED})
    read_key_events(check_id=check_id)
    problem = trail_requests.state_of(fresh()).problem
    assert problem is not None
    assert problem.code == "key_trail.role_outdated"
    Connection.objects.update(allow_trail=False)
    with pytest.raises(ValidationError, match="may not read CloudTrail"):
        trail_requests.request(revocation=fresh(), actor="ada")
    assert asked == []


def test_an_answer_that_comes_late_replaces_no_later_one(revocation: Revocation, sent: list[Any], answer: Any) -> None:
    def overtaken(region: str) -> list[KeyEvent]:
        Revocation.objects.update(events=[{"operation": "later"}], events_read_at=timezone.now() + timedelta(seconds=9))
        return event(region)

    answer(overtaken)
    read_key_events(check_id=requested(sent))
    assert [each["operation"] for each in fresh().events] == ["later"]


def test_the_button_requests_and_the_page_says_how_far_it_is(
    revocation: Revocation, sent: list[Any], client: Client
) -> None:
    tenant = revocation.integration.tenant
    people = {role: User.objects.create_user(f"{role}@northwind.example", "x") for role in TenantRole}
    for role, person in people.items():
        Membership.objects.create(tenant=tenant, user=person, role=role)
    at = {"slug": tenant.slug, "uid": revocation.integration.uid}
    path = reverse("key_events_read", kwargs={**at, "key_uid": revocation.credential.uid})
    client.force_login(people[TenantRole.VIEWER])
    assert client.post(path).status_code == 403
    assert path not in client.get(reverse("credentials", kwargs=at)).content.decode()
    client.force_login(people[TenantRole.ADMIN])
    assert path in client.get(reverse("credentials", kwargs=at)).content.decode()
    page = " ".join(client.post(path, follow=True).content.decode().split())
    assert "by admin@northwind.example. Sluice is reading CloudTrail." in page
    assert (len(sent), path in page) == (1, False)
    KeyEventsCheck.objects.update(finished_at=timezone.now())
    page = " ".join(client.post(path, follow=True).content.decode().split())
    assert "less than a minute ago" in page
    Revocation.objects.update(is_compromised=False)
    assert client.post(path).status_code == 404
