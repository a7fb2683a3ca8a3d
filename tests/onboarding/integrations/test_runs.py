"""Bad input: each a message at its field, before anything is made."""

import json

import pytest
from django.core.exceptions import ValidationError

from onboarding.connections import creation, grant, verification
from onboarding.credentials import recipients
from onboarding.drafts import codec
from onboarding.drafts import services as drafts
from onboarding.integrations import runs
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState
from onboarding.spec.problem import SpecRefused
from onboarding.wizard import aws_checks
from portal.aws import s3
from portal.messages.message import Message
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.services import set_suspended
from tests.world import World, apply_template

pytestmark = pytest.mark.django_db(transaction=True)


def connect(world: World, account_id: str) -> Connection:
    return creation.start_connection(tenant=world.tenant, name="x", account_id=account_id, actor=world.admin)


@pytest.mark.parametrize("account_id", ["", "123", "1234567890123", "12345678901x", "१२३४५६७८९०१२"])
def test_an_account_id_has_twelve_digits(world: World, account_id: str) -> None:
    with pytest.raises(ValidationError) as caught:
        connect(world, account_id)
    assert "account_id" in caught.value.message_dict
    assert not Connection.objects.exists()


def test_every_connection_has_an_external_id_of_its_own(world: World) -> None:
    ids = {
        creation.start_connection(tenant=world.tenant, name=str(n), account_id="111122223333", actor="x").external_id
        for n in range(20)
    }
    assert len(ids) == 20
    assert all(len(external_id) >= 40 for external_id in ids)


@pytest.mark.parametrize(
    "role_arn",
    ["", "SluiceAccess", "arn:aws:iam::999999999999:role/SluiceAccess", "arn:aws:iam::{account}:user/SluiceAccess"],
)
def test_a_role_arn_is_this_accounts_role(world: World, role_arn: str) -> None:
    connection = connect(world, world.account_id)
    with pytest.raises(ValidationError) as caught:
        verification.verify_connection(
            connection=connection, role_arn=role_arn.format(account=world.account_id), actor=world.admin
        )
    assert "role_arn" in caught.value.message_dict
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DRAFT


def test_a_role_that_is_not_there_is_refused_in_words(world: World) -> None:
    connection = connect(world, world.account_id)
    role_arn = f"arn:aws:iam::{world.account_id}:role/SluiceAccess"
    verification.verify_connection(connection=connection, role_arn=role_arn, actor=world.admin)
    assert connection.state == ConnectionState.REFUSED
    assert connection.trust_report["right"] == "refused"
    assert connection.verdict == Message("trust.denied")


def test_a_role_without_its_external_id_condition_is_refused(world: World) -> None:
    connection = connect(world, world.account_id)
    template = grant.role_template(connection)
    apply_template(world.root(), template)
    open_trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": world.portal_arn},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    world.root().client("iam").update_assume_role_policy(RoleName="SluiceAccess", PolicyDocument=json.dumps(open_trust))
    role_arn = f"arn:aws:iam::{world.account_id}:role/SluiceAccess"
    verification.verify_connection(connection=connection, role_arn=role_arn, actor=world.admin)
    assert connection.state == ConnectionState.REFUSED
    assert connection.verdict == Message("trust.no_external_id_required")


def test_a_private_key_is_refused_and_not_kept(world: World) -> None:
    with pytest.raises(CertificateRefused) as caught:
        recipients.add_pgp_key(tenant=world.tenant, blob=world.client_key.private_key.encode(), actor=world.admin)
    assert caught.value.message.code == "openpgp.private_key"
    assert not PgpKey.objects.exists()


def test_an_unconfirmed_key_receives_nothing(world: World) -> None:
    connection = world.connected()
    key = recipients.add_pgp_key(tenant=world.tenant, blob=world.client_key.certificate.encode(), actor=world.admin)
    integration = Integration.objects.create(tenant=world.tenant, name="x")
    with pytest.raises(SpecRefused, match=r"refused\.recipient_not_confirmed"):
        runs.start_run(integration=integration, actor=world.admin, spec=world.spec(connection, key))
    assert not Run.objects.exists()


