"""What holds for every command: help at once, exit codes, one line an error, quiet pipes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from pkgutil import walk_packages

import pytest

from assessor import __version__
from assessor.assembly import LENGTHS
from assessor.cli import arguments, commands, terminal
from assessor.config import ROOT
from tests.cli.conftest import ROLE, Run, left_of

COMMAND = [sys.executable, "-m", "assessor"]
COMMANDS = [
    found.name.removeprefix(f"{commands.__name__}.").split(".")
    for found in walk_packages(commands.__path__, f"{commands.__name__}.")
]


def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "ASSESSOR_DATA": str(tmp_path / "state")}


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
def test_help_is_printed_and_ends_well(run: Run, command: list[str]):
    ran = run(*command, "--help")
    assert ran.code == 0
    assert ran.out.startswith("usage: assessor")


def test_the_registry_of_commands_is_walked():
    assert ["serve"] in COMMANDS
    assert ["banks", "check"] in COMMANDS


def test_lengths_are_those_that_forms_have():
    assert tuple(LENGTHS) == arguments.LENGTHS


def test_help_answers_at_once_because_nothing_heavy_is_imported():
    script = (
        "import sys\nfrom assessor.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'numpy', 'pydantic', 'yaml', 'flask', 'sqlalchemy', 'weasyprint'} & set(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert printed.splitlines()[-1] == "[]"


def test_the_version_is_told(run: Run):
    assert run("--version").out == f"assessor {__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["worker", "--threads", "0"],
        ["jobs", "stop", "all"],
        ["banks"],
        ["banks", "sell"],
        ["form"],
        ["form", "--role", ROLE, "--length", "endless"],
        ["form", "--role", ROLE, "--seed", "-1"],
        ["simulate", "--role", ROLE, "-n", "many"],
        ["simulate", "--role", ROLE, "--ability", "nan"],
        ["simulate", "--role", ROLE, "--spread", "-0.1"],
        ["simulate", "--role", ROLE, "--form-effects", "none"],
        ["serve", "--port", "65536"],
        ["serve", "--workers", "0"],
        ["report", "x", "--role", ROLE],
    ],
    ids=" ".join,
)
def test_a_command_that_cannot_be_is_a_usage_error(run: Run, command: list[str]):
    ran = run(*command)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


def test_a_setting_that_cannot_be_is_one_line_with_its_name(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ASSESSOR_TRUSTED_PROXIES", "all")
    ran = run("banks", "stats")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("assessor: ASSESSOR_TRUSTED_PROXIES: ")
    assert ran.err.count("\n") == 1


def test_a_database_that_is_none_is_one_line(run: Run, tmp_path: Path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "assessor.db").write_text("this is no database, whatever its name may be " * 30)
    for command in (["db", "upgrade"], ["retention"], ["banks", "load"]):
        ran = run(*command)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.count("\n") == 1
        assert "Traceback" not in ran.err


def test_an_error_of_our_own_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch):
    def broken(*args: object, **kwargs: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("assessor.cli.banks.schema", broken)
    with pytest.raises(ZeroDivisionError):
        run("banks", "schema")


def test_an_interrupted_command_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch):
    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("assessor.cli.banks.schema", interrupted)
    assert run("banks", "schema").code == 130


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path):
    with subprocess.Popen(
        [*COMMAND, "simulate", "--role", ROLE, "-n", "300"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    ) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        assert writer.stdout.readline().startswith(b'{"candidate": "sim-0001"')
        writer.stdout.close()
        assert writer.stderr.read() == b""
        assert writer.wait() == 0


def test_output_is_utf8_whatever_the_terminal_claims(tmp_path: Path):
    claimed = environment(tmp_path) | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    printed = subprocess.run(
        [*COMMAND, "banks", "stats", "--lang", "fr"], env=claimed, capture_output=True, check=True
    ).stdout
    assert "Arts et culture" in printed.decode("utf-8")
    assert (
        subprocess.run(
            [*COMMAND, "form", "--role", ROLE, "--lang", "fr"], env=claimed, capture_output=True, check=True
        )
        .stdout.decode("utf-8")
        .count("Stratégie")
    )


def test_retention_counts_and_deletes_nothing_on_a_new_database(run: Run):
    assert run("retention", "--dry-run").out == "0 expired sittings would be deleted\n"
    assert run("retention").out == "0 expired sittings deleted\n"
    assert run("db", "upgrade").out == "the database is up to date\n"


def test_columns_of_a_table_are_aligned_by_what_is_seen():
    rows = [("name", "n"), ("e\u0301te\u0301", "1"), ("été", "10"), ("日本", "2")]
    assert list(terminal.table(rows, right=[1])) == [
        "name   n",
        "e\u0301te\u0301    1",
        "été   10",
        "日本   2",
    ]


def test_a_bar_is_shown_only_to_a_person(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    terminal.Progress(2, "reports").advance()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    bar = terminal.Progress(2, "reports")
    bar.advance()
    bar.advance()
    shown = capsys.readouterr().err
    assert "reports 1/2 [" in shown
    assert shown.endswith("left \n")


@pytest.mark.slow
def test_the_server_prepares_its_database_answers_and_ends_on_a_signal(tmp_path: Path):
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    )
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        found = re.fullmatch(r"Assessor answers at (http://127\.0\.0\.1:(\d+)) \(Ctrl-C ends it\)\n", said)
        assert found
        # The tests of this process may open no socket: another process asks.
        asked = (
            "import sys, urllib.request as r; print(r.urlopen(sys.argv[1] + '/healthz', timeout=30).status)"
        )
        got = subprocess.run(
            [sys.executable, "-c", asked, found[1]], capture_output=True, text=True, check=True
        )
        assert got.stdout == "200\n"
        taken = subprocess.run(
            [*COMMAND, "serve", "--port", found[2]], capture_output=True, text=True, env=environment(tmp_path)
        )
        assert taken.returncode == 1
        assert "choose another --port" in taken.stderr
        assert taken.stderr.count("\n") == 1
    finally:
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=120)
    assert server.returncode == 0
    assert errors == ""
    assert not left_of(tmp_path)
    assert (tmp_path / "state" / "assessor.db").is_file()
