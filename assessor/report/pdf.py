"""A report's HTML as a tagged PDF: the only place that knows WeasyPrint. Decides nothing of what is in it."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import resource as limits
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import MappingProxyType
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.ffi import harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from assessor.config import resource
from assessor.language.faces import FACES
from assessor.language.papers import LETTER, PAPERS
from assessor.report.styles import SHEETS, page_rule, printed

VARIANT = "pdf/ua-1"
SCHEME = "assessor:"
TIMEOUT_S = 60.0
START_S = 60.0
MEMORY = 2 * 1024**3


class RenderError(RuntimeError):
    """No PDF came out: a refused resource, too long a rendering, or a renderer that died."""


class SealedFetcher(URLFetcher):  # type: ignore[misc]
    """Hands out our own fonts and refuses every other address: network, files, data."""

    def __init__(self) -> None:
        """Refusals end the rendering: a report with a missing part must not exist."""
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The font of that name; FatalURLFetchingError for anything else."""
        path = _font_files().get(url)
        if path is None:
            raise FatalURLFetchingError(f"a report may not load {url[:200]}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


def missing_accelerator() -> bool:
    """Whether libharfbuzz-subset is absent: everything works, about three times slower."""
    return harfbuzz_subset is None


def to_pdf(html: str, *, language: str, title: str, finished: datetime | None, paper: str = LETTER) -> bytes:
    """The PDF/UA-1 document; the same arguments give the same bytes.

    ``finished`` stands for the date of writing, ``paper`` is one of ``papers.PAPERS``. Raises RenderError
    where the HTML asks for any outside resource, or where a part of it could not be drawn.
    """
    with _turn, _written_at(finished), _nothing_missing(), _no_collection():
        fonts, sheets = _styles()
        try:
            document = HTML(string=html, url_fetcher=SealedFetcher(), base_url=None).render(
                stylesheets=[*sheets, _page_of(paper)], font_config=fonts, pdf_variant=VARIANT
            )
            document.metadata.title = title
            document.metadata.lang = language
            written: bytes = document.write_pdf(pdf_variant=VARIANT)
        except FatalURLFetchingError as error:
            raise RenderError(str(error)) from None
    return written


def to_pdf_isolated(
    html: str,
    *,
    language: str,
    title: str,
    finished: datetime | None,
    paper: str = LETTER,
    timeout_s: float = TIMEOUT_S,
) -> bytes:
    """As ``to_pdf``, in a child process with limits that is kept for the next report.

    Raises RenderError too where the child takes longer than ``timeout_s`` or dies; the next call starts
    another.
    """
    asked = {"html": html, "language": language, "title": title, "finished": finished, "paper": paper}
    with _turn:
        return _child.render(asked, timeout_s)


_turn = threading.RLock()


class _Child:
    """One renderer process and the pipe to it; used under ``_turn`` only."""

    def __init__(self) -> None:
        self.process: BaseProcess | None = None
        self.pipe: Connection | None = None
        self.owner = 0

    def render(self, asked: Mapping[str, Any], timeout_s: float) -> bytes:
        try:
            pipe = self.ready()
            pipe.send(asked)
            if not pipe.poll(timeout_s):
                raise RenderError(f"the PDF was not ready after {timeout_s:g} seconds")
            answer: bytes | str = pipe.recv()
        except RenderError:
            self.stop()
            raise
        except (EOFError, OSError):
            self.stop()
            raise RenderError("the PDF renderer ended unexpectedly") from None
        if isinstance(answer, str):
            raise RenderError(answer)
        return answer

    def ready(self) -> Connection:
        # After a fork of the server the pipe belongs to the parent: this process needs a child of its own.
        if self.owner != os.getpid():
            self.process, self.pipe, self.owner = None, None, os.getpid()
        if self.process is None or self.pipe is None or not self.process.is_alive():
            self.stop()
            context = multiprocessing.get_context("spawn")
            self.pipe, theirs = context.Pipe()
            self.process = context.Process(target=_serve, args=(theirs,), name="report-pdf", daemon=True)
            self.process.start()
            theirs.close()
            if not self.pipe.poll(START_S):
                raise RenderError("the PDF renderer did not start")
            self.pipe.recv()
        return self.pipe

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
        if self.pipe is not None:
            self.pipe.close()
        self.process = self.pipe = None


_child = _Child()


def start_renderer() -> None:
    """The renderer process is there, so that the next report does not wait for it; raises nothing."""
    with _turn, suppress(RenderError, OSError, EOFError):
        _child.ready()


def stop_renderer() -> None:
    """Nothing is left running: the renderer process, if there is one, is ended."""
    with _turn:
        if _child.owner == os.getpid():
            _child.stop()


def _serve(pipe: Connection) -> None:
    limits.setrlimit(limits.RLIMIT_AS, (MEMORY, MEMORY))
    limits.setrlimit(limits.RLIMIT_CORE, (0, 0))
    _styles()
    pipe.send("ready")
    while True:
        try:
            asked = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            pipe.send(to_pdf(**asked))
        except (
            Exception
        ) as error:  # the outermost edge of this process: the parent is told, the child lives on
            pipe.send(f"the PDF could not be made: {error}")


@lru_cache(maxsize=1)
def _font_files() -> Mapping[str, Path]:
    return MappingProxyType({f"{SCHEME}{face.file}": face.path for face in FACES.values()})


@lru_cache(maxsize=1)
def _styles() -> tuple[FontConfiguration, tuple[CSS, ...]]:
    """Fonts and stylesheets, parsed once per process: a fresh set per report costs time and leaks memory."""
    with _environment("FONTCONFIG_FILE", str(resource("fonts") / "fonts.conf")):
        fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{font-family: "{face.family}"; src: url("{SCHEME}{face.file}") format("truetype");'
        f" font-weight: {face.weight}; font-style: {face.style}}}"
        for face in FACES.values()
    )
    static = resource("static")
    sheet = printed(*((static / name).read_text(encoding="utf-8") for name in SHEETS))
    return fonts, (CSS(string=f"{faces}\n{sheet}", font_config=fonts, url_fetcher=SealedFetcher()),)


@lru_cache(maxsize=len(PAPERS))
def _page_of(paper: str) -> CSS:
    return CSS(string=page_rule(paper), url_fetcher=SealedFetcher())


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


@contextmanager
def _nothing_missing() -> Iterator[None]:
    """RenderError where the renderer only logged that it left something out, as for a broken drawing."""
    log, complaints = logging.getLogger("weasyprint"), _Complaints()
    log.addHandler(complaints)
    try:
        yield
    finally:
        log.removeHandler(complaints)
    if complaints.found:
        raise RenderError(complaints.found[0])


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for unreachable objects meanwhile: a rendering makes many and drops them all at its end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _written_at(moment: datetime | None) -> AbstractContextManager[None]:
    """The renderer writes this moment wherever it would write the present one."""
    return _environment("SOURCE_DATE_EPOCH", str(0 if moment is None else int(moment.timestamp())))


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
