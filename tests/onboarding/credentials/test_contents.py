import configparser
import subprocess
import tarfile
from pathlib import Path

import pytest

from onboarding.credentials.contents import aws_profile, bundle, key_csv, read_bundle

KEY = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
PLACE = {"region": "eu-west-1", "stream_arn": "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-harbour"}


def test_the_csv_is_the_one_of_the_aws_console() -> None:
    assert key_csv(**KEY) == (
        b"Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\r\n"
    )


def test_the_profile_is_one_that_aws_tools_read() -> None:
    parser = configparser.ConfigParser()
    parser.read_string(aws_profile(profile_name="sluice-harbour", **KEY, **PLACE).decode())
    assert dict(parser["sluice-harbour"]) == {
        "aws_access_key_id": KEY["access_key_id"],
        "aws_secret_access_key": KEY["secret"],
        "region": "eu-west-1",
    }


def test_tar_unpacks_both_files_for_their_owner_alone(tmp_path: Path) -> None:
    archive = bundle(profile_name="sluice-harbour", **KEY, **PLACE)
    subprocess.run(["tar", "x"], input=archive, cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "credentials.csv").read_bytes() == key_csv(**KEY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["credentials.csv", "profile"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_bundle_reads_back_and_is_the_same_each_time() -> None:
    archive = bundle(profile_name="sluice-harbour", **KEY, **PLACE)
    assert archive == bundle(profile_name="sluice-harbour", **KEY, **PLACE)
    assert read_bundle(archive)["credentials.csv"] == key_csv(**KEY)
    assert list(read_bundle(archive)) == ["credentials.csv", "profile"]


def test_what_is_no_bundle_is_said() -> None:
    with pytest.raises(tarfile.TarError):
        read_bundle(b"x" * 1_024)
