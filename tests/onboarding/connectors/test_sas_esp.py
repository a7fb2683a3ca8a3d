"""SAS's connector has exactly the properties of SAS's own project, for both ways of signing in."""

import re

from onboarding.connectors import sas_esp
from tests.onboarding.connectors.parsers import read
from tests.onboarding.connectors.streams import NAME, REGION, ROLE, STREAMS

READING = [("kinesistype", "json"), ("streamname", NAME), ("awsregion", REGION), ("sharditeratortype", "latest")]


def properties(way: str) -> object:
    return read("xml", sas_esp.settings(STREAMS[way]).file("kinesis-connector.xml").text)


def test_by_the_keys_of_a_session() -> None:
    places = [
        ("awsaccesskeyid", "YOUR_ACCESS_KEY_ID"),
        ("awssecretkey", "YOUR_SECRET_ACCESS_KEY"),
        ("awssessiontoken", "YOUR_SESSION_TOKEN"),
    ]
    assert properties("itself") == [("type", "pub"), *places, *READING]


def test_by_a_role() -> None:
    role = [
        ("stsassumerolearn", ROLE.arn),
        ("stsassumerolesessionname", f"{NAME}-reader"),
        ("stsassumeroleexternalid", ROLE.external_id),
    ]
    assert properties("role") == [("type", "pub"), *role, *READING]


def test_the_command_asks_for_the_longest_session() -> None:
    script = sas_esp.settings(STREAMS["itself"]).file("session-token.sh").text
    assert re.search(r"get-session-token --duration-seconds 129600 ", script)
    assert [file.name for file in sas_esp.settings(STREAMS["role"]).files] == ["kinesis-connector.xml"]
