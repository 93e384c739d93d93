"""Parts that read alike are refused in items of every type, by one rule; what only looks odd is not."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from assessor.banks.alike import check_parts, spelt
from assessor.banks.places import Document, read_document
from assessor.banks.schema import Bookkeeping
from assessor.banks.signs import cleared, strangers
from assessor.config import resource
from assessor.items import ITEM_TYPES, read_content, type_of


def practice() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((resource("question_banks") / "practice" / "items").glob("*.yaml")):
        document, _ = read_document(path)
        assert document is not None
        kept = {key: value for key, value in document.value.items() if key not in Bookkeeping.model_fields}
        yield kept["type"], kept


#: One shipped item of each type: those that show how it is answered.
EVERY_TYPE = dict(practice())


def groups(value: Any) -> Iterator[list[dict[str, Any]]]:
    """Every list of parts with ids and words, wherever it is in an item."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if isinstance(value, list | tuple) and all(isinstance(each, dict) and "id" in each for each in value):
        yield [each for each in value if each.get("text") or each.get("name")]
    for each in inner:
        yield from groups(each)


@pytest.mark.parametrize("kind", sorted(ITEM_TYPES))
def test_two_parts_that_read_alike_are_an_error_of_both_ids_in_every_type(kind: str) -> None:
    sound = EVERY_TYPE[kind]
    assert list(check_parts(read_content(sound), Document(Path("x"), sound, {}))) == []
    content = read_content(sound)
    asked = {ident.rpartition(".")[2] for group in type_of(content).parts(content) for ident in group.ids}
    tried = 0
    for number, group in enumerate(groups(sound)):
        if len(group) < 2 or group[0]["id"] not in asked:
            continue
        spoilt = deepcopy(sound)
        first, *_, last = list(groups(spoilt))[number]
        key = "text" if "text" in first else "name"
        last[key] = {**last[key], "en": f"  {first[key]['en'].upper()} !"}
        [finding] = check_parts(read_content(spoilt), Document(Path("x"), spoilt, {}))
        assert finding.severity == "error"
        assert first["id"] in finding.found
        assert last["id"] in finding.found
        assert finding.found.endswith("read alike in en")
        tried += 1
    assert tried


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Répondre", "Re\u0301pondre"),
        ("L’attente.", "L'attente"),
        ("« Oui »", "“Oui”"),
        ("a – b", "a - b"),
        ("Straße", "STRASSE"),
        ("ﬁn", "fin"),
        ("Oui ?", "oui"),
    ],
)
def test_what_a_reader_takes_for_the_same_is_the_same(one: str, other: str) -> None:
    assert spelt(one) == spelt(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C", "C++"), ("?", "!"), ("10 %", "10"), ("#musee", "musee"), ("pêche", "péché"), ("👍", "👍🏽")],
)
def test_what_a_reader_tells_apart_stays_apart(one: str, other: str) -> None:
    assert spelt(one) != spelt(other)


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧 ❤️‍🔥 👩🏽‍💻 🏳️‍🌈",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می‌خواهم",
        "क्‍ष",
        "\u0600\u0661",
        "1️⃣",
        "12 000 $, « ici » – là…\nligne",
    ],
)
def test_joiners_that_a_writing_needs_may_stand(text: str) -> None:
    assert list(strangers(text)) == []
    assert cleared(text) == text


def test_only_the_refused_characters_are_cleared_away() -> None:
    assert cleared("👨‍👩‍👧 a\u202eb\u200dc") == "👨‍👩‍👧 a b c"
