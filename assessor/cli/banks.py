"""``banks check``, ``banks stats`` and ``banks schema``: files only, no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from assessor.banks.loader import Opened, open_library, read_role
from assessor.banks.schema import Library, RoleProfile
from assessor.banks.shapes import file_schema
from assessor.cli.exits import DONE, WRONG
from assessor.cli.failures import UsageError, near, say, shown
from assessor.cli.giveaways import tables
from assessor.cli.terminal import table
from assessor.config import Settings, load_settings, resource
from assessor.language.catalogues import shipped_languages, tongue, translations
from assessor.language.figures import fixed, share
from assessor.messages import N_, retold, said


def settings() -> Settings:
    """The settings of this process."""
    return load_settings()


def library() -> Library:
    """The sound banks that this installation reads; the errors of the others are said once.

    Raises BankError with every error where a shipped bank has one.
    """
    return opened().library


def opened() -> Opened:
    """As ``library``, with what was left out."""
    return _open(settings().banks, settings().cache)


@cache
def _open(folders: tuple[Path, ...], kept: Path) -> Opened:
    found = open_library(folders, resource("question_banks"), kept)
    for finding in found.errors:
        print(shown(finding), file=sys.stderr)
    if found.left_out:
        say(f"left out until it is mended: {', '.join(near(place) for place in found.left_out)}")
    return found


def role_of(role_id: str, option: str = "--role") -> RoleProfile:
    """The role profile of that id, or in the YAML file of that name; UsageError with the ids there are.

    Raises BankError with every error of such a file.
    """
    if role_id.endswith(".yaml") or "/" in role_id:
        return read_role(Path(role_id), library())
    known = [role.id for domain in library().domain_ids for role in library().roles_of(domain)]
    try:
        return library().role(role_id)
    except KeyError:
        wanted = f"use one of {', '.join(known)}, or name a file as ROLE.yaml"
        raise UsageError(f"{option}: no role is called {role_id!r} - {wanted}") from None


def library_with(roles: Iterable[RoleProfile]) -> Library:
    """The library with roles that were read from files of their own."""
    return replace(library(), roles={**library().roles, **{role.id: role for role in roles}})


def others_of(role: RoleProfile, wanted: str | None) -> tuple[RoleProfile, ...]:
    """The other roles that an option names, in its order; those of the same domain where it is not given.

    Raise UsageError for one that does not exist or is of another domain. The folders that are read are the
    choice of whoever gives the command, and so is what they hold.
    """
    if wanted is None:
        return tuple(one for one in library().roles_of(role.domain) if one.id != role.id)
    named = [ident.strip() for ident in wanted.split(",")] if wanted != "none" else []
    found = [role_of(ident, "--others") for ident in dict.fromkeys(named) if ident != role.id]
    strange = [one.id for one in found if one.domain != role.domain]
    if strange:
        raise UsageError(f"--others: not of the domain {role.domain!r}: {', '.join(strange)}")
    return tuple(found)


def language_of(language: str, offered: Sequence[str]) -> str:
    """The language if it is among those offered; else UsageError."""
    if language not in offered:
        raise UsageError(f"--lang: {language!r} is not offered here - use one of {', '.join(offered)}")
    return language


def check(paths: Sequence[Path], *, as_json: bool, language: str) -> int:
    """Print every finding in that language; 1 where there is an error."""
    spoken = tongue(language_of(language, shipped_languages()))
    folders = list(paths) or [*settings().banks]
    # What checks banks is slow to import, and every command reads this module.
    from assessor.authoring.checks import check_report

    found = check_report(folders, resource("question_banks"), date.today())
    errors = sum(finding.severity == "error" for finding in found)
    if as_json:
        listed = [{**finding.as_json(spoken), "path": near(finding.path)} for finding in found]
        print(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        for finding in found:
            print(shown(finding, spoken))
        print(_totals(errors, len(found) - errors, language), file=sys.stderr)
    return WRONG if errors else DONE


def _totals(errors: int, warnings: int, language: str) -> str:
    words = translations(language)
    wrong = words.ngettext("%(n)s error", "%(n)s errors", errors) % {"n": errors}
    doubtful = words.ngettext("%(n)s warning", "%(n)s warnings", warnings) % {"n": warnings}
    return f"{wrong}, {doubtful}"


def count(*, as_json: bool, language: str) -> int:
    """Print what the banks hold."""
    from assessor.authoring.figures import stats

    counted = stats(library(), date.today())
    if as_json:
        print(json.dumps(counted, ensure_ascii=False, indent=1))
        return DONE
    language_of(language, library().framework.languages)
    for line in _counted(counted, language):
        print(line)
    return DONE


def schema() -> int:
    """Print the JSON Schema of a file of situations: an item, or a family."""
    print(json.dumps(file_schema(), ensure_ascii=False, indent=1))
    return DONE


def _counted(counted: Mapping[str, Any], language: str) -> Iterator[str]:
    say = tongue(language).translate
    yield from table(_headed(_banks(counted["banks"], language), say), right=range(1, 7))
    yield ""
    for name, title in (
        ("type", N_("type")),
        ("stimulus", N_("artefact")),
        ("key_kinds", N_("kind of key")),
    ):
        rows = _headed(_by_bank(counted, name, title), say)
        yield from table(rows, right=range(1, len(rows[0])))
        yield ""
    yield from table(_headed(_places(counted["banks"]), say), right=(1,))
    yield ""
    yield from table(_headed(_competencies(counted["all"]), say))
    if counted["competencies_without_items"]:
        yield f"{say(_WITHOUT)} {', '.join(counted['competencies_without_items'])}"
    yield ""
    yield from table(_headed(_strategies(counted["banks"], say), say), right=(3, 4, 5))
    yield ""
    yield from tables(counted["giveaways"], language)
    for one in counted["expires"]:
        told = said("{item} expired on {day}", item=one["id"], day=one["review_by"])
        if not one["expired"]:
            told = said("{item} expires after {day}", item=one["id"], day=one["review_by"])
        yield retold(told, tongue(language))


Row = tuple[str, ...]
_WITHOUT = N_("without an item:")


def _headed(rows: Iterable[Row], say: Callable[[str], str]) -> list[Row]:
    """The rows with the words of the first, the table's head, in a language."""
    head, *rest = rows
    return [tuple(say(word) if word else "" for word in head), *rest]


