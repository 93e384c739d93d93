"""What many sittings say about items and forms: the statistics of `scoring`, on answers. Judges nobody."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessor.banks.schema import Item, Library
from assessor.items import Rated, listed, type_of, worth
from assessor.items.base import Explanation, Line, Mark
from assessor.language.figures import rounded
from assessor.sittings import Answer, Sitting
from assessor.statistics import dif, reliability, subscores
from assessor.statistics.dif_matching import SIGNIFICANT, Study
from assessor.statistics.items import (
    ItemStatistics,
    Matched,
    OptionTable,
    RatedOption,
    item_statistics,
    matched,
    option_statistics,
    rating_statistics,
)
from assessor.statistics.reliability import Reliability
from assessor.statistics.stated import Stated
from assessor.statistics.subscores import Subscore
from assessor.studies.classification import Sides, sides_of
from assessor.studies.selection import Selection, selections

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Strata of the matching total in the study of bias: partial credit makes nearly every total different.
DIF_BANDS = 10
#: A column with more groups than this is no grouping.
MOST_GROUPS = 12
#: What the language that a sitting was taken in is called among the columns.
BY_LANGUAGE = "language"
_PICKED, _MEASURED = ("best", "worst", "chosen"), frozenset({"place", "rating", "points"})
#: The name of the table of ratings, places or points.
MEASURED = "measured"


@dataclass(frozen=True)
class ItemAnalysis:
    """One item version: what it is, its statistics, and what people did with its parts.

    ``picks`` has a table a kind of pick (best, worst, chosen; right for prompts put into categories);
    ``measures`` the ratings, places or points that its parts were given.
    """

    id: str
    digest: str
    type: str
    competency: str
    statistics: ItemStatistics
    left_empty: int
    picks: Mapping[str, OptionTable]
    measures: tuple[RatedOption, ...]


@dataclass(frozen=True)
class FormAnalysis:
    """The people who saw the same item versions: ``n`` of them.

    Reliability by area and of all together, and how surely they stand on a side of each cut.
    """

    items: tuple[str, ...]
    n: int
    reliability: Reliability
    stratified_alpha: Stated[float]
    areas: tuple[Subscore, ...]
    sides: tuple[Sides, ...]


@dataclass(frozen=True)
class Bias:
    """One focal group beside the reference group of a column: Mantel's test of every item, purified."""

    column: str
    reference: str
    focal: str
    n_reference: int
    n_focal: int
    study: Study
    items: tuple[dif.Mantel, ...]


@dataclass(frozen=True)
class Analysis:
    """All that ``n`` sittings say of their items; ``overall`` over all forms together.

    ``selections`` where a column said who was selected: for the owner and the auditor of a test.
    """

    n: int
    items: tuple[ItemAnalysis, ...]
    overall: Reliability
    forms: tuple[FormAnalysis, ...]
    bias: tuple[Bias, ...]
    selections: tuple[Selection, ...] = ()


def analyse(
    sittings: Sequence[Sitting],
    library: Library,
    *,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    selected: str | None = None,
    within: str | None = None,
    seed: int = 1,
) -> Analysis:
    """The analysis of these sittings; items are told apart by version, and forms may differ between people.

    An item left empty counts 0; one not reached, not given or still to be rated was not seen. ``columns`` are
    groupings beside the language: column -> candidate -> group; who is in none of its groups is left out of
    it. One of them may say who was ``selected``, and one the round or site ``within`` which people are
    compared. Raises ValueError for a column of more than MOST_GROUPS groups, or one that there is not.
    """
    groups = {name: cells for name, cells in (columns or {}).items() if name not in (selected, within)}
    items = versions_in(sittings)
    m = matched(score_matrix(sittings, items), [item.digest for item in items])
    ends = [_ends(item) for item in items]
    statistics = item_statistics(m, ends)
    given = _given(sittings)
    return Analysis(
        n=len(sittings),
        items=tuple(
            _item(item, statistics[j], m, given.get(item.digest, {})) for j, item in enumerate(items)
        ),
        overall=reliability.reliability(m),
        forms=tuple(_forms(m, items, ends, library, seed)),
        bias=tuple(_bias(m, sittings, groups)),
        selections=()
        if selected is None
        else selections([one.candidate for one in sittings], columns or {}, selected, within),
    )


def _ends(item: Item) -> tuple[float, float]:
    """The least and the most that the item can be worth."""
    if isinstance(type_of(item.content), Rated):
        return 0.0, 1.0
    try:
        scores = listed(item.content)[1]
    except ValueError:
        return -2.0, 1.0
    return float(scores.min()), float(scores.max())


