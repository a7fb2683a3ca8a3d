"""A form is filled in once: what is filled in is not searched for further words."""

import pytest

from portal.placeholders import filled


def test_a_value_with_the_words_of_the_form_stays_as_it_is() -> None:
    assert filled("@a@ @b@", {"a": "@b@", "b": "@a@"}) == "@b@ @a@"


def test_a_word_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled("@a@", {})
