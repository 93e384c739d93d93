"""An item version's identity: what changes it, what does not, and the caches and errors around it."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assessor.banks.loader import load_library
from assessor.items import answer, drawn, listed, read_content, shown_to, sigma
from assessor.items._chance import tilted
from assessor.items.base import author_id, single
from assessor.items.rate import Schema as RateSchema
from tests.core.banks_examples import FILES, ITEM, synthetic, written

CONTENT = {
    key: value
    for key, value in yaml.safe_load(ITEM).items()
    if key not in {"minutes", "pool", "status", "facts", "as_of", "review_by", "enemies"}
}
DIGEST = read_content(CONTENT).digest()
ACCENTED = st.text(alphabet="éèêàâçùüœŒ ÉÀabc’«»", min_size=1, max_size=30).filter(lambda text: text.strip())


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(inner, chance) for inner in value] if isinstance(value, list) else value


@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_digest(chance: random.Random) -> None:
    assert read_content(shuffled(CONTENT, chance)).digest() == DIGEST


@given(words=ACCENTED)
def test_composed_and_decomposed_letters_are_one_text(words: str) -> None:
    forms = {
        read_content({**CONTENT, "situation": {"fr": unicodedata.normalize(form, words)}}).digest()
        for form in ("NFC", "NFD")
    }
    assert len(forms) == 1


@given(place=st.integers(0, 2), value=st.integers(11, 39).map(lambda tenths: tenths / 10))
def test_another_key_is_another_version(place: int, value: float) -> None:
    options = [dict(option) for option in CONTENT["options"]]
    if place == 1:
        return
    options[place]["effectiveness"] = value
    try:
        other = read_content({**CONTENT, "options": options})
    except ValueError:
        return
    assert (other.digest() == DIGEST) is (value == CONTENT["options"][place]["effectiveness"])


@pytest.mark.parametrize(
    "field", ["situation", "task", "principle", "competency", "jurisdiction", "stimulus"]
)
def test_another_text_or_frame_is_another_version(field: str) -> None:
    others = {"competency": "audience.publics", "jurisdiction": "ca-qc", "stimulus": None}
    changed = {**CONTENT, field: others.get(field, {"fr": "Autre", "en": "Other"})}
    assert read_content(changed).digest() != DIGEST


def test_a_whole_number_is_one_key_however_it_is_written() -> None:
    options = [{**option, "effectiveness": float(option["effectiveness"])} for option in CONTENT["options"]]
    assert read_content({**CONTENT, "options": options}).digest() == DIGEST


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("minutes: 1.5", "minutes: 3"),
        ("pool: open", "pool: round"),
        ("status: author-keyed", "status: retired"),
        ("facts: [CO-01]", "facts: []"),
        ("as_of: 2026-11-22", "as_of: 2026-11-23"),
        ("review_by: 2027-05-22\n", ""),
        ("enemies: [core-two]\n", ""),
    ],
)
def test_bookkeeping_changes_no_digest(old: str, new: str, tmp_path: Path) -> None:
    files = {**FILES, "core/items/core-one.yaml": ITEM.replace(old, new)}
    assert load_library([], written(tmp_path, files)).items["core-one"].digest == DIGEST


def test_an_unknown_type_is_a_key_error_and_unknown_parts_are_refused() -> None:
    with pytest.raises(KeyError):
        read_content({**CONTENT, "type": "guess"})
    with pytest.raises(ValueError, match="Extra inputs"):
        read_content({**CONTENT, "note": "x"})
    with pytest.raises(KeyError):
        synthetic("best", (2, 5, 4)).option("z")  # type: ignore[attr-defined]


def test_a_type_that_cannot_list_its_responses_says_so() -> None:
    long = synthetic("rate", (1, 2, 3, 4, 5, 2, 3))
    assert isinstance(long, RateSchema)
    with pytest.raises(ValueError, match="cannot be listed"):
        listed(long)


def test_a_mean_out_of_reach_is_refused_or_brought_into_reach() -> None:
    with pytest.raises(ValueError, match="outside the scores"):
        tilted([0.0, 1.0], 1.0)
    assert tilted([0.0, 1.0], 0.5) == pytest.approx([0.5, 0.5])
    assert tilted([0.0, 1.0], 0.99) == pytest.approx([0.01, 0.99])
    assert tilted([-1.0, 0.0, 1.0], 0.25) @ [-1.0, 0.0, 1.0] == pytest.approx(0.25)
    content = synthetic("best", (2, 5, 4))
    rng = np.random.default_rng(3)
    assert drawn(content, np.array([]), rng).size == 0
    assert [answer(content, 5.0, rng) for _ in range(50)].count("b") > 40
    assert sigma(content) > 0


def test_a_form_value_given_twice_or_never_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="one answer"):
        single({"pick": ["a", "b"]}, "pick")
    assert single({"pick": ["", "a"]}, "pick") == "a"
    shown = shown_to(synthetic("best", (2, 5, 4)), DIGEST, b"secret")
    assert author_id(shown, "pick", shown.public["b"]) == "b"
    with pytest.raises(ValueError, match="on this page"):
        author_id(shown, "pick", "b")
