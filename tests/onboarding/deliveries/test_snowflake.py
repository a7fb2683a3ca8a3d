"""Snowflake: its account, its columns, and a private way to it."""

from dataclasses import replace

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import read
from tests.onboarding.deliveries_examples import ACCOUNT, REGION, example

LOADED = read(example("snowflake"))


def with_settings(**settings: object) -> Delivery:
    return replace(LOADED, destination=replace(LOADED.destination, **settings))


def problems(**settings: object) -> list[tuple[str, str]]:
    found = with_settings(**settings).problems({"region": REGION, "account_id": ACCOUNT})
    return [(path.removeprefix("destination."), message.code) for path, message in found]


@pytest.mark.parametrize(
    ("url", "is_fine"),
    [
        ("https://xy12345.eu-central-1.snowflakecomputing.com", True),
        ("https://org-account.privatelink.snowflakecomputing.com", True),
        ("http://org.snowflakecomputing.com", False),
        ("https://snowflakecomputing.com", False),
        ("https://-org.snowflakecomputing.com", False),
        ("https://org.snowflakecomputing.com/", False),
        ("https://org.snowflakecomputing.com.evil.example", False),
        ("https://evil.example/#.snowflakecomputing.com", False),
        ("https://me:hunter2@org.snowflakecomputing.com", False),
        (f"https://{'a' * 2_048}.snowflakecomputing.com", False),
    ],
)
def test_an_account_is_one_of_snowflakes_own_hosts(url: str, is_fine: bool) -> None:
    assert problems(account_url=url) == ([] if is_fine else [("account_url", "snowflake.account_url")])


@pytest.mark.parametrize(
    ("loading", "content", "metadata", "found"),
    [
        ("JSON_MAPPING", "", "", []),
        ("JSON_MAPPING", "C", "M", ["content_column", "metadata_column"]),
        ("VARIANT_CONTENT_MAPPING", "C", "", []),
        ("VARIANT_CONTENT_MAPPING", "", "", ["content_column"]),
        ("VARIANT_CONTENT_MAPPING", "C", "M", ["metadata_column"]),
        ("VARIANT_CONTENT_AND_METADATA_MAPPING", "C", "M", []),
        ("VARIANT_CONTENT_AND_METADATA_MAPPING", "", "", ["content_column", "metadata_column"]),
        ("VARIANT_CONTENT_AND_METADATA_MAPPING", "C" * 256, "M", ["content_column"]),
    ],
)
def test_the_columns_are_those_of_the_way_of_loading(
    loading: str, content: str, metadata: str, found: list[str]
) -> None:
    wrong = problems(loading=loading, content_column=content, metadata_column=metadata)
    assert [path for path, _ in wrong] == found


@pytest.mark.parametrize("field", ["database", "schema", "table", "role"])
def test_a_name_has_at_most_255_characters(field: str) -> None:
    assert problems(**{field: "a" * 255}) == []
    assert problems(**{field: "a" * 256}) == [(field, "delivery.value_too_long")]
    assert problems(**{field: ""}) == ([] if field == "role" else [(field, "delivery.value_missing")])


@pytest.mark.parametrize(
    ("vpce", "is_fine"),
    [
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0", True),
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef", False),
        ("vpce-svc-0123456789abcdef0", False),
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0\n", False),
    ],
)
def test_a_private_link_is_named_by_its_service(vpce: str, is_fine: bool) -> None:
    assert problems(private_link_vpce_id=vpce) == (
        [] if is_fine else [("private_link_vpce_id", "snowflake.private_link")]
    )
