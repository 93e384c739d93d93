"""Every edition for every audience: who reads what, over the registry, so that a new edition is held too."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import get_args, get_type_hints

import pytest
from bs4 import BeautifulSoup

from assessor.profile import Profile
from assessor.report import EDITIONS, Edition, UnknownEdition, edition_of, render, sections
from assessor.report.editions import ATTACH, KEYED_SECTIONS

Sample = Callable[[str, str], Profile]
ADDRESS = "https://assessor.example.org/a/1f2e3d"
SAMPLES = sys.modules["report_samples"]

#: What is a matter of the person who answered, and whether an audience reads it.
SELF_ONLY = ("situations and keys", "minutes of answering", "address of the sitting", "other roles")
MAY_READ: dict[str, tuple[str, ...]] = {"self": SELF_ONLY, "other": ()}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def told(profile: Profile, markup: str) -> set[str]:
    """Which of these matters the document speaks of, in either language."""
    text = plain(BeautifulSoup(markup, "html.parser").get_text(" "))
    given_away = [
        words for result in profile.items for words in SAMPLES.texts_of(result) if plain(words) in text
    ]
    found = {
        "situations and keys": bool(given_away) or bool(re.search(r"key: |clé : |Because|Parce que", text)),
        "minutes of answering": bool(re.search(r"\d\s(s|min|minutes?)\b", text)),
        "address of the sitting": "example.org" in markup,
        "other roles": any(
            plain(name) in text for role, _ in profile.other_roles for name in role.title.values()
        ),
    }
    return {matter for matter, is_told in found.items() if is_told}


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_an_edition_tells_its_audience_nothing_that_is_not_for_it(
    sample: Sample, sample_name: str, language: str, edition: Edition
) -> None:
    profile = sample(sample_name, language)
    for markup in (
        render(profile, edition, language, attempt_url=ADDRESS),
        str(sections(profile, edition, language)),
    ):
        assert told(profile, markup) <= set(MAY_READ[edition.audience])


def test_the_person_who_answered_is_told_all_of_it(sample: Sample, language: str) -> None:
    """Or the test above would find nothing wherever it looked."""
    profile = sample("ordinary", language)
    own = [one for one in EDITIONS.values() if one.audience == "self"]
    assert own
    assert all(
        told(profile, render(profile, one, language, attempt_url=ADDRESS)) == set(SELF_ONLY) for one in own
    )


def test_every_audience_that_an_edition_can_have_is_in_the_table() -> None:
    assert set(get_args(get_type_hints(Edition)["audience"])) == set(MAY_READ)


def test_an_edition_without_keys_cannot_be_given_a_section_that_shows_them() -> None:
    for name in KEYED_SECTIONS:
        for changed in ("sections", "short_sections"):
            with pytest.raises(ValueError, match=name):
                replace(ATTACH, **{changed: (*getattr(ATTACH, changed), name)})


def test_keys_are_shown_by_the_editions_that_say_so() -> None:
    for edition in EDITIONS.values():
        keyed = KEYED_SECTIONS & {*edition.sections, *edition.short_sections}
        assert bool(keyed) is edition.shows_keys is edition.is_own


def test_an_edition_for_somebody_else_opens_with_what_it_does_not_know(sample: Sample, language: str) -> None:
    for edition in EDITIONS.values():
        page = BeautifulSoup(render(sample("ordinary", language), edition, language), "html.parser")
        assert (page.select_one(".limits") is None) is edition.is_own


def test_an_unknown_edition_is_refused_by_name() -> None:
    assert [edition_of(name).name for name in EDITIONS] == list(EDITIONS)
    for wrong in ("recruiter-x", "_document", "../self", ""):
        with pytest.raises(UnknownEdition, match="self"):
            edition_of(wrong)


def test_other_roles_are_read_only_where_they_are_named(sample: Sample, language: str) -> None:
    profile = sample("ordinary", language)
    alone = replace(profile, other_roles=())
    names = {plain(name) for role, _ in profile.other_roles for name in role.title.values()}
    for edition in EDITIONS.values():
        text = plain(BeautifulSoup(render(alone, edition, language), "html.parser").get_text(" "))
        assert not [name for name in names if name in text]
        if "roles" in edition.sections:
            said = {"en": "under one role.", "fr": "sous un seul profil de poste."}
            assert said[language] in text
