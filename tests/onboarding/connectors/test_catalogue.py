"""Every file of every tool is valid in its own format, names the stream, and has no secret."""

import re

import pytest

from onboarding.connectors.catalogue import TOOLS
from onboarding.connectors.connector import PLACEHOLDERS, READ_ON
from onboarding.connectors.consumed_stream import ConsumedStream
from portal.messages.catalogue import entries, text_of
from tests.onboarding.connectors.parsers import read
from tests.onboarding.connectors.streams import CONSUMER_ARN, ITSELF, NAME, REGION, ROLE, STREAMS

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}")
SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
WITH_STREAM = {"xml", "json", "properties", "sql", "toml"}
by_tool = pytest.mark.parametrize("tool", TOOLS)
by_stream = pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)


@by_tool
@by_stream
def test_each_file_is_valid_in_its_format(tool: str, stream: ConsumedStream) -> None:
    found = TOOLS[tool].settings(stream)
    assert found.files
    assert len({file.name for file in found.files}) == len(found.files)
    for file in found.files:
        assert read(file.format, file.text)
        assert file.text.endswith("\n")
        if file.format in WITH_STREAM:
            assert NAME in file.text


@by_tool
@by_stream
def test_no_file_has_a_secret(tool: str, stream: ConsumedStream) -> None:
    found = TOOLS[tool].settings(stream)
    assert found.secrets
    for file in found.files:
        text = file.text.replace(ROLE.external_id, "").replace(ROLE.arn, "").replace(CONSUMER_ARN, "")
        assert not ACCESS_KEY.search(text)
        assert not SECRET_KEY.search(text)
        named = re.findall(r"(?i)(?:secret|token|accesskey)\w*[\"']?\s*[:=]\s*[\"']?([^\s\"',]+)", text)
        assert all(value.startswith(("YOUR_", "$", "Credentials")) for value in named), named


def test_a_secret_would_be_found() -> None:
    assert ACCESS_KEY.search('"awsaccesskeyid">AKIAULLAEDP7COM4DMXC<')
    assert SECRET_KEY.search(">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<")


def test_only_one_file_has_places_for_secrets() -> None:
    with_places = {
        (tool, file.name)
        for tool in TOOLS
        for stream in STREAMS.values()
        for file in TOOLS[tool].settings(stream).files
        if any(place in file.text for place in PLACEHOLDERS)
    }
    assert with_places == {("sas-esp", "kinesis-connector.xml")}


@by_tool
@by_stream
def test_everything_that_is_shown_has_words_and_a_source(tool: str, stream: ConsumedStream) -> None:
    found = TOOLS[tool].settings(stream)
    shown = [found.reader, *found.secrets, *found.notes, *found.costs, *(policy.holder for policy in found.policies)]
    assert all(message.code in entries() for message in shown)
    assert all(text_of(message) for message in shown)
    assert found.sources
    assert all(source.version and source.url.startswith("https://") for source in found.sources)
    assert {source.read_on for source in found.sources} == {READ_ON}


@by_tool
def test_a_tool_says_what_it_cannot_use(tool: str) -> None:
    stream = STREAMS["fan-out"]
    codes = {message.code for message in TOOLS[tool].settings(stream).notes}
    assert ("connector.fanout_unused" in codes) is (tool not in {"lambda", "kcl", "spark", "flink"})
    assert ("connector.role_unused" in codes) is (tool in {"lambda", "vector"})
    files = "".join(file.text for file in TOOLS[tool].settings(stream).files)
    assert ("analytics" in files.replace(ROLE.arn, "")) is (tool in {"lambda", "kcl", "spark", "flink"})


@by_tool
def test_a_role_is_in_the_settings_with_its_external_id(tool: str) -> None:
    files = "".join(file.text for file in TOOLS[tool].settings(STREAMS["role"]).files)
    assert (ROLE.arn in files) is (tool not in {"lambda", "vector"})
    assert (ROLE.external_id in files) is (tool not in {"lambda", "vector"})


def test_each_region_and_endpoint_is_that_of_the_stream() -> None:
    for tool in TOOLS:
        if tool != "vector":
            text = "".join(file.text for file in TOOLS[tool].settings(ITSELF).files)
            assert REGION in text
            assert "fips" not in text.lower()
    fips = {
        tool
        for tool in TOOLS
        if "fips" in "".join(file.text for file in TOOLS[tool].settings(STREAMS["fips"]).files).lower()
    }
    assert set(TOOLS) - fips == {"sas-esp", "lambda", "vector"}
