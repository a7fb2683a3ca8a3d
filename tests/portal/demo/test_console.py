import json

import pytest

from portal.aws.assumed_roles import assume_role
from portal.aws.errors import AwsFault
from portal.aws.role_cloudformation import cloudformation
from portal.aws.role_grant import RoleGrant
from portal.demo import console, vendor
from portal.demo.building.situations import Situation, Switch
from portal.demo.cast import PORTAL_PRINCIPAL_ARN
from portal.demo.places import Places, write_private

ACCOUNT = "131313131313"


def template(external_id="external-1", account_id=ACCOUNT):
    grant = RoleGrant(
        portal_principal_arn=PORTAL_PRINCIPAL_ARN,
        external_id=external_id,
        account_id=account_id,
        name_prefix="sluice-",
    )
    return cloudformation(grant)


@pytest.fixture
def places(tmp_path, ministack_env, monkeypatch):
    made = Places(tmp_path)
    vendor.ensure_portal_key(made)
    for name, value in json.loads(made.portal_key.read_text()).items():
        monkeypatch.setenv(name, value)
    write_private(made.aws_environment, json.dumps(ministack_env.environment))
    return made


def opens(arn, external_id):
    try:
        assume_role(role_arn=arn, external_id=external_id, session_name="test", region="eu-west-1")
    except AwsFault:
        return False
    return True


def test_the_role_opens_for_the_portal_with_its_external_id_only(places):
    arn = console.apply_role(template(), ACCOUNT)
    assert arn == f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess"
    assert opens(arn, "external-1")
    assert not opens(arn, "external-2")
    assert not opens(arn, None)


def test_a_template_can_be_applied_again_and_changed(places):
    console.apply_role(template(), ACCOUNT)
    arn = console.apply_role(template(), ACCOUNT)
    assert console.apply_role(template("external-3"), ACCOUNT) == arn
    assert opens(arn, "external-3")


def test_the_command_finds_the_account_in_the_template_and_prints_the_arn(places, tmp_path, capsys):
    file = tmp_path / "sluice-access.yaml"
    file.write_text(template(account_id="141414141414"))
    assert console.main(["apply-role", "--template", str(file), "--state", str(places.root)]) == 0
    assert "arn:aws:iam::141414141414:role/SluiceAccess" in capsys.readouterr().out


def test_a_file_that_is_no_template_is_refused_in_words(places, tmp_path, capsys):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam")
    assert console.main(["apply-role", "--template", str(file), "--state", str(places.root)]) == 1
    assert "not a role template from Sluice" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_to_be_so(places, tmp_path, capsys):
    assert console.main(["apply-role", "--template", str(tmp_path / "no.yaml"), "--state", str(places.root)]) == 1
    assert "No such file" in capsys.readouterr().err


def test_without_a_demo_it_says_how_to_start_one(tmp_path, capsys):
    file = tmp_path / "sluice-access.yaml"
    file.write_text(template())
    assert console.main(["apply-role", "--template", str(file), "--state", str(tmp_path)]) == 1
    assert "make demo" in capsys.readouterr().err


def test_the_portals_key_is_kept_while_it_works_and_replaced_when_it_does_not(places):
    kept = places.portal_key.read_text()
    vendor.ensure_portal_key(places)
    assert places.portal_key.read_text() == kept
    write_private(places.portal_key, json.dumps({"AWS_ACCESS_KEY_ID": "AKIA0", "AWS_SECRET_ACCESS_KEY": "x"}))
    vendor.ensure_portal_key(places)
    assert json.loads(places.portal_key.read_text())["AWS_ACCESS_KEY_ID"] != "AKIA0"


def test_the_delivery_key_is_made_once_and_its_private_half_is_private(tmp_path):
    places = Places(tmp_path)
    vendor.ensure_delivery_key(places)
    certificate = places.vendor_certificate.read_text()
    assert certificate.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert places.vendor_private_key.stat().st_mode & 0o077 == 0
    vendor.ensure_delivery_key(places)
    assert places.vendor_certificate.read_text() == certificate


def test_a_script_runs_in_the_account_that_it_names(places, tmp_path, capfd):
    script = tmp_path / "air.sh"
    command = "aws sts get-caller-identity --query Account --output text"
    script.write_text(f'account={ACCOUNT}\necho "$1 in $({command})" > said\n')
    assert console.main(["run", "--state", str(places.root), str(script), "--yes"]) == 0
    assert (tmp_path / "said").read_text() == f"--yes in {ACCOUNT}\n"
    script.write_text("exit 7\n")
    assert console.main(["run", "--state", str(places.root), str(script)]) == 1
    assert "not a script from Sluice" in capfd.readouterr().err
    script.write_text(f"account={ACCOUNT}\nexit 7\n")
    assert console.main(["run", "--state", str(places.root), str(script)]) == 7
    assert console.main(["run", "--state", str(tmp_path / "nowhere"), str(script)]) == 1
    assert "No demo is running in this folder" in capfd.readouterr().err


def switch(places, *arguments):
    return console.main(["switch", "--state", str(places.root), *arguments])


def test_the_switch_lists_the_situations_and_turns_to_one_and_back(places, capsys):
    assert switch(places) == 0
    listed = capsys.readouterr().out
    assert all(situation in listed for situation in Situation)
    assert "Now: normal." in listed
    assert switch(places, "silence", "--stream", "sluice-a") == 0
    turned = capsys.readouterr().out
    assert "Alert after about 12 minutes: Silence." in turned
    position = Switch(places.situation).read()
    assert (position.of("sluice-a"), position.of("sluice-b")) == (Situation.SILENCE, Situation.NORMAL)
    assert switch(places) == 0
    assert "Now: silence, of sluice-a." in capsys.readouterr().out
    assert switch(places, "normal") == 0
    assert Switch(places.situation).read().situation is Situation.NORMAL


def test_the_switch_refuses_what_is_no_situation_no_stream_and_where_no_demo_runs(places, tmp_path, capsys):
    with pytest.raises(SystemExit):
        switch(places, "earthquake")
    assert switch(places, "silence", "--stream", "a b") == 1
    assert "no name of a data stream" in capsys.readouterr().err
    assert not places.situation.exists()
    assert console.main(["switch", "--state", str(tmp_path / "nowhere"), "silence"]) == 1
    assert "No demo is running in this folder" in capsys.readouterr().err
