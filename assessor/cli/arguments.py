"""The arguments that commands share, and the kinds of values that they take. Reads no file."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

LENGTHS = ("short", "standard", "full")


def add_sittings(parser: argparse.ArgumentParser, *, metavar: str = "SITTINGS") -> None:
    """Where the sittings come from."""
    says = "a file of sittings, a line each; - is standard input"
    parser.add_argument("sittings", metavar=metavar, help=says)


def add_role(parser: argparse.ArgumentParser) -> None:
    """The role profile under which something is drawn or scored."""
    parser.add_argument("--role", required=True, help="the id of a role profile, or its file ROLE.yaml")


def add_others(parser: argparse.ArgumentParser) -> None:
    """The other role profiles that the same answers are read again under."""
    parser.add_argument(
        "--others", metavar="ROLES",
        help="the other roles to read the same answers under, by commas; none (those of the domain)",
    )  # fmt: skip


def add_length(parser: argparse.ArgumentParser) -> None:
    """The length of a form."""
    parser.add_argument(
        "--length", choices=LENGTHS, metavar="|".join(LENGTHS), help="the role's own by default"
    )


def add_pool(parser: argparse.ArgumentParser) -> None:
    """The pool that a form is drawn from."""
    parser.add_argument(
        "--pool", choices=("open", "round"), default="open", metavar="open|round",
        help="self-assessment or hiring round (%(default)s)",
    )  # fmt: skip


def add_calibration(parser: argparse.ArgumentParser) -> None:
    """A stored calibration in place of planning values."""
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="from assessor calibrate (planning values)"
    )


def add_language(parser: argparse.ArgumentParser) -> None:
    """The language of what is printed."""
    parser.add_argument("--lang", default="en", metavar="fr|en", help="the language (%(default)s)")


def add_json(parser: argparse.ArgumentParser, says: str = "as JSON") -> None:
    """Whether the result is printed for programs."""
    parser.add_argument("--json", action="store_true", help=says)


def add_output(parser: argparse.ArgumentParser, *, required: bool, metavar: str = "FILE") -> None:
    """The file that the result is written to."""
    parser.add_argument(
        "-o", dest="output", type=Path, required=required, metavar=metavar, help="write there"
    )


def _number(text: str, kind: type[int] | type[float], least: float, most: float, wanted: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
    return number


def port(text: str) -> int:
    """A port as a number; raise ArgumentTypeError for anything else, as all of these do."""
    return int(_number(text, int, 0, 65_535, "a port, 0 to 65535"))


def positive(text: str) -> int:
    """A whole number from 1 to 1000."""
    return int(_number(text, int, 1, 1_000, "a whole number from 1 to 1000"))


def few(text: str) -> int:
    """A whole number from 1 to 10."""
    return int(_number(text, int, 1, 10, "a whole number from 1 to 10"))


def natural(text: str) -> int:
    """A whole number of at least 0 that every generator takes as a seed."""
    return int(_number(text, int, 0, 2**31 - 1, "a whole number of at least 0"))


def finite(text: str) -> float:
    """A number that may be a level."""
    return _number(text, float, -10, 10, "a number such as 0.45")


def not_negative(text: str) -> float:
    """A number that may be a spread."""
    return _number(text, float, 0, 10, "a number of at least 0")


def concentration(text: str) -> float:
    """A number that may be a concentration."""
    return _number(text, float, 0, 1_000_000, "a number from 0 to a million")


def head(text: str) -> tuple[str, int, str]:
    """The end of a chain of the audit, as ``audit verify`` prints it: chain, number of entries, hash."""
    found = re.fullmatch(r"([0-9a-z]{1,32}):([0-9]{1,9}):([0-9a-f]{64})", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an end that audit verify has printed")
    return found[1], int(found[2]), found[3]
