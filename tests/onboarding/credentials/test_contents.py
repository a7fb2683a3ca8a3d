"""The archive that a recipient finds: a zip that every desktop opens, the same bytes each time, and its older form."""

import io
import os
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from onboarding.credentials.contents import archive_name, bundle, read_bundle
from onboarding.credentials.key_files import KeyFacts, key_files

KEY = KeyFacts(
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    user_name="sluice-harbour-producer-1",
    stream_name="sluice-harbour",
    stream_arn="arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-harbour",
    region="eu-west-1",
)


def test_the_archive_is_a_zip_that_unpacks_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "key.zip"
    file.write_bytes(bundle(KEY))
    subprocess.run(["unzip", "-q", file, "-d", tmp_path / "key"], check=True, timeout=60)
    found = {path.name: path.read_bytes() for path in (tmp_path / "key").iterdir()}
    assert found == key_files(KEY)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "key").iterdir()} == {0o600}


def test_equal_keys_make_equal_bytes_at_any_time_and_place(tmp_path: Path, monkeypatch) -> None:
    before = bundle(KEY)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.chdir(tmp_path)
    os.umask(os.umask(0o077))
    assert bundle(KEY) == before
    assert bundle(replace(KEY, region="eu-west-2")) != before


def test_an_archive_reads_back_in_the_order_in_which_people_need_it() -> None:
    assert read_bundle(bundle(KEY)) == key_files(KEY)
    assert list(read_bundle(bundle(KEY)))[:3] == ["README.txt", "credentials.csv", "profile"]
    assert zipfile.ZipFile(io.BytesIO(bundle(KEY))).testzip() is None


def test_what_is_no_bundle_is_said() -> None:
    with pytest.raises(tarfile.TarError):
        read_bundle(b"x" * 1_024)


def test_no_two_copies_have_the_same_name() -> None:
    names = [
        archive_name(stream_name="sluice-harbour", access_key_id=key, fingerprint=fingerprint)
        for key in ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF")
        for fingerprint in ("A" * 40, "B" * 40)
    ]
    assert len(set(names)) == 4
    assert names[0] == "sluice-harbour-key-mple-aaaaaaaa.zip"
