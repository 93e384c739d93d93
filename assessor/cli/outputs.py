"""The files that commands write: whole, on the disk and in their place, or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from assessor.cli.failures import WrongInput, near


@contextmanager
def placed(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes its place at ``path`` when all is written and on the disk.

    Until then, and for good where anything fails or a signal ends the command, what was at the path is as
    it was. A device or a pipe that the shell has opened (``/dev/stdout``) is written to as it is. Raises
    OSError that names the path, WrongInput for a folder or a named pipe.
    """
    try:
        there = _there(path)
        if there is None or stat.S_ISREG(there.st_mode):
            with _beside(Path(os.path.realpath(path)), there) as file:
                yield file
        else:
            _require_writable(path, there.st_mode)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY), "wb") as file:
                yield file
    except OSError as error:
        if error.filename and str(error.filename) != str(path) and not _is_draft(error.filename):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None


def _there(path: Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


@contextmanager
def _beside(target: Path, there: os.stat_result | None) -> Iterator[BinaryIO]:
    draft = target.with_name(f".assessor-{secrets.token_hex(8)}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if there is not None:
                os.fchmod(descriptor, stat.S_IMODE(there.st_mode))
            yield file
            file.flush()
            os.fsync(descriptor)
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _keep_name(target.parent)


def _keep_name(folder: Path) -> None:
    """The new name, too, is on the disk; some file systems know no such thing."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_writable(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise WrongInput(f"-o: {near(path)} is a folder - name a file in it")
    # A pipe by its name in a folder would keep the command waiting for a reader.
    if stat.S_ISSOCK(mode) or (stat.S_ISFIFO(mode) and not str(path).startswith(("/dev/", "/proc/self/"))):
        raise WrongInput(f"-o: {near(path)} is no file - name a file")


def _is_draft(name: object) -> bool:
    return Path(os.fsdecode(name)).name.startswith(".assessor-") if isinstance(name, str | bytes) else False
