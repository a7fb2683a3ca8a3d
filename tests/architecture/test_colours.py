"""Contrast of the tokens, by WCAG 2.2: text 4.5 to 1 (1.4.3), controls and drawings 3 to 1 (1.4.11), in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "sluice" / "css" / "tokens.css"
PAIR = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
SINGLE = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
GROUNDS = ("canvas", "surface", "surface-2", "sunken")
TEXT = (
    [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand") for ground in GROUNDS]
    + [(state, f"{state}-tint") for state in ("ok", "warn", "bad", "idle", "brand")]
    + [(ink, f"{state}-tint") for ink in ("ink", "ink-2") for state in ("ok", "warn", "bad", "idle", "brand")]
    + [(state, ground) for state in ("ok", "warn", "bad", "idle") for ground in ("canvas", "surface", "surface-2")]
    + [
        ("on-brand", "brand"),
        ("on-brand", "brand-strong"),
        ("bar-ink", "bar"),
        ("bar-ink-2", "bar"),
        ("bar-ink", "bar-2"),
    ]
    + [(f"json-{part}", "sunken") for part in ("key", "string", "number", "word")]
)
DRAWN = (
    [(f"series-{n}", "surface") for n in range(1, 9)]
    + [("line-strong", ground) for ground in ("surface", "canvas")]
    + [("warn-solid", "warn-tint"), ("warn-solid", "surface"), ("bar-mark", "bar"), ("heat-9", "surface")]
)


def _tokens() -> dict[str, tuple[str, str]]:
    css = TOKENS.read_text()
    singles = {name: (colour, colour) for name, colour in SINGLE.findall(css)}
    return singles | {name: (light, dark) for name, light, dark in PAIR.findall(css)}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(colour: str, ground: str) -> float:
    low, high = sorted((_luminance(colour), _luminance(ground)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, theme: int) -> None:
    tokens = _tokens()
    assert _contrast(tokens[ink][theme], tokens[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), DRAWN)
def test_marks_can_be_seen(mark: str, ground: str, theme: int) -> None:
    tokens = _tokens()
    assert _contrast(tokens[mark][theme], tokens[ground][theme]) >= 3


def test_the_measure_itself() -> None:
    assert round(_contrast("#ffffff", "#000000"), 1) == 21.0
    assert _contrast("#f59f00", "#fff8e6") < 3  # amber on cream: the fault this test is here for
