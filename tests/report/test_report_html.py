"""The report as HTML: what stands in it, for every sample and language."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import html5lib
import pytest
from bs4 import BeautifulSoup

from assessor.banks.loader import load_library
from assessor.config import resource
from assessor.measurement.sensitivity import Moved
from assessor.profile import Profile
from assessor.profile.model import ContrastResult
from assessor.report import render, sections
from assessor.report.editions import ATTACH, EDITIONS, SELF, Edition
from assessor.report.html import title

Sample = Callable[[str, str], Profile]
SECTIONS = {
    "self": ("title", "reading", "advice", "profile", "roles", "items", "sure"),
    "attach": ("title", "reading", "profile", "sure"),
}
GLIMPSE = {
    "self": ("title", "think", "reading", "items", "sure"),
    "attach": ("title", "reading", "areas", "sure"),
}


@lru_cache(maxsize=32)
def soup_of(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


@lru_cache(maxsize=32)
def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", soup_of(markup).get_text(" "))


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
@pytest.mark.parametrize("name", ["told apart", "glimpse"])
def test_every_edition_has_its_sections_and_no_other(sample: Sample, name: str, edition: Edition) -> None:
    soup = soup_of(render(sample(name, "fr"), edition, "fr"))
    wanted = (GLIMPSE if name == "glimpse" else SECTIONS)[edition.name]
    assert [tag["aria-labelledby"] for tag in soup.select("section")] == [f"report-{one}" for one in wanted]
    assert all(soup.find(id=f"report-{one}") is not None for one in wanted)
    assert soup.html["lang"] == "fr"


@pytest.mark.parametrize(
    ("name", "edition"), [("ordinary", SELF), ("glimpse", SELF), ("partly unanswered", ATTACH)]
)
def test_document_is_valid_html_with_unique_ids(sample: Sample, name: str, edition: Edition) -> None:
    shown = render(sample(name, "en"), edition, "en")
    html5lib.HTMLParser(strict=True).parse(shown)
    ids = [tag["id"] for tag in soup_of(shown).find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {tag["href"][1:] for tag in soup_of(shown).select('a[href^="#"]')} <= set(ids)


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
@pytest.mark.parametrize("name", ["partly unanswered", "glimpse"])
def test_page_and_document_say_the_same_words(
    sample: Sample, name: str, edition: Edition, language: str
) -> None:
    """Of competencies print describes three, a page all; print alone has a contents with page numbers."""
    profile = sample(name, language)
    page = BeautifulSoup(str(sections(profile, edition, language)), "html.parser")
    printed = BeautifulSoup(render(profile, edition, language), "html.parser").main
    # A list that folds says an outcome in fewer words, and what is folded where.
    only_one_has = ".outcome, .only-page, .item summary, .item h3, details.more > summary"
    for said in (page, printed):
        for tag in said.select(f"{only_one_has}, .competencies, .printed-contents"):
            tag.decompose()
    assert text_of(str(page)).split() == text_of(str(printed)).split()
    assert len(text_of(str(page))) > 2000


@pytest.mark.parametrize("top", [1, 2])
def test_headings_descend_one_level_at_a_time_from_the_top(sample: Sample, top: int) -> None:
    soup = soup_of(str(sections(sample("ordinary", "en"), SELF, "en", top=top)))
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == top
    assert levels.count(top) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("name", ["partly unanswered", "glimpse"])
def test_nothing_inline_that_a_content_security_policy_refuses(sample: Sample, name: str) -> None:
    soup = soup_of(str(sections(sample(name, "en"), SELF, "en")))
    assert not soup.find_all(["script", "style", "img", "link"])
    assert not [tag for tag in soup.find_all(True) if "style" in tag.attrs]
    assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]


def test_items_fold_on_a_page_and_stand_open_in_print(sample: Sample) -> None:
    profile = sample("ordinary", "en")
    folded = soup_of(str(sections(profile, SELF, "en"))).select("details.item")
    assert len(folded) == len(profile.items)
    assert not soup_of(render(profile, SELF, "en")).find_all("details")


def test_texts_of_a_bank_are_escaped(sample: Sample) -> None:
    shown = render(sample("ordinary", "en"), SELF, "en")
    assert "Salon &lt; R&amp;D &gt; &amp; Fils" in shown
    assert "Because b &amp; &lt; 3." in shown


def test_every_plot_has_a_title_and_description_and_its_row_has_the_numbers(sample: Sample) -> None:
    soup = soup_of(render(sample("below chance", "en"), SELF, "en"))
    plots = soup.select("svg.plot")
    assert plots
    for plot in plots:
        assert plot.title.string
        assert plot.desc.string
        row = plot.find_parent("tr")
        if row.parent.name == "tbody":
            number, interval = row.select_one(".estimate b").string, row.select_one(".range").string
            assert f"{number}, {interval}" in plot.title.string


def test_numbers_shown_stay_on_the_scale(sample: Sample, sample_name: str) -> None:
    soup = soup_of(render(sample(sample_name, "en"), SELF, "en"))
    shown = [int(found) for tag in soup.select(".estimate") for found in re.findall(r"-?\d+", tag.get_text())]
    assert shown
    assert all(0 <= number <= 100 for number in shown)


def test_what_zero_and_hundred_mean_stands_before_the_first_number(sample: Sample) -> None:
    shown = text_of(str(sections(sample("ordinary", "en"), SELF, "en")))
    assert shown.index("0 = answering at random, 100 = the answer key") < shown.index(" from 0 to ")


def test_no_per_cent_and_no_word_of_hiring(sample: Sample, sample_name: str) -> None:
    shown = soup_of(render(sample(sample_name, "en"), SELF, "en")).get_text(" ")
    assert "%" not in shown
    assert not re.search(r"\b(hire|hired|reject|rejected|recommended)\b", shown, re.IGNORECASE)


def test_each_competency_has_the_advice_of_its_own_level(sample: Sample) -> None:
    profile = sample("told apart", "en")
    soup = soup_of(render(profile, SELF, "en"))
    levels = {
        one.competency.name["en"]: one.estimate.level.lower
        for one in profile.competencies
        if one.estimate is not None
    }
    found = 0
    for block in soup.select(".competency"):
        heading = block.select_one("h3")
        assert heading is not None
        if heading.get_text(strip=True) not in levels:
            continue
        level = levels[heading.get_text(strip=True)]
        said = [line.get_text() for line in block.select(".advice li")]
        assert [text[:9] for text in said] == [f"Advice {level}a", f"Advice {level}b"]
        found += 1
    assert found == 3


def test_a_competency_without_advice_says_nothing_of_next_month(sample: Sample) -> None:
    profile = sample("told apart", "en")
    bare = replace(
        profile,
        competencies=tuple(
            replace(one, competency=one.competency.model_copy(update={"advice": None}))
            for one in profile.competencies
        ),
    )
    assert "Next month" in render(profile, SELF, "en")
    assert "Next month" not in render(bare, SELF, "en")


def test_how_far_other_keys_move_the_fit_is_said_with_its_sign(sample: Sample) -> None:
    profile = sample("ordinary", "en")
    moved = tuple(
        Moved(key, 3, {}, {}, points) for key, points in (("near_is_best", 4.4), ("lesser_halved", -2.2))
    )
    said = text_of(render(replace(profile, key_sensitivity=moved), SELF, "en"))
    assert "if a near miss counted as much as the best response: +4 points" in said
    assert "differed half as much: −2 points" in said
    assert "Other keys" not in render(replace(profile, key_sensitivity=()), SELF, "en")


def test_competencies_without_an_item_are_named_in_one_line(sample: Sample) -> None:
    soup = soup_of(render(sample("ordinary", "en"), SELF, "en"))
    line = next(tag for tag in soup.select(".profile .key") if "Not measured in this form" in tag.get_text())
    assert "Competency risk" in line.get_text()
    assert "Competency venues" in line.get_text()
    assert "Competency risk" not in soup.select_one(".profile table").get_text()


def test_a_profile_where_nothing_stands_out_says_so(sample: Sample) -> None:
    profile = replace(sample("with the key throughout", "en"), strengths=(), growths=(), contrasts=())
    assert "Nothing stands out clearly" in text_of(render(profile, SELF, "en"))


def test_unanswered_items_are_said_on_the_first_page_and_both_numbers_given(sample: Sample) -> None:
    soup = soup_of(render(sample("partly unanswered", "en"), SELF, "en"))
    assert "5 situations of 20 were left without an answer" in text_of(str(soup.select_one(".answer")))
    assert soup.select_one("table.without") is not None
    assert soup_of(render(sample("ordinary", "en"), SELF, "en")).select_one("table.without") is None


def test_a_provisional_profile_is_flagged(sample: Sample) -> None:
    assert "Provisional:" in text_of(render(sample("pending", "en"), SELF, "en"))
    assert "Provisional:" not in text_of(render(sample("ordinary", "en"), SELF, "en"))


def test_the_other_roles_of_the_domain_are_shown_with_the_same_answers(sample: Sample) -> None:
    soup = soup_of(render(sample("ordinary", "en"), SELF, "en"))
    names = [tag.get_text() for tag in soup.select(".roles tbody .label")]
    assert names == ["Social media, < art > museum", "Festival"]


def test_every_response_of_every_item_has_its_reason_and_marks(sample: Sample) -> None:
    profile = sample("with the key throughout", "en")
    soup = soup_of(render(profile, SELF, "en"))
    assert len(soup.select(".item .why")) == sum(len(one.explanation.lines) for one in profile.items)
    assert "you: place 1" in text_of(str(soup))
    assert "key: 5 of 5" in text_of(str(soup))
    assert "your answer is the key" in text_of(str(soup.select_one(".items")))


def test_a_text_in_another_language_is_marked_as_such(sample: Sample) -> None:
    profile = sample("ordinary", "en")
    answer = profile.items[0].answer
    content = answer.item.content.model_copy(update={"situation": {"fr": "En français seulement."}})
    items = (replace(profile.items[0], answer=replace(answer, item=replace(answer.item, content=content))),)
    soup = soup_of(render(replace(profile, items=items), SELF, "en"))
    assert soup.select_one('.situation span[lang="fr"]').get_text() == "En français seulement."


def test_characters_that_our_fonts_lack_never_reach_a_report(sample: Sample, language: str) -> None:
    profile = sample("ordinary", language)
    answer = profile.items[0].answer
    content = answer.item.content.model_copy(
        update={"situation": dict.fromkeys(("fr", "en"), "A\u202fB 🌊🏽 C")}
    )
    items = (replace(profile.items[0], answer=replace(answer, item=replace(answer.item, content=content))),)
    shown = render(replace(profile, items=items), SELF, language)
    assert "A\u00a0B [" in shown
    assert not set(shown) & set("\u202f\u2011🌊🏽")


def test_the_title_names_the_role_and_the_day(sample: Sample) -> None:
    profile = sample("ordinary", "en")
    assert title(profile, "en").endswith("< art > museum, November\N{NO-BREAK SPACE}18, 2026")


def test_without_a_day_neither_title_nor_first_page_speaks_of_one(sample: Sample, language: str) -> None:
    profile = replace(sample("ordinary", language), finished=None)
    shown = soup_of(render(profile, SELF, language))
    assert title(profile, language).endswith({"en": "< art > museum", "fr": "musée < d’art >"}[language])
    assert shown.title.string == title(profile, language)
    assert len(shown.select_one(".about").get_text().split("·")) == 3


def test_the_address_of_the_page_is_printed_when_given(sample: Sample) -> None:
    shown = render(sample("ordinary", "en"), SELF, "en", attempt_url="https://example.org/a?b=1&c=2")
    assert 'href="https://example.org/a?b=1&amp;c=2"' in shown


SPOKEN_TO = {
    "en": re.compile(r"\b(you|your|yours|yourself)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(vous|votre|vos|vôtres?|(?!assez|chez)\w+ez)\b", re.IGNORECASE),
}


def test_the_edition_to_attach_speaks_to_nobody(sample: Sample, sample_name: str, language: str) -> None:
    text = text_of(render(sample(sample_name, language), ATTACH, language))
    assert SPOKEN_TO[language].findall(text) == []
    assert SPOKEN_TO[language].search(text_of(render(sample(sample_name, language), SELF, language)))


def test_the_framework_speaks_of_the_person_in_every_area_and_contrast(language: str) -> None:
    framework = load_library((), resource("question_banks")).framework
    texts = [area.strength_about for area in framework.areas]
    texts += [area.growth_about for area in framework.areas]
    texts += [contrast.sentence_about for contrast in framework.contrasts]
    assert all(texts)
    assert [text[language] for text in texts if SPOKEN_TO[language].search(text[language])] == []


def test_without_a_sentence_about_somebody_the_area_is_named_with_its_side(sample: Sample) -> None:
    profile = sample("with the key throughout", "en")
    bare = [
        replace(
            one,
            area=one.area.model_copy(update={"strength_about": None, "growth_about": None}),
            p_high=0.99,
        )
        for one in profile.areas
    ]
    shown = replace(
        profile, areas=tuple(bare), strengths=tuple(bare[:1]), growths=tuple(bare[1:2]), contrasts=()
    )
    text = text_of(render(shown, ATTACH, "en"))
    assert "Strategy: the answers are clearly nearer the key than chance." in text
    assert "Audience: the answers are clearly nearer chance than the key." in text
    assert "Strength strategy." not in text


def test_the_edition_to_attach_says_what_it_does_not_know_before_any_number(sample: Sample) -> None:
    text = text_of(render(sample("ordinary", "en"), ATTACH, "en"))
    assert text.index("What this report does not know") < text.index("0 = answering at random")
    assert text.index("self-administered, without supervision") < text.index("0 = answering at random")


def test_the_edition_to_attach_shows_no_competency_with_a_single_situation(sample: Sample) -> None:
    profile = sample("told apart", "en")
    thin = replace(
        profile,
        competencies=tuple(
            replace(one, n_items=1) if one.competency.id == "audience.publics" else one
            for one in profile.competencies
        ),
    )
    name = next(
        one.competency.name["en"] for one in profile.competencies if one.competency.id == "audience.publics"
    )
    for shown, is_there in ((profile, True), (thin, False)):
        soup = soup_of(render(shown, ATTACH, "en"))
        labels = [tag.get_text() for tag in soup.select(".profile .label")]
        assert (name in labels) is is_there
        assert len(labels) > 3
    assert "40: too few situations to say" in text_of(render(thin, ATTACH, "en"))
    nothing = replace(
        profile, competencies=tuple(replace(one, n_items=min(1, one.n_items)) for one in profile.competencies)
    )
    soup = soup_of(render(nothing, ATTACH, "en"))
    assert soup.select_one(".profile") is None
    assert "too few situations to tell a competency from its area" in soup.get_text()


def test_the_receipt_and_the_day_stand_under_the_title_where_there_is_a_receipt(
    sample: Sample, language: str
) -> None:
    profile = replace(sample("ordinary", language), receipt="K7Q2-9MXA")
    for edition in EDITIONS.values():
        about = soup_of(render(profile, edition, language)).select_one(".about").get_text()
        assert "K7Q2-9MXA" in about
        assert "2026" in about
    assert "receipt" not in render(sample("ordinary", "en"), ATTACH, "en")


def test_every_voice_has_the_same_sentences() -> None:
    folder = resource("templates") / "report" / "voices"
    macros = {
        path.stem: re.findall(r"{% macro (\w+\([^)]*\)) %}", path.read_text(encoding="utf-8"))
        for path in folder.glob("*.html")
    }
    assert set(macros) == {one.voice for one in EDITIONS.values()}
    assert len({tuple(found) for found in macros.values()}) == 1


def test_the_contents_lead_to_every_section_of_the_document(sample: Sample) -> None:
    for name in ("ordinary", "glimpse"):
        soup = soup_of(render(sample(name, "en"), SELF, "en"))
        wanted = [tag["aria-labelledby"] for tag in soup.select("section")][1:]
        links = soup.select(".printed-contents a")
        assert [link["href"][1:] for link in links] == wanted
        assert all(link.get_text() == soup.find(id=link["href"][1:]).get_text() for link in links)
    assert not soup_of(render(sample("ordinary", "en"), ATTACH, "en")).select(".printed-contents")


def test_a_glimpse_shows_areas_and_things_to_think_about_and_no_competency(sample: Sample) -> None:
    profile = sample("glimpse", "en")
    soup = soup_of(render(profile, SELF, "en"))
    names = [tag.get_text() for tag in soup.select(".rows tbody .label")]
    assert names == [result.area.name["en"] for result in profile.areas]
    thoughts = soup.select(".think li")
    assert len(thoughts) == len(profile.to_think_about) == 2
    for thought, result in zip(thoughts, profile.to_think_about, strict=True):
        number = profile.items.index(result) + 1
        assert result.answer.item.content.principle["en"] in thought.get_text()
        assert thought.a["href"] == f"#report-item-{number}"
        assert soup.find(id=f"report-item-{number}").get_text().startswith(f"{number}. ")
    assert "too little about one competency" in text_of(str(soup))
    assert "Anchor" not in str(soup)


def test_an_interval_wider_than_the_scale_shows_words_and_no_number(sample: Sample) -> None:
    glimpse = sample("glimpse", "en")
    told = tuple(replace(one, is_told=one.estimate is not None) for one in glimpse.competencies)
    profile = replace(glimpse, length=None, competencies=told)
    quiet = {result.area.name["en"] for result in profile.areas if result.estimate is not None}
    quiet -= {one.area.name["en"] for one in profile.areas if one.estimate is not None and one.estimate.tells}
    assert quiet == {"Arts and culture"}
    soup = soup_of(render(profile, SELF, "en"))
    rows = [row for row in soup.select(".rows tr") if row.select_one(".label")]
    seen = 0
    for row in rows:
        if row.select_one(".label").get_text() in {*quiet, "Competency learning"}:
            seen += 1
            assert "too few answers to say" in row.select_one(".word").get_text()
            assert not row.select("svg")
            assert not re.search(r"\d", row.select_one(".estimate").get_text())
    assert seen == 2
    shown = soup_of(render(replace(profile, is_near_chance=False), SELF, "en"))
    assert "Too few answers to say anything of: Competency learning." in text_of(str(shown))
    assert "Competency learning" not in [tag.get_text() for tag in soup.select(".competency h3")]


def test_nothing_is_said_of_an_area_without_a_number(sample: Sample) -> None:
    profile = sample("glimpse", "en")
    silent = next(one for one in profile.areas if one.estimate is not None and not one.estimate.tells)
    contrast = next(one for one in profile.framework.contrasts if one.over == "audience")
    contrast = contrast.model_copy(update={"under": silent.area.id})
    said = replace(
        profile,
        strengths=(silent,),
        growths=(silent,),
        contrasts=(ContrastResult(contrast, 60.0, 0.99),),
    )
    text = text_of(render(said, SELF, "en"))
    assert silent.area.strength is None or silent.area.strength["en"] not in text
    assert silent.area.growth is None or silent.area.growth["en"] not in text
    assert contrast.sentence["en"] not in text
