"""What no shipped face draws, in words of the reader's language."""

from __future__ import annotations

import time

import pytest

from assessor.language.faces import undrawn
from assessor.report.signs import in_words

CASES = [
    (
        "ᐃᓄᒃᑎᑐᑦ · 你好 · こんにちは · ไทย",
        "ᐃᓄᒃᑎᑐᑦ · [2 caractères, écriture : sinogrammes] · [5 caractères, écriture : hiragana]"
        " · [3 caractères, écriture : thaï]",
        "ᐃᓄᒃᑎᑐᑦ · [2 characters, script: Han] · [5 characters, script: Hiragana]"
        " · [3 characters, script: Thai]",
    ),
    (
        "नमस्ते दुनिया, oui",
        "[7 caractères, écriture : devanagari], oui",
        "[7 characters, script: Devanagari], oui",
    ),
    (
        "日本語を話す。 好",
        "[7 caractères, écriture : japonais]",
        "[7 characters, script: Japanese]",
    ),
    ("1\ufe0f\u20e3 lire", "[touches 1] lire", "[keycap 1] lire"),
    ("Bravo 👩🏽\u200d💻🎉", "Bravo [informaticienne peau légèrement mate][cotillons]", None),
    ("❤\ufe0f ✓ ⚠\ufe0f", "❤ ✓ ⚠", "❤ ✓ ⚠"),
    ("𝗢𝗳𝗳𝗿𝗲 𝗱𝘂 𝗺𝗼𝗶𝘀 !", "[en caractères stylisés : Offre du mois] !", None),
    ("𝄞", "[signe : U+1D11E]", "[sign: musical symbol g clef]"),
    ("a\ufffd\ue000", "a[caractère illisible : U+FFFD][caractère illisible : U+E000]", None),
    ("a\u2003b\u2028c\x00", "a b c", "a b c"),
    ("שלום · 你", "שלום · \u2066[1 caractère, écriture : sinogrammes]\u2069", None),
    ("ﷲ ﻣﺮ", "الله مر", "الله مر"),
]


@pytest.mark.parametrize(("text", "french", "english"), CASES)
def test_every_sign_is_drawn_or_said_in_words(text: str, french: str, english: str | None) -> None:
    for language, right in (("fr", french), ("en", english)):
        said = in_words(f"<p>{text}</p>", language).replace("\u00a0", " ")
        assert undrawn(said) == ()
        if right is not None:
            assert said == f"<p>{right}</p>"


def test_tags_keep_their_shape_and_what_is_read_aloud_is_said_too() -> None:
    shown = in_words('<p title="&lt;你&gt;" class="a">&#39;𝖆&#39; &amp; 好</p>', "en")
    assert shown == (
        '<p title="&lt;[1 character, script: Han]&gt;" class="a">'
        "&#39;[styled characters: a]&#39; &amp; [1 character, script: Han]</p>"
    )


@pytest.mark.parametrize("char", ["\uff1c", "\ufe64", "\uff06", "\uff02"])
def test_a_sign_in_disguise_makes_no_markup(char: str) -> None:
    assert not set(in_words(char, "fr")) & set('<"')
    assert in_words(char, "fr").count("&") == in_words(char, "fr").count(";")


def test_a_text_that_our_faces_draw_is_left_alone_in_no_time() -> None:
    text = "<p>Où l’été naît, مرحبا</p>" * 10_000
    before = time.process_time()
    assert in_words(text, "fr") is text
    assert time.process_time() - before < 0.5


def test_hundreds_of_signs_take_no_long_time() -> None:
    before = time.process_time()
    assert undrawn(in_words(f"<p>{'好 🎉 𝗯 ' * 2_000}</p>", "fr")) == ()
    assert time.process_time() - before < 2
