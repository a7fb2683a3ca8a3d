import pytest

from portal.numbers import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("999999999", 999999999), ("١٢", 12)])
def test_a_whole_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", " 1", "-1", "1.0", "1_0", "²", "9" * 10, "9" * 5000])
def test_no_whole_number(text: str) -> None:
    assert whole(text) is None
