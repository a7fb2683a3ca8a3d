"""Names of buckets as S3 takes them, and the sentences for those it does not."""

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.iceberg import Iceberg
from portal.aws.bucket_names import check_bucket_name
from portal.aws.names import InvalidName
from portal.messages.catalogue import explanation_of


@pytest.mark.parametrize("name", ["abc", "northwind-sensor-data", "1st-floor", "x" * 63, "ends-in-9"])
def test_a_bucket_name_s3_takes(name: str) -> None:
    check_bucket_name(name)


@pytest.mark.parametrize(
    ("name", "expected", "suggested"),
    [
        ("", "Enter a name for the bucket", None),
        ("ab", "3 to 63 characters; this has 2", None),
        ("x" * 64, "3 to 63 characters; this has 64", "x" * 63),
        ("Northwind-Data", "cannot contain capital letters", "northwind-data"),
        ("northwind_data", "cannot contain underscores", "northwind-data"),
        ("northwind data", "a space cannot be in it", "northwind-data"),
        ("büro-data", "“ü” cannot be in it", "b-ro-data"),
        ("192.168.5.4", "IP address", "192-168-5-4"),
        ("-northwind", "begins and ends with a letter or digit", "northwind"),
        ("northwind-", "begins and ends with a letter or digit", "northwind"),
        ("north..wind", "two dots in a row", "north-wind"),
        ("north.wind", "does not work with TLS", "north-wind"),
        ("xn--northwind", "reserves names that begin like this", "northwind"),
        ("sthree-northwind", "reserves names that begin like this", "northwind"),
        ("northwind-s3alias", "reserves names that end like this", "northwind"),
        ("northwind--x-s3", "reserves names that end like this", "northwind"),
        ("northwind-111122223333-eu-west-1-an", "account's own regional namespace", "northwind-111122223333-eu-west-1"),
    ],
)
def test_a_bucket_name_s3_refuses(name: str, expected: str, suggested: str | None) -> None:
    with pytest.raises(InvalidName) as caught:
        check_bucket_name(name)
    assert expected in explanation_of(caught.value.message)
    if suggested is None:
        assert "For example" not in explanation_of(caught.value.message)
    else:
        assert explanation_of(caught.value.message).endswith(f"For example: {suggested}.")
        check_bucket_name(suggested)


def test_a_bucket_in_the_accounts_own_namespace_can_be_used_where_it_exists() -> None:
    name = "northwind-111122223333-eu-west-1-an"
    check_bucket_name(name, is_new=False)
    new, existing = (
        [path for path, _ in Delivery(name="a", bucket=name, new_bucket=is_new).problems({"region": "eu-west-1"})]
        for is_new in (True, False)
    )
    assert ("bucket" in new, "bucket" in existing) == (True, False)
    iceberg = Iceberg(catalog_arn="arn:aws:glue:eu-west-1:111122223333:catalog", tables=(), warehouse_bucket=name)
    delivery = Delivery(name="a", bucket="a-bucket", destination=iceberg)
    assert "destination.warehouse_bucket" not in [path for path, _ in delivery.problems({"region": "eu-west-1"})]
