"""``report``: sittings as PDF files or HTML twins, over all cores. What they say the report decides."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TypeAlias

from assessor.cli.banks import language_of, library, others_of, role_of, settings
from assessor.cli.calibrations import calibration_of
from assessor.cli.failures import UsageError, near, say, told_of
from assessor.cli.filenames import file_names
from assessor.cli.outputs import placed
from assessor.cli.reading import checked
from assessor.cli.scoring import profiles_of
from assessor.cli.terminal import Progress
from assessor.config import resource
from assessor.language.papers import PAPERS, paper_of
from assessor.profile import Profile
from assessor.report.editions import Edition, UnknownEdition, edition_of
from assessor.report.html import render, title
from assessor.report.styles import SHEETS, page_rule

FORMATS = (".pdf", ".html")


def report(
    source: str,
    role_id: str,
    *,
    others: str | None,
    calibration: Path | None,
    language: str | None,
    edition: str,
    paper: str | None,
    output: Path,
) -> int:
    """Write one file a sitting: ``output`` itself, or files in it where it is a folder.

    What keeps one sitting from its report is said by name, and the exit code is 1; the others are written.
    """
    if paper is not None and paper not in PAPERS:
        raise UsageError(f"--paper: there is no paper {paper!r} - use one of {', '.join(PAPERS)}")
    chosen = _edition(edition)
    role = role_of(role_id)
    beside = others_of(role, others)
    if language is not None:
        language_of(language, library().languages(role.domain))
    stored = calibration_of(calibration)
    troubles: list[str] = []
    is_new = not output.exists()
    with checked(source) as given:
        # Who gets a report is known first, for the names; profiles are then made again, one at a time.
        names = [one.candidate for one in profiles_of(given.sittings(), role, beside, stored, troubles)]
        paths = _paths(names, given.n, output)
        replaced = sum(path.exists() for path in paths)
        profiles = profiles_of(given.sittings(), role, beside, stored, [])
        files = (_File(profile, path) for profile, path in zip(profiles, paths, strict=True))
        progress = Progress(len(paths), "reports")
        for file, made in _made(files, len(paths), chosen, language, paper or settings().paper):
            try:
                content = made()
                with placed(file.path) as placing:
                    placing.write(content)
            except Exception as error:  # one report's trouble: the others are written all the same
                troubles.append(f"{file.profile.candidate}: no report: {_reason(error)}")
            progress.advance()
    if is_new and output.is_dir():
        # A folder that no report could be put in is not left behind; one that holds any stays.
        with suppress(OSError):
            output.rmdir()
    if replaced and output.is_dir():
        say(f"{near(output)}: {replaced} of {len(paths)} files were there and are replaced")
    return told_of(troubles)


def _edition(name: str) -> Edition:
    try:
        return edition_of(name)
    except UnknownEdition as error:
        raise UsageError(f"--edition: {error}") from None


@dataclass(frozen=True)
class _File:
    """Whose report goes where."""

    profile: Profile
    path: Path


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _paths(names: Sequence[str], sittings: int, output: Path) -> list[Path]:
    """Where each report goes; UsageError for a name that says neither a file of ours nor a folder."""
    if output.suffix in FORMATS and not output.is_dir():
        if sittings > 1:
            raise UsageError(f"-o: {output} is one file for {sittings} sittings - name a folder")
        return [output for _ in names]
    if not output.is_dir() and (output.suffix or output.exists()):
        raise UsageError(f"-o: {output} - name a file that ends in .pdf or .html, or a folder")
    if names:
        output.mkdir(parents=True, exist_ok=True)
    return [output / name for name in file_names(names, ".pdf", output)]


Made: TypeAlias = Callable[[], bytes]


def _made(
    files: Iterable[_File], n: int, edition: Edition, language: str | None, wanted: str
) -> Iterator[tuple[_File, Made]]:
    """Each file with what gives its content, or raises what was wrong with it."""

    def page_of(file: _File) -> _Page:
        chosen = language or file.profile.language
        zone = settings().zone
        page = render(file.profile, edition, chosen, zone=zone)
        heading, paper = title(file.profile, chosen, zone), paper_of(wanted, locales=[chosen])
        return _Page(page, chosen, heading, file.profile.finished, paper)

    if n == 1:
        for only in files:
            form = _twin if only.path.suffix == ".html" else _pdf
            yield only, partial(_formed, form, page_of, only)
        return
    # Pages are made here, PDF files (nearly all of the time) by one process a core.
    cores = os.cpu_count() or 1
    waiting: deque[tuple[_File, Made]] = deque()
    with _Pool(cores) as pool:
        for file in files:
            try:
                waiting.append((file, pool.ask(page_of(file))))
            except Exception as error:
                waiting.append((file, partial(_raise, error)))
            if len(waiting) > 2 * cores:
                yield waiting.popleft()
        yield from waiting


def _formed(form: Callable[[_Page], bytes], page_of: Callable[[_File], _Page], file: _File) -> bytes:
    return form(page_of(file))


def _raise(error: Exception) -> bytes:
    raise error


@dataclass(frozen=True)
class _Page:
    """All that a report is made of, as it goes to another process."""

    page: str
    language: str
    heading: str
    finished: datetime | None
    paper: str


class _Pool:
    """Processes that make PDF files; one that dies takes its pool along, so what was asked is asked again.

    None of them outlives the command, however it ends.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._others = set(multiprocessing.active_children())
        self._processes = self._started(size)

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._kill()
        self._processes.shutdown(cancel_futures=True)

    def _kill(self) -> None:
        """What they are making has no reader any more, and may take long."""
        for child in set(multiprocessing.active_children()) - self._others:
            child.kill()

    @staticmethod
    def _started(size: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("forkserver")
        return ProcessPoolExecutor(size, mp_context=context, initializer=_begin)

    def ask(self, page: _Page) -> Made:
        """What gives the PDF of this page once it is made."""
        try:
            return partial(self._answer, page, self._processes.submit(_pdf, page))
        except BrokenExecutor:
            self._processes.shutdown(wait=False)
            self._processes = self._started(self.size)
            return partial(self._answer, page, self._processes.submit(_pdf, page))

    def _answer(self, page: _Page, asked: Future[bytes]) -> bytes:
        try:
            return asked.result()
        except BrokenExecutor:
            # It may have been another's page that ended the process: this one gets a process of its own.
            with self._started(1) as alone:
                try:
                    return alone.submit(_pdf, page).result()
                except BrokenExecutor:
                    raise ValueError("the process that made it ended unexpectedly") from None
                except BaseException:
                    self._kill()
                    raise


def _begin() -> None:
    """A process of the pool ends with the command, even where that is killed; Ctrl-C is the command's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, name="ends-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _pdf(asked: _Page) -> bytes:
    from assessor.report.pdf import to_pdf

    return to_pdf(
        asked.page,
        language=asked.language,
        title=asked.heading,
        finished=asked.finished,
        paper=asked.paper,
    )


def _twin(asked: _Page) -> bytes:
    """The page with its styles inside, so that the file stands alone."""
    static = resource("static")
    styles = "".join((static / name).read_text(encoding="utf-8") for name in SHEETS)
    inner = f"<style>\n{styles}{page_rule(asked.paper)}\n</style>\n</head>"
    return asked.page.replace("</head>", inner, 1).encode()
