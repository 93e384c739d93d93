"""The command line: arguments, exit codes and errors. What each command does stands in its own module.

Commands import their module when they run: ``--help`` must answer at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

DONE, WRONG, USAGE = 0, 1, 2
LENGTHS = ("short", "standard", "full")


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of one command: 0 done, 1 the input is wrong or a check failed, 2 usage."""
    from assessor.cli import streams

    streams.prepare()
    try:
        with streams.ended_by_signals():
            return _ran(argv)
    except BrokenPipeError as error:
        if error.filename is not None:
            return _told(error)
        streams.silence()
        return DONE
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if streams.is_of_output(error):
            error.filename = "standard output"
            streams.silence()
        return _told(error)
    except Exception as error:
        return _told(error)


def _ran(argv: Sequence[str] | None) -> int:
    """The command's exit code, once all that it printed is out."""
    try:
        given = _parser().parse_args(argv)
        run: Callable[[argparse.Namespace], int] = given.run
        code = run(given)
    except SystemExit:  # a usage error, --help, or a signal
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return code


def _told(error: Exception) -> int:
    from assessor.cli.failures import told

    return told(error)


def _parser() -> argparse.ArgumentParser:
    from assessor import __version__

    parser = argparse.ArgumentParser(
        prog="assessor", description="Judgement and skills in social media: tests, profiles, reports."
    )
    parser.add_argument("--version", action="version", version=f"assessor {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_serve(commands)
    _add_banks(commands)
    _add_form(commands)
    _add_simulate(commands)
    _add_score(commands)
    _add_compare(commands)
    _add_analyse(commands)
    _add_calibrate(commands)
    _add_report(commands)
    _add_operations(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], says: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=says, description=says)
    parser.set_defaults(run=run)
    return parser


