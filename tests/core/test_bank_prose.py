"""Words, sentences and figures are counted alike in French and in English."""

from __future__ import annotations

import pytest

from assessor.authoring.grounds import cues
from assessor.authoring.numbers import figures, written_out
from assessor.banks.prose import paragraphs, reading, sentences, words


def test_a_word_keeps_its_elision_and_a_number_is_one() -> None:
    assert words("L’équipe a 12 porte-parole.") == ["l’équipe", "a", "12", "porte-parole"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Une phrase. Une autre!", 2),
        ("Is it? “Yes.” Good.", 3),
        ("« Merci. Venez deux fois! »", 2),
        ("Elle dit : « Où? » et repart.", 1),
        ("At 6 p.m. the room opens.", 1),
        ("It opens at 6 p.m. The bell rings.", 2),
        ("Mr. Roy and Dr. Lee wrote.", 1),
        ("It grew by 2.5 points.", 1),
        ("Two…\nlines", 2),
        ("No stop", 1),
        ("", 0),
    ],
)
def test_sentences_end_at_stops_but_not_at_abbreviations(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_folded_text_has_a_line_a_paragraph() -> None:
    assert paragraphs("One.\nTwo.\n\nThree.") == 3


def test_the_reading_level_is_the_published_formula() -> None:
    """LIX: 10 words in 2 sentences, 2 of them of more than six letters: 5 + 20."""
    found = reading(["The reporter waits by the door. Nobody answers her.", "A label"])
    assert found is not None
    assert (found.words, found.words_a_sentence, found.lix) == (9, 4.5, pytest.approx(4.5 + 100 * 2 / 9))
    assert reading(["A label", "12"]) is None


def test_a_colon_cuts_and_an_elision_lengthens_no_word() -> None:
    one = reading(["Voici la liste : le pain, le sel."])
    assert one is not None
    assert one.words_a_sentence == 3.5
    elided = reading(["l’orange, l’avion, l’année, l’hiver"])
    assert elided is not None
    assert elided.lix == 4


@pytest.mark.parametrize(
    ("fr", "en"),
    [
        ("1 200 abonnés", "1,200 followers"),
        ("1\u00a0234\u202f567 $", "$1,234,567"),
        ("2,5 points, 3,99 %", "2.5 points, 3.99%"),
        ("à 18 h 30", "at 6:30 p.m."),
        ("à 18\u00a0h", "at 6 p.m."),
        ("de 9 h à 17 h", "from 9 a.m. to 5 p.m."),
        ("de 13 à 15 h", "from 1 to 3 p.m."),
        ("à 10 h 20", "at 10:20 a.m."),
        ("dans 48 h", "in 48 hours"),
        ("819 555-0142", "819 555-0142"),
        ("le 1er juin, la 2e fois", "June 1st, the 2nd time"),
        ("RES-12 a 3 volets", "RES-12 has 3 parts"),
        ("aucune figure", "no figure"),
    ],
)
def test_the_same_figures_are_read_from_both_languages(fr: str, en: str) -> None:
    assert figures(fr, "fr") == figures(en, "en")


def test_other_figures_are_told_apart() -> None:
    assert figures("1 200", "fr") != figures("1,300", "en")
    assert figures("18 h 30", "fr") - figures("6 p.m.", "en") == {30}


def test_small_numbers_may_be_written_out() -> None:
    assert {12, 3} <= written_out("Noon, three people", "en")
    assert {12, 30} <= written_out("jusqu’à midi et demi", "fr")
    assert 12 not in written_out("cet après-midi", "fr")


@pytest.mark.parametrize(
    ("text", "language", "grounds"),
    [
        ("Show seniors how to book", "en", ["age"]),
        ("Montrer aux aînés comment réserver", "fr", ["age"]),
        ("Advertise to women over forty who are Muslim", "en", ["sex or gender", "religion"]),
        ("Une pub pour les femmes enceintes", "fr", ["sex or gender", "pregnancy"]),
        ("Hire a deaf actor", "en", ["disability"]),
        ("Sous-titrer la vidéo en arabe, dans une jeune entreprise", "fr", []),
        ("Put older posts, the new colour and a young company first", "en", []),
        ("Un communiqué conjoint sur l’enceinte du parc", "fr", []),
        ("Ein Rentner", "de", []),
    ],
)
def test_words_that_single_people_out_are_known_by_their_ground(
    text: str, language: str, grounds: list[str]
) -> None:
    assert [cue.ground for cue in cues(text, language)] == grounds
