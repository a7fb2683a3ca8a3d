import pytest

from portal.numbers import in_fours, whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("999999999", 999999999), ("١٢", 12)])
def test_a_whole_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", " 1", "-1", "1.0", "1_0", "²", "9" * 10, "9" * 5000])
def test_no_whole_number(text: str) -> None:
    assert whole(text) is None


@pytest.mark.parametrize(("digits", "shown"), [("111122223333", "1111 2222 3333"), ("ABCDE", "ABCD E"), ("", "")])
def test_groups_of_four(digits: str, shown: str) -> None:
    assert in_fours(digits) == shown
