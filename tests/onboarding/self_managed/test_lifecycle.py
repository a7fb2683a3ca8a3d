"""Without a grant: the plan applied by its owner, the key handed in as ciphertext, watched, ended, taken down."""

import json
import os
import subprocess
from dataclasses import replace
from datetime import timedelta
from functools import partial
from html import unescape
from pathlib import Path
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.connections import creation, verification
from onboarding.credentials import download
from onboarding.credentials import selectors as credentials_selectors
from onboarding.credentials.contents import read_key
from onboarding.deliveries.delivery import Delivery
from onboarding.drafts import services as drafts_services
from onboarding.export.resources import CannotExport
from onboarding.integrations import drift, export_files, runs, selectors
from onboarding.integrations.orphaned_keys import remove_orphaned_keys
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, CredentialState, IntegrationState
from onboarding.models.vendor_event import VendorEvent
from onboarding.self_managed import key_upload, lifecycle, stream_health
from onboarding.spec import validation
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal import database_scope
from portal.aws import kinesis
from portal.aws.credentials import AwsCredentials
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.demo import aws_cli
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.openpgp.decrypt import decrypt
from portal.tenancy.models import AuditEvent, Tenant
from tests.markup import on_one_line
from tests.onboarding.pages import DELIVERY, STREAM, do_requested_checks, post, signed_in, url
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "harbour-air"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def shell(world: World, tmp_path: Path) -> dict[str, str]:
    aws_cli.install(tmp_path)
    keys = {"AWS_ACCESS_KEY_ID": world.account_id, "AWS_SECRET_ACCESS_KEY": "test"}
    return {**os.environ, **world.ministack.environment, **keys, "PATH": f"{tmp_path}:{os.environ['PATH']}"}


def bash(script: str, shell: dict[str, str], folder: Path, *arguments: str) -> str:
    command = ["bash", "-c", script, "bash", *arguments]
    done = subprocess.run(command, env=shell, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sentence_of_code(code: str) -> str:
    return text_of(Message(f"openpgp.{code}"))


def address(integration: Integration, name: str = "integration", **more: str) -> str:
    return reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid, **more})


def file_of(client: Client, integration: Integration, form: str) -> str:
    answer = client.get(address(integration, "export_file", form=form))
    assert answer.status_code == 200, answer
    return answer.content.decode()


def begun(world: World, tenant: Tenant | None = None, name: str = NAME, **stream: object) -> Integration:
    """A self-managed integration of an account that gives Sluice no access."""
    tenant = tenant or world.tenant
    connection = tenant.connections.filter(name="by ourselves").first() or creation.start_connection(
        tenant=tenant, name="by ourselves", account_id=world.account_id, actor="a test", has_grant=False
    )
    integration = drafts_services.start_integration(tenant=tenant, actor="a test")
    spec = IntegrationSpec(
        name, connection.uid, StreamSpec(name, "eu-west-1", **stream), (), (world.recipient().fingerprint,)
    )
    return lifecycle.begin(integration=integration, spec=spec, actor="a test")


def encrypted(world: World, shell: dict[str, str], integration: Integration, folder: Path) -> bytes:
    """The key as the exported script makes it, of a user that is made for it."""
    user = export_files.user_of(integration)
    world.root().client("iam").create_user(UserName=user, Path="/sluice/")
    return made_again(shell, integration, folder)


def made_again(shell: dict[str, str], integration: Integration, folder: Path) -> bytes:
    spec = validation.from_dict(integration.spec)
    bash(export_files.exported(integration, spec, "key").text, shell, folder)
    file = folder / f"{export_files.user_of(integration)}-key.json.asc"
    found = file.read_bytes()
    file.unlink()
    return found


