"""The files of a key: each in the form in which its tool takes it, and no secret where none belongs."""

import ast
import configparser
import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from onboarding.credentials.key_files import KeyFacts, key_files
from tests.onboarding.credentials.test_contents import KEY

PLACES = [{}, {"use_fips_endpoint": "true"}, {"endpoint_url": "https://vpce-1.kinesis.eu-west-1.vpce.amazonaws.com"}]


def file(name: str, key: KeyFacts = KEY) -> str:
    return key_files(key)[name].decode()


def test_the_csv_has_the_columns_of_the_console_and_of_the_import() -> None:
    assert file("credentials.csv") == (
        "User name,Access key ID,Secret access key\r\n"
        "sluice-harbour-producer-1,AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\r\n"
    )
    # `aws configure import` splits at each comma, and knows the headers whatever their case.
    header, row = file("credentials.csv").splitlines()
    assert {"user name", "access key id", "secret access key"} == set(header.lower().split(","))
    assert next(csv.reader(io.StringIO(row))) == row.split(",")


def test_the_profile_is_one_that_aws_tools_read() -> None:
    parser = configparser.ConfigParser()
    parser.read_string(file("profile"))
    assert dict(parser["sluice-harbour"]) == {
        "aws_access_key_id": KEY.access_key_id,
        "aws_secret_access_key": KEY.secret,
        "region": "eu-west-1",
    }


def test_the_readme_has_three_lines() -> None:
    assert file("README.txt").count("\n") == 3
    assert KEY.stream_arn in file("README.txt").splitlines()[0]


@pytest.mark.parametrize("endpoint", PLACES, ids=["standard", "fips", "vpc"])
def test_containers_get_the_same_variables_in_both_forms(endpoint: dict[str, str]) -> None:
    key = replace(KEY, endpoint=endpoint, region="us-east-1")
    lines = dict(line.split("=", 1) for line in file("docker.env", key).splitlines())
    manifest = yaml.safe_load(file("kubernetes-secret.yaml", key))
    assert manifest["stringData"] == lines
    assert (manifest["kind"], manifest["metadata"]["name"]) == ("Secret", "sluice-harbour")
    assert lines["AWS_SECRET_ACCESS_KEY"] == KEY.secret
    assert lines["AWS_REGION"] == lines["AWS_DEFAULT_REGION"] == "us-east-1"
    assert set(endpoint.values()) <= set(lines.values())


@pytest.mark.parametrize(
    ("stream", "expected"), [("Sluice_Harbour.2", "sluice-harbour-2"), ("-sensors-", "sensors"), ("_", "stream")]
)
def test_a_name_that_kubernetes_would_refuse_is_rewritten(stream: str, expected: str) -> None:
    manifest = yaml.safe_load(file("kubernetes-secret.yaml", replace(KEY, stream_name=stream)))
    assert manifest["metadata"]["name"] == expected


def test_what_puts_a_first_record_and_explains_holds_no_secret() -> None:
    for name in ("README.txt", "put_record.py", "put_record.txt"):
        assert KEY.secret not in file(name), name
    assert KEY.secret not in repr(KEY)
    ast.parse(file("put_record.py"))
    [line] = file("put_record.txt").splitlines()
    assert not set(line) & set("\\^`'\"|<>&$%"), "one line for every shell"


def test_the_files_need_no_django() -> None:
    code = "import sys, onboarding.credentials.contents; print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, timeout=60, cwd=Path(__file__).parents[3]
    )
    assert done.stdout.strip() == b"False"
