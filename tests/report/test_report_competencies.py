"""What a report says of competencies: words where the form tells them from their area, else what was seen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from assessor.profile import Profile, document
from assessor.profile.model import ContrastResult
from assessor.report import render, sections
from assessor.report.editions import ATTACH, EDITIONS, SELF, Edition
from assessor.report.view import View
from assessor.report.words import OUTCOMES, Words
from assessor.scoring.levels import Level

Sample = Callable[[str, str], Profile]


def soup_of(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def pages(profile: Profile, edition: Edition, language: str) -> list[BeautifulSoup]:
    """The same report as a page and in print."""
    return [
        soup_of(str(sections(profile, edition, language))),
        soup_of(render(profile, edition, language)),
    ]


@pytest.fixture
def able(sample: Sample) -> Profile:
    """Answers with the key throughout, to a form that tells no competency from its area."""
    profile = sample("with the key throughout", "en")
    assert not any(one.is_told for one in profile.competencies)
    assert not profile.is_near_chance
    return profile


def test_a_competency_that_the_form_does_not_tell_has_no_level_number_anchor_or_advice(
    able: Profile, language: str
) -> None:
    names = {one.competency.name[language] for one in able.competencies}
    for edition in EDITIONS.values():
        for soup in pages(able, edition, language):
            assert names.isdisjoint(tag.get_text() for tag in soup.select(".rows .label"))
            assert names.isdisjoint(tag.get_text() for tag in soup.select(".competency h3"))
            assert not re.search(r"(?:Ancre|Anchor|Conseil|Advice|Allez|Go to) \d", soup.get_text())
    kept = json.loads(json.dumps(document(able)))["competencies"]
    measured = [row for row in kept.values() if row["estimate"] is not None]
    assert measured
    assert all((row["level"], row["p_level"], row["told"]) == (None, None, False) for row in measured)
    assert all(0 <= row["error_reduction"] < 0.3 for row in measured)


def test_its_row_says_what_each_of_its_situations_showed_with_links_to_them(
    sample: Sample, sample_name: str, language: str
) -> None:
    profile = sample(sample_name, language)
    if profile.is_glimpse or all(one.is_told for one in profile.competencies if one.estimate is not None):
        return
    say = Words(language).catalogue.gettext
    untold = [one for one in profile.competencies if one.estimate is not None and not one.is_told]
    for soup in pages(profile, SELF, language):
        rows = soup.select(".shown tbody tr")
        assert len(rows) == len(untold)
        for row, one in zip(rows, untold, strict=True):
            assert plain(row.select_one(".one").get_text()) == plain(
                Words(language).text(one.competency.name)
            )
            numbers = [int(link.string) for link in row.select("a")]
            own = [
                number
                for number, item in enumerate(profile.items, start=1)
                if item.answer.item.content.competency == one.competency.id
            ]
            assert sorted(numbers) == own
            assert not row.select("svg")
            for part in row.select("td > span"):
                outcome = next(
                    key
                    for key, (_, brief) in OUTCOMES.items()
                    if plain(part.get_text()).startswith(
                        plain(say(brief)) + (":" if language == "en" else " :")
                    )
                )
                for link in part.select("a"):
                    result = profile.items[int(link.string) - 1]
                    assert say(OUTCOMES[outcome][1]) == Words(language).brief_outcome(result)
                    assert soup.select_one(link["href"]) is not None


def test_the_edition_without_situations_shows_the_areas_in_their_place(able: Profile, language: str) -> None:
    for soup in pages(able, ATTACH, language):
        assert not soup.select(".shown, .profile")
        assert soup.select_one("#report-areas") is not None


def test_each_area_with_a_level_has_the_advice_of_that_level_and_no_other(
    able: Profile, language: str
) -> None:
    for lower, upper in ((1, 1), (1, 2), (2, 3), (4, 4)):
        at = Level(lower, upper, 0.9)
        areas = tuple(
            replace(one, estimate=one.estimate and replace(one.estimate, level=at)) for one in able.areas
        )
        wide = replace(areas[0], estimate=replace(areas[0].estimate, level=Level(1, 4, 1.0)))
        profile = replace(able, areas=(wide, *areas[1:]))
        for soup in pages(profile, SELF, language):
            blocks = soup.select(".competency")
            assert [block.h3.get_text() for block in blocks] == [
                one.area.name[language]
                for one in areas[1:]
                if one.estimate is not None and one.estimate.tells
            ]
            said = [line.get_text() for line in soup.select(".competency .advice li")]
            assert len(said) == 2 * len(blocks)
            assert all(re.match(rf"(?:Essai|Try) {lower}[ab] ", text) for text in said)
            assert not soup.select(f".competency .advice li:-soup-contains({areas[0].area.id})")


def test_the_level_of_an_area_that_the_form_does_not_tell_is_said_to_be_that_of_all_together(
    able: Profile,
) -> None:
    told = tuple(replace(one, is_told=True) for one in able.areas)
    at = Level(3, 4, 0.9)
    core = [replace(one, estimate=replace(one.estimate, level=at), is_told=False) for one in told[:2]]
    words = "Level named for"
    assert words not in render(replace(able, areas=told), SELF, "en")
    for edition in EDITIONS.values():
        said = plain(soup_of(render(replace(able, areas=(*core, *told[2:])), edition, "en")).get_text(" "))
        assert (
            f"{words} strategy and audience: that of strategy, audience and content judgement together"
            in said
        )
    unnamed = tuple(
        replace(one, estimate=replace(one.estimate, level=Level(1, 4, 1.0)), is_told=False)
        for one in told[:3]
    )
    assert words not in render(replace(able, areas=(*unnamed, *told[3:])), SELF, "en")


@pytest.mark.parametrize("name", ["at chance", "ordinary", "told apart"])
def test_answers_that_chance_explains_get_no_advice_and_no_contrast(
    sample: Sample, name: str, language: str
) -> None:
    """Whatever the form tells, and whatever an older document held."""
    profile = replace(sample(name, language), is_near_chance=True)
    contrast = ContrastResult(profile.framework.contrasts[0], 60.0, 0.99)
    profile = replace(profile, contrasts=(contrast,))
    for edition in EDITIONS.values():
        for soup in pages(profile, edition, language):
            assert not soup.select(".competencies, .advice")
            text = soup.get_text()
            assert contrast.contrast.sentence[language] not in text
            assert contrast.contrast.sentence_about[language] not in text
            assert not re.search(r"(?:Essai|Try|Conseil|Advice) \d", text)
    view = View(profile, Words(language))
    assert (view.anchored, view.advised, view.area_advice, view.contrasts) == ((), (), (), ())
    assert sample("at chance", language).is_near_chance


def test_what_help_is_worth_is_said_beside_how_sure_a_report_is(able: Profile, language: str) -> None:
    figure = {"en": "0.97", "fr": "0,97"}[language]
    for edition in EDITIONS.values():
        for soup in pages(able, edition, language):
            said = soup.select_one(".sure").get_text()
            assert figure in said
            assert {"en": "interview", "fr": "entrevue"}[language] in said
