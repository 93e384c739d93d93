"""Looks up known weaknesses of the pinned versions: python .ci/audit.py REQUIREMENTS. Needs uv beside it.

Exit code 0: looked up and none known. 1: weaknesses, each printed. 2: not audited, since the public advisory
service did not answer for some package. A silence is never taken for a clean bill.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

CLEAN, WEAK, NOT_AUDITED = 0, 1, 2
LONGEST_S = 240


def main(requirements: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        uv = str(Path(sys.executable).with_name("uv"))
        asked = [uv, "tool", "run", "--quiet", "pip-audit", "--disable-pip", "--require-hashes"]
        asked += [
            "--progress-spinner",
            "off",
            "--format",
            "json",
            "--output",
            str(answer),
            "-r",
            requirements,
        ]
        try:
            ran = subprocess.run(asked, capture_output=True, text=True, timeout=LONGEST_S, check=False)
        except subprocess.TimeoutExpired:
            return told("", f"no answer within {LONGEST_S} seconds")
        return told(answer.read_text(encoding="utf-8") if answer.exists() else "", ran.stderr.strip())


def told(answer: str, complaint: str) -> int:
    """Say what pip-audit's answer amounts to, and give the exit code."""
    packages = json.loads(answer)["dependencies"] if answer else []
    weak = [package for package in packages if package.get("vulns")]
    silent = [package["name"] for package in packages if "skip_reason" in package]
    for package in weak:
        for found in package["vulns"]:
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {found['id']}, mended in {mended}")
    if weak:
        return WEAK
    if silent or not packages:
        why = (
            complaint.splitlines()[-1]
            if complaint and not packages
            else "the advisory service was not reached"
        )
        print(
            f"Not audited: {len(silent) or 'all'} of {len(packages) or 'the'} packages had no answer ({why})"
        )
        return NOT_AUDITED
    print(f"Audited: no known weakness in {len(packages)} packages")
    return CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
