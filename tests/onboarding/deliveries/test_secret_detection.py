"""What looks like a secret, and what only resembles one: a draft keeps the second and never the first."""

import pytest

from onboarding.deliveries.form_schema import inputs_of
from onboarding.deliveries.secret_detection import is_token, looks_secret, must_not_be_kept, names_a_secret

INPUTS = {f"{kind}.{field.field}": field for kind in ("http", "splunk", "redshift", "s3") for field in inputs_of(kind)}
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
UUID = "0f3a8c11-90aa-4b2c-8d3e-444455556666"


@pytest.mark.parametrize(
    "text",
    [
        "https://me:hunter2@in.example.com",
        "jdbc:redshift://x:5439/dev?user=a&Password = hunter2",
        "PWD:hunter2",
        "token=abc",
        "aws_access_key_id",
        "an AKIAIOSFODNN7EXAMPLE in a sentence",
        "ASIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.x",
        "ghp_0123456789abcdefghij",
        "xoxb-0123456789-abc",
    ],
)
def test_a_secret_is_seen_anywhere_in_a_text(text: str) -> None:
    assert looks_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://in.example.com:8443/a@b",
        "sensors/token=!{partitionKeyFromQuery:token}/",
        "AKIAIOSFODNN7EXAMPL",
        "XAKIAIOSFODNN7EXAMPLE",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "tokens: many",
        "the secret of good data",
    ],
)
def test_what_only_resembles_a_secret_is_none(text: str) -> None:
    assert not looks_secret(text)


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        (UUID, True),
        (f" Splunk {UUID.upper()} ", True),
        (f"{UUID}x", False),
        (f"https://in.example.com/{UUID}", False),
        (AWS_SECRET, True),
        (AWS_SECRET[:-1], False),
        (AWS_SECRET.lower(), False),
        ("A" * 20 + "a" * 20, False),
        ("0123456789ABCDEF0123456789ABCDEF01234567", False),
    ],
)
def test_a_line_that_is_nothing_but_a_token_is_one(line: str, is_one: bool) -> None:
    assert is_token(line) is is_one


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("X-API-Key", True), ("apikey", True), ("Credentials", True), ("PASSWORD", True), ("site", False), ("key", False)],
)
def test_the_name_of_an_attribute_tells_of_its_value(name: str, is_one: bool) -> None:
    assert names_a_secret(name) is is_one


@pytest.mark.parametrize(
    ("field", "text", "is_kept"),
    [
        ("splunk.secret_arn", "", True),
        ("splunk.secret_arn", "arn:aws:secretsmanager:half-typed", True),
        ("splunk.secret_arn", "half-typed", False),
        ("http.attributes", "site: harbour\nfloor: 3", True),
        ("http.attributes", "site: harbour\nX-Api-Key: abc", False),
        ("http.attributes", '{"api_key": "abc"}', False),
        ("http.attributes", '{"X:Api\\u002dKey": "abc"}', False),
        ("http.attributes", "site: the api_key of the harbour", True),
        ("s3.partitioning__keys", "token: .token", True),
        ("s3.partitioning__keys", "password: .password=1", True),
        ("redshift.copy_options", "json 'auto' gzip", True),
        ("redshift.copy_options", AWS_SECRET, False),
        ("http.endpoint_name", UUID, False),
    ],
)
def test_a_draft_keeps_what_is_no_secret(field: str, text: str, is_kept: bool) -> None:
    assert must_not_be_kept(INPUTS[field], text) is not is_kept
