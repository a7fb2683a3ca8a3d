import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.decode import characters
from monitoring.decode.budget import Budget, NotThisFormat


@pytest.mark.parametrize(
    "text",
    ["21\u00a0°C", "a\u00adb", "👩\u200d👧", "a\tb\r\nc", "\u202eabc", "\U0001fae8", "\ue0a0", "", "日本語", "e\u0301"],
)
def test_text_is_judged_by_its_categories(text: str) -> None:
    assert characters.plain_text(text.encode()) == text


@pytest.mark.parametrize("data", [b"a\x00", b"\x1b[31m", b"a\xff", "a\u0085b".encode(), "a\uffffb".encode()])
def test_controls_are_no_plain_text(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        characters.plain_text(data)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("a\x00\x7f", "a␀␡"),
        ("user \u202edrow", "user ⟨U+202E⟩drow"),
        ("\u2066a\u2069\u200f\u061c", "⟨U+2066⟩a⟨U+2069⟩⟨U+200F⟩⟨U+061C⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\u2028", "⟨U+2028⟩"),
        ("a\tb\n", "a\tb\n"),
        ("21\u00a0°C 👩\u200d👧", "21\u00a0°C 👩\u200d👧"),
    ],
)
def test_marks_that_would_act_are_shown(text: str, shown: str) -> None:
    assert characters.visible(text) == shown


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=50))
def test_no_shown_text_has_a_control_or_a_mark_of_direction(text: str) -> None:
    for character in characters.visible(text):
        is_control = unicodedata.category(character) == "Cc" and character not in "\t\n\r"
        assert not is_control
        assert unicodedata.bidirectional(character) not in {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        }


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"abc", b"\xff\xfe\x00\xd8", bytes(8), b"a\x00b"])
def test_not_everything_is_utf16(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        characters.wide(data, Budget())


@pytest.mark.parametrize("data", [b"\xe9\xe9a", bytes(range(256)), b"abc\x81defghi", b"ab\x00cdefg\xe9"])
def test_not_everything_is_latin(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        characters.latin(data, Budget())
