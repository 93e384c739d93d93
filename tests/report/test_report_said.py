"""What a report says of levels, next steps and minimums: nothing firmer than its numbers, no fault named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from assessor.measurement.minimums import Judgement, MinimumResult
from assessor.profile import Profile
from assessor.report import render
from assessor.report.editions import EDITIONS, SELF, Edition
from assessor.report.view import View
from assessor.report.words import CHANCES, READINGS, Words
from assessor.scoring.levels import Level, reading
from assessor.scoring.personfit import PersonFit

Sample = Callable[[str, str], Profile]
WIDE = {"en": "too wide to name", "fr": "fourchette trop large pour nommer un niveau"}
NBSP = "\u00a0"
CHOOSE = (
    "Choose one competency and try its next step, described under “Competencies”, in your next real post."
)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace(NBSP, " ")).strip()


def view_at(profile: Profile, lower: int, upper: int, language: str = "en") -> View:
    """The profile with every competency's range over these levels."""
    level = Level(lower, upper, 0.9)
    changed = tuple(
        replace(one, estimate=one.estimate and replace(one.estimate, level=level))
        for one in profile.competencies
    )
    return View(replace(profile, competencies=changed), Words(language))


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_no_anchor_that_describes_a_fault_is_shown(
    sample: Sample, sample_name: str, edition: Edition
) -> None:
    for language in ("fr", "en"):
        shown = render(sample(sample_name, language), edition, language)
        assert not re.search(r"(?:Ancre|Anchor) [12]", shown)


@pytest.mark.parametrize(
    ("lower", "upper", "here", "ahead"),
    [
        (1, 1, [], "proficient"),
        (1, 2, [], "proficient"),
        (2, 2, [], "proficient"),
        (2, 3, [], "proficient"),
        (3, 3, ["proficient"], "leading"),
        (3, 4, ["proficient"], "leading"),
        (4, 4, ["leading"], None),
    ],
)
def test_the_next_step_is_what_to_do_to_reach_the_next_aim(
    sample: Sample, lower: int, upper: int, here: list[str], ahead: str | None
) -> None:
    anchored = view_at(sample("told apart", "en"), lower, upper).anchored
    assert len(anchored) > 5
    for one in anchored:
        name = one.result.competency.id.split(".")[1]
        assert [level for level, _ in one.here] == here
        assert all(text.startswith(f"Anchor {lower} of {name}") for _, text in one.here)
        number = {"proficient": 3, "leading": 4, None: 0}[ahead]
        assert one.next == (None if ahead is None else (ahead, f"Go to {number}: {name}."))


VARY = {"en": "vary among themselves more", "fr": "varient entre elles plus que le calcul"}


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_answers_that_vary_more_than_they_would_are_said_once_with_what_may_explain_it(
    sample: Sample, edition: Edition, language: str
) -> None:
    profile = sample("with the key throughout", language)

    def told(is_unusual: bool) -> str:
        fit = PersonFit(1.9, 0.004 if is_unusual else 0.2, 20, is_unusual)
        shown = render(replace(profile, person_fit=fit), edition, language)
        return plain(BeautifulSoup(shown, "html.parser").get_text(" "))

    assert told(True).count(VARY[language]) == 1
    assert {"en": "It changes no result", "fr": "Cela ne change aucun résultat"}[language] in told(True)
    assert VARY[language] not in told(False)
    assert VARY[language] not in plain(render(replace(profile, person_fit=None), edition, language))


def test_of_answers_near_chance_it_is_not_said_that_they_vary(sample: Sample) -> None:
    profile = replace(sample("at chance", "en"), person_fit=PersonFit(1.9, 0.004, 20, is_unusual=True))
    assert profile.is_near_chance
    assert VARY["en"] not in plain(render(profile, SELF, "en"))


def test_without_steps_or_without_an_aim_no_next_step_is_named(sample: Sample) -> None:
    profile = sample("told apart", "en")
    bare = replace(
        profile,
        competencies=tuple(
            replace(one, competency=one.competency.model_copy(update={"steps": None}))
            for one in profile.competencies
        ),
    )
    assert {one.next for one in view_at(bare, 2, 2).anchored} == {None}
    levels = tuple(level.model_copy(update={"aim": False}) for level in profile.framework.levels)
    aimless = replace(profile, framework=profile.framework.model_copy(update={"levels": levels}))
    for one in view_at(aimless, 3, 3).anchored:
        assert (one.here, one.next) == ((), None)


