"""The list of guards is true to the code; `make guards` says whether each is held by a test."""

from __future__ import annotations

import ast

import pytest

from assessor.config import ROOT
from tests.guards.listed import Guard, listed

GUARDS = listed()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_listed_guard_stands_in_the_code_once_and_the_code_parses_without_it(guard: Guard) -> None:
    without = guard.taken_out((ROOT / guard.file).read_text(encoding="utf-8"))
    ast.parse(without)


def test_every_test_that_holds_a_guard_exists() -> None:
    for test in {test for guard in GUARDS for test in guard.tests}:
        path, _, name = test.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in source, test


def test_no_guard_is_listed_twice() -> None:
    names = [guard.name for guard in GUARDS]
    assert len(names) == len(set(names))


def test_words_that_stand_twice_are_refused() -> None:
    guard = Guard("twice", "nowhere.py", "limit()", "", ("tests/test_guards.py",))
    with pytest.raises(ValueError, match="stand 2 times"):
        guard.taken_out("limit()\nlimit()\n")
