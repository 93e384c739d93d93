"""The typefaces that pages are given: every one that the styles name, with the characters they promise."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from fontTools.ttLib import TTFont

from assessor.config import resource
from assessor.language.faces import FACES
from assessor.web.plumbing import assets

RULE = re.compile(r'@font-face \{ font-family: "([^"]+)"; src: url\("/fonts/([\w-]+)\.woff2"\)[^}]*')


def rules() -> dict[str, str]:
    styles = (resource("static") / "base.css").read_text(encoding="utf-8")
    return {found[2]: found[0] for found in RULE.finditer(styles)}


def test_the_styles_name_every_file_that_is_served_and_no_other() -> None:
    assert rules().keys() == assets.CUTS.keys()
    for name, rule in rules().items():
        face = FACES[assets.CUTS[name][0]]
        assert f'"{face.family}"' in rule
        assert f"font-weight: {face.weight};" in rule
        assert ("font-style: italic" in rule) == (face.style == "italic")


def test_what_few_pages_hold_is_asked_for_by_those_only() -> None:
    for name, (_, ranges) in assets.CUTS.items():
        written = re.findall(r"U\+(\w+)-(\w+)", rules()[name])
        wanted = () if ranges == assets.RANGES else ranges
        assert [(int(first, 16), int(last, 16)) for first, last in written] == list(wanted), name
    usual = {code for first, last in assets.RANGES for code in range(first, last + 1)}
    asked = {
        code
        for _, ranges in assets.CUTS.values()
        if ranges != assets.RANGES
        for first, last in ranges
        for code in range(first, last + 1)
    }
    assert not usual & asked, "a Latin page would ask for a further file"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("serif-regular", "Où l’élève « naïf » œuvre"),
        ("serif-regular-more", "ΕλληνικάРусскийếệ"),
        ("arabic", "مرحبا سلام"),
        ("hebrew", "שלום"),
        ("syllabics", "ᐃᓄᒃᑎᑐᑦ"),
    ],
)
def test_a_face_is_served_with_the_letters_of_its_script(app: Flask, name: str, text: str) -> None:
    reply = app.test_client().get(f"/fonts/{name}.woff2")
    assert reply.status_code == 200
    assert reply.mimetype == "font/woff2"
    letters = {ord(char) for char in text if not char.isspace()}
    assert letters <= TTFont(io.BytesIO(reply.data)).getBestCmap().keys()
    assert len(reply.data) < 60_000


def test_no_other_face_is_served(app: Flask) -> None:
    assert app.test_client().get("/fonts/signs.woff2").status_code == 404
