"""What the report's tests share: profiles by name, made once."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pytest

from assessor.profile import Profile


def _samples() -> ModuleType:
    # --import-mode=importlib puts no test folder on the path.
    spec = importlib.util.spec_from_file_location("report_samples", Path(__file__).with_name("samples.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["report_samples"] = module
    spec.loader.exec_module(module)
    return module


SAMPLES = _samples()


@lru_cache(maxsize=32)
def _made(name: str, language: str) -> Profile:
    profile: Profile = SAMPLES.profile(language=language, **SAMPLES.SAMPLES[name])
    return profile


@pytest.fixture
def sample() -> Callable[[str, str], Profile]:
    return _made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample_name" in metafunc.fixturenames:
        metafunc.parametrize("sample_name", list(SAMPLES.SAMPLES))
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", SAMPLES.LANGUAGES)
