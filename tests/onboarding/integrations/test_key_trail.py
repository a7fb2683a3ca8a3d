"""CloudTrail is read where the client allows it, page by page, and late answers replace nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from onboarding.integrations import key_trail
from onboarding.integrations.key_trail import OVERLAP
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.key_address import KeyAddress
from onboarding.models.states import ConnectionState
from onboarding.tasks import check_key_trail
from portal.aws.call_deadline import DeadlinePassed
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession
from portal.aws.trail import KeyEvent, KeyHistory
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration

pytestmark = pytest.mark.django_db(transaction=True)
DENIED = {"SluiceIdentity": {"Statement": [{"Effect": "Allow", "Action": ["iam:GetUser"], "Resource": "*"}]}}
History = Callable[..., KeyHistory]


@pytest.fixture
def key(aws: AwsSession, clean_redis: str) -> Credential:
    integration = live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))
    Connection.objects.update(allow_trail=True)
    Credential.objects.create(
        integration=integration, attempt=1, user_name="u", access_key_id="AKIA0123456789ABCDEF", state="ready"
    )
    return fresh()


def fresh() -> Credential:
    return Credential.objects.select_related("integration__tenant", "integration__connection").get()


def event(address: str, **given: Any) -> KeyEvent:
    fields = {
        "at": timezone.now(),
        "service": "kinesis.amazonaws.com",
        "operation": "ListStreams",
        "region": "eu-west-1",
    }
    return KeyEvent(**{**fields, "source_address": address, "error_code": "AccessDenied", **given})


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[History], list[dict[str, Any]]]:
    """Answers in CloudTrail's place; returns what was asked."""

    def installed(history: History) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []

        def answered(aws: AwsSession, key_id: str, **given: Any) -> KeyHistory:
            asked.append({"region": aws.region, "key": key_id, **given})
            return history(aws, key_id, **given)

        monkeypatch.setattr(key_trail, "key_history", answered)
        return asked

    return installed


def of(*events: KeyEvent, is_whole: bool = True) -> History:
    """Those events in the stream's Region, and none elsewhere."""
    return lambda aws, _, **__: KeyHistory(events if aws.region == "eu-west-1" else (), is_whole)


def test_the_streams_region_and_that_of_global_services_are_read(key: Credential, answer: Any, settings: Any) -> None:
    settings.SLUICE_VENDOR_NETWORKS = ("1.1.1.0/24",)
    Credential.objects.update(created_at=key.created_at - timedelta(days=3))
    key.refresh_from_db()
    asked = answer(of(event("8.8.8.8"), event("1.1.1.7"), event("kms.amazonaws.com"), event("AWS Internal")))
    check_key_trail(credential_id=key.pk)
    assert [(each["region"], each["key"], each["since"]) for each in asked] == [
        (region, key.access_key_id, key.created_at) for region in ("eu-west-1", "us-east-1")
    ]
    row = KeyAddress.objects.get()
    assert (row.address, row.operation, row.error_code, row.source) == (
        "8.8.8.8",
        "kinesis:ListStreams",
        "AccessDenied",
        "cloudtrail",
    )
    found = fresh()
    assert (found.trail_since, found.trail_problem) == (key.created_at, None)
    check_key_trail(credential_id=key.pk)
    assert asked[2]["since"] == found.trail_checked_at - OVERLAP, "events appear late"
    assert fresh().trail_since == key.created_at, "what was covered still is"


def test_without_published_networks_every_call_is_unexpected_but_those_of_aws(key: Credential, answer: Any) -> None:
    answer(of(event("1.1.1.7"), event("kinesis.amazonaws.com", operation="GenerateDataKey")))
    key_trail.check(key)
    assert [row.address for row in KeyAddress.objects.all()] == ["1.1.1.7"]


def test_a_history_that_was_not_read_to_its_end_says_since_when(key: Credential, answer: Any) -> None:
    begun = timezone.now() - timedelta(days=3)
    Credential.objects.update(created_at=begun)
    oldest = event("8.8.8.8", at=timezone.now() - timedelta(hours=1))
    answer(of(event("8.8.8.8"), oldest, is_whole=False))
    found = key_trail.check(fresh())
    assert found.trail_checked_at is not None
    # Nothing at all was read of the other Region before the bound was reached.
    assert found.trail_since == found.trail_checked_at
    answer(lambda aws, _, **__: KeyHistory((oldest,), is_whole=aws.region != "eu-west-1"))
    Credential.objects.update(trail_since=None, trail_checked_at=None)
    assert key_trail.check(fresh()).trail_since == oldest.at


