"""The warnings about certificates that are accepted, at their edges."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal.openpgp.certificate_warnings import EARLY_WARNING, day_of, warnings_of

NOW = datetime(2027, 3, 3, 12, tzinfo=UTC)


def key(*, bits: int = 0) -> SimpleNamespace:
    return SimpleNamespace(is_rsa=bits > 0, bits=bits, name=f"RSA {bits}" if bits else "ECC")


def codes(primary: SimpleNamespace, encryption: SimpleNamespace, expires_at: datetime | None = None) -> list[str]:
    return [warning.code for warning in warnings_of(primary, encryption, expires_at, NOW)]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (EARLY_WARNING, []),
        (EARLY_WARNING - timedelta(seconds=1), ["openpgp.expires_soon"]),
        (timedelta(seconds=-1), ["openpgp.expires_soon"]),
        (None, []),
    ],
)
def test_a_key_that_expires_within_thirty_days_is_named(left: timedelta | None, expected: list[str]) -> None:
    assert codes(key(), key(), None if left is None else NOW + left) == expected


@pytest.mark.parametrize(("bits", "expected"), [(3071, ["openpgp.short_rsa"]), (3072, []), (4096, [])])
def test_the_shorter_rsa_key_counts_wherever_it_is(bits: int, expected: list[str]) -> None:
    assert codes(key(bits=bits), key(bits=4096)) == codes(key(bits=4096), key(bits=bits)) == expected


def test_the_encryption_key_is_named_where_both_are_short() -> None:
    [warning] = warnings_of(key(bits=2048), key(bits=1024), None, NOW)
    assert warning.params == {"algorithm": "RSA 1024"}


def test_a_day_has_no_leading_zero() -> None:
    assert day_of(NOW) == "3 March 2027"
