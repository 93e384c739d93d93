"""Other people's files, opened: those that end, never what keeps a reader waiting. Reads no content."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from assessor.messages import Said, said

#: Paths by which a shell hands over what is open already: its pipes and standard input.
_HANDED = re.compile(r"/dev/stdin|/dev/fd/[0-9]+|/proc/self/fd/[0-9]+")
_KINDS: tuple[tuple[Callable[[int], bool], Said], ...] = (
    (stat.S_ISDIR, said("this is a folder")),
    (stat.S_ISFIFO, said("this is a named pipe")),
    (stat.S_ISSOCK, said("this is a socket")),
    (stat.S_ISCHR, said("this is a device")),
    (stat.S_ISBLK, said("this is a device")),
)


class NotAFile(Exception):
    """At the path lies something else than a file; ``found`` says what, as "this is a named pipe"."""

    def __init__(self, found: Said) -> None:
        """Carry the words."""
        super().__init__(str(found))
        self.found = found


def opened(path: Path, *, stream: bool = False) -> BinaryIO:
    """The file, open for reading its bytes; with ``stream`` also what the shell has opened for the command.

    Raises NotAFile for what is no regular file, before a byte of it is read, OSError for what cannot be read.
    """
    is_handed = stream and _HANDED.fullmatch(str(path)) is not None
    _require_file(os.stat(path).st_mode, is_handed)
    # Between the look and the opening a pipe may take the file's place: opening must not wait for its writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _require_file(os.fstat(descriptor).st_mode, is_handed)
        os.set_blocking(descriptor, True)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_file(mode: int, is_handed: bool) -> None:
    for is_kind, found in _KINDS:
        if is_kind(mode) and not (is_handed and is_kind is not stat.S_ISDIR):
            raise NotAFile(found)


def misplaced(path: Path, folder: Path) -> tuple[Said, Said] | None:
    """What is wrong with an entry of a folder before it is opened, and what would be right."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return said("the name is not UTF-8"), said("rename it in UTF-8")
    try:
        os.stat(path)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return said("a link that leads to itself"), said("put what it leads to in its place")
        if error.errno == errno.ENOENT and path.is_symlink():
            return said("a link that leads nowhere"), said("put what it leads to in its place")
    if not is_within(path, folder):
        return said("a link that leads out of the folder"), said("put what it leads to in its place")
    return None


def is_within(path: Path, folder: Path) -> bool:
    """Whether the path lies in the folder, or is it, once links are followed; links in a circle are not."""
    return real(path).is_relative_to(real(folder))


def real(path: Path) -> Path:
    """The path with its links followed, as far as that goes where they lead in a circle."""
    return Path(os.path.realpath(path))


def written_out(path: Path) -> str:
    """The path on one line that any terminal shows: other bytes and controls as escapes."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )
