"""A diagnosis of each fault names the right first cause, and of a healthy stream none."""

import json
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from monitoring.diagnosis.diagnose import diagnose
from monitoring.diagnosis.finding import Finding, Fix, Result, Turn
from monitoring.diagnosis.order import CHECKS
from monitoring.diagnosis.report import Report, report_of
from monitoring.models import StreamHealth
from monitoring.tasks import diagnose as diagnose_task
from onboarding.models.connection import Connection
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from portal.aws import firehose, kinesis, s3
from portal.aws.iam.managed_policies import get_policy, new_policy_version
from portal.aws.iam.roles import put_role_policy, role_policy, update_trust
from portal.aws.stream_settings import set_retention
from portal.messages.catalogue import text_of
from tests.markup import on_one_line
from tests.monitoring.diagnosis.metrics import DELIVERY, STREAM, arriving, published, published_delivery
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.provisioning.steps.account import Answers
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def diagnosed(integration: Integration) -> Report:
    return diagnose(Integration.objects.get(pk=integration.pk), requested_by="Sue", progress=lambda _: None)


def results(report: Report) -> dict[str, str]:
    return {finding.check: finding.result.value for finding in report.findings}


def first(report: Report) -> Finding:
    assert report.first is not None
    return report.first


def texts(finding: Finding) -> str:
    return " ".join(text_of(row.text) if not isinstance(row.text, str) else row.text for row in finding.evidence)


@pytest.fixture
def integration(world: World) -> Integration:
    integration, run = applied(world)
    assert run.state == "done"
    return integration


def test_of_a_healthy_stream_everything_is_fine(world: World, integration: Integration) -> None:
    arriving(world)
    report = diagnosed(integration)
    assert results(report) == {check.name: "fine" for check in CHECKS} | {"collection": "not_applicable"}
    assert report.first is None
    assert text_of(report.summary) == "No problem found: every check passed."
    assert report_of(report.as_json()) == report


def test_a_healthy_stream_is_diagnosed_without_a_denied_call(
    world: World, integration: Integration, calls: list[str], denied: list[str]
) -> None:
    arriving(world)
    calls.clear()
    diagnosed(integration)
    assert denied == []
    # About half of them simulate the permissions of the role, here with every optional one: one call each.
    assert len(calls) <= 100, sorted(calls)
    assert not [call for call in calls if call.startswith(("Put", "Create", "Delete", "Update", "Start", "Stop"))]


def break_trust(world: World, _: Integration) -> None:
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    update_trust(world.root(), "SluiceAccess", {"Version": "2012-10-17", "Statement": [nobody]})


def test_a_broken_trust_is_the_first_cause_and_nothing_behind_it_is_guessed(
    world: World, integration: Integration
) -> None:
    arriving(world)
    break_trust(world, integration)
    report = diagnosed(integration)
    found = first(report)
    assert (found.check, found.turn, found.fix) == ("connection", Turn.CLIENT, Fix.CONNECTION)
    assert "sts:AssumeRole: AccessDenied" in texts(found)
    assert {row.result for row in report.findings[1:]} == {Result.UNKNOWN}
    assert {row.cause.code for row in report.findings[1:]} == {"diagnosis.needs_connection"}


def test_a_role_without_its_policies_is_named_before_what_it_can_no_longer_see(
    world: World, integration: Integration
) -> None:
    arriving(world)
    Connection.objects.update(first_tried_at=timezone.now() - timedelta(days=1))
    iam = world.root().client("iam")
    for policy in iam.list_attached_role_policies(RoleName="SluiceAccess")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="SluiceAccess", PolicyArn=policy["PolicyArn"])
    report = diagnosed(integration)
    found = first(report)
    assert (found.check, found.turn, found.fix) == ("permissions", Turn.CLIENT, Fix.PERMISSIONS)
    assert "kinesis:" in text_of(found.cause)
    assert results(report)["stream"] == "unknown"


def test_while_a_role_is_not_active_everywhere_its_denials_are_no_cause(world: World, integration: Integration) -> None:
    arriving(world)
    iam = world.root().client("iam")
    for policy in iam.list_attached_role_policies(RoleName="SluiceAccess")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="SluiceAccess", PolicyArn=policy["PolicyArn"])
    report = diagnosed(integration)
    assert not report.has_problem, "the role is minutes old, so a denial may pass"
    assert results(report)["bucket"] == "unknown"


def test_a_worker_does_what_a_page_requests_and_the_page_shows_it(world: World, integration: Integration) -> None:
    arriving(world)
    deactivate_access_key(world, integration)
    client = signed_in(world.support.email)
    address = reverse("diagnosis", kwargs={"slug": world.tenant.slug, "uid": integration.uid})
    assert client.post(address).status_code == 302
    diagnose_task(check_id=Diagnosis.objects.get().pk)
    page = on_one_line(client.get(address).content.decode())
    assert "is inactive: AWS rejects every record that is sent with it." in page
    assert f"requested by {world.support.email}" in page
    assert "Whose turn: The client" in page


def delete_stream(world: World, _: Integration) -> None:
    kinesis.delete_stream(world.root(), STREAM)


