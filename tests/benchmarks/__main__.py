"""Every `bench_*.py` here, or those named: a table, and the same figures as JSON. Speed is never asserted.

    python -m tests.benchmarks [report saving ...] [--json FILE]

With ASSESSOR_BENCH=quick the sizes are tiny: that shows that they run, and says nothing of speed.
"""

import argparse
import os
import platform
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from assessor import __version__
from assessor.config import ROOT
from tests.benchmarks.timing import Measured, say, table, write

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
LIBRARIES = ("flask", "gunicorn", "numpy", "scipy", "sqlalchemy", "weasyprint")


def measured(names: list[str], *, quick: bool) -> list[Measured]:
    rows: list[Measured] = []
    for name in names:
        start = time.monotonic()
        rows += import_module(f"tests.benchmarks.bench_{name}").measure(quick=quick)
        say(f"{name}: {time.monotonic() - start:.1f} s")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("name", nargs="*", choices=[[], *NAMES], help=f"one or more of: {', '.join(NAMES)}")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "benchmarks.json", metavar="FILE")
    given = parser.parse_args()
    quick = os.environ.get("ASSESSOR_BENCH", "") == "quick"
    for setting in [setting for setting in os.environ if setting.startswith("ASSESSOR_")]:
        del os.environ[setting]
    # One thread on both sides of a ratio; numpy reads this once, when it is first imported.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    load, start = os.getloadavg()[0], time.monotonic()
    rows = measured(given.name or NAMES, quick=quick)
    about = {
        "quick": quick,
        "assessor": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
        "seconds": round(time.monotonic() - start, 1),
    }
    write(given.json, rows, about)
    print(table(rows))
    for row in rows:
        if row.note:
            print(f"  {row.name}: {row.note}")
    print(f"{len(rows)} rows in {about['seconds']} s, load {load:.1f} before; also in {given.json}")


if __name__ == "__main__":
    main()
