"""What the shipped faces draw, as an author's check or the printed report asks."""

from __future__ import annotations

import pytest

from assessor.language.faces import FACES, undrawn


@pytest.mark.parametrize(
    "text",
    [
        "Ça coûte 5 $ : « œuvre », l’été – ½ ≈ 0,5 € !",
        "Kwe. ᐃᓄᒃᑎᑐᑦ · مرحبا · שלום · Ελληνικά · Русский · Tiếng Việt",
        "سلام می\u200cخواهم\u200f, co\u00adopération, 1\u202f000, libre\u2011service\u2003fin\n",
        "⇒ ✓ ★ ☐ ❤\ufe0f ⚠\ufe0f",
    ],
)
def test_what_people_here_write_is_drawn(text: str) -> None:
    assert undrawn(text) == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("你好，你", ("你", "好", "，")),
        ("étape 1\ufe0f\u20e3 puis 2\ufe0f\u20e3", ("\u20e3",)),
        ("ไทย नम", ("ไ", "ท", "ย", "न", "म")),
        ("🎉 fini 🎉", ("🎉",)),
        ("\ue000\ufffe", ("\ue000", "\ufffe")),
    ],
)
def test_what_no_face_draws_is_found_in_its_order_and_once(text: str, missing: tuple[str, ...]) -> None:
    assert undrawn(text) == missing


def test_faces_are_told_apart_by_what_style_sheets_ask_for() -> None:
    asked = {(face.family, face.weight, face.style) for face in FACES.values()}
    assert len(asked) == len({face.file for face in FACES.values()}) == len(FACES)
