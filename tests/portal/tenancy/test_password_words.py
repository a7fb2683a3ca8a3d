"""Words that anyone would try here do not make a password, and neither does the person's own name."""

from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.tenancy.models import User
from portal.tenancy.password_words import WORDS

ADA = User(email="ada@northwind.example", full_name="Adelaide Lovelace")
DOCUMENT = Path(__file__).parents[3] / "docs" / "accounts.md"


@pytest.mark.parametrize(
    "password",
    [
        "Sluice-Kinesis-2026",
        "northwind2026!!",
        "welcomewelcome1",
        "SensorNetwork#1",  # the vendor's name
        "password1234",
    ],
)
def test_what_is_little_more_than_such_words_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, ADA)
    assert "people.password_of_words" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize("password", ["adelaide lovelace", "Adelaide.Lovelace1"])
def test_ones_own_name_is_refused_as_ones_address_is(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, ADA)
    assert "password_too_similar" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize("password", ["seven lifts and a boiler", "a sluice beside the old mill", "x" * 64 + "y"])
def test_such_a_word_among_others_is_accepted(password: str) -> None:
    validate_password(password, ADA)


def test_the_words_are_those_that_the_document_lists() -> None:
    assert ", ".join(WORDS) in DOCUMENT.read_text()
