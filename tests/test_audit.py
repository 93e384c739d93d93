"""What the look-up of known weaknesses says: weaknesses stop it, and a silence is no clean bill."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from assessor.config import ROOT


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CLEAN = {"name": "flask", "version": "3.1.3", "vulns": []}
SILENT = {"name": "numpy", "skip_reason": "not found"}
WEAK = {
    "name": "jinja2",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([CLEAN], 0, "no known weakness in 1 packages"),
        ([CLEAN, SILENT], 2, "Not audited: 1 of 2 packages"),
        ([CLEAN, WEAK, SILENT], 1, "jinja2 2.0: PYSEC-2, mended in no version yet"),
        ([], 2, "Not audited"),
        (None, 2, "no route to the service"),
    ],
)
def test_only_an_answer_for_every_package_is_a_clean_bill(
    audit: ModuleType,
    capsys: pytest.CaptureFixture[str],
    packages: list[dict[str, object]] | None,
    code: int,
    said: str,
) -> None:
    answer = "" if packages is None else json.dumps({"dependencies": packages})
    assert audit.told(answer, "a warning\nno route to the service" if packages is None else "") == code
    assert said in capsys.readouterr().out
