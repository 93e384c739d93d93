"""How a command ends: by a signal, a reader that has gone, or a disk that is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import ROLE, Run, left_of, processes_of

COMMAND = (sys.executable, "-m", "assessor")


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """A line of shell; `assessor` stands for the command."""
    return subprocess.run(
        ["bash", "-c", line.replace("assessor", " ".join(COMMAND))],
        capture_output=True,
        text=True,
        timeout=90,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        check=False,
    )


SCHEMA = "assessor banks schema"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{SCHEMA} | head -c 1; exit ${{PIPESTATUS[0]}}", 0),
        (f"{SCHEMA} | true; exit ${{PIPESTATUS[0]}}", 0),
        (f"{SCHEMA} >&-", 0),
        ("assessor --help >&-", 0),
        ("assessor --help | true; exit ${PIPESTATUS[0]}", 0),
        (f"{SCHEMA} 2>&- >&-", 0),
        ("assessor 2>&- >&-", 2),
    ],
)
def test_a_standard_output_without_a_reader_is_silence(line: str, code: int):
    ran = shell(line)
    assert (ran.returncode, ran.stderr) == (code, "")


@pytest.mark.parametrize("what", [SCHEMA, "assessor --help"])
def test_a_full_standard_output_says_so_in_one_line(what: str):
    ran = shell(f"{what} > /dev/full")
    assert (ran.returncode, ran.stderr) == (1, "assessor: standard output: No space left on device\n")


def test_a_closed_standard_error_puts_no_error_among_the_results():
    ran = shell(f"assessor score missing --role {ROLE} 2>&-")
    assert (ran.returncode, ran.stdout) == (1, "")


def test_a_closed_standard_input_holds_no_sitting():
    ran = shell(f"assessor score - --role {ROLE} <&-")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == ("standard input:1: error: the file holds no sitting - give one a line, as JSON\n")


def test_a_closed_stream_gives_its_number_to_no_file(tmp_path: Path):
    """Else what is printed would be in the file that was opened next."""
    ran = shell(f"assessor simulate --role {ROLE} --length short -o {tmp_path}/x.jsonl <&- >&- 2>&-")
    assert ran.returncode == 0
    assert (tmp_path / "x.jsonl").read_text("utf-8").startswith('{"candidate"')


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_batch_that_a_signal_ends_leaves_no_process_and_no_draft(
    run: Run, tmp_path: Path, number: signal.Signals
):
    many = tmp_path / "many.jsonl"
    assert run("simulate", "--role", ROLE, "-n", 20, "--length", "short", "-o", many).code == 0
    out = tmp_path / "out"
    command = subprocess.Popen(
        [*COMMAND, "report", str(many), "--role", ROLE, "-o", str(out)],
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 120
    while not (out.is_dir() and any(out.glob("*.pdf"))):
        assert command.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    assert len(processes_of(tmp_path)) > 1
    command.send_signal(number)
    _, said = command.communicate(timeout=120)
    assert command.returncode == (-number if number == signal.SIGKILL else 128 + number)
    assert not left_of(tmp_path)
    assert "Traceback" not in said
    drafts = [path.name for path in out.iterdir() if path.suffix != ".pdf"]
    assert number == signal.SIGKILL or not drafts
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in out.glob("*.pdf"))
