"""Redshift: a cluster's address, and COPY options that fit the files."""

from dataclasses import replace

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import read
from tests.onboarding.deliveries_examples import ACCOUNT, REGION, example

LOADED = read(example("redshift"))
HOST = "sluice.abc123.eu-west-1.redshift.amazonaws.com"


def with_settings(compression: str = "GZIP", **settings: object) -> Delivery:
    return replace(LOADED, compression=compression, destination=replace(LOADED.destination, **settings))


def problems(compression: str = "GZIP", **settings: object) -> list[tuple[str, str]]:
    found = with_settings(compression, **settings).problems({"region": REGION, "account_id": ACCOUNT})
    return [(path.removeprefix("destination."), message.code) for path, message in found]


@pytest.mark.parametrize(
    ("url", "is_fine"),
    [
        (f"jdbc:redshift://{HOST}:5439/dev", True),
        (f"jdbc:postgresql://{HOST}:5439/dev", True),
        ("jdbc:redshift://wg.111122223333.eu-west-1.redshift-serverless.amazonaws.com:5439/dev", True),
        (f"jdbc:redshift://{HOST}/dev", False),
        (f"jdbc:redshift://{HOST}:5439/", False),
        (f"jdbc:redshift://{HOST}:5439/dev?user=a", False),
        (f"jdbc:mysql://{HOST}:5439/dev", False),
        (f"jdbc:redshift://-{HOST}:5439/dev", False),
        ("jdbc:redshift://evil.example:5439/dev", False),
        (f"jdbc:redshift://{HOST}:5439/{'a' * 512}", False),
        (f"jdbc:redshift://{HOST}:5439/dev\n", False),
    ],
)
def test_a_cluster_has_an_address_of_redshift(url: str, is_fine: bool) -> None:
    assert problems(cluster_jdbc_url=url) == ([] if is_fine else [("cluster_jdbc_url", "redshift.url")])


def test_a_password_in_the_address_is_named_and_not_repeated() -> None:
    found = with_settings(cluster_jdbc_url=f"jdbc:redshift://me:hunter2@{HOST}:5439/dev").problems({"region": REGION})
    codes = {message.code: str(message) for _, message in found}
    assert codes.keys() == {"redshift.url", "delivery.secret_in_text"}
    assert "hunter2" not in str(codes)


@pytest.mark.parametrize(
    ("compression", "options", "found"),
    [
        ("GZIP", "json 'auto' GZIP", []),
        ("GZIP", "json 'auto'", [("copy_options", "redshift.gzip_missing")]),
        ("GZIP", "json 'auto' gzipped", [("copy_options", "redshift.gzip_missing")]),
        ("UNCOMPRESSED", "json 'auto'", []),
        ("UNCOMPRESSED", "gzip", [("copy_options", "redshift.gzip_of_uncompressed")]),
        ("ZIP", "gzip", [("compression", "redshift.compression")]),
        ("Snappy", "", [("compression", "redshift.compression")]),
        ("GZIP", "password=hunter2", [("copy_options", "delivery.secret_in_text")]),
        ("GZIP", "gzip ".ljust(10_241, "x"), [("copy_options", "delivery.value_too_long")]),
    ],
)
def test_the_options_of_copy_fit_the_files(compression: str, options: str, found: list[tuple[str, str]]) -> None:
    assert problems(compression, copy_options=options) == found


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"table": ""}, [("table", "delivery.value_missing")]),
        ({"table": "t" * 513}, [("table", "delivery.value_too_long")]),
        ({"columns": "c" * 10_241}, [("columns", "delivery.value_too_long")]),
        ({"table": "t" * 512, "columns": "c" * 10_240}, []),
        ({"retry_seconds": 7_201}, [("retry_seconds", "delivery.retry_duration")]),
        ({"retry_seconds": -1}, [("retry_seconds", "delivery.retry_duration")]),
    ],
)
def test_texts_and_retries_end(settings: dict[str, object], found: list[tuple[str, str]]) -> None:
    assert problems(**settings) == found