def score_matrix(sittings: Sequence[Sitting], items: Sequence[Item]) -> Floats:
    """Sittings x item versions: what each answer is worth, NaN where the version was not seen.

    One left empty counts 0; one not reached, not given or still to be rated was not seen.
    """
    place = {item.digest: j for j, item in enumerate(items)}
    scores = np.full((len(sittings), len(items)), math.nan)
    known: dict[tuple[str, str], float] = {}
    for row, sitting in enumerate(sittings):
        for answer in sitting.answers:
            scores[row, place[answer.item.digest]] = _score(answer, known)
    return scores


def versions_in(sittings: Iterable[Sitting]) -> list[Item]:
    """Every item version that the sittings hold, in the order of ids and digests."""
    found = {answer.item.digest: answer.item for one in sittings for answer in one.answers}
    return sorted(found.values(), key=lambda item: (item.id, item.digest))


def _score(answer: Answer, known: dict[tuple[str, str], float]) -> float:
    """What the answer is worth, NaN where the item was not seen; many people give the same answer."""
    if answer.state != "answered":
        return 0.0 if answer.state == "left_empty" else math.nan
    key = (answer.item.digest, repr((answer.response, answer.ratings)))
    if key not in known:
        score = worth(answer.item.content, answer.response, answer.ratings)
        known[key] = math.nan if score is None else score
    return known[key]


def _given(sittings: Sequence[Sitting]) -> dict[str, dict[int, Answer]]:
    """Item digest -> row -> the answer, of those who saw the item."""
    found: dict[str, dict[int, Answer]] = {}
    for row, sitting in enumerate(sittings):
        for answer in sitting.answers:
            if answer.state in ("answered", "left_empty"):
                found.setdefault(answer.item.digest, {})[row] = answer
    return found


def _item(item: Item, statistics: ItemStatistics, m: Matched, given: Mapping[int, Answer]) -> ItemAnalysis:
    picks: dict[str, OptionTable] = {}
    measures: tuple[RatedOption, ...] = ()
    if not isinstance(type_of(item.content), Rated) and given:
        for name, marks in _tables(_told(item, given), len(m.scores)):
            if name == MEASURED:
                measures = rating_statistics(m, item.digest, marks.values, marks.parts)
            else:
                of = _only(m, marks.rows)
                picks[name] = option_statistics(
                    of, item.digest, marks.values[marks.rows], marks.parts, marks.keyed
                )
    return ItemAnalysis(
        id=item.id,
        digest=item.digest,
        type=item.content.type,
        competency=item.content.competency,
        statistics=statistics,
        left_empty=sum(answer.state == "left_empty" for answer in given.values()),
        picks=picks,
        measures=measures,
    )


def _only(m: Matched, rows: Bools) -> Matched:
    """The same people's totals, of these rows only."""
    return replace(m, scores=m.scores[rows], seen=m.seen[rows], total=m.total[rows], rest=m.rest[rows])


def _told(item: Item, given: Mapping[int, Answer]) -> dict[int, Explanation]:
    """Row -> what the answer says of each part; the same answer is explained once."""
    explain = type_of(item.content).explain
    known: dict[str, Explanation] = {}
    found = {}
    for row, answer in given.items():
        key = repr(answer.response)
        if key not in known:
            known[key] = explain(item.content, answer.response)
        found[row] = known[key]
    return found


@dataclass(frozen=True)
class _Marks:
    """Persons x parts; ``keyed`` are the parts that the key marks so, ``rows`` the people described."""

    values: Floats
    parts: tuple[str, ...]
    keyed: tuple[str, ...]
    rows: Bools


def _tables(told: Mapping[int, Explanation], n: int) -> Iterator[tuple[str, _Marks]]:
    """A table for each kind of mark that the key makes, and for each node of an item that unfolds."""
    some = next(iter(told.values()))
    keyed = {line.part: line.keyed for line in some.lines}
    everybody = np.ones(n, dtype=np.bool_)
    for kind in _PICKED:
        for node, parts in _nodes(keyed).items():
            right = tuple(part for part in parts if keyed[part].kind == kind)
            if right:
                values = _values(told, n, parts, partial(_is_kind, kind))
                # Who never came to a node left nothing empty there.
                came = np.asarray(values.any(axis=1), np.bool_)
                yield f"{kind} {node}".strip(), _Marks(values, parts, right, came if node else everybody)
    parts = tuple(sorted(keyed))
    kinds = {mark.kind for mark in keyed.values()}
    if "category" in kinds:
        yield "right", _Marks(_values(told, n, parts, _is_right), parts, parts, everybody)
    if kinds & _MEASURED:
        measured = _values(told, n, parts, _measured, nothing=math.nan)
        yield MEASURED, _Marks(measured, parts, (), everybody)


def _is_kind(kind: str, line: Line) -> bool:
    return line.given.kind == kind


def _is_right(line: Line) -> bool:
    return line.agrees and line.given.kind == "category"


