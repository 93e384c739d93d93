"""Sittings are read whole or not at all, with the line of each fault, and written so that they read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.banks.places import BankError
from assessor.banks.schema import Bookkeeping, Item
from assessor.sittings.lines import Line, read_sittings, write_sittings
from tests.core.banks_examples import synthetic

BOOK = Bookkeeping.model_validate(
    {"minutes": 1, "pool": "open", "status": "author-keyed", "as_of": "2026-11-22"}
)
ITEMS: Mapping[str, Item] = {
    content.id: Item(content, content.digest(), "core", BOOK)
    for content in (
        synthetic("best", (2, 5, 4)),
        synthetic("best_worst", (4, 1, 5, 2)),
        synthetic("rank", (3, 1, 5)),
    )
}
BEST, PAIR, RANK = ITEMS
FILE = Path("s.jsonl")
PLAIN = {
    "candidate": "C-1",
    "language": "fr",
    "items": [BEST, {"id": PAIR, "digest": ITEMS[PAIR].digest, "language": "fr"}, RANK],
    "responses": {BEST: "b", PAIR: {"best": "c", "worst": "b"}},
}


def lines(*sittings: Mapping[str, Any]) -> bytes:
    return "\n".join(json.dumps(sitting) for sitting in sittings).encode()


def refusals(text: bytes) -> list[str]:
    with pytest.raises(BankError) as refused:
        read_sittings(text, FILE, ITEMS)
    return [str(finding) for finding in refused.value.findings]


def test_a_sitting_reads_and_what_was_not_answered_is_left_empty() -> None:
    [sitting] = read_sittings(lines(PLAIN) + b"\n\n", FILE, ITEMS)
    assert sitting.states == {BEST: "answered", PAIR: "answered", RANK: "left_empty"}
    assert sitting.responses == PLAIN["responses"]


def test_states_that_are_said_are_kept() -> None:
    said = {**PLAIN, "responses": {BEST: None}, "not_reached": [RANK], "not_given": {PAIR: "technical"}}
    [sitting] = read_sittings(lines(said), FILE, ITEMS)
    assert sitting.states == {BEST: "left_empty", PAIR: "not_given", RANK: "not_reached"}


def test_a_written_sitting_reads_back_the_same() -> None:
    full = {
        **PLAIN,
        "form": "sha256:" + "0" * 64,
        "started": "2026-11-22T10:00:00Z",
        "finished": "2026-11-22T10:40:00Z",
        "seconds": {BEST: 41, PAIR: 12.5},
        "not_reached": [RANK],
    }
    sittings = read_sittings(lines(PLAIN, full), FILE, ITEMS)
    assert read_sittings(write_sittings(sittings).encode(), FILE, ITEMS) == sittings


def test_other_versions_are_found_by_digest() -> None:
    old = synthetic("best", (5, 2, 4, 3))
    known = {**ITEMS, old.digest(): Item(old, old.digest(), "core", BOOK)}
    given = {**PLAIN, "items": [{"id": old.id, "digest": old.digest()}], "responses": {old.id: "d"}}
    assert read_sittings(lines(given), FILE, known)[0].responses == {old.id: "d"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"items": ["core-best-4"], "responses": {}},
            "the item 'core-best-4' is unknown - name an item of the banks",
        ),
        (
            {"items": [{"id": BEST, "digest": "sha256:" + "0" * 64}], "responses": {}},
            "is unknown - give the banks that held it",
        ),
        ({"responses": {BEST: "z"}}, f"the response to '{BEST}' is 'z', which is none at pick"),
        (
            {"responses": {RANK: ["a"]}},
            f"the response to '{RANK}' is a list, which is none - Put every response",
        ),
        ({"responses": {"core-other": "a"}}, "responses: 'core-other' is not among items - add it there"),
        ({"seconds": {BEST: -1}}, f"seconds.{BEST} is -1, off the scale - give a number, at least 0"),
        ({"items": [BEST, BEST]}, "items: 'core-best-3' stands twice - keep one"),
        ({"items": []}, "items has 0 entries - give at least 1"),
        ({"not_reached": [BEST]}, "is answered and said not to be"),
        ({"not_given": {RANK: "tired"}}, "use one of cut, technical, withdrawn"),
        ({"language": "French"}, "language is 'French' - write a language code"),
        ({"form": "abc"}, "form is 'abc'"),
        ({"started": "yesterday"}, "started is 'yesterday'"),
        ({"answers": {}}, "answers is no key of this place"),
        ({"candidate": ""}, "candidate has 0 characters - give at least 1"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_half_read(changes: dict[str, Any], told: str) -> None:
    [refusal, *_] = refusals(lines(PLAIN, {**PLAIN, **changes}, PLAIN))
    assert refusal.startswith("s.jsonl:2: error: ")
    assert told in refusal


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"{", "s.jsonl:1: error: the line is not JSON"),
        (b"[1]", "the line is a list - give a sitting"),
        (b"\xff", "the line is not UTF-8"),
        (b"", "s.jsonl:1: error: the file holds no sitting"),
        (b'{"candidate": "a", "candidate": "b"}', "the key 'candidate' stands twice"),
        (b'{"candidate": NaN}', "NaN is no number"),
        (b"[" * 100_000, "the line is not JSON"),
        (b'"' + b"a" * 300_000 + b'"', "the line is over 256 kB"),
    ],
)
def test_what_is_no_sitting_is_refused(text: bytes, told: str) -> None:
    assert told in refusals(text)[0]


def test_every_bad_line_is_told_at_once() -> None:
    told = refusals(b"{\n" + lines(PLAIN, {**PLAIN, "language": 3}) + b"\n}")
    assert [line.split(":")[1] for line in told] == ["1", "3", "4"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([*ITEMS, "a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*ITEMS, "id"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(field=st.sampled_from(sorted(Line.model_fields)), value=VALUES)
def test_reading_never_crashes_on_any_value(field: str, value: Any) -> None:
    try:
        [sitting] = read_sittings(lines({**PLAIN, field: value}), FILE, ITEMS)
    except BankError:
        return
    assert read_sittings(write_sittings([sitting]).encode(), FILE, ITEMS) == (sitting,)


@given(
    raw=st.binary(max_size=40)
    | st.builds(
        str.encode, st.text('{}[]":, \n\0é', max_size=30), st.sampled_from(["utf-8", "utf-16", "utf-16-le"])
    )
)
def test_reading_never_crashes_on_any_bytes(raw: bytes) -> None:
    told = refusals(raw)
    assert told
    assert all(line.startswith("s.jsonl:") and " - " in line for line in told)
