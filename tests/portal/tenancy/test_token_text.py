"""The text of a token: random, recognisable, and refused when a character is wrong."""

import string

import pytest

from portal.secret_patterns import REMOVED, without_secrets
from portal.tenancy import token_text


def test_each_is_another_and_has_the_form_that_is_documented() -> None:
    made = {token_text.new_token() for _ in range(200)}
    assert len(made) == 200
    assert {len(token) for token in made} == {51}
    assert all(token.startswith("sluice_token_") and token_text.is_well_formed(token) for token in made)


def test_every_other_character_anywhere_is_noticed() -> None:
    token = token_text.new_token()
    for place in range(len(token)):
        others = set(string.ascii_letters + string.digits + "_-é\n") - {token[place]}
        wrong = [token[:place] + other + token[place + 1 :] for other in sorted(others)]
        assert not any(map(token_text.is_well_formed, wrong)), place


@pytest.mark.parametrize(
    "text",
    ["", "sluice_token_", "ghp_" + "a" * 36, "sluice_link_" + "A" * 43, "sluice_token_" + "A" * 38, "x" * 1_000_000],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    assert not token_text.is_well_formed(text)


def test_nothing_may_stand_around_it() -> None:
    token = token_text.new_token()
    assert not any(
        map(token_text.is_well_formed, [f" {token}", f"{token}\n", f"{token}{token}", token[:-1], token + "0"])
    )


def test_tokens_of_earlier_versions_stay_valid() -> None:
    assert token_text.is_well_formed("sluice_token_" + "0" * 32 + "1ALeBH")


@pytest.mark.parametrize("around", ["{}", "GET /api/v1/token?x={} HTTP/1.1", "Bearer {}", "{{'a': '{}'}}", "a%2F{}"])
def test_logs_and_error_reports_remove_it(around: str) -> None:
    token = token_text.new_token()
    written = without_secrets(around.format(token))
    assert token not in written
    assert token[13:] not in written
    assert REMOVED in written
