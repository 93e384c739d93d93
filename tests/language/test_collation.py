"""Names in the order in which readers look for them: accents, case and signs decide last."""

import itertools

import pytest

from assessor.language.collation import in_order, sort_key


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "names",
    [
        ["Émile", "Zoé"],
        ["Åsa", "Benoît", "Zoé"],
        ["åsa", "Bea", "Zoé"],
        ["Anna", "Ève", "Zoé"],
        ["Noel", "Noël", "Noëlle"],
        ["Odile", "Œdipe", "Oeuvre", "Olga"],
        ["Łukasz", "Lune"],
        ["Søren", "Sosa"],
        ["de la Tour", "Delacroix", "de\u0301sir"],
        ["O'Brien", "O’Neil", "Oakes"],
        ["C-002", "C-010", "C-100"],
        ["7 p", "Anna"],
        ["emma", "Emma", "Emmanuelle"],
        ["Strasse", "Straße", "Strauss"],
        ["Zoé", "Ζωή", "Зоя"],
    ],
)
def test_names_stand_where_a_reader_looks_for_them(language: str, names: list[str]) -> None:
    for order in itertools.permutations(names):
        assert in_order(order, language) == names


def test_french_compares_accents_from_the_end_and_english_from_the_start() -> None:
    words = ["coté", "côté", "cote", "côte"]
    assert in_order(words, "fr") == ["cote", "côte", "coté", "côté"]
    assert in_order(words, "en") == ["cote", "coté", "côte", "côté"]


def test_the_same_name_written_in_two_ways_stands_together() -> None:
    composed, decomposed = "Zoé", "Zoe\u0301"
    assert in_order(["Zoé B", decomposed, "Zoe A", composed], "fr")[:2] == [decomposed, composed]
    assert sort_key(composed, "fr")[:3] == sort_key(decomposed, "fr")[:3]


def test_names_without_letters_or_with_an_accent_first_are_sorted_too() -> None:
    assert in_order(["a", "\u0301", "", "-", "9"], "en")[0] == ""
