"""The wizard's pages as typed, to a declaration and back: nothing typed ends in a stack trace or another's account."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from onboarding.deliveries.kinds import KINDS, read
from onboarding.drafts import codec
from onboarding.iot.device_source import DeviceSource
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, IntegrationState
from onboarding.sharing.share import Share
from onboarding.spec.endpoint import Endpoint
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal.tenancy.models import Tenant
from tests import vpc
from tests.onboarding.deliveries_examples import ACCOUNT, REGION, example
from tests.onboarding.pages import DELIVERY, FINGERPRINT, STREAM

ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/sluice-sensors"
MADE = "2026-03-07T04:05:06+00:00"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ({}, ""),
        ({"adopt": ""}, ""),
        ({"adopt": ARN}, ""),
        ({"adopt": f"{ARN} {MADE}"}, MADE),
        ({"adopt": f"{ARN} {MADE}", "name": "sluice-other"}, ""),
        ({"adopt": f"{ARN} {MADE}", "region": "eu-central-1"}, ""),
        ({"adopt": f"not-an-arn {MADE}"}, ""),
        ({"adopt": f"arn:aws:kinesis:{REGION} {MADE}"}, ""),
        ({"adopt": "on"}, ""),
    ],
)
def test_a_tick_adopts_the_stream_of_the_page_alone(page: dict[str, str], made: str) -> None:
    whole = {"name": "sluice-sensors", "region": REGION, **page}
    assert codec.confirmed_creation_time(whole) == made


def test_what_a_page_stores_of_an_adoption_adopts_again() -> None:
    connection = Connection(account_id=ACCOUNT)
    stream = StreamSpec(name="sluice-sensors", region=REGION, adopt=True, creation_timestamp=MADE)
    stored = codec.confirmed_identity(stream, connection)
    assert stored == f"{ARN} {MADE}"
    assert codec.confirmed_creation_time({"name": stream.name, "region": REGION, "adopt": stored}) == MADE
    assert codec.confirmed_identity(replace(stream, adopt=False), connection) == ""
    assert codec.confirmed_identity(stream, None) == ""


def test_deliveries_come_in_the_order_in_which_they_were_added() -> None:
    items = {"10": {"name": "c"}, "2": {"name": "b"}, "1": {"name": "a"}}
    assert [item["name"] for item in codec.deliveries_of({"delivery": {"items": items}}).values()] == ["a", "b", "c"]
    assert codec.deliveries_of({}) == {}


@dataclass(frozen=True)
class Desk:
    """A tenant with a connection, and drafts of it that no row holds yet."""

    tenant: Tenant
    connection: Connection

    def draft(self, **pages: Any) -> Integration:
        whole = {
            "connect": {"connection": self.connection.uid},
            "stream": STREAM,
            "delivery": {"items": {"1": DELIVERY}},
            "recipients": {"fingerprints": [FINGERPRINT]},
            **pages,
        }
        return Integration(
            tenant=self.tenant, name="x", draft={page: values for page, values in whole.items() if values}
        )

    def stream(self, **typed: Any) -> StreamSpec:
        return codec.as_spec(self.draft(stream={**STREAM, **typed})).stream

    def refusals(self, draft: Integration) -> dict[str, str]:
        with pytest.raises(SpecRefused) as refused:
            codec.as_spec(draft)
        return {problem.path: problem.message.code for problem in refused.value.problems}


def connected(tenant: Tenant, **fields: Any) -> Connection:
    given = {"name": "production", "account_id": ACCOUNT, "state": ConnectionState.VERIFIED, **fields}
    return Connection.objects.create(tenant=tenant, **given)


@pytest.fixture
def desk(db) -> Desk:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    return Desk(tenant, connected(tenant))


def test_every_page_that_is_missing_is_named_but_the_optional_ones(desk: Desk) -> None:
    empty = desk.draft(connect=None, stream=None, delivery=None, recipients=None)
    found = desk.refusals(empty)
    assert found == {page: f"draft.{page}_incomplete" for page in ("connect", "stream")}
    assert codec.as_spec(desk.draft(delivery=None)).deliveries == ()
    assert codec.as_spec(desk.draft(recipients=None)).recipients == (), "the vendor alone"


def test_no_delivery_is_none(desk: Desk) -> None:
    draft = desk.draft(delivery={"items": {"1": {"kind": "none", "name": "left over"}}})
    assert codec.as_spec(draft).deliveries == ()


def test_numbers_that_are_none_are_named_at_their_field(desk: Desk) -> None:
    for field, typed in (("shards", "two"), ("retention_hours", "1.5"), ("max_record_kib", "9" * 30)):
        assert desk.refusals(desk.draft(stream={**STREAM, field: typed})) == {f"stream.{field}": "spec.schema_violated"}


def test_what_was_left_empty_is_what_is_usual(desk: Desk) -> None:
    stream = desk.stream(mode="", shards="", retention_hours=None, encryption="", tags=None, endpoint="")
    assert stream == StreamSpec(name="sluice-sensors", region=REGION)


def test_each_way_of_encryption(desk: Desk) -> None:
    ways = {"aws": "aws", "none": "none", "new": "new", "rot13": "aws"}
    for typed, key in ways.items():
        assert desk.stream(encryption=typed, kms_key_arn=KEY).kms_key == key
    assert desk.stream(encryption="own", kms_key_arn=f" {KEY} ").kms_key == KEY
    assert desk.refusals(desk.draft(stream={**STREAM, "encryption": "own"})) == {
        "stream.kms_key": "spec.unknown_key_choice"
    }


def test_a_box_that_is_not_ticked_is_off(desk: Desk) -> None:
    for typed in ("", "0", "false", "off", "none", None, False):
        assert desk.stream(shard_level_metrics=typed).shard_level_metrics is False
    assert desk.stream(shard_level_metrics="on").shard_level_metrics is True


def test_shards_of_an_on_demand_stream_are_forgotten(desk: Desk) -> None:
    assert desk.stream(mode="ON_DEMAND", shards="many").shards is None
    assert desk.refusals(desk.draft(stream={**STREAM, "mode": "SOMETIMES"}))["stream.mode"] == "spec.schema_violated"


def test_an_endpoint_has_the_fields_of_its_kind(desk: Desk) -> None:
    typed = {"vpc_endpoint_id": vpc.ID, "vpc_dns_name": vpc.NAME, "vpc_only": "on"}
    assert desk.stream(endpoint="vpc", **typed).endpoint == Endpoint("vpc", vpc.ID, vpc.NAME, only=True)
    assert desk.stream(endpoint="standard", **typed).endpoint == Endpoint()
    assert "stream.endpoint.kind" in desk.refusals(desk.draft(stream={**STREAM, "endpoint": "pigeon"}))


def test_a_connection_of_another_tenant_is_none(desk: Desk) -> None:
    other = connected(Tenant.objects.create(slug="contoso", name="Contoso"), state=ConnectionState.NO_ACCESS)
    draft = desk.draft(connect={"connection": other.uid}, recipients=None)
    assert not codec.is_without_grant(draft), "whether theirs grants access is not told"
    assert codec.as_spec(draft).connection == other.uid, "and its use is refused where the spec is"


def test_one_that_was_named_in_a_file_keeps_its_name(desk: Desk) -> None:
    draft = desk.draft()
    spec = replace(codec.as_spec(draft), name="Harbour sensors")
    draft.spec, draft.name = spec.as_dict(), spec.name
    assert codec.as_spec(draft).name == "Harbour sensors"
    draft.draft["stream"] = {**STREAM, "name": "sluice-renamed"}
    assert codec.as_spec(draft).name == "sluice-renamed"


def test_a_declaration_becomes_pages_that_make_it_again(desk: Desk) -> None:
    streams = (
        StreamSpec(name="sluice-sensors", region=REGION, shards=7, retention_hours=48, kms_key=KEY),
        StreamSpec(name="sluice-sensors", region=REGION, mode="ON_DEMAND", shards=None, kms_key="none"),
        StreamSpec(name="sluice-sensors", region=REGION, kms_key="new", shard_level_metrics=False),
        StreamSpec(name="theirs", region=REGION, adopt=True, creation_timestamp=MADE, max_record_kib=2048),
        StreamSpec(name="sluice-sensors", region=REGION, endpoint=Endpoint("vpc", vpc.ID, vpc.NAME, only=True)),
        StreamSpec(name="sluice-sensors", region=REGION, tags={"a = b": " c", "a=b": "", "plain": "d = e"}),
    )
    deliveries = tuple(read(example(kind)) for kind in KINDS)
    for stream in streams:
        for some in ((), deliveries):
            spec = IntegrationSpec("Named", desk.connection.uid, stream, some, (FINGERPRINT,))
            row = Integration(
                tenant=desk.tenant,
                connection=desk.connection,
                name=spec.name,
                spec=spec.as_dict(),
                state=IntegrationState.LIVE,
            )
            row.draft = codec.pages_of(spec, row)
            assert codec.as_spec(row) == spec


@pytest.mark.django_db
def test_shares_and_devices_of_a_file_stay_when_the_settings_are_changed_in_the_wizard() -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    connection = Connection.objects.create(
        tenant=tenant, name="production", account_id=ACCOUNT, state=ConnectionState.VERIFIED
    )
    shares = (Share("analytics", "arn:aws:iam::444455556666:role/reader"), Share("tools", "777788889999"))
    stream = StreamSpec(name="sluice-sensors", region=REGION, kms_key="none")
    devices = DeviceSource("sluice-meter", "sluice-meters", "sluice-meters", log_retention_days=30)
    spec = IntegrationSpec("sluice-sensors", connection.uid, stream, shares=shares, devices=devices)
    integration = Integration(tenant=tenant, connection=connection, name="sluice-sensors")
    integration.draft = codec.pages_of(spec, integration)
    found = codec.as_spec(integration)
    assert (found.shares, found.devices) == (shares, devices)
