"""The report as a page: what is open, what leads where, and that nothing is told many times."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from scipy.special import ndtr

from assessor.profile import Profile
from assessor.report import render, sections
from assessor.report.competencies import MOST_ADVISED
from assessor.report.editions import EDITIONS, SELF, Edition
from assessor.report.view import View
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
        se = (high - low) / 2 / Z80
        level = level_of([[float(ndtr(((low + high) / 2 - cut) / se)) for cut in profile.framework.cuts]])
        said = one.estimate and replace(
            one.estimate, estimate=(low + high) / 2, low=low, high=high, level=level
        )
        changed.append(replace(one, estimate=said))
    return View(replace(profile, competencies=tuple(changed)), Words("en"))


def test_of_three_that_have_several_situations_none_with_a_single_one_matters(sample: Sample) -> None:
    view = with_ranges(sample("told apart", "en"), {"audience.voice": (0.0, 20.0)}, (30.0, 45.0))
    assert "audience.voice" in names(view)

    def with_single(*idents: str) -> View:
        changed = (
            replace(one, n_items=1 if not idents or one.competency.id in idents else 2)
            for one in view.profile.competencies
        )
        return View(replace(view.profile, competencies=tuple(changed)), Words("en"))

    assert "audience.voice" not in names(with_single("audience.voice"))
    assert "audience.voice" in names(with_single())


def names(view: View) -> list[str]:
    return [one.result.competency.id for one in view.advised]


def test_the_three_that_matter_are_the_surest_strength_and_the_surest_to_work_on(sample: Sample) -> None:
    ranges = {
        "strategy.organisation": (60.0, 80.0),
        "audience.publics": (55.0, 95.0),
        "audience.voice": (0.0, 20.0),
        "content.form": (-10.0, 35.0),
    }
    view = with_ranges(sample("told apart", "en"), ranges, (20.0, 60.0))
    assert names(view) == ["strategy.organisation", "audience.voice", "content.form"]


def test_without_a_strength_three_to_work_on_matter_the_weightier_first(sample: Sample) -> None:
    profile = sample("told apart", "en")
    view = with_ranges(profile, {}, (20.0, 48.0))
    weights = {
        one.result.competency.id: profile.role.weight_of(one.result.competency.id) for one in view.anchored
    }
    heaviest = sorted(weights.values(), reverse=True)[:MOST_ADVISED]
    assert sorted((weights[name] for name in names(view)), reverse=True) == heaviest
    assert names(view) == [one for one in weights if one in names(view)]


def in_sight(profile: Profile, language: str) -> BeautifulSoup:
    """The report's page with what is folded away taken out."""
    soup = BeautifulSoup(str(sections(profile, SELF, language)), "html.parser")
    for folded in soup.select("details:not([open])"):
        for part in folded.find_all(recursive=False):
            if part.name != "summary":
                part.decompose()
    return soup


def sentences(soup: BeautifulSoup) -> list[str]:
    """What is said in five words or more, each as often as it is said."""
    tags = soup.select("p, li, summary span")
    said = [re.sub(r"\s+", " ", tag.get_text(" ")).strip() for tag in tags]
    return [part for text in said for part in re.split(r"(?<=[.;]) ", text) if len(part.split()) >= 5]


def test_of_answers_near_chance_nothing_is_said_twice(language: str) -> None:
    profile = sys.modules["report_samples"].profile(ability=0.05)
    told = Counter(sentences(in_sight(profile, language)))
    assert len(told) > 10
    assert [sentence for sentence, times in told.items() if times > 1] == []


def test_answers_near_chance_are_called_so_once_and_others_never(sample: Sample) -> None:
    told = {
        name: str(sections(sample(name, "en"), SELF, "en")).count("cannot be told from random ones")
        for name in ("at chance", "with the key throughout", "below chance", "pending")
    }
    assert told == {"at chance": 1, "with the key throughout": 0, "below chance": 0, "pending": 0}


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_of_a_sitting_with_too_few_answers_one_sentence_is_said_and_the_situations_shown(
    edition: Edition, language: str
) -> None:
    samples = sys.modules["report_samples"]
    told = {
        name: samples.profile(language=language, **made)
        for name, made in {
            "blank": {"empty": 20},
            "one answer": {"empty": 19},
            "withdrawn": {"states": dict.fromkeys(range(20), "not_given")},
            "to be rated": {"states": dict.fromkeys(range(20), "pending")},
            "glimpse": {"length": "short", "empty": 8},
        }.items()
    }
    sentences = set()
    for profile in told.values():
        page = BeautifulSoup(str(sections(profile, edition, language)), "html.parser")
        printed = BeautifulSoup(render(profile, edition, language), "html.parser")
        for shown in (page, printed):
            assert len(shown.select(".answer .lead")) == 1
            assert not shown.select(".rows, .competencies, .reading, .roles, .sure, .limits, svg")
            assert len(shown.select(".item")) == (len(profile.items) if edition.shows_keys else 0)
        sentences.add(page.select_one(".lead").get_text())
    assert len(sentences) == 4, "the glimpse is as blank as the blank one"


def test_how_much_was_answered_is_always_said_at_the_top(sample: Sample) -> None:
    for name, n in {"ordinary": 20, "partly unanswered": 15}.items():
        shown = BeautifulSoup(str(sections(sample(name, "en"), SELF, "en")), "html.parser")
        assert f"answers: {n} of 20" in shown.select_one(".answer .about").get_text()


def test_what_most_situations_came_to_is_said_once_above_them(sample: Sample) -> None:
    soup = in_sight(sample("with the key throughout", "en"), "en")
    assert not soup.select(".items summary .outcome")
    assert "Where nothing else is said: the key." in soup.select_one(".items .key").get_text()


def test_of_answers_near_chance_the_most_frequent_outcome_is_said_once_in_any_case(sample: Sample) -> None:
    view = View(sample("ordinary", "en"), Words("en"))
    assert view.is_near_chance
    assert view.usual_outcome
    soup = in_sight(sample("ordinary", "en"), "en")
    assert view.usual_outcome not in [tag.get_text() for tag in soup.select(".items summary .outcome")]


def test_three_competencies_are_open_and_the_others_are_folded(sample: Sample) -> None:
    soup = BeautifulSoup(str(sections(sample("told apart", "en"), SELF, "en")), "html.parser")
    assert len(soup.select("details.competency[open]")) == MOST_ADVISED
    assert len(soup.select("details.competency")) > MOST_ADVISED


def test_every_number_of_a_situation_is_a_link_to_it(sample: Sample, language: str) -> None:
    profile = sample("told apart", language)
    soup = BeautifulSoup(str(sections(profile, SELF, language)), "html.parser")
    for block in soup.select("details.competency"):
        links = block.select(".standing a")
        assert links
        name = block.select_one("summary").get_text(strip=True)
        for link in links:
            assert (
                soup.select_one(link["href"])
                .select_one("summary")
                .get_text()
                .startswith(f"{link.string}. {name}")
            )
    farthest = soup.select(".answer li a")
    assert [int(link.string) for link in farthest] == list(View(profile, Words(language)).farthest)
