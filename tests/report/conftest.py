"""What the report's tests share: profiles and PDF files by name, each made once."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pytest

from assessor.profile import Profile
from assessor.report import edition_of, html, pdf


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
def _built(name: str) -> Profile:
    profile: Profile = SAMPLES.profile(**SAMPLES.SAMPLES[name])
    return profile


@lru_cache(maxsize=32)
def _made(name: str, language: str) -> Profile:
    # No number of a profile hangs on the language.
    return replace(_built(name), language=language)


@pytest.fixture
def sample() -> Callable[[str, str], Profile]:
    return _made


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], Path]:
    """The PDF file of a sample, a language and an edition; the processes of one run share them."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def path_of(name: str, language: str, edition: str) -> Path:
        path = folder / f"{name.replace(' ', '-')}-{language}-{edition}.pdf"
        if not path.exists():
            profile = _made(name, language)
            shown, title = html.render(profile, edition_of(edition), language), html.title(profile, language)
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_bytes(pdf.to_pdf(shown, language=language, title=title, finished=profile.finished))
            draft.replace(path)
        return path

    return path_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample_name" in metafunc.fixturenames:
        metafunc.parametrize("sample_name", list(SAMPLES.SAMPLES))
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", SAMPLES.LANGUAGES)