def test_from_no_access_at_all_to_records_and_back(world: World, shell: dict[str, str], tmp_path: Path) -> None:
    admin, viewer = signed_in(world.admin.email), signed_in(world.viewer.email)
    admin.post(reverse("integration_new", kwargs={"slug": world.tenant.slug}))
    integration = world.tenant.integrations.get()
    account = {"choice": "new", "name": "by ourselves", "account_id": world.account_id}
    assert post(admin, integration, "connect", account, do="self-managed")["Location"] == url(integration, "stream")
    connection = Connection.objects.get(name="by ourselves")
    assert (connection.state, connection.name_prefix) == (ConnectionState.NO_ACCESS, "")
    assert "Self-managed setup in account" in admin.get(url(integration, "connect")).content.decode()

    assert post(admin, integration, "stream", {**STREAM, "name": NAME})["Location"] == url(integration, "delivery")
    delivery = {**DELIVERY, "name": f"{NAME}-to-s3", "bucket": f"{NAME}-{world.account_id}"}
    assert post(admin, integration, "delivery", delivery)["Location"] == url(integration, "consumers")
    assert post(admin, integration, "consumers", {})["Location"] == url(integration, "recipients")
    assert post(admin, integration, "recipients", {})["Location"] == url(integration, "review")
    review = admin.get(url(integration, "review")).content.decode()
    assert "Set it up myself" in review
    assert "Create resources in account" not in review
    refused = admin.post(address(integration, "integration_start"))
    assert (refused.status_code, "gives Sluice no access" in refused.content.decode()) == (422, True)
    assert admin.post(address(integration, "integration_self_manage"))["Location"] == address(integration)
    integration.refresh_from_db()
    assert integration.is_self_managed

    bash(file_of(admin, integration, "cli"), shell, tmp_path)
    bash(file_of(admin, integration, "key"), shell, tmp_path)
    message = (tmp_path / f"{export_files.user_of(integration)}-key.json.asc").read_text()
    answer = admin.post(address(integration, "self_managed_key"), {"blob": message}, follow=True)
    assert "Encrypted key uploaded. Only the vendor can decrypt it." in answer.content.decode()
    shown = viewer.get(address(integration)).content.decode()
    assert "Uploaded by" in shown
    assert "The vendor has not downloaded it yet" in shown

    copy = credentials_selectors.sealed_copies(audience=SealedCopy.Audience.VENDOR).get()
    download.check(copy)
    download.record_download(copy=copy, actor="the vendor")
    key = AwsCredentials(*read_key(decrypt(copy.ciphertext, private_key=world.vendor.private_key)))
    put_record(AwsSession(region="eu-west-1", credentials=key), NAME, data=b"{}", partition_key="p")
    assert "Downloaded by <b" in viewer.get(address(integration)).content.decode()

    assert not selectors.live_integrations().filter(pk=integration.pk).exists(), "nobody may look there"
    removed = bash(file_of(admin, integration, "removal"), {**shell, "DELETE_DATA": "yes"}, tmp_path, "--yes")
    assert removed.endswith("Done.\n"), removed
    assert kinesis.describe_stream(world.root(), NAME) is None
    page = admin.get(address(integration, "self_managed_end")).content.decode()
    assert "The access key keeps working until you delete it." in page
    assert admin.post(address(integration, "self_managed_end"), {"confirmed": "other"}).status_code == 422
    ended = admin.post(
        address(integration, "self_managed_end"), {"confirmed": NAME, "reason": "Moved."}, follow=True
    ).content.decode()
    assert AuditEvent.objects.get(action="onboarding:self-managed:ended").reason == "Moved."
    assert "You ended this integration." in ended
    assert not credentials_selectors.sealed_copies().exists()
    recorded = set(AuditEvent.objects.values_list("action", flat=True))
    assert {
        "onboarding:self-managed:started",
        "onboarding:credential:uploaded",
        "onboarding:self-managed:ended",
    } <= recorded


def test_the_same_key_again_changes_nothing_and_another_takes_its_place(
    world: World, shell: dict[str, str], tmp_path: Path
) -> None:
    integration = begun(world)
    first = encrypted(world, shell, integration, tmp_path)
    earlier = key_upload.upload_key(integration=integration, blob=first, actor="a test")
    assert key_upload.upload_key(integration=integration, blob=first, actor="a test") == earlier
    iam, user = world.root().client("iam"), export_files.user_of(integration)
    [old] = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    iam.delete_access_key(UserName=user, AccessKeyId=old["AccessKeyId"])
    later = key_upload.upload_key(
        integration=integration, blob=made_again(shell, integration, tmp_path), actor="a test"
    )
    earlier.refresh_from_db()
    assert (earlier.state, later.state) == (CredentialState.DISCARDED, CredentialState.READY)
    copies = [earlier.copies.get().uid, earlier.copies.get().uid, later.copies.get().uid]
    seen = VendorEvent.objects.order_by("pk").values_list("kind", "key_uid")
    assert list(seen) == list(zip(["ready", "revoked", "ready"], copies, strict=True))
    assert [copy.credential for copy in credentials_selectors.sealed_copies()] == [later]
    text = decrypt(later.copies.get().ciphertext, private_key=world.client_key.private_key)
    assert json.loads(text)["AccessKey"]["UserName"] == user, "a confirmed recipient of the client's reads it as well"


