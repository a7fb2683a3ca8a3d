"""What people read is plain English: the worst words stay out of it, place by place."""

import pytest

from tests.architecture.places_of_text import PLACES, of_module, of_script, of_template
from tests.architecture.worst_words import JUSTIFIED, WORST, Worst

Found = tuple[str, str, str]


def worst_in(place: str) -> list[Found]:
    """Every (file, match, replacement) of a place."""
    return [
        (file, match, worst.instead)
        for file, text in PLACES[place]()
        for worst in WORST
        for match in worst.found_in(text)
    ]


@pytest.mark.parametrize("place", PLACES)
def test_the_worst_words_are_kept_out(place: str) -> None:
    justified = {(entry.file, entry.match) for entry in JUSTIFIED}
    assert [found for found in worst_in(place) if found[:2] not in justified] == []


@pytest.mark.parametrize("place", PLACES)
def test_a_place_holds_text(place: str) -> None:
    assert len(list(PLACES[place]())) > 3


@pytest.mark.parametrize("worst", WORST, ids=lambda worst: worst.sample)
def test_a_worst_word_would_be_found(worst: Worst) -> None:
    assert worst.found_in(worst.sample)
    assert not worst.found_in(worst.instead), "the replacement is no better"


def test_what_is_justified_is_still_there() -> None:
    found = {(file, match) for place in PLACES for file, match, _ in worst_in(place)}
    assert [entry for entry in JUSTIFIED if (entry.file, entry.match) not in found] == []
    assert all(entry.reason for entry in JUSTIFIED)


@pytest.mark.parametrize(
    "source",
    [
        "<p>Nobody</p>",
        '<b aria-label="Nobody"></b>',
        '{% include "components/notice.html" with title="Nobody" only %}',
        '{{ name|default:"Nobody" }}',
        '{% if a == "x" %}Nobody{% endif %}',
    ],
)
def test_text_of_a_template_is_read(source: str) -> None:
    assert "Nobody" in of_template(source)


@pytest.mark.parametrize("source", ["{# Nobody #}", "{% comment %}Nobody{% endcomment %}", '<p class="Nobody">x</p>'])
def test_what_a_template_does_not_show_is_not_read(source: str) -> None:
    assert "Nobody" not in of_template(source)


def test_strings_of_code_are_read_and_comments_are_not() -> None:
    assert of_script('// Nobody says "so much"\nsay("Nobody is here")') == ["Nobody is here"]
    assert of_module('"""Nobody says so."""\nx = f"Nobody {x} is here"  # nobody at all') == ["Nobody ", " is here"]
