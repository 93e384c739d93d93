"""A slip in an item whose parts are of its own type is told with its line and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assessor.banks.loader import examine
from tests.core import items_examples as made
from tests.core.banks_examples import FILES, dumped, written

BOOK = {"minutes": 2.0, "pool": "open", "status": "author-keyed", "as_of": "2026-11-22"}


def without(item: dict[str, Any], group: str, place: int, key: str) -> dict[str, Any]:
    parts = [dict(part) for part in item[group]]
    del parts[place][key]
    return {**item, group: parts}


CASES = {
    "select": (
        made.changed(made.select(), "options", 2, keyed="yes"),
        "options.c.keyed is 'yes'",
        "write true or false, without quotes",
    ),
    "highlight": (
        without(made.highlight(), "spans", 0, "keyed"),
        "spans.s1.keyed is missing",
        "add true where it is right to choose or mark this, else false",
    ),
    "match": (
        made.changed(made.match(), "prompts", 0, category="w"),
        "prompts.p1.category: 'w' is no category",
        "use one of x, y, z",
    ),
    "allocate": ({**made.allocate(), "step": 15}, "step is 15", "use one of 10, 20"),
    "scenario": (
        without(made.scenario(), "nodes", 1, "text"),
        "nodes.n2: 'n2' has no text",
        "say what has happened since",
    ),
    "written": (
        {**made.written(), "words": {"least": "5", "most": 12}},
        "words.least is '5'",
        "give a whole number, without quotes",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_slip_is_told_with_its_line_and_what_would_be_right(kind: str, tmp_path: Path) -> None:
    item, found, wanted = CASES[kind]
    folder = written(tmp_path, {**FILES, f"core/items/{item['id']}.yaml": dumped({**item, **BOOK})})
    (finding,) = examine((), folder).findings
    assert finding.path.name == f"{item['id']}.yaml"
    assert finding.line > 1
    assert (finding.found, finding.wanted) == (found, wanted)
