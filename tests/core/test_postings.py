"""Postings are read by their sentences: what ties, what does not, what is proposed, how often rightly."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import yaml

from assessor.banks.kept import keep, kept_library
from assessor.banks.loader import load_library, read_role
from assessor.banks.schema import Competency, Library
from assessor.config import resource
from assessor.items.base import digest_of
from assessor.postings import MOST, Reading, Unreadable, Unsettled, proposed, read, written
from assessor.postings.reading import guessed, ties_of
from assessor.postings.sentences import language_of, plain, sentences

POSTINGS = Path(__file__).parent.parent / "postings"
EXPECTED: dict[str, Any] = yaml.safe_load((POSTINGS / "expected.yaml").read_text("utf-8"))
#: What the half that the lexicon was not built on may fall to; docs/postings.md has the figures.
FLOOR_OF_PRECISION, FLOOR_OF_RECALL = 0.88, 0.92


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library([], resource("question_banks"))


def competencies_of(library: Library, domain: str | None) -> tuple[Competency, ...]:
    """Those of the domain; of a post in none, the shared ones."""
    if domain is not None:
        return library.domain(domain).competencies
    return tuple(one for area in library.framework.areas for one in area.competencies)


def tied(library: Library, text: str, domain: str | None = "arts") -> set[str]:
    found = ties_of(sentences(plain(text)), competencies_of(library, domain))
    return {tie.competency for tie in found}


def posting(name: str) -> str:
    return (POSTINGS / f"{name}.txt").read_text("utf-8")


def test_every_posting_is_expected_and_every_expected_one_is_there() -> None:
    names = [*EXPECTED["build"], *EXPECTED["kept"]]
    assert sorted(names) == sorted(path.stem for path in POSTINGS.glob("*.txt"))
    assert len(EXPECTED["build"]) == len(EXPECTED["kept"]) == 12
    assert sorted(name[:2] for name in names) == ["bi"] * 2 + ["en"] * 10 + ["fr"] * 12


def test_ties_agree_with_those_of_a_careful_recruiter(library: Library) -> None:
    hits = found = wanted = 0
    for name, expected in EXPECTED["kept"].items():
        ties = tied(library, posting(name), expected["domain"])
        hits += len(ties & set(expected["ties"]))
        found, wanted = found + len(ties), wanted + len(expected["ties"])
    assert hits / found >= FLOOR_OF_PRECISION
    assert hits / wanted >= FLOOR_OF_RECALL


@pytest.mark.parametrize("half", ["build", "kept"])
def test_the_domain_is_told_or_asked_for_and_never_wrong(library: Library, half: str) -> None:
    told = {name: guessed(sentences(plain(posting(name))), library) for name in EXPECTED[half]}
    wrong = {name: one for name, one in told.items() if one not in (None, EXPECTED[half][name]["domain"])}
    assert wrong == {}


def test_every_quote_is_the_postings_own(library: Library) -> None:
    for half in EXPECTED.values():
        for name in half:
            shown = " ".join(plain(posting(name)).split())
            parts = sentences(plain(posting(name)))
            assert all(part.quote in shown for part in parts), name


@pytest.mark.parametrize(
    "text",
    [
        "No paid media, no influencers.",
        "Le poste se fait sans publicité payante.",
        "Media relations are handled by another team.",
        "Les relations de presse relèvent d’une autre équipe.",
        "ABOUT US\n\nWe lead crisis communications for our clients.",
        "Ce que nous offrons\n• Formation sur la gestion de crise",
        "We use social media analytics to recruit great people.",
        "Notre employeur offre des mesures d’adaptation et un plan annuel.",
        "Salary: $60,000, with performance reports twice a year.",
    ],
)
def test_what_is_denied_or_no_duty_ties_nothing(library: Library, text: str) -> None:
    assert tied(library, text) == set()


def test_a_section_ends_where_the_next_begins(library: Library) -> None:
    text = "About us\nWe are a museum.\n\nYour week\nPrepare the annual plan.\n\nBenefits\nCrisis line.\n"
    assert tied(library, text) == {"strategy.situation"}


def test_what_follows_a_denial_counts(library: Library) -> None:
    assert tied(library, "You will have no media budget, and handle crisis communications.") == {
        "strategy.risk"
    }


@pytest.mark.parametrize("mark", ["•", "-", "–", "*", "1.", "a)", "→"])
def test_bullets_are_sentences_without_their_marks(mark: str) -> None:
    (one,) = sentences(f"{mark} Répondre aux commentaires")
    assert one.quote == "Répondre aux commentaires"


def test_a_line_that_a_mail_broke_is_one_sentence() -> None:
    (one,) = sentences("Répondre chaque jour aux commentaires\net aux messages des membres.")
    assert one.quote == "Répondre chaque jour aux commentaires et aux messages des membres."


@pytest.mark.parametrize(
    ("text", "language"),
    [("Répondre aux avis", "fr"), ("Respond to the reviews", "en"), ("SEO", None)],
)
def test_a_sentence_shows_its_language_or_none(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_html_is_read_as_its_text() -> None:
    pasted = (
        "<style>p{}</style><h2>Duties</h2><ul><li>Clear rights &amp; credits</li></ul><script>x()</script>"
    )
    assert [part.quote for part in sentences(plain(pasted))] == ["Clear rights & credits"]


def test_signs_that_turn_or_hide_others_are_in_no_quote() -> None:
    (one,) = sentences(plain("Handle \u202ecri\u200bsis\u2066 communications\x00."))
    assert one.quote == "Handle crisis communications."


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", "<p>&nbsp;</p>", "\u202e"])
def test_a_text_that_shows_nothing_is_refused(library: Library, text: str) -> None:
    with pytest.raises(Unreadable, match="paste the posting as text"):
        read(text, library, "arts")


def test_a_long_text_is_refused_and_one_under_the_limit_read_in_time(library: Library) -> None:
    with pytest.raises(Unreadable, match="at most"):
        read("répondre aux commentaires " * 8000, library, "arts")
    began = perf_counter()
    for text in ("sans crise " * 4500, "A. " * 16000, "no " * 16000, "x" * MOST):
        with pytest.raises(Unreadable, match="names a duty"):
            read(text, library, "arts")
    assert perf_counter() - began < 20


def test_markup_around_a_short_text_counts_for_nothing(library: Library) -> None:
    pasted = "<p><span data-x='" + "y" * 100_000 + "'>Handle crisis communications.</span></p>"
    assert read(pasted, library, "arts").of("strategy.risk")


def test_a_posting_of_no_domain_is_asked_for_one(library: Library) -> None:
    with pytest.raises(Unsettled):
        read("Handle crisis communications.", library)


def places(reading: Reading) -> dict[str, str]:
    return {one.id: reading.place(one.id) for one in reading.domain.competencies}


def test_what_is_proposed_follows_the_rules(library: Library) -> None:
    text = (
        "Handle crisis communications.\nWrite holding statements.\nPrepare the annual plan.\n"
        "Knowledge of SEO.\nA flair for analytics is an asset.\nModeration experience is mandatory.\n"
    )
    reading = read(text, library, "arts")
    found = places(reading)
    assert found["strategy.risk"] == "essential"
    assert found["strategy.situation"] == "useful"
    assert found["audience.signals"] == "useful"
    assert reading.of("audience.signals")[0].strength == "touched"
    assert found["audience.dialogue"] == "essential"
    assert found["content.relevance"] == "not"
    assert reading.minimums == ("audience.dialogue",)
    assert {"strategy.organisation", "audience.publics", "audience.voice"} <= set(reading.forgotten)
    assert not {"strategy.risk", "audience.dialogue"} & set(reading.forgotten)


@pytest.mark.parametrize("text", ["Moderation is not mandatory.", "La modération n’est pas exigée."])
def test_what_is_not_demanded_makes_no_minimum(library: Library, text: str) -> None:
    assert read(f"{text}\nModeration of comments.\nLa modération du groupe.", library, "arts").minimums == ()


@pytest.mark.parametrize("name", [*EXPECTED["build"], *EXPECTED["kept"]])
def test_what_is_written_is_a_role_that_loads(library: Library, tmp_path: Path, name: str) -> None:
    reading = read(posting(name), library, (EXPECTED["build"] | EXPECTED["kept"])[name]["domain"] or "arts")
    role = proposed(reading, "my-role", ("fr", "en"), lambda _: str)
    assert role is not None
    path = tmp_path / "my-role.yaml"
    path.write_text(written(role, reading, str), "utf-8")
    assert read_role(path, library) == role
    assert all(weight.tie for weight in role.weights)


def test_words_of_postings_are_no_part_of_a_digest(library: Library) -> None:
    """A profile says which framework it was made with: a better list of words makes it no other one."""
    area = library.framework.areas[0]
    bare = area.competencies[0].model_copy(update={"duties": {}})
    assert area.competencies[0].duties
    assert digest_of(bare) == digest_of(area.competencies[0])
    bank = library.banks["arts"]
    assert bank.workplaces
    assert digest_of(bank.model_copy(update={"workplaces": {}})) == digest_of(bank)


def test_the_banks_say_every_competency_in_both_languages_and_no_phrase_twice(library: Library) -> None:
    for ident in library.domain_ids:
        for one in competencies_of(library, ident):
            assert set(one.duties) == {"fr", "en"}
            assert all(len(phrases) == len(set(phrases)) for phrases in one.duties.values())


def test_a_library_that_was_kept_reads_postings_as_before(library: Library, tmp_path: Path) -> None:
    keep(tmp_path, "key", library)
    kept = kept_library(tmp_path, "key")
    assert kept is not None
    assert kept.framework_digest == library.framework_digest
    assert read(posting("fr-caisse"), kept).ties == read(posting("fr-caisse"), library).ties
