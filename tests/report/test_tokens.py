"""The tokens: every pair of colours that meets on a page can be read, in the light and in the dark."""

from __future__ import annotations

import re

import pytest

from assessor.config import resource

GROUNDS = ("paper", "surface", "sunk", "accent-wash")
TEXTS = (
    "ink",
    "ink-soft",
    "accent",
    "accent-strong",
    "error",
    "area-strategy",
    "area-audience",
    "area-content",
)
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS] + [
    ("ink", "error-wash"),
    ("error", "error-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("ink", "accent-bar"),
]


def colours(theme: str) -> dict[str, str]:
    css = (resource("static") / "tokens.css").read_text(encoding="utf-8")
    light, dark = css.split("@media screen and (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#\w{6})", light))
    return found if theme == "light" else found | dict(re.findall(r"--([\w-]+): (#\w{6})", dark))


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_contrasts_with_every_ground_it_stands_on(theme: str) -> None:
    found = colours(theme)
    weak = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_of_controls_and_dots_contrast_with_their_grounds(theme: str) -> None:
    found = colours(theme)
    pairs = [*(("border", ground) for ground in GROUNDS), ("focus", "paper"), ("accent", "accent-bar")]
    assert all(contrast(found[one], found[other]) >= 3 for one, other in pairs)
