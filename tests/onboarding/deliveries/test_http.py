"""HTTP endpoints and their URLs: what a person may paste, and what must never reach AWS or end in a stack trace."""

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.http import HttpEndpoint, parts_of, url_problems
from onboarding.deliveries.splunk import Splunk
from portal.messages.catalogue import text_of

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:sluice-x-AbCdEf"
PLACE = {"region": "eu-west-1", "account_id": "111122223333"}
UNREADABLE = ["https://[::1", "https://[x]/", "https://ex\u2100mple.com/", "https://]", "//[", "https://[v1.]/"]


def codes(url: str, most: int = 1_000) -> list[str]:
    return [message.code for _, message in url_problems("destination.url", url, most=most)]


def problems(**settings: object) -> list[tuple[str, str]]:
    endpoint = HttpEndpoint(**{"url": "https://in.example.com", **settings})
    delivery = Delivery(name="sluice-a", bucket="sluice-a", prefix="a/", destination=endpoint)
    return [(path, message.code) for path, message in delivery.problems(PLACE)]


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_url_that_cannot_be_read_is_refused_and_still_described(url: str) -> None:
    assert codes(url) == ["delivery.url_not_https"]
    delivery = Delivery(name="sluice-a", bucket="sluice-a")
    for destination in (HttpEndpoint(url=url), Splunk(hec_endpoint=url, secret_arn=SECRET)):
        assert url in text_of(destination.description(delivery))


@given(
    st.text("ab:/@[].%?# \n\t\u2100é1", max_size=30),
    st.sampled_from(["", "https://", "https://[", "HTTPS://", "https://a:b@", "ftp://"]),
)
@case("", "https://")
@settings(max_examples=60, deadline=None)
def test_no_text_is_too_strange_for_a_verdict(text: str, start: str) -> None:
    url = start + text
    found = codes(url)
    assert len(found) <= 1
    if not found:
        assert parts_of(url).scheme == "https"
        assert parts_of(url).hostname
        assert not any(letter.isspace() for letter in url)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://in.example.com:8443/put?site=a", []),
        ("HTTPS://IN.EXAMPLE.COM", []),
        ("https://[2001:db8::1]/put", []),
        ("https:///put", ["delivery.url_not_https"]),
        ("https://in.example.com/a b", ["delivery.url_not_https"]),
        ("https://in.example.com/\n", ["delivery.url_not_https"]),
        ("https://me@in.example.com", ["delivery.url_with_password"]),
        ("https://:hunter2@in.example.com", ["delivery.url_with_password"]),
        ("javascript:alert(1)", ["delivery.url_not_https"]),
        ("", ["delivery.url_not_https"]),
    ],
)
def test_only_an_address_without_a_login_is_one(url: str, found: list[str]) -> None:
    assert codes(url) == found


def test_the_longest_url_is_one_that_aws_takes() -> None:
    start = "https://in.example.com/"
    assert codes(start.ljust(60, "a"), most=60) == []
    assert codes(start.ljust(61, "a"), most=60) == ["delivery.url_too_long"]


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({f"a{number}": "" for number in range(50)}, []),
        ({f"a{number}": "" for number in range(51)}, ["http.attribute_count"]),
        ({"a" * 256: "b" * 1_024}, []),
        ({"a" * 257: ""}, ["http.attribute_length"]),
        ({"a": "b" * 1_025}, ["http.attribute_length"]),
        ({" ": "b", "": "c"}, ["http.attribute_length"]),
        ({"X-Api_Key": "b"}, ["http.attribute_secret"]),
        ({"site": "password=hunter2"}, ["http.attribute_secret"]),
        ({"Credentials": "b" * 1_025}, ["http.attribute_secret", "http.attribute_length"]),
    ],
)
def test_attributes_are_few_short_and_no_secrets(attributes: dict[str, str], found: list[str]) -> None:
    assert problems(attributes=attributes) == [("destination.attributes", code) for code in found]


def test_the_name_of_an_endpoint_may_be_empty_and_not_endless() -> None:
    assert problems(endpoint_name="") == []
    assert problems(endpoint_name="a" * 256) == []
    assert problems(endpoint_name="a" * 257) == [("destination.endpoint_name", "delivery.value_too_long")]


def test_an_endpoint_without_a_name_is_called_by_its_host() -> None:
    delivery = Delivery(name="sluice-a", bucket="sluice-a")
    assert text_of(HttpEndpoint(url="https://In.Example.com:8443/x").description(delivery)) == "in.example.com"
    assert text_of(HttpEndpoint(url="https://in.example.com", endpoint_name="Ours").description(delivery)) == "Ours"


@pytest.mark.parametrize(("timeout", "is_fine"), [(179, False), (180, True), (600, True), (601, False)])
def test_splunk_has_three_to_ten_minutes_to_acknowledge(timeout: int, is_fine: bool) -> None:
    splunk = Splunk(hec_endpoint="https://hec.example.com:8088", secret_arn=SECRET, ack_timeout_seconds=timeout)
    delivery = Delivery(name="sluice-a", bucket="sluice-a", prefix="a/", buffering_seconds=60, destination=splunk)
    assert [message.code for _, message in delivery.problems(PLACE)] == ([] if is_fine else ["splunk.acknowledgement"])
