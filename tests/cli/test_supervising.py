"""The parent of a server's parts: what dies is started again, what cannot live ends all, nothing is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from assessor.config import ROOT

PROGRAM = """
import os, sys, time
from pathlib import Path
from assessor.cli import supervising
supervising.AT_LEAST_S = {AT_LEAST}

def part(name, seconds, code=0):
    def run():
        with open("log", "a") as log:
            log.write(f"{name} {os.getpid()}\\n")
        time.sleep(seconds)
        sys.exit(code)
    return run

sys.exit(supervising.Parent({PARTS}, vital="web").run())
"""


def parent(folder: Path, parts: str, at_least: float = 0.3) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.replace("{PARTS}", parts).replace("{AT_LEAST}", str(at_least))],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def pids(folder: Path, name: str, count: int) -> list[int]:
    """The processes of that part, as soon as there have been so many."""
    latest, log = time.monotonic() + 120, folder / "log"
    while time.monotonic() < latest:
        found = re.findall(rf"{name} (\d+)\n", log.read_text() if log.exists() else "")
        if len(found) >= count:
            return [int(pid) for pid in found]
        time.sleep(0.02)
    raise AssertionError(f"{name} was not started {count} times")


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone(all_of_them: list[int]) -> bool:
    latest = time.monotonic() + 120
    while any(is_there(pid) for pid in all_of_them) and time.monotonic() < latest:
        time.sleep(0.02)
    return not any(is_there(pid) for pid in all_of_them)


def test_a_part_that_dies_is_started_again_and_a_signal_ends_them_all(tmp_path: Path) -> None:
    running = parent(tmp_path, "{'web': part('web', 60), 'worker': part('worker', 60)}")
    web, worker = pids(tmp_path, "web", 1), pids(tmp_path, "worker", 1)
    time.sleep(0.4)
    os.kill(worker[0], signal.SIGKILL)
    worker = pids(tmp_path, "worker", 2)
    time.sleep(0.4)
    os.kill(web[0], signal.SIGKILL)
    web = pids(tmp_path, "web", 2)
    running.terminate()
    _, said = running.communicate(timeout=120)
    assert running.returncode == 0
    assert said.count("another is started") == 2
    assert gone([*web, *worker])


def test_a_server_that_cannot_start_ends_all_with_its_code(tmp_path: Path) -> None:
    running = parent(tmp_path, "{'worker': part('worker', 60), 'web': part('web', 0, 3)}", 20)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 3
    assert said == ""
    assert gone(pids(tmp_path, "worker", 1))


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    running = parent(tmp_path, "{'web': part('web', 60), 'worker': part('worker', 60)}")
    parts = [*pids(tmp_path, "web", 1), *pids(tmp_path, "worker", 1)]
    running.kill()
    running.communicate(timeout=120)
    if sys.platform == "linux":
        assert gone(parts)
