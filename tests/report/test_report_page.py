"""The report as a page: what is open, what leads where, and that nothing is told many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from assessor.profile import Profile
from assessor.report.view import MOST_ADVISED, View
from assessor.report.words import Words
from assessor.scoring.levels import Z80, level_of

Sample = Callable[[str, str], Profile]


def with_ranges(
    profile: Profile, ranges: Mapping[str, tuple[float, float]], others: tuple[float, float]
) -> View:
    """The profile with these ranges for its competencies, as a view in English."""
    changed = []
    for one in profile.competencies:
        low, high = ranges.get(one.competency.id, others)
        level = level_of((low + high) / 2, (high - low) / 2 / Z80, profile.framework.cuts)
        said = one.estimate and replace(
            one.estimate, estimate=(low + high) / 2, low=low, high=high, level=level
        )
        changed.append(replace(one, estimate=said))
    return View(replace(profile, competencies=tuple(changed)), Words("en"))


def names(view: View) -> list[str]:
    return [one.result.competency.id for one in view.advised]


def test_the_three_that_matter_are_the_surest_strength_and_the_surest_to_work_on(sample: Sample) -> None:
    ranges = {
        "strategy.organisation": (60.0, 80.0),
        "audience.publics": (55.0, 95.0),
        "audience.voice": (0.0, 20.0),
        "content.form": (-10.0, 35.0),
    }
    view = with_ranges(sample("ordinary", "en"), ranges, (20.0, 60.0))
    assert names(view) == ["strategy.organisation", "audience.voice", "content.form"]


def test_without_a_strength_three_to_work_on_matter_the_weightier_first(sample: Sample) -> None:
    profile = sample("ordinary", "en")
    view = with_ranges(profile, {}, (20.0, 48.0))
    weights = {
        one.result.competency.id: profile.role.weight_of(one.result.competency.id) for one in view.anchored
    }
    heaviest = sorted(weights.values(), reverse=True)[:MOST_ADVISED]
    assert sorted((weights[name] for name in names(view)), reverse=True) == heaviest
    assert names(view) == [one for one in weights if one in names(view)]