def test_another_tenants_connection_cannot_be_named(world: World) -> None:
    connection, key = world.connected(), world.recipient()
    theirs = Integration.objects.create(tenant=world.other_tenant, name="x")
    with pytest.raises(SpecRefused, match=r"connection\.unknown"):
        runs.start_run(integration=theirs, actor=world.outsider, spec=world.spec(connection, key))


def test_a_suspended_tenant_keeps_its_data_and_does_nothing(world: World) -> None:
    connection, key = world.connected(), world.recipient()
    set_suspended(tenant=world.tenant, suspended=True, actor="support")
    world.tenant.refresh_from_db()
    integration = Integration.objects.create(tenant=world.tenant, name="x")
    with pytest.raises(ValidationError, match="suspended"):
        runs.start_run(integration=integration, actor=world.admin, spec=world.spec(connection, key))


def draft(world: World, **pages: dict) -> Integration:
    integration = drafts.start_integration(tenant=world.tenant, actor=world.admin)
    for page, values in pages.items():
        drafts.save_page(integration=integration, page=page, values=values)
    return integration


def test_a_stream_that_is_not_ours_is_said_before_anything_is_made(world: World) -> None:
    connection = world.connected()
    world.root().client("kinesis").create_stream(StreamName="sluice-sensors", ShardCount=1)
    integration = draft(world, connect={"connection": connection.uid})
    values = {"name": "sluice-sensors", "region": "eu-west-1"}
    found = aws_checks.stream_found(integration, values)
    assert found is not None
    assert (found.stream.name, found.is_ours, found.obstacle) == ("sluice-sensors", False, None)
    assert aws_checks.stream_found(integration, {**values, "name": "sluice-free"}) is None


def test_a_bucket_of_somebody_else_is_said_before_anything_is_made(world: World) -> None:
    connection = world.connected()
    name = f"sluice-taken-{world.account_id}"
    s3.create_bucket(world.root(world.other_account_id), name, "eu-west-1")
    integration = draft(world, connect={"connection": connection.uid}, stream={"name": "s", "region": "eu-west-1"})
    values = {"kind": "s3", "bucket_mode": "new", "bucket": name}
    assert aws_checks.bucket_conflict(integration, values) == Message("wizard.bucket_taken", bucket=name)
    existing = {**values, "bucket_mode": "existing", "bucket": "sluice-nowhere-at-all"}
    absent = aws_checks.bucket_conflict(integration, existing)
    assert absent is not None
    assert absent.code == "wizard.bucket_absent"


def test_pages_as_typed_become_the_spec(world: World) -> None:
    connection, key = world.connected(), world.recipient()
    integration = draft(
        world,
        connect={"connection": connection.uid},
        stream={
            "name": "sluice-a",
            "region": "eu-west-1",
            "mode": "PROVISIONED",
            "shards": "3",
            "retention_hours": "48",
            "shard_level_metrics": "on",
            "encryption": "none",
        },
        delivery={"kind": "none"},
        recipients={"fingerprints": [key.fingerprint]},
    )
    spec = codec.as_spec(integration)
    assert (spec.stream.shards, spec.stream.retention_hours, spec.stream.kms_key) == (3, 48, "none")
    assert spec.deliveries == ()
    drafts.save_page(integration=integration, page="stream", values={**integration.draft["stream"], "shards": "many"})
    with pytest.raises(SpecRefused, match=r"stream\.shards"):
        codec.as_spec(integration)


def test_an_empty_draft_says_which_pages_are_missing(world: World) -> None:
    with pytest.raises(SpecRefused) as caught:
        codec.as_spec(draft(world))
    assert [problem.path for problem in caught.value.problems] == ["connect", "stream"]


def test_what_was_saved_while_typing_never_overtakes_what_was_submitted(world: World) -> None:
    integration = draft(world, stream={"name": "sluice-typed"})
    shown_in = integration.turn
    drafts.begin_turn(integration=integration)
    drafts.save_page(integration=integration, page="stream", values={"name": "sluice-submitted"})
    with pytest.raises(drafts.StaleDraft):
        drafts.save_page(integration=integration, page="stream", values={"name": "sluice-t"}, turn=shown_in)
    integration.refresh_from_db()
    assert integration.draft["stream"]["name"] == "sluice-submitted"
    drafts.save_page(integration=integration, page="stream", values={"name": "sluice-u"}, turn=integration.turn)
