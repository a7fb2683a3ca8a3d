"""One table of prices, and its rows in the docs."""

import re

from onboarding.estimates.prices import CHECKED_ON, IOT_REGION_FACTORS, REGION_FACTORS, USD, Price, price_list
from tests.architecture.tree import ROOT

DOC = (ROOT / "docs" / "estimates.md").read_text()
ROWS = dict(re.findall(r"^\| ([^|]+) \| ([0-9.]+) \| \S", DOC.split("## Prices")[1], re.MULTILINE))


def test_every_price_has_a_row_with_its_source() -> None:
    assert {str(price): str(usd) for price, usd in USD.items()} == ROWS
    assert set(USD) == set(Price)
    assert CHECKED_ON.isoformat() in DOC


def test_every_region_factor_is_in_the_docs() -> None:
    for region, factor in REGION_FACTORS.items():
        assert region in DOC
        assert price_list(region).is_known
        assert str(factor) in DOC
    assert not price_list("eu-north-1").is_known


def test_every_region_factor_of_aws_iot_is_in_the_docs() -> None:
    written = DOC.split("**Region factor of AWS IoT Core**")[1]
    for region, factor in IOT_REGION_FACTORS.items():
        assert region in written
        assert str(factor) in written
        assert price_list(region).iot_region == region
    assert price_list("eu-north-1").iot_region == "us-east-1"
