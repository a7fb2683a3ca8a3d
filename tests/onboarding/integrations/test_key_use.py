"""The last use of an access key, as IAM reports it: late, and only to a role that may ask."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from onboarding.integrations import key_use
from onboarding.integrations.drift import NO_CLAIM
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.states import ConnectionState
from onboarding.provisioning.ledger import DatabaseLedger
from onboarding.tasks import check_key_use
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration
from tests.onboarding.provisioning.driving import applied, delivered_key
from tests.onboarding.provisioning.steps.account import Answers
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
# As in the emulator: tests import nothing of its environment.
LAG_TAG = "emulator:last-used-lag-seconds"


def tagged(world: World, credential: Credential, seconds: int) -> None:
    tags = [{"Key": LAG_TAG, "Value": str(seconds)}]
    world.root().client("iam").tag_user(UserName=credential.user_name, Tags=tags)


def test_a_use_is_reported_with_its_service_and_region_and_only_after_iams_delay(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    credential = integration.credentials.get()
    tagged(world, credential, 3600)
    put_record(delivered_key(world, integration), "sluice-sensors", data=b"{}", partition_key="a")
    check_key_use(credential_id=credential.pk)
    credential.refresh_from_db()
    assert (credential.last_used_at, credential.use_checked_at is None) == (None, False)
    tagged(world, credential, 0)
    seen = key_use.check(credential).last_used_at
    assert seen is not None
    assert credential.use_checked_at is not None
    assert credential.use_checked_at - seen < timedelta(minutes=1)
    assert (credential.last_used_service, credential.last_used_region) == ("kinesis", "eu-west-1")
    tagged(world, credential, 3600)
    assert key_use.check(credential).last_used_at == seen, "an older answer takes nothing back"


@pytest.fixture
def ready() -> Credential:
    integration = live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))
    return Credential.objects.create(
        integration=integration, attempt=1, user_name="u", access_key_id="AKIA0123456789ABCDEF", state="ready"
    )


def test_a_role_of_an_older_template_is_not_asked(ready: Credential, aws: AwsSession, answers: Answers) -> None:
    policies = {"SluiceIdentity": {"Statement": [{"Effect": "Allow", "Action": ["iam:GetUser"], "Resource": "*"}]}}
    Connection.objects.update(deployed={"read_at": "2026-11-30T00:00:00+00:00", "policies": policies})
    credential = Credential.objects.select_related("integration__connection").get()
    assert (key_use.check(credential).use_checked_at, answers.asked) == (None, [])


def test_a_denial_is_logged_and_leaves_what_is_known(
    ready: Credential, aws: AwsSession, answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    answers.refuse("GetAccessKeyLastUsed", "Throttling", "Rate exceeded")
    Credential.objects.update(last_used_service="kinesis")
    check_key_use(credential_id=ready.pk)
    ready.refresh_from_db()
    assert (ready.use_checked_at, ready.last_used_service) == (None, "kinesis"), "nothing was answered"
    assert ready.use_requested_at is not None
    assert "credential.use_not_read" in caplog.text


def test_an_answer_that_comes_late_is_as_old_as_its_question(
    ready: Credential, aws: AwsSession, answers: Answers
) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="u")
    key_id = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
    Credential.objects.update(access_key_id=key_id)
    later = list[datetime | None]()

    def overtake(_: dict[str, Any]) -> None:
        answers.changes.clear()
        later.append(key_use.check(Credential.objects.get()).use_checked_at)

    answers.changes["GetAccessKeyLastUsed"] = overtake
    found = key_use.check(Credential.objects.get())
    assert later != [None]
    assert [found.use_checked_at] == [Credential.objects.get().use_requested_at] == later


def test_an_answer_that_was_overtaken_keeps_no_use(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    integration, _ = applied(world, delivery=False)
    credential = integration.credentials.get()
    session, asked = delivered_key(world, integration), key_use.access_key_last_used
    put_record(session, "sluice-sensors", data=b"{}", partition_key="a")
    first = key_use.check(credential).last_used_at

    def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(key_use, "access_key_last_used", asked)
        key_use.check(Credential.objects.get())
        put_record(session, "sluice-sensors", data=b"{}", partition_key="a")
        return asked(*given)

    monkeypatch.setattr(key_use, "access_key_last_used", overtaken)
    between = key_use.check(Credential.objects.get()).last_used_at
    assert between == first, "a later question was answered meanwhile; the next one finds the later use"
    later = key_use.check(Credential.objects.get()).last_used_at
    assert (first, later) != (None, first)


def test_the_schedule_covers_ready_keys_of_verified_connections_alone(ready: Credential) -> None:
    assert list(key_use.watched_credentials()) == [ready]
    for change in ({"state": "revoked"}, {"uploaded_by": "ada"}):
        kept = {name: getattr(ready, name) for name in change}
        Credential.objects.update(**change)
        assert not key_use.watched_credentials().exists()
        Credential.objects.update(**kept)
    Connection.objects.update(state=ConnectionState.DEGRADED)
    assert not key_use.watched_credentials().exists()


def test_a_key_that_was_not_used_for_two_weeks_is_a_finding(ready: Credential) -> None:
    ledger = DatabaseLedger(NO_CLAIM, ready.integration, vendor_fingerprint="")
    now = timezone.now()

    def unused_days(**fields: datetime | None) -> int | None:
        Credential.objects.update(**{"ready_at": None, "use_checked_at": None, "last_used_at": None} | fields)
        known = ledger.credential()
        return known.unused_days if known else None

    long_ago = now - timedelta(days=15)
    assert unused_days(ready_at=long_ago, use_checked_at=now, last_used_at=long_ago) == 15
    assert unused_days(ready_at=long_ago, use_checked_at=now) == 15
    assert unused_days(ready_at=long_ago, use_checked_at=now, last_used_at=now) is None
    assert unused_days(ready_at=long_ago) is None, "IAM was never asked"
    assert unused_days(ready_at=now, use_checked_at=now) is None