def _add_serve(commands: Commands) -> None:
    parser = _command(commands, "serve", _serve, "Serve the pages: upgrade the database, load the banks.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="port to listen at (%(default)s; 0: any)")
    parser.add_argument("--workers", type=_positive, default=2, help="web processes (%(default)s)")
    parser.add_argument("--threads", type=_positive, default=4, help="threads of each (%(default)s)")


def _add_banks(commands: Commands) -> None:
    banks = commands.add_parser("banks", help="Check, count and load question banks.")
    inner = banks.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = _command(inner, "check", _banks_check, "Say everything that is wrong or doubtful in banks.")
    check.add_argument("path", nargs="*", type=Path, metavar="PATH", help="a bank, or a folder of banks")
    _add_language(check)
    stats = _command(inner, "stats", _banks_stats, "Count items; say what test-wise strategies score.")
    _add_language(stats)
    for parser in (check, stats):
        parser.add_argument("--json", action="store_true", help="as JSON")
    _command(inner, "schema", _banks_schema, "Print the JSON Schema of an item and of a family, for editors.")
    _add_sheet(inner)
    _command(inner, "load", _banks_load, "Put unseen versions into the database.")


def _add_sheet(inner: Commands) -> None:
    sheet = _command(inner, "sheet", _banks_sheet, "Write a sheet of situations to be read blind.")
    sheet.add_argument("bank", nargs="*", metavar="BANK", help="a bank's id, or a folder (all banks)")
    only = sheet.add_mutually_exclusive_group()
    for reading, shows in (("responses", "the responses alone"), ("open", "the situations alone")):
        option = "--responses-only" if reading == "responses" else "--open"
        only.add_argument(option, dest="reading", action="store_const", const=reading, help=shows)
    sheet.set_defaults(reading="whole")
    sheet.add_argument("--seed", type=_natural, help="what order and letters are drawn with (by lot)")
    sheet.add_argument("--limit", type=_positive, metavar="N", help="so many of them, drawn")
    sheet.add_argument("--one-each", action="store_true", help="one situation of each family")
    sheet.add_argument(
        "--all-turns",
        action="store_true",
        help="every turn of a scenario, which shows where each answer leads",
    )
    _add_language(sheet)
    sheet.add_argument("-o", dest="output", type=Path, required=True, metavar="SHEET", help="write there")
    read = _command(inner, "read", _banks_read, "Say what answers to a sheet score.")
    read.add_argument("answers", type=Path, metavar="ANSWERS.json", help="number -> answer")
    read.add_argument("sheet", type=Path, metavar="SHEET", help="the sheet that was answered")
    read.add_argument("path", nargs="*", type=Path, metavar="PATH", help="further banks that it shows")
    read.add_argument("--json", action="store_true", help="as JSON")
    _add_language(read)


def _add_form(commands: Commands) -> None:
    parser = _command(commands, "form", _form, "Assemble a form: its items, minutes and expected errors.")
    _add_role(parser)
    _add_length(parser)
    parser.add_argument("--seed", type=_natural, default=1, help="what the form is drawn with (%(default)s)")
    parser.add_argument(
        "--forms", type=_few, default=1, metavar="N", help="alike forms that share few items (%(default)s)"
    )
    _add_pool(parser)
    parser.add_argument("--json", action="store_true", help="as JSON, a line for each form")
    _add_language(parser)


def _add_simulate(commands: Commands) -> None:
    parser = _command(commands, "simulate", _simulate, "Print sittings of simulated candidates, a line each.")
    _add_role(parser)
    parser.add_argument("-n", type=_natural, default=1, metavar="N", help="how many (%(default)s)")
    parser.add_argument("--seed", type=_natural, default=1, help="for form and candidates (%(default)s)")
    parser.add_argument(
        "--ability", type=_finite, help="their true level, 0-1 (spread over people by default)"
    )
    parser.add_argument(
        "--spread", type=_not_negative, help="the standard deviation of the level over people"
    )
    parser.add_argument("--form-effects", choices=("fixed", "fresh"), default="fresh", metavar="fixed|fresh")
    _add_length(parser)
    _add_pool(parser)
    _add_language(parser)
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write there")


def _add_score(commands: Commands) -> None:
    parser = _command(commands, "score", _score, "Score sittings under a role, as a table or as documents.")
    parser.add_argument(
        "sittings", metavar="SITTINGS", help="a file of sittings, a line each; - is standard input"
    )
    _add_role(parser)
    parser.add_argument("--json", action="store_true", help="score documents, a line each")
    _add_calibration(parser)
    _add_language(parser)


def _add_compare(commands: Commands) -> None:
    parser = _command(commands, "compare", _compare, "Compare candidates: groups, pairs and ranks.")
    parser.add_argument(
        "sittings", metavar="SITTINGS", help="a file of sittings, a line each; - is standard input"
    )
    _add_role(parser)
    parser.add_argument("--json", action="store_true", help="the whole comparison, one document")
    parser.add_argument("--blind", action="store_true", help="codes in place of names")
    parser.add_argument("--sliding", action="store_true", help="sliding bands too")
    parser.add_argument(
        "--pairs",
        type=_positive,
        default=20,
        metavar="N",
        help="pairs among so many of the highest estimates, in --json (%(default)s)",
    )
    parser.add_argument(
        "--beside", metavar="ROLE", help="also who is in another group under this role, and why"
    )  # fmt: skip
    parser.add_argument(
        "--concentration", type=_concentration, default=60.0, metavar="X",
        help="how sure the role's weights are: the larger the surer, 0 takes them as exact (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--seed", type=_natural, default=1, help="what ranks are drawn with (%(default)s)")
    _add_calibration(parser)
    _add_language(parser)


def _add_analyse(commands: Commands) -> None:
    parser = _command(commands, "analyse", _analyse, "Statistics of items and forms, each with its N.")
    parser.add_argument(
        "sittings", metavar="SITTINGS", help="a file of sittings, a line each; - is standard input"
    )
    parser.add_argument(
        "--columns", type=Path, metavar="FILE.csv",
        help="groups to compare beside the language: a line a candidate, a column a grouping",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="the whole analysis, one document")
    parser.add_argument("--seed", type=_natural, default=1, help="for bootstrap intervals (%(default)s)")


def _add_calibrate(commands: Commands) -> None:
    parser = _command(
        commands, "calibrate", _calibrate, "Items and people's spread from 100 sittings or more."
    )
    parser.add_argument(
        "sittings", metavar="SITTINGS", help="a file of sittings, a line each; - is standard input"
    )
    parser.add_argument("--domain", required=True, help="the domain that the sittings are of")
    parser.add_argument("--name", required=True, help="what reports call this calibration")
    parser.add_argument(
        "--reference", nargs="+", default=[], metavar="ITEM",
        help="core items over which the mean easiness is 0 (all with enough answers)",
    )  # fmt: skip
    parser.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE", help="write there")


def _add_report(commands: Commands) -> None:
    parser = _command(commands, "report", _report, "Write the PDF profile of each sitting.")
    parser.add_argument(
        "sittings", metavar="SITTING", help="a file of sittings, a line each; - is standard input"
    )
    _add_role(parser)
    parser.add_argument("--lang", metavar="fr|en", help="the report's language (that of the sitting)")
    parser.add_argument("--edition", default="self", help="the edition (%(default)s)")
    parser.add_argument("--paper", metavar="letter|a4", help="the paper (that of the language's country)")
    _add_calibration(parser)
    parser.add_argument(
        "-o", dest="output", type=Path, required=True, metavar="FILE",
        help="FILE.pdf, FILE.html, or a folder where there are many sittings",
    )  # fmt: skip


def _add_operations(commands: Commands) -> None:
    retention = _command(commands, "retention", _retention, "Delete every sitting whose time has come.")
    retention.add_argument("--dry-run", action="store_true", help="only say how many that would be")
    database = commands.add_parser("db", help="Keep the database.")
    inner = database.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _command(inner, "upgrade", _db_upgrade, "Bring the database to this version's tables.")


def _add_role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, help="the id of a role profile")


