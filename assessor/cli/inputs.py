"""The files that people hand to commands, as bytes: from a path or from standard input, within a limit."""

from __future__ import annotations

import sys
from pathlib import Path

from assessor.banks.encodings import MOST_BYTES, decoded
from assessor.cli.failures import WrongInput, near

STANDARD_INPUT = "-"
#: Files of columns and calibrations are no larger: a spreadsheet's million lines of two short cells.
SMALL = 32 * 1024 * 1024


def handed(source: str | Path, kind: str, most: int = MOST_BYTES) -> tuple[Path, bytes]:
    """What errors call the file, and its bytes: ``most``, and one more where there are more.

    ``kind`` says what it ought to be. Raises WrongInput for a folder, OSError for what cannot be read.
    """
    if source == STANDARD_INPUT:
        return Path("standard input"), sys.stdin.buffer.read(most + 1)
    path = Path(source)
    if path.is_dir():
        raise WrongInput(f"{near(path)}: this is a folder - name a file: {kind}")
    with path.open("rb") as file:
        return path, file.read(most + 1)


def text_of(path: Path, kind: str) -> str:
    """The text of a file that a command of ours wrote; raises as `handed`, BankError for what is no text."""
    return decoded(handed(path, kind, SMALL)[1], path, kind=kind, most=SMALL).text
