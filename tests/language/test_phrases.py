"""Phrases of a lexicon are found whatever the case, accents, elisions and inclusive endings of a text."""

from __future__ import annotations

import pytest

from assessor.language.phrases import folded, phrase, same


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("débrouillard*", "UNE PERSONNE DÉBROUILLARDE"),
        ("conseiller", "Conseiller·ère aux communications"),
        ("conseiller", "conseiller(ère)"),
        ("animateur", "animateur/trice de communauté"),
        ("chargé de projet", "Chargé.e.s de projets"),
        ("droit d’auteur", "le respect du droit d'auteur"),
        ("œuvres", "les oeuvres"),
        ("gestionnaire", "des gestionnaires"),
        ("mots clés", "mots-clés"),
        ("répond* ... commentaires|messages", "répondre chaque jour, avec soin, aux messages"),
        ("~writing skills", "Excellent WRITING skills."),
    ],
)
def test_a_phrase_is_found(written: str, text: str) -> None:
    assert phrase(written).pattern.search(folded(text))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("crise", "des crisettes"),
        ("rate", "a corporate brand"),
        ("répond* ... commentaires", "répondre un deux trois quatre cinq six commentaires"),
        ("an hour", "and hourly"),
    ],
)
def test_a_phrase_is_not_found_in_other_words(written: str, text: str) -> None:
    assert not phrase(written).pattern.search(folded(text))


@pytest.mark.parametrize("written", ["", "~", "*", "... crise", "crise ...", "a||b", "(crise", "a b*c"])
def test_what_cannot_be_looked_for_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        phrase(written)


def test_phrases_that_are_found_in_the_same_words_are_the_same() -> None:
    assert same("Médias sociaux", "medias  sociaux")
    assert not same("médias sociaux", "médias")