def _add_length(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--length", choices=LENGTHS, metavar="|".join(LENGTHS), help="the role's own by default"
    )


def _add_pool(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pool", choices=("open", "round"), default="open", metavar="open|round",
        help="self-assessment or hiring round (%(default)s)",
    )  # fmt: skip


def _add_calibration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="from assessor calibrate (planning values)"
    )


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", default="en", metavar="fr|en", help="the language (%(default)s)")


def _number(text: str, kind: type[int] | type[float], least: float, most: float, wanted: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
    return number


def _port(text: str) -> int:
    return int(_number(text, int, 0, 65_535, "a port, 0 to 65535"))


def _positive(text: str) -> int:
    return int(_number(text, int, 1, 1_000, "a whole number from 1 to 1000"))


def _few(text: str) -> int:
    return int(_number(text, int, 1, 10, "a whole number from 1 to 10"))


def _natural(text: str) -> int:
    return int(_number(text, int, 0, 2**31 - 1, "a whole number of at least 0"))


def _finite(text: str) -> float:
    return _number(text, float, -10, 10, "a number such as 0.45")


def _not_negative(text: str) -> float:
    return _number(text, float, 0, 10, "a number of at least 0")


def _concentration(text: str) -> float:
    return _number(text, float, 0, 1_000_000, "a number from 0 to a million")


def _serve(given: argparse.Namespace) -> int:
    from assessor.cli import serving

    return serving.serve(given.host, given.port, workers=given.workers, threads=given.threads)


def _banks_check(given: argparse.Namespace) -> int:
    from assessor.cli import banks

    return banks.check(given.path, as_json=given.json, language=given.lang)


def _banks_stats(given: argparse.Namespace) -> int:
    from assessor.cli import banks

    return banks.count(as_json=given.json, language=given.lang)


def _banks_sheet(given: argparse.Namespace) -> int:
    from assessor.cli import sheets

    return sheets.sheet(
        given.bank,
        language=given.lang,
        reading=given.reading,
        seed=given.seed,
        limit=given.limit,
        is_once=given.one_each,
        are_all=given.all_turns,
        output=given.output,
    )


def _banks_read(given: argparse.Namespace) -> int:
    from assessor.cli import sheets

    return sheets.read(given.answers, given.sheet, given.path, as_json=given.json, language=given.lang)


def _banks_schema(given: argparse.Namespace) -> int:
    from assessor.cli import banks

    return banks.schema()


def _banks_load(given: argparse.Namespace) -> int:
    from assessor.cli import operations

    return operations.load_banks()


def _form(given: argparse.Namespace) -> int:
    from assessor.cli import sittings

    return sittings.form(
        given.role,
        given.length,
        given.seed,
        forms=given.forms,
        pool=given.pool,
        as_json=given.json,
        language=given.lang,
    )


def _simulate(given: argparse.Namespace) -> int:
    from assessor.cli import sittings

    return sittings.simulate(
        given.role,
        given.n,
        seed=given.seed,
        ability=given.ability,
        spread=given.spread,
        form_effects=given.form_effects,
        length=given.length,
        pool=given.pool,
        language=given.lang,
        output=given.output,
    )


def _score(given: argparse.Namespace) -> int:
    from assessor.cli import sittings

    return sittings.score(
        given.sittings,
        given.role,
        calibration=given.calibration,
        as_json=given.json,
        language=given.lang,
    )


def _compare(given: argparse.Namespace) -> int:
    from assessor.cli import comparing

    return comparing.compare(
        given.sittings,
        given.role,
        as_json=given.json,
        blind=given.blind,
        seed=given.seed,
        concentration=given.concentration or None,
        sliding=given.sliding,
        most_in_pairs=given.pairs,
        beside=given.beside,
        calibration=given.calibration,
        language=given.lang,
    )


def _analyse(given: argparse.Namespace) -> int:
    from assessor.cli import analysing

    return analysing.run(given.sittings, columns=given.columns, as_json=given.json, seed=given.seed)


def _calibrate(given: argparse.Namespace) -> int:
    from assessor.cli import calibrating

    return calibrating.run(
        given.sittings, given.domain, name=given.name, reference=given.reference, output=given.output
    )


def _report(given: argparse.Namespace) -> int:
    from assessor.cli import reports

    return reports.report(
        given.sittings,
        given.role,
        calibration=given.calibration,
        language=given.lang,
        edition=given.edition,
        paper=given.paper,
        output=given.output,
    )


def _retention(given: argparse.Namespace) -> int:
    from assessor.cli import operations

    return operations.retention(dry_run=given.dry_run)


def _db_upgrade(given: argparse.Namespace) -> int:
    from assessor.cli import operations

    return operations.upgrade_database()