def _nodes(keyed: Mapping[str, Mark]) -> dict[str, tuple[str, ...]]:
    """The parts of each node, named before the point; all parts under no name where the item has none."""
    found: dict[str, tuple[str, ...]] = {}
    for part in sorted(keyed):
        node = part.rpartition(".")[0]
        found[node] = (*found.get(node, ()), part)
    return found


def _measured(line: Line) -> float:
    value = line.given.value if line.given.kind in _MEASURED else None
    return math.nan if value is None else value


def _values(
    told: Mapping[int, Explanation],
    n: int,
    parts: Sequence[str],
    value: Callable[[Line], float],
    nothing: float = 0.0,
) -> Floats:
    """Persons x parts: what each answer says of each part."""
    place = {part: column for column, part in enumerate(parts)}
    found = np.full((n, len(parts)), nothing)
    for row, explanation in told.items():
        for line in explanation.lines:
            if line.part in place:
                found[row, place[line.part]] = value(line)
    return found


def _forms(
    m: Matched, items: Sequence[Item], ends: Sequence[tuple[float, float]], library: Library, seed: int
) -> Iterator[FormAnalysis]:
    """Each set of items that some people saw, the most seen first."""
    domains = [library.domain(ident) for ident in library.domain_ids]
    area_of = {
        competency.id: area.id
        for domain in domains
        for area in domain.areas
        for competency in area.competencies
    }
    of_item = [area_of[item.content.competency] for item in items]
    place = {area.id: number for number, area in enumerate(library.framework.areas)}
    packed, group = np.unique(m.seen, axis=0, return_inverse=True)
    sizes = np.bincount(group.reshape(-1), minlength=len(packed))
    for number in sorted(range(len(packed)), key=lambda one: (-sizes[one], one)):
        columns = sorted(np.flatnonzero(packed[number]).tolist(), key=lambda j: place[of_item[j]])
        if not columns:
            continue
        ids = [m.ids[j] for j in columns]
        own = matched(m.scores[np.ix_(group.reshape(-1) == number, columns)], ids)
        areas = [of_item[j] for j in columns]
        rng = np.random.Generator(np.random.PCG64(seed))
        several = len(set(areas)) > 1
        yield FormAnalysis(
            items=tuple(ids),
            n=int(sizes[number]),
            reliability=reliability.reliability(own),
            stratified_alpha=reliability.stratified_alpha(own, areas),
            areas=subscores.subscores(own, areas, rng=rng) if several else (),
            sides=sides_of(own, [items[j] for j in columns], [ends[j] for j in columns], library, domains),
        )


def _bias(
    m: Matched, sittings: Sequence[Sitting], columns: Mapping[str, Mapping[str, str]]
) -> Iterator[Bias]:
    """Each column's largest group beside each of the others."""
    groups = {BY_LANGUAGE: [one.language for one in sittings]}
    groups |= {name: [column.get(one.candidate, "") for one in sittings] for name, column in columns.items()}
    for name, of_person in groups.items():
        counts = {group: of_person.count(group) for group in sorted(set(of_person) - {""})}
        if len(counts) > MOST_GROUPS:
            raise ValueError(f"the column {name!r} has {len(counts)} groups - give at most {MOST_GROUPS}")
        if len(counts) < 2:
            continue
        reference = max(counts, key=lambda group: counts[group])
        for focal in counts:
            if focal != reference:
                rows = np.array([group in (reference, focal) for group in of_person])
                kept = matched(m.scores[rows], m.ids)
                is_focal = np.array([group == focal for group in of_person])[rows]
                found, study = dif.mantel(kept, is_focal, purify=True, bands=DIF_BANDS)
                yield Bias(name, reference, focal, counts[reference], counts[focal], study, found)


def document(found: Analysis) -> dict[str, Any]:
    """The analysis as JSON values: every statistic with its state, N, minimum N, interval and words."""
    values = _plain(found)
    assert isinstance(values, dict)
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Stated):
        return _stated(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return rounded(value, 6) if isinstance(value, float) else value


def _stated(value: Stated[Any]) -> dict[str, Any]:
    told = {"state": value.state, "n": value.n, "needs": value.needs, "value": _plain(value.value)}
    if value.low is not None:
        told |= {"low": _plain(value.low), "high": _plain(value.high)}
    if value.words is not None:
        told["words"] = value.words % value.numbers
    return told


def is_flagged(row: dif.Mantel) -> bool:
    """Whether an item is worth a look by people who know the groups.

    It is of class B or C, and remains significant where all tests of the study are counted (Benjamini &
    Hochberg 1995): of twenty fair items one would be significant alone.
    """
    p = row.p_adjusted.value
    return is_of_size(row) and p is not None and p < SIGNIFICANT


def is_of_size(row: dif.Mantel) -> bool:
    """Whether an item is of class B or C, taken by itself."""
    return row.ets_class.value in ("B", "C")