def test_the_owners_user_is_never_taken_for_a_stray(world: World, shell: dict[str, str], tmp_path: Path) -> None:
    world.connected()
    integration = begun(world, name="sluice-air")
    blob = encrypted(world, shell, integration, tmp_path)
    credential = key_upload.upload_key(integration=integration, blob=blob, actor="a test")
    integration.connection = world.tenant.connections.get(state=ConnectionState.VERIFIED)
    integration.save()
    for state in (CredentialState.SEALED, CredentialState.DISCARDED):
        Credential.objects.update(state=state, created_at=timezone.now() - timedelta(minutes=10))
        assert remove_orphaned_keys() == 0
    assert world.root().client("iam").get_user(UserName=credential.user_name)


WAITING = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "check"}


def test_it_is_watched_where_a_role_reads_the_account(world: World, shell: dict[str, str], tmp_path: Path) -> None:
    connection, integration = world.connected(), begun(world, name="sluice-air")
    assert stream_health.watchers(integration) == [connection]
    with pytest.raises(ValidationError, match="Data stream sluice-air does not exist in eu-west-1 yet"):
        stream_health.watch(integration=integration, connection=connection, actor="a test")
    assert not selectors.live_integrations().exists()
    admin = signed_in(world.admin.email)
    asked = {"connection": connection.uid}
    admin.post(address(integration, "self_managed_watch"), asked)
    do_requested_checks()
    page = on_one_line(admin.get(address(integration)).content.decode())
    assert "Data stream sluice-air does not exist in eu-west-1 yet. Apply the plan first, then try again." in page

    bash(export_files.exported(integration, validation.from_dict(integration.spec), "cli").text, shell, tmp_path)
    assert "Monitor through production" in page
    assert admin.post(address(integration, "self_managed_watch"), asked)["Location"] == f"{address(integration)}#health"
    page = on_one_line(admin.get(address(integration)).content.decode())
    assert "Waiting to read data stream sluice-air through production." in page
    assert "Monitor through production" not in page
    assert "HX-Refresh" not in admin.get(address(integration), **WAITING)
    do_requested_checks()
    assert admin.get(address(integration), **WAITING)["HX-Refresh"] == "true"
    integration.refresh_from_db()
    assert (integration.connection, integration.is_self_managed) == (connection, True)
    assert selectors.live_integrations().get() == integration
    assert admin.get(address(integration, "stream")).status_code == 200
    before = export_files.exported(integration, validation.from_dict(integration.spec), "cli").text
    assert "PermissionsBoundary" not in before, "the plan stays as it was kept"

    assert "Monitored through <a" in (page := admin.get(address(integration)).content.decode())
    assert f">{connection.name}</a>" in page
    changed = replace(validation.from_dict(integration.spec), deliveries=())
    changed = replace(changed, stream=replace(changed.stream, retention_hours=30))
    lifecycle.begin(integration=integration, spec=changed, actor="a test")
    integration.refresh_from_db()
    assert (integration.connection, integration.stream_name) == (connection, "sluice-air"), "it goes on being watched"
    with pytest.raises(ValidationError, match="does not check it for drift"):
        drift.check(integration)

    [other] = [connection for connection in world.tenant.connections.all() if not connection.has_grant]
    with pytest.raises(ValidationError, match="is for another account"):
        stream_health.watch(integration=integration, connection=other, actor="a test")


