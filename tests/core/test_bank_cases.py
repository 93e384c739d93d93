"""Small banks with one thing wrong in one place: what an author must be told, and at which line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assessor.authoring.checks import check_report
from assessor.banks.places import Finding
from assessor.config import ROOT, resource
from tests.core.banks_examples import FILES, written

CASES = ROOT / "tests" / "fixtures" / "banks"
TODAY = date(2026, 11, 30)


def told(case: str) -> list[Finding]:
    found = check_report([CASES / case], resource("question_banks"), TODAY)
    return [finding for finding in found if finding.path.is_relative_to(CASES / case)]


def test_two_options_that_read_alike_are_an_error_with_both_ids() -> None:
    [finding] = told("dup_text")
    assert (finding.severity, finding.line) == ("error", 47)
    assert finding.found == "a and d read alike in fr, en"


def test_a_direction_control_is_an_error_at_each_of_its_lines() -> None:
    found = told("bidi_unclosed")
    assert [(finding.severity, finding.line) for finding in found] == [("error", 47), ("error", 48)]
    assert all("U+202E (right-to-left override)" in finding.found for finding in found)


def test_what_no_face_draws_is_named_at_its_line() -> None:
    found = [finding for finding in told("emoji_keycap") if "draws" in finding.found]
    assert [(finding.severity, finding.line) for finding in found] == [("warning", 47), ("warning", 48)]
    assert all("U+20E3, combining enclosing keycap" in finding.found for finding in found)
    assert all("U+23F0, alarm clock" in finding.found for finding in found)


def test_an_address_that_gives_a_line_no_place_to_end_is_named_at_its_line() -> None:
    [finding] = [finding for finding in told("longword") if "without a place to break" in finding.found]
    assert (finding.severity, finding.line) == ("warning", 48)
    assert "201 characters in a row" in finding.found


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("core/items/core-one.yaml", "Stream the reading live", "Stream 直播", "U+76F4"),
        ("core/items/core-one.yaml", "en: Seats}\n  columns", "en: Seats 🧭}\n  columns", ""),
        (
            "core/items/core-one.yaml",
            "en: Seats}\n  columns",
            "en: Seats ไทย}\n  columns",
            "thai character sara ai",
        ),
        ("core/bank.yaml", "en: The core.", "en: The core 🧭.", "compass"),
        ("framework.yaml", "en: General profile", "en: General " + "x" * 41, "41 characters in a row"),
        ("framework.yaml", "en: General profile", "en: General " + "x" * 40, ""),
        ("roles/shop-keeper.yaml", "title:\n", "title:\n  # 1\n", ""),
    ],
)
def test_signs_and_long_runs_are_looked_for_in_every_text(
    file: str, old: str, new: str, found: str, tmp_path: Path
) -> None:
    assert old in FILES[file]
    report = check_report([], written(tmp_path, {**FILES, file: FILES[file].replace(old, new, 1)}), TODAY)
    kept = [
        finding.found for finding in report if "shipped face" in finding.found or "in a row" in finding.found
    ]
    assert bool(kept) == bool(found), kept
    assert not found or found in kept[0]