def _competencies(counted: Mapping[str, Any]) -> Iterator[Row]:
    yield (N_("competency"), N_("items"))
    yield from ((name, str(n)) for name, n in counted["competency"].items())


def _banks(banks: Mapping[str, Any], language: str) -> Iterator[Row]:
    yield (
        *(N_("bank"), N_("items"), N_("drawable"), N_("minutes"), N_("open"), N_("several decisions")),
        *(N_("twin pairs"), N_("languages"), N_("status"), ""),
    )
    for ident, bank in banks.items():
        counts = (str(bank["items"]), str(bank["drawable"]), f"{bank['minutes']:g}")
        opened, several = bank["pool"].get("open", 0), bank["several_decisions"]["share"]
        shares = (str(opened), share(several), str(bank["twins"]))
        listed = (_listed(bank[name]) for name in ("language", "status"))
        yield (ident, *counts, *shares, *listed, library().banks[ident].title.get(language, ident))


def _by_bank(counted: Mapping[str, Any], name: str, title: str) -> Iterator[Row]:
    """A line for each label and a column for each bank; the share too where it was counted."""
    columns = {"all": counted["all"], **counted["banks"]}
    yield (title, N_("all"), *counted["banks"])
    for label in counted["all"][name]:
        yield (label, *(_cell(held[name].get(label, 0)) for held in columns.values()))


def _cell(held: Any) -> str:
    return f"{held['items']} ({share(held['share'])})" if isinstance(held, Mapping) else str(held)


def _places(banks: Mapping[str, Any]) -> Iterator[Row]:
    yield (N_("bank"), N_("parts"), N_("the best is first, second, ..."))
    for ident, bank in banks.items():
        for parts, places in bank["best_places"].items():
            yield (ident, parts, "  ".join(f"{count:3d}" for count in places.values()))


def _strategies(banks: Mapping[str, Any], say: Callable[[str], str]) -> Iterator[Row]:
    yield (N_("bank"), N_("language"), N_("strategy"), N_("mean score"), N_("SE"), N_("items"), "")
    for ident, bank in banks.items():
        for language, outcomes in bank["strategies"].items():
            for name, outcome in outcomes.items():
                numbers = (fixed(outcome["mean"], 2), fixed(outcome["se"], 2), str(outcome["n"]))
                yield (ident, language, name, *numbers, say(N_("pays")) if outcome["pays"] else "")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())