def test_over_three_levels_no_row_names_one_and_no_competency_has_advice(
    sample: Sample, language: str
) -> None:
    for lower, upper in ((1, 3), (2, 4), (1, 4)):
        view = view_at(sample("told apart", language), lower, upper, language)
        rows = [row for _, group in view.groups for row in group if row.said is not None]
        assert rows
        assert {row.word for row in rows} == {WIDE[language]}
        assert all(WIDE[language] in plain(str(row.plot)) for row in rows)
        assert view.anchored == ()
        assert view.advised == ()
        assert plain(Words(language).catalogue.gettext(CHOOSE)) not in plain(
            render(view.profile, SELF, language)
        )
        assert len(view.too_wide) == len(rows)


def test_a_named_level_is_one_or_two_neighbours_and_never_off_the_printed_range(
    sample: Sample, sample_name: str
) -> None:
    """From the page alone: the word of each row against the range beside it, which is wider than the word."""
    profile = sample(sample_name, "en")
    names = [level.name["en"] for level in profile.framework.levels]
    soup = BeautifulSoup(render(profile, SELF, "en"), "html.parser")
    seen = 0
    for row in soup.select(".answer .rows tbody tr, .profile .rows tbody tr"):
        word = row.select_one(".word")
        found = (
            re.match(r"from (\d+) to (\d+)$", plain(row.select_one(".range").text))
            if row.select_one(".range")
            else None
        )
        if word is None or found is None or "first" in (row.get("class") or []):
            continue
        seen += 1
        low, high = map(int, found.groups())
        said = plain(word.text).split(";")[0]
        named = [n for n, name in enumerate(names) if name in said]
        assert (said == WIDE["en"]) == (not named)
        assert named in ([], *([n] for n in range(4)), *([n, n + 1] for n in range(3)))
        assert not named or any(low < 25 * (n + 1) and high > 25 * n for n in named)
    assert seen or sample_name in ("below chance", "glimpse")


def judged(*parts: tuple[str, float | None, str]) -> Judgement:
    minimums = tuple(MinimumResult(of, 40.0, p, state) for of, p, state in parts)  # type: ignore[arg-type]
    return Judgement(minimums, 0.85, "may_meet")


NAMES = {"platform": "Platforms and search", "audience": "Audience", "strategy": "Strategy"}


def test_what_cannot_be_judged_is_named_first_with_its_reason() -> None:
    told = judged(
        ("strategy", 0.95, "judged"), ("audience", 0.9, "judged"), ("platform", None, "out_of_reach")
    )
    assert Words("en").minimums(told, NAMES) == (
        "2 of 3 minimums judged; platforms and search: cannot be said with this form; "
        "of the rest: may meet the minimums: to be probed"
    )
    assert Words("en").chances_of_all(told).endswith("for the 2 judged")
    french = plain(Words("fr").minimums(told, {**NAMES, "platform": "Plateformes et recherche"}))
    assert french.startswith(
        "minimums jugés : 2 sur 3; plateformes et recherche : cette épreuve ne permet pas"
    )
    none = Judgement(
        (
            MinimumResult("audience", 40.0, None, "not_measured"),
            MinimumResult("platform", 40.0, None, "out_of_reach"),
        ),
        None,
        None,
    )
    assert Words("en").minimums(none, NAMES) == (
        "none of the minimums can be said: audience: not measured in this form; "
        "platforms and search: cannot be said with this form"
    )
    assert Words("en").chances_of_all(none) == ""


def test_the_report_names_first_what_it_cannot_judge(sample: Sample, language: str) -> None:
    """Of the sample's role one minimum is of a competency that no item measures."""
    profile = sample("ordinary", language)
    states = [one.state for one in profile.fit.minimums]
    assert states == ["judged", "judged", "not_measured"]
    assert profile.fit.judgement.reading != "likely_meets"
    said = View(profile, Words(language)).fit_row.word
    begun = {
        "en": "2 of 3 minimums judged; competency risk: not",
        "fr": "minimums jugés : 2 sur 3; compétence risk : non",
    }
    assert plain(said).startswith(begun[language])
    for edition in EDITIONS.values():
        assert begun[language] in plain(BeautifulSoup(render(profile, edition, language), "html.parser").text)


def test_chances_never_contradict_the_word_beside_them(language: str) -> None:
    words = Words(language)
    by_chances: dict[str, set[str]] = {}
    for thousandth in range(1001):
        p = thousandth / 1000
        said = words.chances_met(p)
        by_chances.setdefault(said, set()).add(reading(p))
    assert all(len(found) == 1 for found in by_chances.values())
    assert len(by_chances) >= len(CHANCES)
    assert set().union(*by_chances.values()) == set(READINGS)
    # Two hundredths apart, on both sides of a border.
    assert words.chances_met(0.79) != words.chances_met(0.81)


def test_each_word_of_a_minimum_has_its_chances(language: str) -> None:
    words = Words(language)
    said = [words.minimum(MinimumResult("audience", 40.0, p, "judged")) for p in (0.9, 0.6, 0.3, 0.1)]
    assert len(set(said)) == 4
    assert all(re.search(r"\(\S+", one) for one in said)
