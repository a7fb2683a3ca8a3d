"""The inventory: what there is, in the order of its removal's opposite, what becomes of it, and whose it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.deliveries.delivery import Delivery
from onboarding.integrations import inventory
from onboarding.integrations.inventory import ADOPTED_STAYS, ORDER, leftovers, lines, owned, unwanted
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import IntegrationState, ResourceState
from onboarding.provisioning.adopted_stream import KEPT
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.onboarding.pages import verified_connection

pytestmark = pytest.mark.django_db
STREAM = StreamSpec(name="sluice-sensors", region="eu-west-1")
MINE, THEIRS = Delivery(name="sluice-a", bucket="sluice-one"), Delivery(name="b", bucket="their", new_bucket=False)
ADOPTED = replace(STREAM, adopt=True, creation_timestamp="2026-03-07T04:05:06+00:00")


@pytest.fixture
def integration() -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    spec = IntegrationSpec("harbour", "production", STREAM, (MINE, THEIRS))
    return Integration.objects.create(
        tenant=tenant,
        name="harbour",
        connection=verified_connection(tenant),
        state=IntegrationState.LIVE,
        spec=spec.as_dict(),
    )


def row(integration: Integration, kind: str, name: str = "sluice-x", **fields: object) -> Resource:
    given = {"state": ResourceState.PRESENT, "arn": f"arn:aws:x:::{name}", **fields}
    return Resource.objects.create(integration=integration, kind=kind, name=name, **given)


def fates(integration: Integration, **asked: bool) -> dict[str, tuple[str, bool]]:
    return {line.kind: (text_of(line.fate).split(".")[0], line.stays) for line in lines(integration, **asked)}


def test_everything_stands_in_the_order_of_the_steps(integration: Integration) -> None:
    row(integration, "kind of a later version")
    for kind in sorted(ORDER):
        row(integration, kind)
    assert [line.kind for line in lines(integration)] == [*ORDER, "kind of a later version"]


def test_what_was_removed_is_listed_only_where_asked_for(integration: Integration) -> None:
    row(integration, "log group", "gone", state=ResourceState.REMOVED)
    row(integration, "log group", "there")
    assert [line.name for line in lines(integration)] == ["there"]
    assert [line.name for line in lines(integration, removed=True)] == ["gone", "there"]
    assert [line.name for line in owned(integration)] == ["there"]


@pytest.mark.parametrize(
    ("deletes", "kind", "fate", "stays"),
    [
        (False, "data stream", "Kept with its records; deleted only if it holds none", True),
        (True, "data stream", "Deleted, with every record in it", False),
        (False, "KMS key", "Kept: data that was encrypted with it cannot be read without it", True),
        (True, "KMS key", "Scheduled for deletion in 30 days, after the stream", False),
        (True, "S3 bucket", "Deleted if it is empty; kept if it holds objects", False),
        (False, "IAM user", "Deleted first, with its access key", False),
        (False, "IAM role", "Deleted", False),
    ],
)
def test_records_go_only_where_that_was_confirmed(
    integration: Integration, deletes: bool, kind: str, fate: str, stays: bool
) -> None:
    row(integration, kind)
    assert fates(integration, delete_data=deletes) == {kind: (fate, stays)}


def test_a_role_that_may_not_delete_ends_the_key_and_keeps_the_rest(integration: Integration) -> None:
    integration.connection.allow_deletion = False
    integration.connection.save()
    for kind in ORDER:
        row(integration, kind)
    integration.refresh_from_db()
    found = fates(integration, delete_data=True)
    ended = {
        "IAM user",
        "producer role",
        "consumer role",
        "stream share",
        "fan-out consumer",
    }  # what can read or write is ended always
    assert {kind for kind, (_, stays) in found.items() if not stays} == ended


def test_an_adopted_stream_stays_whatever_was_confirmed(integration: Integration) -> None:
    integration.spec = IntegrationSpec("harbour", "production", ADOPTED).as_dict()
    row(integration, "data stream", "sluice-sensors", notes={"adopted": True})
    row(integration, "KMS key")
    [key, stream] = lines(integration, delete_data=True)
    assert (stream.fate, stream.stays, stream.is_adopted) == (ADOPTED_STAYS, True, True)
    assert stream.owner == Message("adoption.adopted")
    assert key.stays, "what is encrypted with it is in the client's own stream"
    assert leftovers([key, stream]) == [key]


def test_the_command_for_an_adopted_stream_never_deletes_it(integration: Integration) -> None:
    made = row(integration, "data stream", "mine")
    adopted = row(integration, "data stream", "theirs", notes={"adopted": True})
    commands = {line.name: line.command for line in lines(integration)}
    assert "delete-stream --stream-name mine" in commands["mine"]
    assert "delete" not in commands["theirs"]
    assert "remove-tags-from-stream --stream-name theirs" in commands["theirs"]
    adopted.kept = KEPT.reason
    adopted.save()
    assert {line.name: line.command for line in lines(integration)}["theirs"] == "", "its tags are off already"
    assert made.name in commands


def test_what_was_kept_once_is_not_wanted_away_by_an_update(integration: Integration) -> None:
    row(integration, "S3 bucket", "kept", kept=Message("kept.bucket_not_empty"))
    row(integration, "S3 bucket", "dropped")
    row(integration, "log group", "dropped")
    for kind in ("data stream", "IAM user", "IAM policy", "KMS key"):
        row(integration, kind)
    assert [(line.kind, line.name) for line in unwanted(integration)] == [
        ("S3 bucket", "dropped"),
        ("log group", "dropped"),
    ]


def test_a_line_says_since_when_and_whose_tag(integration: Integration) -> None:
    intended = timezone.now() - timedelta(hours=1)
    row(integration, "log group", "planned", state=ResourceState.INTENDED, intended_at=intended, arn="")
    row(integration, "log group", "present", intended_at=intended, present_at=timezone.now())
    planned, present = lines(integration)
    assert planned.since == intended
    assert present.since > intended
    assert planned.tag == f"sluice:integration={integration.uid}"
    assert (planned.as_dict()["state"], present.as_dict()["adopted"]) == ("intended", False)


def test_buckets_of_the_clients_own_are_named_once_and_untouched(integration: Integration) -> None:
    spec = IntegrationSpec("harbour", "production", STREAM, (MINE, THEIRS, replace(THEIRS, name="c")))
    integration.spec = spec.as_dict()
    assert inventory.adopted(integration) == [Message("on_removal.bucket_unchanged", bucket="their")]
    integration.spec = None
    assert inventory.adopted(integration) == []