def test_a_verified_account_can_be_run_by_its_owner_too(world: World) -> None:
    connection, admin = world.connected(), signed_in(world.admin.email)
    integration = drafts_services.start_integration(tenant=world.tenant, actor="a test")
    for page, values in {
        "connect": {"choice": connection.uid, "connection": connection.uid},
        "stream": STREAM,
        "delivery": {"items": {"1": {"kind": "none"}}},
        "recipients": {"fingerprints": [world.recipient().fingerprint]},
    }.items():
        drafts_services.save_page(integration=integration, page=page, values=values)
    assert "Set it up myself" in admin.get(url(integration, "review")).content.decode()
    admin.post(address(integration, "integration_self_manage"))
    integration.refresh_from_db()
    assert integration.is_self_managed
    script = file_of(admin, integration, "cli")
    assert "policy/SluiceProducerBoundary" in script
    assert "policy/SluiceBoundary" not in script, "there is no role of Firehose"
    for name in ("integration_remove", "self_managed_end"):
        assert "End sluice-sensors" in admin.get(address(integration, name), follow=True).content.decode()
    with pytest.raises(SpecRefused, match=r"integration\.self_managed"):
        runs.start_run(integration=integration, actor="a test")
    assert not integration.runs.exists()


def test_the_plan_can_be_changed_but_not_moved(world: World) -> None:
    integration, admin = begun(world), signed_in(world.admin.email)
    assert admin.post(address(integration, "integration_change"))["Location"] == url(integration, "stream")
    page = admin.get(url(integration, "stream")).content.decode()
    assert "Sluice changes nothing in AWS. It saves the plan" in page
    wanted = {**STREAM, "name": NAME, "shards": "7"}
    post(admin, integration, "stream", wanted)
    assert '"ShardCount": 7' not in file_of(admin, integration, "cli"), "not before it is kept"
    assert "Save plan" in admin.get(url(integration, "review")).content.decode()
    admin.post(address(integration, "integration_self_manage"))
    assert '"ShardCount": 7' in file_of(admin, integration, "cli")

    admin.post(address(integration, "integration_change"))
    post(admin, integration, "stream", {**wanted, "name": "elsewhere"})
    answer = admin.post(address(integration, "integration_self_manage"))
    assert (answer.status_code, "stream name and Region cannot be changed" in answer.content.decode()) == (422, True)
    assert admin.post(address(integration, "integration_change"), {"do": "leave"})["Location"] == address(integration)


def test_what_was_taken_out_of_the_plan_is_named_and_in_the_script_that_removes(world: World) -> None:
    integration, admin = begun(world), signed_in(world.admin.email)
    original = Delivery(name=f"{NAME}-a", bucket=f"{NAME}-a-{world.account_id}", buffering_seconds=60)
    spec = validation.from_dict(integration.spec)
    second, moved = replace(original, name=f"{NAME}-second"), replace(original, bucket=f"{NAME}-c-{world.account_id}")
    for deliveries in ((original, second), (moved,)):
        lifecycle.begin(integration=integration, spec=replace(spec, deliveries=deliveries), actor="a test")
    page = admin.get(address(integration)).content.decode()
    assert f"{NAME}-a, {NAME}-second are no longer in the plan" in on_one_line(page)
    script = file_of(admin, integration, "removal")
    for name in (
        f"firehose={NAME}-a\n",
        f"firehose={NAME}-second\n",
        f"bucket={original.bucket}\n",
        f"bucket={NAME}-c-",
    ):
        assert name in script
    assert f"{NAME}-second" not in file_of(admin, integration, "cli")


