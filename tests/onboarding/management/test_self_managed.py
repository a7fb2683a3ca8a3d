"""The command line for a plan that its owner applies: begin, upload the key, watch, end."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, CredentialState, IntegrationState
from portal.aws import kinesis
from portal.aws.assumed_roles import assume_role_anew
from portal.aws.session import AwsSession
from portal.openpgp.certificates import inspect
from portal.openpgp.encrypt import encrypt
from portal.tenancy.models import Tenant
from tests.onboarding.pages import ACCOUNT, FINGERPRINT, confirmed_key, verified_connection
from tests.world import Keypair

pytestmark = pytest.mark.django_db
NAME, STREAM = "harbour", "sluice-harbour"


@pytest.fixture
def tenant(vendor_keypair: Keypair, settings: Any, tmp_path: Path) -> Tenant:
    certificate = tmp_path / "delivery.asc"
    certificate.write_text(vendor_keypair.certificate)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = certificate
    settings.SLUICE_PORTAL_PRINCIPAL_ARN = "arn:aws:iam::999900001111:user/portal"
    found = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    verified_connection(found, name="without", state=ConnectionState.NO_ACCESS, role_arn="")
    return found


@pytest.fixture
def spec(tenant: Tenant, tmp_path: Path) -> Path:
    confirmed_key(tenant)
    file = tmp_path / "spec.yaml"
    file.write_text(
        f"name: {NAME}\nconnection: without\nstream:\n  name: {STREAM}\n  region: eu-west-1\n"
        f"recipients: [{FINGERPRINT}]\n"
    )
    return file


def output_of(verb: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command("integration", verb, *arguments, "--tenant", "northwind", stdout=out)
    return out.getvalue()


def answered(verb: str, *arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(output_of(verb, *arguments, "--json"))
    return answer


def failure(verb: str, *arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        output_of(verb, *arguments)
    return str(caught.value)


def test_a_spec_begins_and_says_what_to_do_next(spec: Path) -> None:
    text = output_of("self-manage", str(spec))
    found = Integration.objects.get()
    assert (found.state, found.created_by) == (IntegrationState.SELF_MANAGED, "command line")
    assert text.startswith(f"{NAME} ({found.uid}): {found.state}\n")
    assert "integration export" in text


def test_the_same_spec_again_is_the_same_integration(spec: Path) -> None:
    first, second = answered("self-manage", str(spec)), answered("self-manage", str(spec))
    assert first == second
    assert Integration.objects.count() == 1


def test_a_spec_on_standard_input_is_read(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(spec.read_bytes())))
    assert answered("self-manage", "-")["integration"] == NAME


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("eu-west-1", "mars-1", "stream.region"),
        ("connection: without", "connection: nothing", "nothing"),
        (FINGERPRINT, "F" * 40, "F" * 40),
        ("name: harbour", "name: [", "cannot be used"),
    ],
)
def test_a_spec_that_cannot_begin_leaves_no_draft(spec: Path, was: str, now: str, message: str) -> None:
    spec.write_text(spec.read_text().replace(was, now))
    assert message in failure("self-manage", str(spec))
    assert not Integration.objects.exists()


def test_without_the_vendors_key_nothing_begins(spec: Path, settings: Any) -> None:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    assert failure("self-manage", str(spec))
    assert not Integration.objects.exists()


def test_a_file_that_is_not_there_is_said(tenant: Tenant) -> None:
    assert "/nowhere cannot be read: No such file" in failure("self-manage", "/nowhere")


@pytest.fixture
def key(spec: Path, vendor_keypair: Keypair, tmp_path: Path) -> Path:
    """A self-managed integration, and an access key encrypted to the vendor."""
    output_of("self-manage", str(spec))
    vendor = inspect(vendor_keypair.certificate)
    sealed = encrypt(b"the access key", certificate=vendor.armored, fingerprint=vendor.fingerprint)
    file = tmp_path / "key.asc"
    file.write_text(sealed.ciphertext)
    return file


def test_a_key_for_the_vendor_is_kept_once(key: Path) -> None:
    first, second = answered("upload-key", NAME, str(key)), answered("upload-key", NAME, str(key))
    assert first == second
    credential = Credential.objects.get()
    assert (credential.state, credential.uploaded_by) == (CredentialState.READY, "command line")
    assert first["sha256"] == credential.copies.get().sha256


def test_anything_else_is_refused_and_not_kept(key: Path) -> None:
    key.write_text("AKIAIOSFODNN7EXAMPLE")
    assert "AKIA" not in failure("upload-key", NAME, str(key))
    assert not Credential.objects.exists()


def test_without_the_vendors_key_no_upload_is_accepted(key: Path, settings: Any) -> None:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    assert failure("upload-key", NAME, str(key))
    assert not Credential.objects.exists()


def test_watching_needs_a_verified_connection_to_the_same_account(key: Path, tenant: Tenant) -> None:
    verified_connection(tenant, name="elsewhere", account_id="444455556666")
    for name in ("without", "elsewhere", "nothing"):
        assert f"name or uid “{name}”" in failure("watch", NAME, "--connection", name)
    assert Integration.objects.get().watched_at is None


@pytest.mark.parametrize("is_there", [True, False])
def test_a_stream_that_is_there_is_watched(key: Path, tenant: Tenant, aws: AwsSession, is_there: bool) -> None:
    connection = verified_connection(tenant)
    client = assume_role_anew(role_arn=connection.role_arn, external_id=None, session_name="client", region="eu-west-1")
    assert client.account_id == ACCOUNT
    kinesis.create_stream(client, STREAM if is_there else "sluice-other", mode="PROVISIONED", shard_count=1, tags={})
    if is_there:
        assert answered("watch", NAME, "--connection", "production")["watched_since"]
        assert Integration.objects.get().connection == connection
    else:
        assert STREAM in failure("watch", NAME, "--connection", connection.uid)
        assert Integration.objects.get().watched_at is None


def test_ending_says_first_what_it_means_and_does_it_when_told(key: Path) -> None:
    output_of("upload-key", NAME, str(key))
    assert "Nothing was done. To confirm, add --yes" in failure("end", NAME)
    assert Integration.objects.get().state == IntegrationState.SELF_MANAGED
    assert answered("end", NAME, "--yes")["state"] == IntegrationState.REMOVED
    assert Credential.objects.get().state == CredentialState.DISCARDED
