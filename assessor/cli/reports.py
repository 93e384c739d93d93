"""``report``: sittings as PDF files or HTML twins, over all cores. What they say the report decides."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

from assessor.cli import DONE
from assessor.cli.banks import language_of, library, role_of, settings
from assessor.cli.failures import UsageError
from assessor.cli.sittings import profiles_of
from assessor.cli.terminal import Progress
from assessor.config import PAPERS, resource
from assessor.profile import Profile
from assessor.report.html import editions, render, title
from assessor.report.papers import page_rule, paper_of

FORMATS = (".pdf", ".html")


def report(
    source: str,
    role_id: str,
    *,
    calibration: Path | None,
    language: str | None,
    edition: str,
    paper: str | None,
    output: Path,
) -> int:
    """Write one file a sitting: ``output`` itself, or files in it where it is a folder."""
    if paper is not None and paper not in PAPERS:
        raise UsageError(f"--paper: there is no paper {paper!r} - use one of {', '.join(PAPERS)}")
    if edition not in editions():
        raise UsageError(
            f"--edition: there is no edition {edition!r} yet - use one of {', '.join(editions())}"
        )
    role = role_of(role_id)
    if language is not None:
        language_of(language, library().languages(role.domain))
    profiles = profiles_of(source, role, calibration)
    paths = _paths(profiles, output)
    progress = Progress(len(paths), "reports")
    written = _written(profiles, paths, edition, language, paper or settings().paper)
    for path, content in written:
        _replace(path, content)
        progress.advance()
    return DONE


def _paths(profiles: Sequence[Profile], output: Path) -> list[Path]:
    """Where each report goes; UsageError for a name that says neither a file of ours nor a folder."""
    if output.suffix in FORMATS and not output.is_dir():
        if len(profiles) > 1:
            raise UsageError(f"-o: {output} is one file for {len(profiles)} sittings - name a folder")
        return [output]
    if output.suffix and not output.is_dir():
        raise UsageError(f"-o: {output} - name a file that ends in .pdf or .html, or a folder")
    output.mkdir(parents=True, exist_ok=True)
    names = [re.sub(r"[^\w.-]+", "-", profile.candidate).strip(".-") or "sitting" for profile in profiles]
    taken: dict[str, int] = {}
    paths = []
    for name in names:
        taken[name.lower()] = taken.get(name.lower(), 0) + 1
        number = taken[name.lower()]
        paths.append(output / (f"{name}.pdf" if number == 1 else f"{name}-{number}.pdf"))
    return paths


def _replace(path: Path, content: bytes) -> None:
    """Write beside, then put in place: a stopped command leaves no half a report."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _written(
    profiles: Sequence[Profile], paths: Sequence[Path], edition: str, language: str | None, wanted: str
) -> Iterator[tuple[Path, bytes]]:
    asked = zip(profiles, paths, strict=True)
    if len(paths) == 1:
        for profile, path in asked:
            chosen = language or profile.language
            paper = paper_of(wanted, locales=[chosen])
            page = render(profile, edition, chosen)
            yield (
                path,
                _twin(page, paper) if path.suffix == ".html" else _pdf(*_page(profile, page, chosen), paper),
            )
        return
    # Pages are made here, PDF files (nearly all of the time) by one process a core.
    cores = os.cpu_count() or 1
    context = multiprocessing.get_context("forkserver")
    waiting: deque[tuple[Path, Future[bytes]]] = deque()
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        for profile, path in asked:
            chosen = language or profile.language
            paper = paper_of(wanted, locales=[chosen])
            page = render(profile, edition, chosen)
            waiting.append((path, pool.submit(_pdf, *_page(profile, page, chosen), paper)))
            if len(waiting) > 2 * cores:
                first, pdf = waiting.popleft()
                yield first, pdf.result()
        for path, pdf in waiting:
            yield path, pdf.result()


def _page(profile: Profile, page: str, language: str) -> tuple[str, str, str, datetime | None]:
    return page, language, title(profile, language), profile.finished


def _pdf(page: str, language: str, heading: str, finished: datetime | None, paper: str) -> bytes:
    from assessor.report.pdf import to_pdf

    return to_pdf(page, language=language, title=heading, finished=finished, paper=paper)


def _twin(page: str, paper: str) -> bytes:
    """The page with its styles inside, so that the file stands alone."""
    static = resource("static")
    styles = "".join((static / name).read_text(encoding="utf-8") for name in ("tokens.css", "report.css"))
    return page.replace("</head>", f"<style>\n{styles}{page_rule(paper)}\n</style>\n</head>", 1).encode()
