"""What commands are handed is a file that ends, or a stream within bounds; anything else is one line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from assessor.banks.encodings import lines_in
from assessor.banks.places import BankError
from assessor.cli import reading
from assessor.sittings.lines import MOST_FINDINGS
from tests.cli.conftest import ROLE, Run
from tests.cli.test_people_files import COMMANDS, command, people

COMMAND = (sys.executable, "-m", "assessor")
OTHERS = ["--calibration", "--columns"]


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: one[0])
@pytest.mark.parametrize(
    ("path", "said"),
    [("pipe", "pipe: this is a named pipe - name a file"), ("/dev/zero", "/dev/zero: this is a device")],
)
def test_sittings_are_no_pipe_by_name_and_no_device(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], path: str, said: str
):
    os.mkfifo(tmp_path / "pipe")
    ran = command(run, arguments, path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["pipe"]


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("option", OTHERS)
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("pipe", "pipe: this is a named pipe"),
        ("/dev/zero", "/dev/zero: this is a device"),
        ("/dev/fd/0", "/dev/fd/0: this is a named pipe"),
        (".", ".: this is a folder"),
        ("circle", "circle: Too many levels of symbolic links"),
    ],
)
def test_columns_and_calibrations_are_files(
    run: Run,
    sittings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    path: str,
    said: str,
):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to("circle")
    if path == "/dev/fd/0":
        ends = os.pipe()
        path, said = f"/dev/fd/{ends[0]}", f"/dev/fd/{ends[0]}: this is a named pipe"
    arguments = ("score", "--role", ROLE) if option == "--calibration" else ("analyse",)
    ran = run(*arguments, sittings, option, path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err


@pytest.mark.usefixtures("bounded")
def test_a_pipe_that_the_shell_opened_and_standard_input_are_read_as_the_file_is(sittings: Path, run: Run):
    wanted = run("score", sittings, "--role", ROLE, "--json").out
    ends = os.pipe()
    os.write(ends[1], sittings.read_bytes())
    os.close(ends[1])
    assert run("score", f"/dev/fd/{ends[0]}", "--role", ROLE, "--json").out == wanted
    asked = [*COMMAND, "score", "-", "--role", ROLE, "--json"]
    # Through a pipe, which cannot be read twice.
    ran = subprocess.run(
        asked, input=sittings.read_bytes(), stdout=subprocess.PIPE, check=True, timeout=60, env={**os.environ}
    )
    assert ran.stdout.decode() == wanted


@pytest.mark.usefixtures("bounded")
def test_an_endless_stream_is_refused_when_its_line_is_too_long(monkeypatch: pytest.MonkeyPatch):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

        def seekable(self) -> bool:
            return False

    endless = Endless()
    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": endless})())
    with (
        pytest.raises(BankError, match="standard input:1: error: the line is over 512 kB"),
        reading.checked("-"),
    ):
        pass
    assert endless.given < 1024 * 1024


def lines_of(raw: bytes, **bounds: int) -> list[tuple[int, str]]:
    bounds = {"longest": 100, **bounds}
    return list(lines_in(io.BytesIO(raw), Path("f"), kind="JSON", **bounds))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 4096])
def test_a_stream_has_the_lines_of_the_file_wherever_it_is_cut(
    monkeypatch: pytest.MonkeyPatch, codec: str, end: str, chunk: int
):
    monkeypatch.setattr("assessor.banks.encodings._CHUNK", 4 * chunk)
    rows = ["Zoé", "", "李 𝒜", "end"]
    assert lines_of(end.join(rows).encode(codec)) == list(enumerate(rows, start=1))


@pytest.mark.parametrize(
    ("raw", "bounds", "line", "said"),
    [
        (b"a\nb\n\xe9c\n", {}, 3, "the line is not UTF-8: the byte 0xe9"),
        (b"a\r\nb\xe9", {}, 2, "the line is not UTF-8: the byte 0xe9"),
        (b"a\n\0", {}, 2, "the line holds NUL bytes"),
        ("a\n\0".encode("utf-16"), {}, 2, "the line holds a NUL character"),
        (b"\xff\xfea", {}, 1, "is not UTF-16"),
        (b"a\n" + b"b" * 101, {}, 2, "the line is over"),
        (b"a\n" + b"b" * 101 + b"\nc", {}, 2, "the line is over"),
        (b"a\n" * 5, {"lines": 4}, 5, "the file has over 4 lines - split it"),
        (b"a\n" * 300_000, {"most": 500_000, "lines": 10**6}, 1, "the file is over 0 MB - split it"),
    ],
)
def test_a_fault_in_a_stream_has_its_line(raw: bytes, bounds: dict[str, int], line: int, said: str):
    with pytest.raises(BankError) as refused:
        lines_of(raw, **bounds)
    [finding] = refused.value.findings
    assert finding.line == line
    assert said in finding.found + " - " + finding.wanted


def test_a_file_of_something_else_names_its_first_lines_only(run: Run, tmp_path: Path):
    path = tmp_path / "log.jsonl"
    path.write_text('{"level": "info"}\n' * 5_000, "utf-8")
    ran = run("score", path, "--role", ROLE)
    told = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert len(told) < 10 * MOST_FINDINGS
    assert "more is wrong from here on - mend the lines above" in told[-1]


def test_one_sitting_of_many_is_in_memory(run: Run, sittings: Path, tmp_path: Path):
    rows = people(sittings)
    many = tmp_path / "many.jsonl"
    with many.open("w", encoding="utf-8") as file:
        for number in range(1_000):
            file.write(json.dumps({**rows[number % 3], "candidate": f"C-{number}"}) + "\n")
    with reading.checked(str(many)) as given:
        assert given.n == 1_000
        seen = [weakref.ref(one) for one in given.sittings()]
    assert len(seen) == 1_000
    assert sum(one() is not None for one in seen) <= 2


def test_the_same_answer_of_many_people_is_kept_once(sittings: Path):
    rows = people(sittings)
    again = [
        {**rows[0], "candidate": name, "seconds": {rows[0]["items"][0]["id"]: k}}
        for k, name in enumerate("abc")
    ]
    sittings.write_text("".join(json.dumps(row) + "\n" for row in again), "utf-8")
    first, *others = reading.sittings_of(str(sittings))
    assert all(
        one is same for other in others for one, same in zip(first.answers, other.answers, strict=True)
    )


@pytest.mark.usefixtures("bounded")
def test_a_bank_that_is_a_pipe_is_one_line(run: Run, tmp_path: Path):
    bank = tmp_path / "bakery"
    (bank / "items").mkdir(parents=True)
    os.mkfifo(bank / "bank.yaml")
    ran = run("banks", "check", bank)
    assert ran.code == 1
    assert "bakery/bank.yaml:1: error: this is a named pipe - put a YAML file here" in ran.out
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["banks", "check", b"b\xe9nk"], rb"b\xe9nk"),
        (["banks", "check", "--json", b"b\xe9nk"], rb"b\\xe9nk"),
        (["score", b"b\xe9nk", "--role", ROLE], rb"b\xe9nk: this is a folder"),
        (["simulate", "--role", ROLE, "-o", b"b\xe9nk"], rb"b\xe9nk is a folder"),
        (["score", "x", "--role", b"\xe9"], b"no role is called"),
    ],
)
def test_names_that_are_not_utf_8_are_told_as_any_terminal_shows_them(
    tmp_path: Path, arguments: list[str | bytes], said: bytes
):
    os.makedirs(os.fsencode(tmp_path) + b"/b\xe9nk/items")
    ran = subprocess.run([*COMMAND, *arguments], capture_output=True, check=False, timeout=60)
    assert ran.returncode in (1, 2)
    assert b"Traceback" not in ran.stderr
    assert said in ran.stdout + ran.stderr
