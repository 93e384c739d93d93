"""What stands in a report of one competency, and which competencies matter first. Lays nothing out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from assessor.banks.schema import RoleProfile
from assessor.profile.model import CompetencyResult, Estimate, Profile
from assessor.report.rows import Anchored, Showing
from assessor.report.words import OUTCOMES, Words, outcome_of

MOST_ADVISED = 3
#: A range that lies above this, the middle between guessing and the key, speaks of a strength.
MIDDLE = 50.0


def anchored(result: CompetencyResult, said: Estimate, profile: Profile, words: Words) -> Anchored:
    """A competency at its level: the level's word and anchor, the next step, its situations, its advice."""
    text, levels, competency = words.text, profile.framework.levels, result.competency
    lower = levels[said.level.lower - 1]
    aims = [level for level in levels if level.aim]
    ahead = [
        (text(level.name), text(step))
        for level, step in zip(aims, competency.steps or (), strict=False)
        if levels.index(level) >= said.level.lower
    ]
    numbers = tuple(
        number
        for number, item in enumerate(profile.items, start=1)
        if item.answer.item.content.competency == competency.id
    )
    return Anchored(
        result,
        words.level(said.level, profile.framework),
        ((text(lower.name), text(competency.anchors[said.level.lower - 1])),) if lower.aim else (),
        ahead[0] if ahead else None,
        numbers,
        tuple(map(text, (competency.advice or ((),) * len(levels))[said.level.lower - 1])),
    )


def advised_first(known: Sequence[Anchored], role: RoleProfile) -> tuple[Anchored, ...]:
    """The three at most that matter first, in their order: the surest strength, the surest to work on.

    Of equals, the one that the role weighs more. Where three have several situations, the choice is among
    those.
    """
    several = [one for one in known if one.result.n_items > 1]
    among = several if len(several) >= MOST_ADVISED else known

    def weight(one: Anchored) -> float:
        return role.weight_of(one.result.competency.id)

    strengths = sorted(among, key=lambda one: (-_said(one).low, -weight(one)))
    strongest = [one for one in strengths[:1] if _said(one).low > MIDDLE]
    others = [one for one in among if one not in strongest]
    others.sort(key=lambda one: (_said(one).high, -weight(one)))
    chosen = [*strongest, *others][:MOST_ADVISED]
    return tuple(one for one in known if one in chosen)


def showing(
    result: CompetencyResult, profile: Profile, words: Words, links: Callable[[Sequence[int]], Markup]
) -> Showing:
    """What each situation of a competency came to, those of one outcome together."""
    outcomes: dict[str, list[int]] = {outcome: [] for outcome in OUTCOMES}
    for number, item in enumerate(profile.items, start=1):
        if item.answer.item.content.competency == result.competency.id:
            outcomes[outcome_of(item)].append(number)
    told = tuple(
        (words.brief(outcome), len(numbers), links(numbers))
        for outcome, numbers in outcomes.items()
        if numbers
    )
    return Showing(words.text(result.competency.name), told)


def _said(one: Anchored) -> Estimate:
    """The estimate that an anchored competency has by its making."""
    assert one.result.estimate is not None
    return one.result.estimate
