"""Files as people's programs save them: read, or refused with the line, the fault and the cure."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor.banks.places import BankError
from assessor.cli.columns import read_columns
from tests.cli.conftest import ROLE, Ran, Run

Write = Callable[..., Path]
COMMANDS = [
    ("score", "--role", ROLE),
    ("compare", "--role", ROLE),
    ("report", "--role", ROLE, "-o", "out"),
    ("analyse",),
    ("calibrate", "--domain", "banking", "--name", "x", "-o", "x.json"),
]


def people(sittings: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sittings.read_text("utf-8").splitlines()]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def named(sittings: Path, *names: str) -> str:
    return lines([{**row, "candidate": name} for row, name in zip(people(sittings), names, strict=True)])


def command(run: Run, arguments: tuple[str, ...], source: object, typed: str = "") -> Ran:
    return run(arguments[0], source, *arguments[1:], typed=typed)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: one[0])
def test_a_sitting_that_stands_twice_is_refused_by_name_by_every_command(
    run: Run, sittings: Path, arguments: tuple[str, ...]
):
    rows = people(sittings)
    # Once more as another program writes it: keys in another order, an accent in two characters.
    rows[1]["candidate"] = "Zoé"
    again = {**dict(reversed(rows[1].items())), "candidate": "Zoe\u0301"}
    sittings.write_text(lines([*rows, rows[0], again]), "utf-8")
    ran = command(run, arguments, sittings)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[0].startswith(
        "sittings.jsonl:4: error: the sitting of 'sim-0001' stands at line 1 already - keep one of the two"
    )
    assert "sittings.jsonl:5: error: the sitting of 'Zoé' stands at line 2 already" in ran.err
    assert not Path("out").exists()


def test_two_people_of_one_name_are_two_sittings(run: Run, sittings: Path):
    ran = run("score", "-", "--role", ROLE, typed=named(sittings, "Ana", "Ana", "Ana-2"))
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.lines[1:4]] == ["Ana", "Ana", "Ana-2"]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_sittings_are_read_with_a_mark_in_utf_16_and_with_other_line_ends(
    run: Run, sittings: Path, codec: str, end: str
):
    wanted = run("score", sittings, "--role", ROLE, "--json").out
    sittings.write_bytes(sittings.read_text("utf-8").replace("\n", end).encode(codec))
    ran = run("score", sittings, "--role", ROLE, "--json")
    assert (ran.code, ran.out) == (0, wanted)


def test_a_list_and_a_sitting_over_several_lines_say_what_would_be_right(run: Run, sittings: Path):
    for text, said in [
        (json.dumps(people(sittings), indent=1), "the file is one list - give each sitting on a line"),
        (json.dumps(people(sittings)[0], indent=1), "over several lines - give each sitting on one line"),
        (json.dumps(people(sittings)), "the line is a list - give a sitting, as {...}"),
        ("candidate,region\nAna,Est\n", "the first is 'candidate,region' - give one a line, as JSON"),
        ("\n \n", "the file holds no sitting"),
    ]:
        ran = run("score", "-", "--role", ROLE, typed=text)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert ran.err.startswith("standard input:1: error: ")
        assert said in ran.err


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: one[0])
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "sittings.jsonl:1: error: the file holds no sitting"),
        (b"\xef\xbb\xbf", "sittings.jsonl:1: error: the file holds no sitting"),
        (b'{"candidate": "Zo\xe9"}', "sittings.jsonl:1: error: the line is not UTF-8: the byte 0xe9"),
        (b"{\0\n", "sittings.jsonl:1: error: the line holds NUL bytes"),
        (b"{" + b" " * 300_000 + b"}", "sittings.jsonl:1: error: the line is over 256 kB"),
        (b"PK\x03\x04", "sittings.jsonl:1: error: the file is a workbook"),
        (None, "sittings.jsonl: this is a folder - name a file"),
    ],
)
def test_no_file_of_sittings_ends_in_a_traceback(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], raw: bytes | None, said: str
):
    path = tmp_path / "sittings.jsonl"
    path.mkdir() if raw is None else path.write_bytes(raw)
    ran = command(run, arguments, path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ana\nMaria", "a line end (U+000A) - write it on one line"),
        ("\u202eanA", "an invisible character (U+202E) - take it out"),
        ("\u200b", "an invisible character (U+200B)"),
        (" ", "begins or ends with a space"),
    ],
)
def test_a_name_that_is_none_is_refused_with_its_line(run: Run, sittings: Path, name: str, said: str):
    sittings.write_text(named(sittings, "Ana", name, "Zoé"), "utf-8")
    ran = run("score", sittings, "--role", ROLE)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("sittings.jsonl:2: error: candidate: ")
    assert said in ran.err


def test_the_name_of_a_calibration_is_a_name(run: Run, sittings: Path):
    for name in ("", "two\nlines"):
        ran = run("calibrate", sittings, "--domain", "banking", "--name", name, "-o", "x.json")
        assert ran.code == 2
        assert ran.err.startswith("assessor: --name: ")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"format":\n', "x.json:2: error: the file is not JSON"),
        (b"[]", "x.json: this is no calibration of format"),
        ("{}".encode("utf-16-le"), "x.json:1: error: the line holds NUL bytes"),
        (b"\xe9", "x.json:1: error: the line is not UTF-8"),
        (b"[" * 100_000, "x.json: "),
        (b'{"format": "assessor-calibration/1", "items": 3}', "x.json: "),
    ],
)
def test_no_calibration_ends_in_a_traceback(run: Run, sittings: Path, raw: bytes, said: str):
    Path("x.json").write_bytes(raw)
    ran = run("score", sittings, "--role", ROLE, "--calibration", "x.json")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert "give a file that assessor calibrate wrote" in ran.err or "in UTF-8" in ran.err


# Columns


@pytest.fixture
def told(run: Run, tmp_path: Path, sittings: Path) -> Callable[[str | bytes], Ran]:
    """What analyse says to a file of columns, beside the sittings of 001, 002 and 003."""
    sittings.write_text(named(sittings, "001", "002", "003"), "utf-8")

    def analysed(text: str | bytes) -> Ran:
        path = tmp_path / "columns.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return run("analyse", sittings, "--columns", path)

    return analysed


PLAIN = "candidate,région\n001,Montérégie\n002,Québec\n003,Québec\n"
ALL = "assessor: columns.csv: 0 of 3 lines found no sitting; 0 of 3 sittings found no line"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        "sep=;\n" + PLAIN.replace(",", ";"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("Québec", '"Québec"'),
        PLAIN.replace("\n", ",,\n") + ",,,\n\n",
        PLAIN.replace(",", ";").replace("Québec", "Québec, la ville"),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace(",", "\t").encode("utf-16"),
    ],
)
def test_columns_are_read_as_spreadsheets_save_them(told: Callable[[str | bytes], Ran], text: str | bytes):
    ran = told(text)
    assert (ran.code, ran.err.splitlines()) == (0, [ALL])
    assert "by région: Montérégie (1) beside Québec" in ran.out


def test_windows_1252_is_read_and_said(told: Callable[[str | bytes], Ran]):
    ran = told(PLAIN.encode("cp1252"))
    assert ran.code == 0
    assert "was read as Windows-1252 - save it as CSV in UTF-8" in ran.err.splitlines()[0]
    assert "by région: Montérégie (1) beside Québec (2)" in ran.out


def test_spaces_are_left_out_and_said_and_both_forms_of_a_letter_are_one(
    run: Run, tmp_path: Path, sittings: Path
):
    sittings.write_text(named(sittings, "Zoé", "Ana", "Bo"), "utf-8")
    columns = tmp_path / "columns.csv"
    columns.write_text("candidate,region\n Zoe\u0301,Est\nAna ,Ouest\nBo,Ouest\n", "utf-8")
    ran = run("analyse", sittings, "--columns", columns)
    assert ran.err.splitlines() == ["assessor: columns.csv: spaces around 2 cells were left out", ALL]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("candidate,region\n1,Est\n2,Ouest\n3,Est\n", "the file's names have lost leading zeros"),
        ("candidate,region\nx,Est\n", "it names 'x', the sittings '001', '002', '003' - write the names as"),
    ],
)
def test_a_join_that_finds_nothing_fails_and_says_why(
    told: Callable[[str | bytes], Ran], text: str, said: str
):
    ran = told(text)
    assert (ran.code, ran.out) == (1, "")
    assert "found a sitting" in ran.err
    assert said in ran.err


def test_what_found_no_partner_is_counted_and_named(told: Callable[[str | bytes], Ran]):
    ran = told("candidate,region\n001,Est\n2,Ouest\n003,\n004,Est\n")
    assert ran.code == 0
    assert "2 of 4 lines found no sitting ('2', '004')" in ran.err
    assert "1 of 3 sittings found no line ('002')" in ran.err
    assert "region: 1 sitting with an empty cell" in ran.err


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the file is empty - give candidate, then a name for each column"),
        ("\n,,\n", 1, "the file is empty"),
        ("candidate\n001\n", 1, "names no columns: it holds 'candidate' alone"),
        ("candidate,region\n", 1, "no line follows the heads"),
        ("candidate,region,region\n001,a,b\n", 1, "the head 'region' stands twice"),
        ("candidate,,region\n001,a,b\n", 1, "the head of column 2 is empty"),
        ("candidate,language\n001,a\n", 1, "'language' is what sittings tell themselves"),
        ("candidate,region\n001,a,b\n", 2, "the line has 3 cells - give 2"),
        ("candidate,region\n\n001\n", 3, "the line has 1 cell - give 2"),
        ('candidate,region\n001,"Est\n002,Est\n', 2, "a quotation mark is opened and not closed"),
        ('candidate,region\n001,"Est\n002,"Est"\n', 2, "a quotation mark is opened and not closed"),
        ('candidate,region\n001,"Est\n002",Est\n', 2, "goes on to line 3 - close the quotation mark"),
        ('candidate,region\n001,"a"b\n', 2, "text stands after a closing quotation mark"),
        ('candidate,region\n001,"a\nb"\n', 2, "goes on to line 3"),
        ("candidate,region\n001,a\0\n", 2, "NUL bytes"),
        (
            "candidate,region\n001," + "a" * 200_000 + "\n",
            2,
            "the line is over 128 kB - save the file as CSV",
        ),
        ("candidate,region\n001," + "a" * 300 + "\n", 2, "has 300 characters - give at most 200"),
        ("candidate,region\n001,a\u202eb\n", 2, "an invisible character (U+202E)"),
        ("candidate,region\n,a\n", 2, "no character that can be seen"),
        ("candidate,region\nZoé,a\nZoe\u0301,b\n", 3, "the candidate 'Zoé' stands twice"),
        ("PK\x03\x04", 1, "the file is a workbook"),
    ],
)
def test_a_clumsy_file_of_columns_is_refused_with_its_line(
    told: Callable[[str | bytes], Ran], text: str, line: int, said: str
):
    ran = told(text)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"columns.csv:{line}: error: ")
    assert said in ran.err


CLUMSY = st.lists(
    st.sampled_from(
        ["candidate", "région", "Zoé", '"', ",", ";", "\t", "\n", "\r", "\0", " ", "\u202e", "1"]
    ),
    max_size=20,
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.binary(max_size=40)
    | st.builds(str.encode, CLUMSY, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-8-sig"]))
)
def test_no_file_of_columns_crashes_the_reading(tmp_path: Path, raw: bytes):
    path = tmp_path / "any.csv"
    path.write_bytes(raw)
    try:
        found = read_columns(path)
    except BankError as refused:
        said = {bool(one.found and one.wanted and one.line >= 1) for one in refused.findings}
    else:
        said = {bool(found.names and found.groups)}
    assert said == {True}
