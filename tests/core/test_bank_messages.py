"""Whatever the loader and the checks may say goes through the catalogue, and comes out whole in French."""

from __future__ import annotations

import ast
import pickle
from datetime import date
from pathlib import Path

import pytest

from assessor.authoring.checks import check_report
from assessor.banks.loader import examine
from assessor.banks.places import Finding, described
from assessor.config import PACKAGE
from assessor.language.catalogues import tongue
from assessor.messages import ENGLISH, Said, Tongue, counted, retold, said
from tests.core.banks_examples import FILES, ITEM, written
from tests.core.hostile_heads import SPOILT_HEADS
from tests.core.hostile_items import ONE, SPOILT_ITEMS

CASES = {**SPOILT_ITEMS, **SPOILT_HEADS}


def is_said(text: object) -> bool:
    """Whether the text was said, as was every message among its values."""
    return isinstance(text, Said) and all(
        is_said(value) for value in text.values.values() if isinstance(value, Said)
    )


@pytest.mark.parametrize("name", CASES)
def test_every_error_of_a_spoilt_file_is_said_and_differs_in_french(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    files = {**FILES, case.file: FILES[case.file].replace(case.old, case.new, 1)}
    french = tongue("fr")
    for finding in examine([], written(tmp_path, files)).findings:
        for text in (finding.found, finding.wanted):
            assert is_said(text), text
            assert retold(text, french) != text


def test_every_warning_of_a_careless_bank_is_said(tmp_path: Path) -> None:
    careless = ITEM.replace("Stream the reading live", "Always stream 2 readings to seniors. Now")
    careless = careless.replace("facts: [CO-01]\n", "jurisdiction: ca-qc\n").replace(
        "review_by: 2027-05", "review_by: 2026-12"
    )
    found = check_report([], written(tmp_path, {**FILES, ONE: careless}), date(2029, 1, 1))
    kept = [finding for finding in found if finding.severity == "warning"]
    assert len(kept) > 8
    french = tongue("fr")
    for finding in kept:
        assert is_said(finding.found)
        assert is_said(finding.wanted)
        assert retold(finding.found, french) != finding.found


def test_a_message_is_written_out_where_it_is_said() -> None:
    """A message put together at run time could be in no catalogue."""
    wrong = []
    marking = {"said": 1, "counted": 2}
    for path in (*(PACKAGE / "banks").glob("*.py"), *(PACKAGE / "items").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in marking:
                told = node.args[: marking[node.func.id]]
                if not all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in told):
                    wrong.append(f"{path.name}:{node.lineno}")
    assert not wrong


def test_figures_and_quotes_are_those_of_the_language() -> None:
    text = said("{share:.0%} of {what!r}: {mean:.2f}", share=0.125, what="l’été", mean=0.5)
    assert text == "12% of 'l’été': 0.50"
    french = Tongue(lambda message: message, lambda one, many, number: one, ",", " %", ("« ", " »"))
    assert retold(text, french) == "12 % of « l’été »: 0,50"
    assert retold("plain", french) == "plain"
    assert retold(described("a\u202eb"), french) == "« a\\u202eb »"


def test_what_is_counted_takes_the_number_of_the_language() -> None:
    def found(number: int) -> Said:
        return counted("the family has {count} situation", "the family has {count} situations", number)

    assert [str(found(number)) for number in (0, 1, 2)] == [
        "the family has 0 situations",
        "the family has 1 situation",
        "the family has 2 situations",
    ]
    french = [retold(found(number), tongue("fr")) for number in (0, 1, 2)]
    assert french == ["la famille a 0 situation", "la famille a 1 situation", "la famille a 2 situations"]
    assert retold(pickle.loads(pickle.dumps(found(1))), tongue("fr")) == french[1]


def test_a_finding_is_told_whole_in_the_language_asked_for() -> None:
    finding = Finding(Path("a.yaml"), 3, "error", said("the text is empty"), said("use spaces"))
    assert finding.told(ENGLISH) == str(finding) == "a.yaml:3: error: the text is empty - use spaces"
    assert finding.told(tongue("fr"), "b") == "b:3: erreur: le texte est vide - utilisez des espaces"
