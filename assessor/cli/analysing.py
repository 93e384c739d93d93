"""``analyse``: what many sittings say about items and forms, as tables or as a document. Judges nobody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from assessor.banks.places import BankError
from assessor.cli.banks import library
from assessor.cli.columns import joined, read_columns
from assessor.cli.exits import DONE
from assessor.cli.failures import WrongInput
from assessor.cli.reading import sittings_of
from assessor.cli.terminal import table
from assessor.language.figures import fixed
from assessor.statistics import dif
from assessor.statistics.stated import Stated
from assessor.statistics.subscores import Subscore
from assessor.studies.analysis import Analysis, Bias, analyse, document, is_flagged, is_of_size


def run(source: str, *, columns: Path | None, as_json: bool, seed: int) -> int:
    """Print the analysis of these sittings."""
    given = None if columns is None else read_columns(columns)
    sittings = sittings_of(source)
    groups = {} if given is None else joined(given, [one.candidate for one in sittings])
    try:
        found = analyse(sittings, library(), columns=groups, seed=seed)
    except ValueError as refused:
        if isinstance(refused, BankError):
            raise
        raise WrongInput(str(refused)) from None
    if as_json:
        print(json.dumps(document(found), ensure_ascii=False, allow_nan=False))
        return DONE
    for line in _told(found):
        print(line)
    return DONE


def _told(found: Analysis) -> Iterator[str]:
    rows = [("item", "version", "type", "n", "facility", "item-rest r", "to look at")]
    for one in found.items:
        stated = one.statistics
        flags = [*stated.flags, *(flag for picked in one.picks.values() for flag in picked.flags)]
        words = [flag.words if flag.option is None else f"{flag.option}: {flag.words}" for flag in flags]
        numbers = (str(stated.n), _number(stated.facility), _number(stated.rest_r))
        rows.append((one.id, one.digest[7:15], one.type, *numbers, words[0] if words else ""))
        rows += [("", "", "", "", "", "", more) for more in words[1:]]
    yield from table(rows, right=(3,))
    yield ""
    forms = f"{len(found.forms)} form{'s' if len(found.forms) > 1 else ''}"
    yield f"{found.n} sittings, {forms}"
    yield f"alpha {_number(found.overall.alpha)} (of a form of {fixed(found.overall.length, 1)} items)"
    for number, form in enumerate(found.forms, start=1):
        told = form.reliability
        yield (
            f"form {number}: {form.n} people, {len(form.items)} items, alpha {_number(told.alpha)}, "
            f"omega {_number(told.omega)}, stratified by area {_number(form.stratified_alpha)}"
        )
        for area in form.areas:
            yield f"  {area.part}: {area.n_items} items, {_worth(area)}"
    for study in found.bias:
        yield from _biased(study, found)
    yield ""
    yield "in brackets 95 % intervals; a statistic from too few people is not shown"


def _biased(one: Bias, found: Analysis) -> Iterator[str]:
    yield ""
    yield f"by {one.column}: {one.focal} ({one.n_focal}) beside {one.reference} ({one.n_reference})"
    flagged = [row for row in one.items if is_flagged(row)]
    names = {version.digest: version.id for version in found.items}
    for row in flagged:
        size, kind = _number(row.smd), row.ets_class.value
        yield f"  {names[row.compared.item]}: standardised difference {size}, class {kind}"
    shown = [row for row in one.items if row.ets_class.state == "value"]
    by_chance = sum(is_of_size(row) for row in shown) - len(flagged)
    if by_chance:
        yield f"  {by_chance} of class B or C that chance explains among {len(shown)} tests"
    elif not flagged and shown:
        yield f"  none of {len(shown)} items of class B or C"
    reasons = Counter(_why(row.ets_class) for row in one.items if row.ets_class.state != "value")
    for why, n in sorted(reasons.items()):
        yield f"  {n} without a class: {why}"
    if one.study.settled and one.study.words is not None:
        yield f"  {one.study.words}"


def _why(stated: Stated[float] | Stated[dif.EtsClass]) -> str:
    """The words of a statistic that has no value."""
    return (stated.words or "") % stated.numbers


def _number(stated: Stated[float]) -> str:
    if stated.value is None:
        return f"- (n {stated.n}, needs {stated.needs})" if stated.state == "suppressed" else _why(stated)
    if stated.low is None or stated.high is None:
        return fixed(stated.value, 2)
    return f"{fixed(stated.value, 2)} ({fixed(stated.low, 2)} to {fixed(stated.high, 2)})"


def _worth(area: Subscore) -> str:
    """What a score of the area alone would tell beside the whole (Haberman 2008)."""
    has_value = area.has_value
    if has_value.state == "suppressed":
        return (
            f"too few people to say what its score alone is worth (n {has_value.n}, needs {has_value.needs})"
        )
    if has_value.value is None:
        return "the worth of its score alone is not defined"
    worth = "adds to the whole" if has_value.value else "adds nothing to the whole"
    return f"reliability {_number(area.reliability)}, its score alone {worth}"
