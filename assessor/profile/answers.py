"""What the answers of a sitting show by themselves: their worth, misses, times. Estimates nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assessor.banks.schema import Domain
from assessor.items import Rated, listed, type_of, worth
from assessor.items.base import OptionContent
from assessor.measurement import Floats
from assessor.profile.model import Effort, ItemResult, LureResult
from assessor.scoring import contrasts
from assessor.scoring.chance import could_be_random, is_beyond_random
from assessor.scoring.cuts import reaches
from assessor.scoring.model import Design
from assessor.sittings import Answer, Sitting

MIDDLE = 0.5
MOST_TO_THINK_ABOUT = 2
QUICK_SHARE = 0.10
QUICK_AT_MOST_S = 10.0


def awaiting_ratings(answer: Answer) -> Answer:
    """The answer, pending where people must rate it first and nobody has."""
    is_rated_by_people = isinstance(type_of(answer.item.content), Rated)
    if answer.state == "answered" and is_rated_by_people and not answer.ratings:
        return replace(answer, state="pending")
    return answer


def item_result(answer: Answer, planned: Design, place: int) -> ItemResult:
    """One answer with its worth (None where it is not known), and the numbers of its item in the form."""
    content = answer.item.content
    kind = type_of(content)
    score: float | None
    if answer.state != "answered":
        score = 0.0 if answer.state in ("left_empty", "not_reached") else None
    else:
        score = worth(content, answer.response, answer.ratings)
    explained = kind.explain(content, answer.response)
    return ItemResult(
        answer,
        score,
        planned.sigma[place],
        explained,
        b=planned.b[place],
        v_b=planned.v_b[place],
        spreads=planned.spreads[place],
    )


def near_chance(items: Sequence[ItemResult], domain: Domain) -> bool:
    """Whether the answers cannot be told from random ones: neither all together nor those of any block.

    Empty situations and those whose valid responses cannot be listed have no part in it.
    """
    by_block: dict[str, tuple[list[float], list[Floats]]] = {}
    for result in items:
        content = result.answer.item.content
        if result.answer.state != "answered" or result.score is None:
            continue
        if type_of(content).responses(content) is None:
            continue
        scores, at_random = by_block.setdefault(domain.area_of[content.competency].block, ([], []))
        scores.append(result.score)
        at_random.append(listed(content)[1])
    together = could_be_random(
        [score for scores, _ in by_block.values() for score in scores],
        [one for _, at_random in by_block.values() for one in at_random],
    )
    return together and not any(is_beyond_random(*block) for block in by_block.values())


def lures(items: Sequence[ItemResult]) -> tuple[LureResult, ...]:
    """Kinds of miss among the options taken for the best, against what blind misses would bring."""
    missed: list[tuple[str | None, dict[str, int], int]] = []
    for result in items:
        content = result.answer.item.content
        if result.answer.state != "answered" or not isinstance(content, OptionContent):
            continue
        taken = type_of(content).preferred(content, result.answer.response)
        if taken is None or content.option(taken).lure is None:
            continue
        kinds: list[str] = [option.lure for option in content.options if option.lure is not None]
        missed.append((content.option(taken).lure, {kind: kinds.count(kind) for kind in kinds}, len(kinds)))
    return tuple(
        LureResult(count.kind, count.chosen, count.expected, count.p, count.is_said)
        for count in contrasts.lure_counts(missed)
    )


def to_think_about(items: Sequence[ItemResult]) -> tuple[ItemResult, ...]:
    """The answered items furthest from the key, two at most and of two competencies, in the form's order."""
    missed = sorted(
        (
            result
            for result in items
            if result.answer.state == "answered" and result.score is not None and result.score < MIDDLE
        ),
        key=lambda result: result.score or 0.0,
    )
    kept: dict[str, ItemResult] = {}
    for result in missed:
        kept.setdefault(result.answer.item.content.competency, result)
    chosen = list(kept.values())[:MOST_TO_THINK_ABOUT]
    return tuple(result for result in items if result in chosen)


def effort(sitting: Sitting) -> Effort:
    """Counts, minutes, and response-time effort (Wise & Kong 2005, Appl. Meas. Educ. 18:163, eq. 2).

    The threshold of an item is a tenth of its usual time, at most 10 s (Wise & Ma 2012); until usual times
    are known, its planned minutes stand for them.
    """
    considered = [
        bool(reaches(answer.seconds, min(QUICK_SHARE * 60 * answer.item.book.minutes, QUICK_AT_MOST_S)))
        for answer in sitting.answers
        if answer.state == "answered" and answer.seconds is not None
    ]
    seconds = [answer.seconds for answer in sitting.answers if answer.seconds is not None]
    return Effort(
        unanswered=sum(answer.state == "left_empty" for answer in sitting.answers),
        not_reached=sum(answer.state == "not_reached" for answer in sitting.answers),
        minutes=sum(seconds) / 60 if seconds else None,
        rte=sum(considered) / len(considered) if considered else None,
    )


def key_statuses(sitting: Sitting) -> dict[str, int]:
    """How many items of the form have a key of each status, in the order of their names."""
    found: dict[str, int] = {}
    for answer in sitting.answers:
        found[answer.item.book.status] = found.get(answer.item.book.status, 0) + 1
    return dict(sorted(found.items()))
