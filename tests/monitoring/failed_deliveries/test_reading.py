"""What Firehose could not deliver is read in the emulator's AWS, by a role that may read nothing else of the bucket."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.collection import failure_reading
from monitoring.failed_deliveries.source import error_files_of
from monitoring.failed_deliveries.stored import stored_failures
from monitoring.record_read_model import RecordRead
from monitoring.watched_streams import watched_stream
from onboarding.connections.sessions import session_for
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import from_row
from portal import database_scope, live
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.session_policies import SessionScope
from portal.aws.s3 import list_keys, object_bytes
from portal.aws.shards import list_shards
from tests.markup import on_one_line
from tests.monitoring.failed_deliveries.conftest import DELIVERY, REGION, bucket_of, granted
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def read(integration: Integration) -> bool:
    stream = watched_stream(integration.uid)
    assert stream is not None
    return failure_reading.read(stream, now=timezone.now())


def page(client: Client, integration: Integration) -> str:
    address = reverse("stream_deliveries", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    answer = client.get(address, {"part": "failures", "delivery": DELIVERY})
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def test_failed_records_are_read_shown_and_masked_for_staff(
    world: World, failing: Integration, client: Client, denied: list[str]
) -> None:
    granted(world, failing)
    assert read(failing)
    found = stored_failures(failing.uid, DELIVERY)
    assert found is not None
    (group,) = found.groups
    assert (group.kind, group.code, group.count) == ("processing-failed", "Lambda.ResourceNotFound", 2)
    assert (found.files, found.files_read, found.is_partial, found.problem) == (2, 2, False, None)
    assert denied == []
    assert 0 < live.connect().ttl(f"failures:{failing.uid}:{DELIVERY}") <= 300
    client.force_login(world.admin)
    html = page(client, failing)
    assert "Alice" in html
    assert "The specified Lambda function does not exist" in html
    client.force_login(world.support)
    html = page(client, failing)
    assert "Lambda.ResourceNotFound" in html
    assert "Alice" not in html
    assert "The specified Lambda function" not in html
    assert "because it can contain values" in html
    with database_scope.every_tenant("the test reads the audit"):
        noted = list(RecordRead.objects.order_by("pk").values_list("email", "source", "is_masked", "records"))
    assert noted == [(world.admin.email, "failed", False, 2), (world.support.email, "failed", True, 2)]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"failures": False}, "Sluice may not read what Firehose could not deliver"),
        ({"sampling": False}, "record samples are turned off"),
    ],
)
def test_without_the_permission_nothing_is_called_and_the_page_says_so(
    world: World, failing: Integration, client: Client, calls: list[str], choice: dict[str, bool], sentence: str
) -> None:
    granted(world, failing, **choice)
    calls.clear()
    assert not read(failing)
    assert calls == []
    client.force_login(world.admin)
    html = page(client, failing)
    assert sentence in html
    assert ("?show=failures#id_allow_failures" in html) is ("failures" in choice)
    assert calls == []


def test_the_session_reads_the_error_files_of_one_delivery_and_nothing_else(world: World, failing: Integration) -> None:
    connection = granted(world, failing)
    (delivery,) = from_row(failing.spec).deliveries
    source = error_files_of(connection, delivery)
    assert (source.prefix, source.problem) == ("errors/", None)
    bucket = bucket_of(world)
    world.root().client("s3").put_object(Bucket=bucket, Key="sensors/2026/secret", Body=b"secret")
    aws = session_for(connection, REGION, "errors-1", SessionScope.ERROR_FILES, files_arn=source.arn)
    (first, *_) = list_keys(aws, bucket, "errors/")
    assert object_bytes(aws, bucket, first.key)
    for refused in (
        partial(object_bytes, aws, bucket, "sensors/2026/secret"),
        partial(list_keys, aws, bucket, "sensors/"),
        partial(list_keys, aws, bucket),
        partial(list_shards, aws, "sluice-sensors"),
    ):
        with pytest.raises(AwsFault) as caught:
            refused()
        assert caught.value.kind is FaultKind.DENIED


def test_each_collection_requests_a_reading_of_what_someone_watches(world: World, failing: Integration) -> None:
    connection = granted(world, failing)

    def requested() -> list[int]:
        return failure_reading.to_read(connection_id=connection.pk, region=REGION)

    assert requested() == []
    live.hold({f"stream:{failing.uid}:clear": 1})
    assert requested() == [failing.pk]
    connection.allow_failures = False
    connection.save()
    assert requested() == []