def disable_key(world: World, _: Integration) -> None:
    kms = world.root().client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    client = world.root().client("kinesis")
    client.start_stream_encryption(StreamName=STREAM, EncryptionType="KMS", KeyId=key)
    kms.disable_key(KeyId=key)


def deactivate_access_key(world: World, integration: Integration) -> None:
    credential = integration.credentials.get()
    world.root().client("iam").update_access_key(
        UserName=credential.user_name, AccessKeyId=credential.access_key_id, Status="Inactive"
    )


def reduce_firehose_role(world: World, integration: Integration) -> None:
    role = integration.resources.get(kind="IAM role").name
    document = role_policy(world.root(), role, "delivery")
    assert document is not None
    kept = [row for row in document["Statement"] if not any("s3:PutObject" in action for action in row["Action"])]
    assert len(kept) < len(document["Statement"])
    put_role_policy(world.root(), role, "delivery", {**document, "Statement": kept})


def delete_bucket(world: World, integration: Integration) -> None:
    name = integration.resources.get(kind="S3 bucket").name
    for found in s3.list_keys(world.root(), name, limit=1000):
        world.root().client("s3").delete_object(Bucket=name, Key=found.key)
    s3.delete_bucket(world.root(), name)


def delete_firehose(world: World, _: Integration) -> None:
    firehose.delete_delivery_stream(world.root(), DELIVERY)


def change_retention(world: World, _: Integration) -> None:
    set_retention(world.root(), STREAM, current_hours=48, wanted_hours=72)


def stop_workers(_: World, integration: Integration) -> None:
    now = timezone.now()
    StreamHealth.objects.create(
        integration=integration, checked_at=now - timedelta(hours=1), valid_until=now - timedelta(minutes=45)
    )


BROKEN = {
    "stream": (delete_stream, Turn.CLIENT, Fix.DRIFT, "diagnosis.stream_deleted"),
    "encryption": (disable_key, Turn.CLIENT, None, "diagnosis.key_disabled"),
    "producer": (deactivate_access_key, Turn.CLIENT, Fix.DRIFT, "diagnosis.key_inactive"),
    "firehose_role": (reduce_firehose_role, Turn.CLIENT, Fix.DRIFT, "diagnosis.differs"),
    "bucket": (delete_bucket, Turn.CLIENT, Fix.DRIFT, "diagnosis.differs"),
    "delivery": (delete_firehose, Turn.CLIENT, Fix.DRIFT, "diagnosis.differs"),
    "drift": (change_retention, Turn.CLIENT, Fix.DRIFT, "diagnosis.drift"),
    "collection": (stop_workers, Turn.OPERATOR, None, "diagnosis.not_collected"),
}


@pytest.mark.parametrize("check", BROKEN)
def test_what_is_broken_is_the_first_cause(world: World, integration: Integration, check: str) -> None:
    broken, turn, fix, code = BROKEN[check]
    arriving(world)
    broken(world, integration)
    report = diagnosed(integration)
    found = first(report)
    assert (found.check, found.result, found.turn, found.fix) == (check, Result.PROBLEM, turn, fix)
    assert found.cause.code == code
    assert report.has_problem


def silence(world: World) -> None:
    published(world, minutes_ago=40, IncomingRecords=120, IncomingBytes=12_000)
    published_delivery(world, DataFreshness=60, Success=1, Records=100)


def throttle(world: World) -> None:
    arriving(world)
    published(world, WriteProvisionedThroughputExceeded=500)


def fall_behind(world: World) -> None:
    arriving(world)
    published(world, minutes_ago=4, **{"GetRecords.IteratorAgeMilliseconds": 7_200_000})


def reject(world: World) -> None:
    published(world, minutes_ago=40, IncomingRecords=120, IncomingBytes=12_000)
    published(world, **{"PutRecords.Success": 0})


def fail_delivery(world: World) -> None:
    published(world, IncomingRecords=120, IncomingBytes=12_000)
    published_delivery(world, DataFreshness=7200, Success=0.2, Records=100)


MEASURED = {
    "silence": (silence, "records", Turn.VENDOR, Fix.EXPECTED_HOURS, "stream.silent"),
    "throttled": (throttle, "write_limit", Turn.CLIENT, Fix.CAPACITY, "stream.writes_throttled"),
    "behind": (fall_behind, "consumers", Turn.CLIENT, None, "stream.consumer_behind"),
    "rejected": (reject, "records", Turn.CLIENT, None, "stream.writes_rejected"),
    "delivery": (fail_delivery, "delivery", Turn.CLIENT, Fix.DRIFT, "stream.delivery_failing"),
}


@pytest.mark.parametrize("measured", MEASURED)
def test_what_the_metrics_show_is_the_first_cause(world: World, integration: Integration, measured: str) -> None:
    measure, *expected = MEASURED[measured]
    measure(world)
    found = first(diagnosed(integration))
    assert [found.check, found.turn, found.fix, found.cause.code] == expected


