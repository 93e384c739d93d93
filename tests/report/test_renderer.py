"""The process that makes PDF files: what it may use of the machine."""

from __future__ import annotations

import resource as limits
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from assessor.report import pdf

FINISHED = datetime(2026, 11, 18, 14, 2, tzinfo=UTC)
PAGE = '<!doctype html><html lang="en"><head><title>t</title></head><body><h1>Hello</h1></body></html>'


@pytest.fixture
def renderer() -> Iterator[None]:
    yield
    pdf.stop_renderer()


@pytest.mark.usefixtures("renderer")
def test_a_report_may_not_take_the_machine_s_memory_nor_leave_an_image_of_its_own() -> None:
    pdf.to_pdf_isolated(PAGE, language="en", title="t", finished=FINISHED)
    process = pdf._child.process
    assert process is not None
    assert process.pid is not None
    assert limits.prlimit(process.pid, limits.RLIMIT_AS) == (pdf.MEMORY, pdf.MEMORY)
    assert limits.prlimit(process.pid, limits.RLIMIT_CORE) == (0, 0)
