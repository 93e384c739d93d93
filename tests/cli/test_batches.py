"""Reports of many people: a file each, whatever their names, and nobody's trouble is another's."""

from __future__ import annotations

import json
import os
import unicodedata
from functools import partial
from pathlib import Path

import pytest

from assessor.banks.loader import load_library
from assessor.cli import reports
from assessor.cli.filenames import MOST_BYTES, file_names
from assessor.config import resource
from tests.cli.conftest import ROLE, Run

NFD = "Zoe\u0301"


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["Ana", "Ana", "Ana-2"], ["Ana", "Ana-3", "Ana-2"]),
        (["Ana-2", "Ana", "Ana", "Ana"], ["Ana-2", "Ana", "Ana-3", "Ana-4"]),
        (["../../etc/passwd", "///", "-rf", ".x"], ["etc-passwd", "sitting", "rf", "x"]),
        (["Zoé Côté", "zoé côté", "ZOÉ-CÔTÉ"], ["Zoé-Côté", "zoé-côté-2", "ZOÉ-CÔTÉ-3"]),
        (["Zoé", NFD], ["Zoé", "Zoé-2"]),
        (["Straße", "STRASSE"], ["Straße", "STRASSE-2"]),
        (["CON", "nul", "Com1", "LPT¹", "con.sole", "Connor"],
         ["sitting-CON", "sitting-nul", "sitting-Com1", "sitting-LPT¹", "sitting-con.sole", "Connor"]),
        (["Ana.", "Ana ..", "Ana"], ["Ana", "Ana-2", "Ana-3"]),
        (["श्री", "علی\u200cرضا", "a|b<c>:d"], ["श्री", "علی-رضا", "a-b-c-d"]),
    ],
)  # fmt: skip
def test_names_of_people_make_safe_names_of_files(tmp_path: Path, names: list[str], files: list[str]):
    found = file_names(names, ".pdf", tmp_path)
    assert found == [f"{file}.pdf" for file in files]


@pytest.mark.parametrize("letter", ["a", "é", "李", "𝒜", "q\u0301\u0323"])
def test_a_long_name_is_cut_in_bytes_at_a_whole_character(tmp_path: Path, letter: str):
    name = "x" + letter * 199
    found = file_names([name, name, name[:-1]], ".pdf", tmp_path)
    assert len({one.casefold() for one in found}) == 3
    for one in found:
        (tmp_path / one).write_bytes(b"")
        assert len(one.encode()) <= MOST_BYTES
        stem = one.removesuffix(".pdf").removesuffix("-2").removesuffix("-3")
        whole = unicodedata.normalize("NFC", name)
        assert whole.startswith(stem)
        rest = whole[len(stem) :]
        assert not rest or not unicodedata.combining(rest[0])


def test_a_file_of_another_spelling_is_left_alone_and_one_of_the_very_name_is_replaced(tmp_path: Path):
    for name in ("ANA.pdf", "Bo.pdf", f"{NFD}.pdf", "Li.txt"):
        (tmp_path / name).write_bytes(b"")
    assert file_names(["Ana", "Bo", "Zoé", "Li"], ".pdf", tmp_path) == [
        "Ana-2.pdf",
        "Bo.pdf",
        "Zoé-2.pdf",
        "Li.pdf",
    ]


class Here:
    """In place of processes: what is asked is made in this one, when it is wanted."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, page):
        return partial(reports._pdf, page)


@pytest.fixture
def named(sittings: Path) -> Path:
    """Three sittings: Ana, who was given a question of another domain, Bo, and another Ana."""
    rows = [json.loads(line) for line in sittings.read_text("utf-8").splitlines()]
    for row, name in zip(rows, ("Ana", "Bo", "Ana"), strict=True):
        row["candidate"] = name
    arts = load_library([], resource("question_banks")).items.values()
    rows[0]["items"].append({"id": next(one.id for one in arts if one.bank == "arts")})
    sittings.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return sittings


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_who_cannot_be_scored_is_named_and_the_others_are_printed(
    run: Run, named: Path, form: tuple[str, ...]
):
    ran = run("score", named, "--role", ROLE, *form)
    assert ran.code == 1
    assert ran.err.startswith("assessor: Ana: an item measures 'arts.")
    assert ran.err.count("\n") == 1
    told = [json.loads(line)["candidate"] for line in ran.lines] if form else ran.lines[1:3]
    assert [name.split()[0] for name in told] == ["Bo", "Ana"]


def test_one_that_cannot_be_scored_and_one_that_cannot_be_drawn_stop_nobody(
    run: Run, named: Path, monkeypatch: pytest.MonkeyPatch
):
    def poisoned(profile, *_, **__):
        picture = '<img src="https://example.org/x.png" alt="">' if profile.candidate == "Bo" else "A"
        return f"<html lang=en><title>{profile.candidate}</title><body><p>{picture}</p></body></html>"

    monkeypatch.setattr(reports, "render", poisoned)
    monkeypatch.setattr(reports, "_Pool", Here)
    ran = run("report", named, "--role", ROLE, "-o", "out")
    assert ran.code == 1
    assert sorted(path.name for path in Path("out").iterdir()) == ["Ana.pdf"]
    first, second = ran.err.splitlines()
    assert first.startswith("assessor: Ana: an item measures 'arts.")
    assert second.startswith("assessor: Bo: no report: a report may not load https://example.org")


def test_a_fault_in_making_a_page_stops_nobody_and_replaced_files_are_said(
    run: Run, named: Path, monkeypatch: pytest.MonkeyPatch
):
    def faulty(profile, *_, **__):
        if profile.candidate == "Bo":
            raise TypeError("unforeseen")
        return "<p>page</p>"

    monkeypatch.setattr(reports, "render", faulty)
    monkeypatch.setattr(reports, "_Pool", Here)
    monkeypatch.setattr(reports, "_pdf", lambda asked: asked.page.encode())
    for said in ([], ["assessor: out: 1 of 2 files were there and are replaced"]):
        ran = run("report", named, "--role", ROLE, "-o", "out")
        assert ran.code == 1
        assert [line for line in ran.err.splitlines() if "replaced" in line] == said
        assert "assessor: Bo: no report: unforeseen" in ran.err
        assert [path.read_bytes() for path in Path("out").iterdir()] == [b"<p>page</p>"]


def test_a_process_that_ends_takes_no_other_report_along(monkeypatch: pytest.MonkeyPatch):
    with reports._Pool(1) as pool:
        monkeypatch.setattr(reports, "_pdf", os._exit)
        fatal = pool.ask(3)
        with pytest.raises(ValueError, match="ended unexpectedly"):
            fatal()
        monkeypatch.setattr(reports, "_pdf", bytes)
        assert pool.ask(2)() == b"\0\0"
