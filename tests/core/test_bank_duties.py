"""Words of postings are checked: an error at their line, a warning where a language or a difference lacks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assessor.authoring.duties import check_duties
from assessor.banks.loader import BankError, examine, load_library
from assessor.banks.places import Finding
from assessor.config import resource

SHIPPED = resource("question_banks")


@pytest.fixture
def banks(tmp_path: Path) -> Path:
    """The shipped framework and the head of one domain with one item, whose words a test may spoil."""
    folder = tmp_path / "banks"
    for name in ("core", "arts"):
        (folder / name / "items").mkdir(parents=True)
        shutil.copy(SHIPPED / name / "bank.yaml", folder / name)
        shutil.copy(alone(SHIPPED / name / "items"), folder / name / "items")
    shutil.copy(SHIPPED / "framework.yaml", folder)
    return folder


def alone(items: Path) -> Path:
    """An item that names no enemy."""
    texts = ((path, path.read_text("utf-8")) for path in sorted(items.glob("*.yaml")))
    return next(path for path, text in texts if "enemies:" not in text)


def spoilt(banks: Path, before: str, after: str) -> Path:
    path = banks / "arts" / "bank.yaml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    return path


def found_in(banks: Path) -> list[Finding]:
    loaded = examine([], banks)
    assert loaded.library is not None
    return [one for head, document in loaded.heads for one in check_duties(head, document)]


def test_the_shipped_words_are_sound(banks: Path) -> None:
    assert found_in(banks) == []


def test_a_phrase_that_cannot_be_looked_for_is_an_error_at_its_line(banks: Path) -> None:
    path = spoilt(banks, "ayants droit", '"... droit"')
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if '"... droit"' in text)
    with pytest.raises(BankError) as caught:
        load_library([], banks)
    (finding,) = caught.value.findings
    assert (finding.path, finding.line) == (path, line)
    assert "cannot be looked for" in finding.found


def test_a_language_without_words_is_a_warning(banks: Path) -> None:
    path = banks / "arts" / "bank.yaml"
    text = path.read_text("utf-8")
    start = text.index("      en:", text.index("    duties:"))
    path.write_text(text[:start] + text[text.index("    anchors:", start) :], "utf-8")
    (finding,) = found_in(banks)
    assert finding.severity == "warning"
    assert "arts.rights has no duties in en" in finding.found


def test_a_phrase_under_two_competencies_of_an_area_is_a_warning(banks: Path) -> None:
    spoilt(banks, "lancement ... saison", "Ayants  DROIT")
    (finding,) = found_in(banks)
    assert finding.severity == "warning"
    assert "stands under arts.rights too" in finding.found
