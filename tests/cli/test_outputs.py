"""What commands write is whole and in its place, or is not there at all."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from assessor.cli.outputs import placed
from tests.cli.conftest import ROLE, Run

SIMULATE = ("simulate", "--role", ROLE, "-n", 2, "--length", "short")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_output_takes_the_place_of_the_file_that_was_there(run: Run, tmp_path: Path):
    path = tmp_path / "sittings.jsonl"
    path.write_text("of yesterday")
    path.chmod(0o640)
    assert run(*SIMULATE, "-o", path).code == 0
    assert path.read_text("utf-8").count("\n") == 2
    assert path.stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["sittings.jsonl"]


def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to("there/file")
    with placed(tmp_path / "here") as file:
        file.write(b"x")
    assert (tmp_path / "here").is_symlink()
    assert (tmp_path / "there" / "file").read_bytes() == b"x"


def test_an_output_that_fails_leaves_what_was_there_and_no_draft(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "sittings.jsonl"
    path.write_text("of yesterday")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run(*SIMULATE, "-o", path)
    assert (ran.code, ran.err) == (1, f"assessor: {path}: No space left on device\n")
    assert path.read_text() == "of yesterday"
    assert names(tmp_path) == ["sittings.jsonl"]


def test_what_is_written_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path, done = tmp_path / "file", []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        done.append(("synced", os.fstat(descriptor).st_size if path.exists() is False else "its folder"))
        fsync(descriptor)

    def named(draft: Path, target: Path) -> None:
        done.append(("named", target))
        replace(draft, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", named)
    with placed(path) as file:
        file.write(b"12345")
    assert done == [("synced", 5), ("named", path), ("synced", "its folder")]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("missing/out.jsonl", "missing/out.jsonl: No such file or directory"),
        ("/dev/full", "/dev/full: No space left on device"),
        ("/proc/out.jsonl", "/proc/out.jsonl: "),
        (".", "-o: . is a folder - name a file in it"),
        ("pipe", "-o: pipe is no file - name a file"),
        ("circle", "circle: Too many levels of symbolic links"),
    ],
)
@pytest.mark.usefixtures("bounded")
def test_an_output_that_cannot_be_is_one_line(run: Run, tmp_path: Path, output: str, said: str):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to("circle")
    ran = run(*SIMULATE, "-o", output)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert said in ran.err
    assert names(tmp_path) == ["circle", "pipe"]


@pytest.mark.usefixtures("bounded")
def test_a_report_that_cannot_be_written_is_one_line_and_leaves_no_folder(
    run: Run, sittings: Path, tmp_path: Path
):
    one = tmp_path / "one.jsonl"
    one.write_text(sittings.read_text("utf-8").splitlines()[0], "utf-8")
    (tmp_path / "full.html").symlink_to("/dev/full")
    ran = run("report", one, "--role", ROLE, "-o", "full.html")
    assert (ran.code, ran.err) == (1, "assessor: sim-0001: no report: No space left on device\n")
    assert (tmp_path / "full.html").is_char_device()


def test_a_calibration_s_place_is_tried_before_it_is_estimated(run: Run, sittings: Path, tmp_path: Path):
    asked = ("calibrate", sittings, "--domain", "banking", "--name", "x")
    ran = run(*asked, "-o", "missing/x.json")
    assert (ran.code, ran.err) == (1, "assessor: missing/x.json: No such file or directory\n")
    # Three sittings are too few: neither a calibration nor a draft of one is left.
    assert run(*asked, "-o", "x.json").code == 1
    assert names(tmp_path) == ["sittings.jsonl"]


def test_an_interrupted_command_leaves_what_was_there_and_no_draft(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "sittings.jsonl"
    path.write_text("of yesterday")
    monkeypatch.setattr(os, "fsync", lambda _: signal.raise_signal(signal.SIGTERM))
    assert run(*SIMULATE, "-o", path).code == 128 + signal.SIGTERM
    assert path.read_text() == "of yesterday"
    assert names(tmp_path) == ["sittings.jsonl"]
