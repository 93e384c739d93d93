"""Who was selected, by group and round, from the columns beside the sittings. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessor.statistics.fairness_strata import StratifiedImpact, stratified_impact

#: What a column may say of who was selected, in both languages of the product.
SELECTED = frozenset({"yes", "y", "true", "1", "selected", "oui", "o", "vrai", "retenu", "retenue"})
NOT_SELECTED = frozenset({"no", "n", "false", "0", "non", "faux"})
#: The one round of those who name no column of rounds.
WHOLE = ""


@dataclass(frozen=True)
class Selection:
    """One grouping: who was selected of each of its groups, in each round and in all."""

    column: str
    impact: StratifiedImpact


def selections(
    candidates: Sequence[str],
    groups: Mapping[str, Mapping[str, str]],
    selected: str,
    within: str | None,
    *,
    for_auditor: bool = False,
) -> tuple[Selection, ...]:
    """The selection rates of every grouping but the two columns that say who was selected and in which round.

    ``groups``: column -> candidate -> cell. Who has no cell in one of the three columns is left out of that
    grouping. Raises ValueError for a column that there is not, or a cell that is neither yes nor no.
    """
    for name in (selected, within):
        if name is not None and name not in groups:
            raise ValueError(f"there is no column {name!r} - use one of {', '.join(groups)}")
    chosen = {candidate: _is_selected(cell) for candidate, cell in groups[selected].items() if cell}
    rounds = None if within is None else groups[within]
    found = []
    for column, of_person in groups.items():
        if column in (selected, within):
            continue
        counts: dict[str, dict[str, tuple[int, int]]] = {}
        for candidate in candidates:
            place = WHOLE if rounds is None else rounds.get(candidate, "")
            group = of_person.get(candidate, "")
            if candidate not in chosen or not group or (rounds is not None and not place):
                continue
            own = counts.setdefault(place, {})
            s, n = own.get(group, (0, 0))
            own[group] = s + chosen[candidate], n + 1
        ordered = {place: dict(sorted(counts[place].items())) for place in sorted(counts)}
        found.append(Selection(column, stratified_impact(ordered, for_auditor=for_auditor)))
    return tuple(found)


def _is_selected(cell: str) -> bool:
    said = cell.casefold()
    if said in SELECTED or said in NOT_SELECTED:
        return said in SELECTED
    raise ValueError(f"{cell!r} does not say whether somebody was selected - write yes or no")
