"""The benchmarks run, with sizes that say nothing of speed: that is `make bench`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessor.config import ROOT


@pytest.mark.slow
def test_every_benchmark_runs_and_writes_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--json", str(file)],
        cwd=ROOT,
        env={**os.environ, "ASSESSOR_BENCH": "quick"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["quick"]
    assert all(row["ms"] > 0 and row["reference_ms"] > 0 for row in written["results"])
    assert all(row["name"] in run.stdout for row in written["results"])
    modules = list((ROOT / "tests" / "benchmarks").glob("bench_*.py"))
    assert len(written["results"]) >= len(modules) > 0
