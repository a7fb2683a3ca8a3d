"""pgpkey inspect: a verdict for each file, with the same reasons as the pages give."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.openpgp.generate import generate_keypair
from tests.portal.openpgp.test_cases import CASES

FIELDS = {
    "file", "verdict", "reason", "fingerprint", "user_ids", "algorithm", "created_at", "expires_at",
    "encryption_subkeys", "revoked_subkeys", "warnings",
}  # fmt: skip


def inspected(*files: Path) -> list[dict]:
    out = io.StringIO()
    call_command("pgpkey", "inspect", *map(str, files), "--json", stdout=out)
    entries = json.loads(out.getvalue())["files"]
    assert all(set(entry) == FIELDS for entry in entries)
    return entries


def test_each_file_has_its_verdict_reason_and_key() -> None:
    accepted, refused, unreadable = inspected(
        CASES / "rollback-new-copy.asc", CASES / "sha1-selfsig.asc", Path("/nowhere")
    )
    assert (accepted["verdict"], accepted["reason"], accepted["algorithm"]) == ("accepted", None, "Ed25519 / Cv25519")
    assert accepted["fingerprint"] == "9F863BA9B9194894FDF2A7C46E1C33BD1B5F84FF"
    assert (accepted["encryption_subkeys"], accepted["revoked_subkeys"]) == (["03483D894008F94F"], ["7CCE9C0BC26EF71B"])
    assert (refused["verdict"], refused["reason"]["code"]) == ("refused", "openpgp.weak_signatures")
    assert refused["fingerprint"] == "FE1D661A519695BB30B7AA35533D992D7DF5632E"
    assert "--quick-set-expire" in refused["reason"]["todo"]
    assert (unreadable["verdict"], unreadable["reason"]["code"]) == ("unreadable", "openpgp.unreadable_file")


def test_a_check_that_could_not_be_done_is_no_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    [entry] = inspected(CASES / "rollback-new-copy.asc")
    assert (entry["verdict"], entry["reason"]["code"]) == ("unavailable", "openpgp.check_unavailable")


def test_a_private_key_is_not_repeated(tmp_path: Path) -> None:
    _, private = generate_keypair("Ada")
    file = tmp_path / "key.asc"
    file.write_text(private)
    [entry] = inspected(file)
    assert entry["reason"]["code"] == "openpgp.private_key"
    assert private.split("\n")[3] not in json.dumps(entry)


def test_people_read_a_line_for_each_file() -> None:
    out = io.StringIO()
    call_command("pgpkey", "inspect", str(CASES / "repair-quoted.txt"), "/nowhere", stdout=out)
    assert out.getvalue().splitlines() == [
        f"{CASES}/repair-quoted.txt: accepted",
        "  D9A3F1EB3CD64F1FB38942EE188E4CF97FD5EFC8 Gpg Future <f@example.org> (Ed25519 / Cv25519)",
        "  encrypts to DAD630E03E624196",
        "/nowhere: unreadable: The file cannot be read: No such file or directory.",
    ]