def test_before_the_first_record_it_is_the_vendors_turn(world: World, integration: Integration) -> None:
    found = first(diagnosed(integration))
    assert (found.check, found.turn, found.cause.code) == (
        "records",
        Turn.VENDOR,
        "stream.waiting_for_first_record",
    )
    producer = next(row for row in diagnosed(integration).findings if row.check == "producer")
    assert "The vendor has not downloaded its encrypted copy." in texts(producer)


def logged(world: World, code: str, message: str) -> None:
    """Firehose logged an error of the delivery."""
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps({"errorCode": code, "message": message})}
    place = {"logGroupName": f"/aws/kinesisfirehose/{DELIVERY}", "logStreamName": "DestinationDelivery"}
    world.root().client("logs").put_log_events(**place, logEvents=[event])


def test_the_last_delivery_error_is_shown_with_firehoses_own_text(world: World, integration: Integration) -> None:
    fail_delivery(world)
    logged(world, "S3.AccessDenied", "Access was denied. Ensure that the trust policy …")
    found = first(diagnosed(integration))
    assert found.check == "delivery"
    assert f"Last delivery error of {DELIVERY}: S3.AccessDenied" in texts(found)
    assert "S3.AccessDenied: Access was denied. Ensure" in texts(found)


def test_of_a_role_without_the_permission_no_error_is_read(
    world: World, integration: Integration, calls: list[str]
) -> None:
    fail_delivery(world)
    Connection.objects.update(allow_trail=False)
    policy = f"arn:aws:iam::{world.account_id}:policy/SluiceDelivery"
    document = get_policy(world.root(), policy)
    assert document is not None
    for statement in document.document["Statement"]:
        statement["Action"] = [action for action in statement["Action"] if action != "logs:GetLogEvents"]
    new_policy_version(world.root(), policy, document.document)
    calls.clear()
    report = diagnosed(integration)
    assert first(report).check == "delivery", "a role of an older template is no cause"
    assert "without logs:GetLogEvents" in texts(report.findings[1])
    assert not {"GetLogEvents", "LookupEvents"} & set(calls)
    assert results(report)["changes"] == "not_applicable"


def recorded(operation: str, who: str, parameters: object, **detail: object) -> dict[str, object]:
    """An event as LookupEvents returns it."""
    return {
        "EventTime": timezone.now(),
        "EventSource": "kinesis.amazonaws.com",
        "EventName": operation,
        "Username": who,
        "CloudTrailEvent": json.dumps({"requestParameters": parameters, **detail}),
    }


def test_recent_changes_of_the_streams_resources_are_listed_with_who_made_them(
    world: World, integration: Integration, answers: Answers
) -> None:
    arriving(world)
    events = [
        recorded("DecreaseStreamRetentionPeriod", "bo", {"streamName": STREAM}),
        recorded("DeleteStream", "eve", {"streamName": STREAM}, errorCode="AccessDeniedException"),
        recorded("DeleteStream", "ada", {"streamName": "another"}),
        {**recorded("RunInstances", "ada", {"imageId": STREAM}), "EventSource": "ec2.amazonaws.com"},
    ]
    answers.changes["LookupEvents"] = lambda answer: answer.update(Events=events)
    changes = next(row for row in diagnosed(integration).findings if row.check == "changes")
    assert answers.asked.count("LookupEvents") == 2, "of the stream's Region, and of global services"
    assert answers.sent["LookupEvents"]["LookupAttributes"] == [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
    assert changes.result == Result.FINE, "a change is evidence, and no cause"
    assert "kinesis DecreaseStreamRetentionPeriod, by bo" in texts(changes)
    assert "kinesis DeleteStream, by eve: failed with AccessDeniedException" in texts(changes)
    assert "ada" not in texts(changes)


def test_an_aws_that_is_throttled_makes_unknown_and_ends_nothing(
    world: World, integration: Integration, answers: Answers
) -> None:
    answers.refuse("GetMetricData", "Throttling", "Rate exceeded")
    report = diagnosed(integration)
    found = results(report)
    assert {name for name, result in found.items() if result == "unknown"} == {
        "collection",
        "write_limit",
        "records",
        "consumers",
        "delivery",
    }
    assert answers.asked.count("GetMetricData") == 1, "what was refused once is not asked again"
    assert not report.has_problem


def test_a_defect_of_one_check_is_that_checks_unknown(
    world: World, integration: Integration, answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    answers.changes["DescribeDeliveryStream"] = lambda answer: answer.clear()
    report = diagnosed(integration)
    delivery = next(row for row in report.findings if row.check == "delivery")
    assert (delivery.result, delivery.turn, delivery.cause.code) == (
        Result.UNKNOWN,
        Turn.OPERATOR,
        "diagnosis.check_failed",
    )
    assert "diagnosis.check_failed check=delivery" in caplog.text
    assert results(report)["bucket"] == "fine"


def test_when_time_is_up_the_rest_is_unknown(
    world: World, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.diagnosis.diagnose.TOTAL_SECONDS", 0.0)
    report = diagnosed(integration)
    assert {row.cause.code for row in report.findings} <= {"diagnosis.no_time", "diagnosis.needs_connection"}
