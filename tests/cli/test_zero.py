"""People who answer at random stand about zero: it is printed without a sign, everywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import ROLE, Run

SIGNED = re.compile(r"[-−]0(?:[.,]0+)?(?![\d.,]*[1-9])(?![\d-])")


@pytest.fixture
def zero(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "zero.jsonl"
    asked = ("--role", ROLE, "-n", 60, "--seed", 3, "--ability", 0, "-o", path)
    assert run("simulate", *asked).code == 0
    return path


def test_tables_and_documents_print_no_minus_zero(run: Run, zero: Path):
    for arguments in (("score", zero, "--role", ROLE), ("compare", zero, "--role", ROLE), ("analyse", zero)):
        for form in ((), ("--json",)):
            ran = run(*arguments, *form)
            assert ran.code == 0
            numbers = re.sub(r"sha256:\w+|\d{4}-\d\d-\d\d|sim-\d+", "", ran.out)
            assert SIGNED.findall(numbers) == []


def test_the_estimate_nearest_zero_is_printed_as_zero_in_a_report(run: Run, zero: Path, tmp_path: Path):
    told = [json.loads(line) for line in run("score", zero, "--role", ROLE, "--json").lines]
    estimates = [one["fit"]["estimate"] for one in told]
    place = estimates.index(max(estimate for estimate in estimates if estimate < 0))
    one = zero.read_text("utf-8").splitlines()[place]
    page = tmp_path / "page.html"
    assert run("report", "-", "--role", ROLE, "--lang", "fr", "-o", page, typed=one).code == 0
    body = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"(?<![\w.])[-−]0(?![\d.,])", body) == []
