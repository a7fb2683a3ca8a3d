"""The same by command line, each with --json, from an empty database to a key in a file."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from onboarding.credentials import vendor_key
from onboarding.models.credential import Credential
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState
from portal.aws import kinesis
from portal.aws.stream_settings import set_retention
from portal.openpgp.decrypt import decrypt
from portal.openpgp.encrypt import encrypt
from tests.onboarding.provisioning.driving import carried_out
from tests.world import World, apply_template

pytestmark = pytest.mark.django_db(transaction=True)


def answer_of(*arguments: str) -> dict:
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def files(world: World, tmp_path) -> dict[str, str]:
    """A tenant connected by command line, and its spec in a file."""
    answer_of("tenant", "create", "fabrikam", "--name", "Fabrikam Air")
    made = answer_of("connection", "create", "--tenant", "fabrikam", "--account", world.account_id, "--name", "prod")
    apply_template(world.root(), made["template"])
    role_arn = f"arn:aws:iam::{world.account_id}:role/SluiceAccess"
    assert answer_of("connection", "verify", made["uid"], "--role-arn", role_arn)["state"] == "verified"
    key_file, spec_file = tmp_path / "key.asc", tmp_path / "spec.yaml"
    key_file.write_text(world.client_key.certificate)
    fingerprint = answer_of("pgpkey", "add", str(key_file), "--tenant", "fabrikam")["fingerprint"]
    confirmed = answer_of("pgpkey", "add", str(key_file), "--tenant", "fabrikam", "--fingerprint", fingerprint)
    assert confirmed["confirmed"] is True
    spec_file.write_text(
        f"name: air\nconnection: prod\nstream:\n  name: sluice-air\n  region: eu-west-1\nrecipients: [{fingerprint}]\n"
    )
    return {"spec": str(spec_file), "key": str(key_file), "out": str(tmp_path / "air.asc")}


def prove_by_command(world: World, file: Path) -> None:
    """Open the test message, and type its code."""
    at = (PgpKey.objects.get().fingerprint, "--tenant", "fabrikam")
    created = answer_of("pgpkey", "challenge", *at, "--output", str(file))
    assert (created["file"], created["tries_left"]) == (str(file), 5)
    with pytest.raises(CommandError, match="4 tries are left"):
        call_command("pgpkey", "prove", at[0], "2222-2222", *at[1:])
    text = decrypt(file.read_text(), private_key=world.client_key.private_key).decode()
    assert answer_of("pgpkey", "prove", at[0], re.findall(r"Code: (\S+)", text)[0], *at[1:])["proved"] is True


def test_from_nothing_to_a_key_in_a_file(world: World, files: dict[str, str]) -> None:
    plan = answer_of("integration", "plan", files["spec"], "--tenant", "fabrikam")
    assert [row["kind"] for row in plan["resources"]] == ["Data stream", "IAM policy", "IAM user"]
    begun = answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam")
    carried_out(Run.objects.get(pk=begun["run"]))
    status = answer_of("integration", "status", "air", "--tenant", "fabrikam")
    assert (status["state"], status["run_state"]) == (IntegrationState.LIVE, "done")
    for form, word in {
        "cloudformation": "AWS::Kinesis::Stream",
        "terraform": "aws_kinesis_stream",
        "cli": "bash",
    }.items():
        found = answer_of("integration", "export", "air", "--tenant", "fabrikam", "--format", form)
        assert word in found["text"]
        assert Credential.objects.get().user_name in found["text"], "the user that is there"
    key = answer_of("integration", "export", "air", "--tenant", "fabrikam", "--format", "key")
    assert (key["name"], "PGP PUBLIC KEY BLOCK" in key["text"]) == ("sluice-air-key.sh", True)
    spec = answer_of("integration", "export", "air", "--tenant", "fabrikam", "--format", "yaml")
    assert spec["text"].startswith("name: air\n")
    with pytest.raises(CommandError, match="No one has shown yet"):
        call_command("credential", "fetch", "air", "--output", files["out"])
    prove_by_command(world, Path(files["out"]).with_name("test.asc"))
    answer_of("credential", "fetch", "air", "--output", files["out"])
    with Path(files["out"]).open() as file:
        assert b"credentials.csv" in decrypt(file.read(), private_key=world.client_key.private_key)
    again = answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam")
    carried_out(Run.objects.get(pk=again["run"]))
    assert {step.did for step in Run.objects.get(pk=again["run"]).steps.all()} == {None}


def test_a_file_is_never_overwritten(world: World, files: dict[str, str]) -> None:
    carried_out(Run.objects.get(pk=answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam")["run"]))
    fingerprint = PgpKey.objects.get().fingerprint
    why = answer_of("pgpkey", "excuse", fingerprint, "--tenant", "fabrikam", "--reason", "Ticket 7.")
    assert why["excused_because"] == "Ticket 7."
    answer_of("credential", "fetch", "air", "--output", files["out"])
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("credential", "fetch", "air", "--output", files["out"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("tenant", "create", "Bad Slug", "--name", "x"), "slug"),
        (("tenant", "create", "northwind", "--name", "x"), "already exists"),
        (("connection", "create", "--tenant", "nobody", "--account", "111122223333", "--name", "x"), "no tenant"),
        (("connection", "create", "--tenant", "northwind", "--account", "12", "--name", "x"), "12 digits"),
        (
            ("connection", "verify", "nothing", "--role-arn", "x"),
            "no connection with the name or uid “nothing”",
        ),
        (("pgpkey", "add", "/nowhere/key.asc", "--tenant", "northwind"), "cannot be read"),
        (("integration", "apply", "/nowhere/spec.yaml", "--tenant", "northwind"), "cannot be read"),
        (("integration", "status", "x", "--tenant", "northwind"), "no integration with the name or uid"),
        (("credential", "fetch", "x", "--output", "x.asc"), "no encrypted copy"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(world: World, arguments: tuple[str, ...], expected: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command(*arguments)
    assert expected in str(caught.value)


def test_a_wrong_spec_changes_nothing(world: World, files: dict[str, str], tmp_path) -> None:
    bad = tmp_path / "bad.yaml"
    key = "0123456789ABCDEF0123456789ABCDEF01234567"
    bad.write_text(f"name: x\nconnection: prod\nstream: {{name: sluice-x, region: mars-1}}\nrecipients: [{key}]\n")
    with pytest.raises(CommandError, match=r"line 3, stream\.region"):
        call_command("integration", "apply", str(bad), "--tenant", "fabrikam")
    assert not Run.objects.exists()


def test_destroy_says_first_and_does_it_only_when_told(world: World, files: dict[str, str]) -> None:
    carried_out(Run.objects.get(pk=answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam")["run"]))
    out = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("integration", "destroy", "air", "--tenant", "fabrikam", stdout=out)
    assert "sluice-air — Kept with its records" in out.getvalue()
    out = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("integration", "destroy", "air", "--tenant", "fabrikam", "--json", stdout=out)
    assert [row["kind"] for row in json.loads(out.getvalue())["would_remove"]] == [
        "data stream",
        "IAM policy",
        "IAM user",
    ]
    begun = answer_of("integration", "destroy", "air", "--tenant", "fabrikam", "--yes")
    assert (begun["run_kind"], begun["state"]) == ("destroy", IntegrationState.REMOVING)
    carried_out(Run.objects.get(pk=begun["run"]))
    status = answer_of("integration", "status", "air", "--tenant", "fabrikam")
    assert status["state"] == IntegrationState.REMOVED
    assert [(row["kind"], row["state"]) for row in status["inventory"]] == [
        ("data stream", "present"),
        ("IAM policy", "removed"),
        ("IAM user", "removed"),
    ]
    assert "holds records" in status["inventory"][0]["kept"]["text"]


def test_the_role_in_every_form_and_its_permission_report(world: World, files: dict[str, str]) -> None:
    forms = {form: answer_of("connection", "grant", "prod", "--format", form)["file"] for form in ("cli", "terraform")}
    assert forms["cli"].startswith("#!/usr/bin/env bash")
    assert 'resource "aws_iam_role"' in forms["terraform"]
    assert "Ref: ExternalId" in answer_of("connection", "template")["template"]
    report = answer_of("connection", "permissions", "prod")["permission_report"]
    assert (report["failed"], report["unknown"]) == (0, 0)
    out = io.StringIO()
    call_command("connection", "permissions", "prod", stdout=out)
    assert f"{report['passed']} passed, 0 failed" in out.getvalue()
    world.root().client("iam").detach_role_policy(
        RoleName="SluiceAccess", PolicyArn=f"arn:aws:iam::{world.account_id}:policy/SluiceStreams"
    )
    out = io.StringIO()
    call_command("connection", "permissions", "prod", stdout=out)
    assert "FAIL denied" in out.getvalue()
    assert '"Action": "kinesis:CreateStream"' in out.getvalue()


def test_rights_can_be_left_out_by_command_line(world: World, files: dict[str, str]) -> None:
    arguments = ("connection", "create", "--tenant", "fabrikam", "--account", world.other_account_id, "--name", "less")
    made = answer_of(*arguments, "--without-sampling", "--without-deletion")
    assert "SampleRecords" not in made["template"]
    assert "DeleteStreams" not in made["template"]


def test_a_changed_file_is_planned_as_changes(world: World, files: dict[str, str]) -> None:
    carried_out(Run.objects.get(pk=answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam")["run"]))
    spec = Path(files["spec"])
    spec.write_text(spec.read_text().replace("  region: eu-west-1\n", "  region: eu-west-1\n  shards: 2\n"))
    plan = answer_of("integration", "plan", files["spec"], "--tenant", "fabrikam")
    assert [(change["path"], change["verb"], change["becomes"]["text"]) for change in plan["changes"]] == [
        ("stream.shards", "update", "2")
    ]
    out = io.StringIO()
    call_command("integration", "plan", files["spec"], "--tenant", "fabrikam", stdout=out)
    assert "update   stream.shards: 1 → 2" in out.getvalue()


def test_drift_is_found_with_exit_status_1_repaired_and_accepted(world: World, files: dict[str, str]) -> None:
    name = ("air", "--tenant", "fabrikam")
    carried_out(Run.objects.get(pk=answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam")["run"]))
    assert answer_of("integration", "drift", *name)["findings"] == []
    set_retention(world.root(), "sluice-air", current_hours=24, wanted_hours=48)
    out = io.StringIO()
    with pytest.raises(CommandError, match="Configuration drift was detected"):
        call_command("integration", "drift", *name, stdout=out)
    assert "expected 24 hours" in out.getvalue()
    carried_out(Run.objects.get(pk=answer_of("integration", "repair", *name, "--accept-loss")["run"]))
    assert answer_of("integration", "drift", *name)["findings"] == []
    set_retention(world.root(), "sluice-air", current_hours=24, wanted_hours=48)
    assert answer_of("integration", "drift", *name, "--accept")["findings"][0]["accepted_by"] == "command line"
    assert answer_of("integration", "drift", *name)["findings"][0]["found"]["text"] == "48 hours"


def test_what_loses_records_needs_a_word_of_its_own(world: World, files: dict[str, str]) -> None:
    spec = Path(files["spec"])
    short = spec.read_text()
    spec.write_text(short.replace("  region: eu-west-1\n", "  region: eu-west-1\n  retention_hours: 48\n"))
    carried_out(Run.objects.get(pk=answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam")["run"]))
    spec.write_text(short)
    with pytest.raises(CommandError, match=r"(?s)are deleted immediately.*add --accept-loss"):
        call_command("integration", "apply", files["spec"], "--tenant", "fabrikam")
    assert kinesis.describe_stream(world.root(), "sluice-air").retention_hours == 48
    begun = answer_of("integration", "apply", files["spec"], "--tenant", "fabrikam", "--accept-loss")
    carried_out(Run.objects.get(pk=begun["run"]))
    assert kinesis.describe_stream(world.root(), "sluice-air").retention_hours == 24


def test_a_plan_that_its_owner_runs(world: World, tmp_path) -> None:
    answer_of("tenant", "create", "fabrikam", "--name", "Fabrikam Air")
    made = answer_of(
        *("connection", "create", "--tenant", "fabrikam", "--account", world.account_id, "--name", "ours", "--no-grant")
    )
    assert (made["state"], made["template"]) == ("no_access", "")
    with pytest.raises(CommandError, match="gives Sluice no access"):
        call_command("connection", "grant", "ours", "--tenant", "fabrikam")
    key = tmp_path / "key.asc"
    key.write_text(world.client_key.certificate)
    fingerprint = answer_of("pgpkey", "add", str(key), "--tenant", "fabrikam")["fingerprint"]
    answer_of("pgpkey", "add", str(key), "--tenant", "fabrikam", "--fingerprint", fingerprint)
    spec = tmp_path / "spec.yaml"
    stream = "{name: air, region: eu-west-1}"
    spec.write_text(f"name: air\nconnection: ours\nstream: {stream}\nrecipients: [{fingerprint}]\n")
    with pytest.raises(CommandError, match="Set the integration up yourself"):
        call_command("integration", "apply", str(spec), "--tenant", "fabrikam")
    assert answer_of("integration", "self-manage", str(spec), "--tenant", "fabrikam")["state"] == "self_managed"
    at = ("air", "--tenant", "fabrikam")
    for form, word in {"cli": "create-stream", "removal": "would delete", "vendor": "PGP PUBLIC KEY"}.items():
        assert word in answer_of("integration", "export", *at, "--format", form)["text"]

    vendor = vendor_key.vendor_certificate()
    sealed = encrypt(b"{}", certificate=vendor.armored, fingerprint=vendor.fingerprint)
    message, wrong = tmp_path / "message.asc", tmp_path / "wrong.asc"
    message.write_text(sealed.ciphertext)
    wrong.write_text("AKIAIOSFODNN7EXAMPLE")
    with pytest.raises(CommandError, match="unencrypted"):
        call_command("integration", "upload-key", *at, str(wrong))
    assert answer_of("integration", "upload-key", *at, str(message))["sha256"] == sealed.sha256
    out = tmp_path / "out.asc"
    assert answer_of("credential", "fetch", *at, "--vendor", "--output", str(out))["sha256"] == sealed.sha256
    with pytest.raises(CommandError, match="no verified connection"):
        call_command("integration", "watch", *at, "--connection", "ours")
    with pytest.raises(CommandError, match="add --yes"):
        call_command("integration", "end", *at)
    assert answer_of("integration", "end", *at, "--yes")["state"] == "removed"
    with pytest.raises(CommandError, match="no encrypted copy"):
        call_command("credential", "fetch", *at, "--vendor", "--output", str(tmp_path / "again.asc"))
