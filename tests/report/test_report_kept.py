"""A report drawn from a kept score document says what the report of the profile it was made of said."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from assessor.profile import Profile, document, recalled
from assessor.report import EDITIONS, html
from assessor.sittings import Sitting
from tests.fixtures.documents import of_the_first_version, of_version_3

SAMPLES = sys.modules["report_samples"]


def again(profile: Profile, *, first: bool = False) -> Profile:
    """The profile, read back from its document as a database gives it back."""
    found = json.loads(json.dumps(document(profile)))
    answers = tuple(result.answer for result in profile.items)
    taken = Sitting(
        candidate=profile.candidate,
        language=profile.language,
        pool=profile.pool,
        answers=answers,
        started=profile.started,
        finished=profile.finished,
        length=profile.length,
        receipt=profile.receipt,
    )
    return recalled(of_the_first_version(found) if first else found, taken, profile.role, SAMPLES.library())


@pytest.mark.parametrize("edition", sorted(EDITIONS))
def test_a_kept_profile_makes_the_same_report(
    sample: Callable[[str, str], Profile], sample_name: str, edition: str
) -> None:
    profile = sample(sample_name, "fr")
    drawn = [html.render(one, EDITIONS[edition], "fr") for one in (profile, again(profile))]
    assert drawn[0] == drawn[1]


def test_a_report_of_the_first_version_leaves_out_what_was_not_kept(
    sample: Callable[[str, str], Profile],
) -> None:
    profile = sample("ordinary", "en")
    now, before = (html.render(one, EDITIONS["self"], "en") for one in (profile, again(profile, first=True)))
    assert "Keys are judgements." in now
    assert "Keys are judgements." not in before
    assert "software 0.0.9" in before


def test_a_report_of_version_3_shows_the_levels_that_it_gave_and_advises_nobody_near_chance(
    sample: Callable[[str, str], Profile],
) -> None:
    samples = sys.modules["report_samples"]
    shown = {}
    for name, profile in {
        "able": samples.profile(ability=0.7),
        "at chance": sample("at chance", "en"),
    }.items():
        found = of_version_3(json.loads(json.dumps(document(profile))))
        taken = again(profile).role, samples.library()
        answers = tuple(result.answer for result in profile.items)
        sitting = Sitting("C-07", "en", profile.pool, answers, profile.started, profile.finished)
        shown[name] = html.render(recalled(found, sitting, *taken), EDITIONS["self"], "en")
    assert "Competency profile" in shown["able"]
    assert "Advice 2a on" in shown["able"]
    assert "Advice" not in shown["at chance"]