def test_two_of_one_name_at_once_and_a_second_click(world: World) -> None:
    integration, admin = begun(world), signed_in(world.admin.email)
    answer = admin.post(address(integration, "integration_self_manage"))
    assert answer["Location"] == address(integration)
    draft = drafts_services.start_integration(tenant=world.tenant, actor="a test")
    account = {"choice": "new", "name": "by ourselves", "account_id": world.account_id}
    for _ in range(2):
        assert post(admin, draft, "connect", account, do="self-managed")["Location"] == url(draft, "stream")
    assert Connection.objects.filter(tenant=world.tenant).count() == 1
    done: list[str] = []

    def begin(uid: str) -> None:
        try:
            draft = Integration.objects.get(uid=uid)
            spec = replace(
                validation.from_dict(integration.spec), name="twins", stream=StreamSpec("twins", "eu-west-1")
            )
            lifecycle.begin(integration=draft, spec=spec, actor="a test")
            done.append("begun")
        except SpecRefused as refused:
            done.append(str(refused))
        finally:
            connections.close_all()

    drafts = [drafts_services.start_integration(tenant=world.tenant, actor="a test").uid for _ in range(2)]
    threads = [Thread(target=database_scope.carried(partial(begin, uid))) for uid in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    first, second = sorted(done)
    assert (first, second) == ("begun", "name: integration.name_taken")


def test_recipients_that_are_nobodys_and_roles_never_verified_are_refused(world: World) -> None:
    integration = begun(world)
    spec = validation.from_dict(integration.spec)
    with pytest.raises(SpecRefused, match=r"self_managed\.recipient_unusable"):
        lifecycle.begin(integration=integration, spec=replace(spec, recipients=("A" * 40,)), actor="a test")
    creation.start_connection(tenant=world.tenant, name="granted", account_id=world.account_id, actor="a test")
    with pytest.raises(SpecRefused, match=r"connection\.not_verified"):
        lifecycle.begin(integration=integration, spec=replace(spec, connection="granted"), actor="a test")


def test_without_the_vendors_key_it_is_said_whose_side_it_is(world: World, settings, tmp_path: Path) -> None:
    integration, admin = begun(world), signed_in(world.admin.email)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "nowhere"
    page = admin.get(address(integration)).content.decode()
    assert "The vendor’s delivery key is missing." in page
    answer = unescape(admin.get(address(integration, "export_file", form="key"), follow=True).content.decode())
    assert "The vendor's delivery key is missing." in answer
    draft = drafts_services.start_integration(tenant=world.tenant, actor="a test")
    pages = {"connect": {"connection": integration.connection.uid}, "stream": {**STREAM, "name": "x"}}
    for key, values in {
        **pages,
        "delivery": {"items": {"1": {"kind": "none"}}},
        "consumers": {"submitted": True},
    }.items():
        drafts_services.save_page(integration=draft, page=key, values=values)
    assert "recipients: []" in admin.get(address(draft, "spec_yaml")).content.decode()
    answer = admin.post(address(draft, "integration_self_manage"))
    assert (answer.status_code, "delivery key is missing" in answer.content.decode()) == (422, True)


def test_what_no_file_can_say_is_refused_where_it_is_chosen(world: World) -> None:
    with pytest.raises(SpecRefused, match=r"export\.new_key"):
        begun(world, kms_key="new")
    assert world.tenant.integrations.get().state == IntegrationState.DRAFT


def test_a_name_in_use_is_refused(world: World) -> None:
    begun(world)
    with pytest.raises(SpecRefused, match=r"integration\.name_taken"):
        begun(world)


@pytest.mark.parametrize(
    ("blob", "code"),
    [
        ("", "message_empty"),
        ("hello", "message_unreadable"),
        (f"Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,{SECRET}", "message_unencrypted"),
    ],
    ids=["nothing", "garbage", "clear"],
)
def test_what_is_no_message_is_refused_and_not_shown_again(world: World, blob: str, code: str) -> None:
    integration, admin = begun(world), signed_in(world.admin.email)
    answer = admin.post(address(integration, "self_managed_key"), {"blob": blob})
    text = answer.content.decode()
    assert (answer.status_code, sentence_of_code(code) in text) == (422, True)
    assert "wJalr" not in text
    assert "AKIA" not in text
    assert not Credential.objects.exists()


def test_what_stands_beside_a_message_is_not_shown_again_and_a_file_goes_before_the_box(
    world: World, shell: dict[str, str], tmp_path: Path
) -> None:
    integration, admin = begun(world), signed_in(world.admin.email)
    wrong = "dear vendor, here it is\n" + sealed_to(world.client_key.certificate, tmp_path).decode()
    answer = admin.post(address(integration, "self_managed_key"), {"blob": wrong})
    assert "BEGIN PGP MESSAGE" in answer.context["pasted"]
    assert "dear vendor" not in answer.content.decode()
    right = tmp_path / "right.asc"
    right.write_bytes(encrypted(world, shell, integration, tmp_path))
    with right.open("rb") as file:
        admin.post(address(integration, "self_managed_key"), {"blob": answer.context["pasted"], "file": file})
    assert Credential.objects.get().uploaded_by == world.admin.email


def test_a_message_to_somebody_else_is_refused_and_stays_in_the_box(world: World, tmp_path: Path) -> None:
    integration, admin = begun(world), signed_in(world.admin.email)
    wrong = sealed_to(world.client_key.certificate, tmp_path)
    answer = admin.post(address(integration, "self_managed_key"), {"blob": wrong.decode()})
    assert (answer.status_code, sentence_of_code("message_not_for_vendor") in answer.content.decode()) == (422, True)
    assert wrong.decode().splitlines()[3] in answer.content.decode().replace("&#x27;", "'").replace("&#x2B;", "+")
    file = {"file": (tmp_path / "sealed.asc").open("rb")}
    page = admin.post(address(integration, "self_managed_key"), file).content.decode()
    assert sentence_of_code("message_not_for_vendor") in page
    assert not Credential.objects.exists()


def sealed_to(certificate: str, folder: Path) -> bytes:
    home = folder / "home"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--no-autostart"]
    subprocess.run([*gpg, "--import"], input=certificate.encode(), check=True, capture_output=True, timeout=120)
    listed = subprocess.run(
        [*gpg, "--with-colons", "--list-keys"], check=True, capture_output=True, text=True, timeout=120
    ).stdout
    reader = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    seal = [*gpg, "--trust-model", "always", "--armor", "--encrypt", "--recipient", reader]
    found = subprocess.run(seal, input=b"{}", check=True, capture_output=True, timeout=120).stdout
    (folder / "sealed.asc").write_bytes(found)
    return found


def test_only_a_self_managed_integration_takes_a_key(world: World) -> None:
    draft = drafts_services.start_integration(tenant=world.tenant, actor="a test")
    with pytest.raises(ValidationError, match="only for a self-managed integration"):
        key_upload.upload_key(integration=draft, blob=b"x", actor="a test")


def test_a_connection_without_access_has_nothing_to_try_or_choose(world: World) -> None:
    admin = signed_in(world.admin.email)
    connection = creation.start_connection(
        tenant=world.tenant, name="none", account_id=world.account_id, actor="a test", has_grant=False
    )
    at = {"slug": world.tenant.slug, "uid": connection.uid}
    assert "Sluice has no role in this account" in admin.get(reverse("connection", kwargs=at)).content.decode()
    for name in ("role_template", "role_script", "role_terraform"):
        assert admin.get(reverse(name, kwargs=at)).status_code == 404
    with pytest.raises(ValidationError, match="gives Sluice no access"):
        verification.verify_connection(connection=connection, role_arn=connection.usual_role_arn, actor="a test")
    world.connected()
    assert connection.boundary_arn == ""


def test_an_account_of_another_tenant_is_refused_without_a_grant_too(world: World) -> None:
    world.connected()
    with pytest.raises(ValidationError, match="cannot be connected here"):
        creation.start_connection(
            tenant=world.other_tenant, name="mine", account_id=world.account_id, actor="a test", has_grant=False
        )


def test_by_role_the_vendor_is_offered_the_role_of_the_plan(world: World, settings) -> None:
    settings.SLUICE_VENDOR_PRINCIPAL_ARN = "arn:aws:iam::999900001111:role/sender"
    integration = begun(world)
    spec = validation.from_dict(integration.spec)
    for _ in range(2):
        lifecycle.begin(integration=integration, spec=replace(spec, producer="role"), actor=world.admin)
    role = integration.producer_roles.get()
    client = signed_in(world.admin.email)
    page = client.get(address(integration)).content.decode()
    assert "the vendor assumes the role of your plan" in page
    assert "Upload the encrypted key" not in page
    assert role.arn.rpartition("/")[2] in file_of(client, integration, "cli")
    with pytest.raises(CannotExport):
        export_files.exported(integration, replace(spec, producer="role"), "key")
    lifecycle.begin(integration=integration, spec=spec, actor=world.admin)
    role.refresh_from_db()
    assert role.state == "retired"