def test_a_client_that_does_not_allow_it_is_never_asked(key: Credential, answer: Any) -> None:
    asked = answer(of())
    Connection.objects.update(allow_trail=False)
    check_key_trail(credential_id=key.pk)
    key_trail.check(fresh())
    assert (asked, fresh().trail_requested_at) == ([], None)
    # The permission was chosen, and the role not updated: AWS would deny the call.
    deployed = {"read_at": "2026-11-30T00:00:00+00:00", "policies": DENIED}
    Connection.objects.update(allow_trail=True, deployed=deployed)
    found = key_trail.check(fresh())
    assert asked == []
    assert found.trail_problem is not None
    assert found.trail_problem.code == "key_trail.role_outdated"
    assert found.trail_requested_at is not None, "the schedule asks the others first"


def test_a_fault_is_kept_as_the_reason_until_the_next_answer(key: Credential, answer: Any) -> None:
    def throttled(*_: Any, **__: Any) -> KeyHistory:
        raise AwsFault(FaultKind.THROTTLED, "ThrottlingException", "cloudtrail:LookupEvents", "Rate exceeded")

    answer(of())
    checked = key_trail.check(fresh()).trail_checked_at
    answer(throttled)
    found = key_trail.check(fresh())
    assert (found.trail_problem is not None, found.trail_checked_at) == (True, checked)
    answer(of())
    assert key_trail.check(fresh()).trail_problem is None


def test_an_answer_that_comes_late_adds_what_it_saw_and_is_as_old_as_its_question(key: Credential, answer: Any) -> None:
    later: list[Credential] = []

    def overtaken(aws: AwsSession, key_id: str, **given: Any) -> KeyHistory:
        if not later:
            answer(of(event("9.9.9.9")))
            later.append(key_trail.check(fresh()))
        return KeyHistory((event("8.8.8.8", at=timezone.now() - timedelta(days=1)),), is_whole=True)

    answer(overtaken)
    found = key_trail.check(fresh())
    assert found.trail_checked_at == later[0].trail_checked_at
    assert {row.address for row in KeyAddress.objects.all()} == {"8.8.8.8", "9.9.9.9"}


def test_a_fault_that_comes_late_is_no_reason_any_more(key: Credential, answer: Any) -> None:
    def overtaken(*_: Any, **__: Any) -> KeyHistory:
        answer(of())
        key_trail.check(fresh())
        raise AwsFault(FaultKind.THROTTLED, "ThrottlingException", "cloudtrail:LookupEvents", "Rate exceeded")

    answer(overtaken)
    assert key_trail.check(fresh()).trail_problem is None


def test_the_schedule_covers_keys_in_use_whose_clients_allow_it(key: Credential) -> None:
    assert list(key_trail.watched_credentials()) == [key]
    for change in ({"state": "revoked"}, {"uploaded_by": "ada"}, {"access_key_id": ""}):
        before = {name: getattr(key, name) for name in change}
        Credential.objects.update(**change)
        assert not key_trail.watched_credentials().exists()
        Credential.objects.update(**before)
    Connection.objects.update(allow_trail=False)
    assert not key_trail.watched_credentials().exists()
    Connection.objects.update(allow_trail=True, state=ConnectionState.DEGRADED)
    assert not key_trail.watched_credentials().exists()


def test_calls_for_keys_of_one_account_and_region_keep_a_distance(key: Credential, monkeypatch: Any) -> None:
    asked: list[tuple[str, float]] = []
    monkeypatch.setattr(key_trail, "wait_for_turn", lambda name, **given: asked.append((name, given["seconds_apart"])))
    connection = key.integration.connection
    assert connection is not None
    monkeypatch.setattr("portal.aws.trail._page", lambda *_, **__: ([], ""))
    key_trail.check(key)
    account = connection.account_id
    assert asked == [(f"cloudtrail:{account}:eu-west-1", 0.6), (f"cloudtrail:{account}:us-east-1", 0.6)]


def test_a_look_without_time_says_so_and_leaves_what_is_known(key: Credential, answer: Any) -> None:
    def no_time(*_: Any, **__: Any) -> KeyHistory:
        raise DeadlinePassed

    answer(no_time)
    found = key_trail.check(key)
    assert found.trail_problem is not None
    assert (found.trail_problem.code, found.trail_checked_at) == ("key_trail.no_time", None)
