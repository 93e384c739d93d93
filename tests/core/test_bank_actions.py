"""What a report advises is something to do: steps, advice, and what an area gives to work on."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from assessor.banks.actions import IS_ACTION
from assessor.banks.loader import examine, load_library
from assessor.banks.schema import ADVICE_EACH, LEVELS
from tests.core.banks_examples import FILES, FRAMEWORK, SHOP, dumped, text, written

SHIPPED = Path(__file__).parents[2] / "question_banks"
LIBRARY = load_library([], SHIPPED)
COMPETENCIES = [
    competency
    for areas in (LIBRARY.framework.areas, LIBRARY.banks.values())
    for area in areas
    for competency in area.competencies
]
ADVICE = [[text("Ask somebody."), text("Write it down.")] for _ in range(4)]

ADVICE_IN_BOTH = [[{"fr": "Vérifiez.", "en": "Check it."} for _ in range(2)] for _ in range(4)]


def actions(*said: str) -> list[dict[str, str]]:
    return [{"fr": f"Vérifiez : {one}", "en": one} for one in said]


def framework(aims: int, **competency: Any) -> dict[str, Any]:
    """The small framework with so many aims and these keys in its first competency."""
    made = deepcopy(FRAMEWORK)
    for level in made["levels"][4 - aims :]:
        level["aim"] = True
    made["areas"][0]["competencies"][0].update(competency)
    return made


def told(folder: Path, made: dict[str, Any], bank: dict[str, Any] | None = None) -> list[str]:
    """What is found of the first competency of the framework, or of the bank."""
    files = {**FILES, "framework.yaml": dumped(made)}
    files |= {} if bank is None else {"shop/bank.yaml": dumped(bank)}
    found = examine([], written(folder, files)).findings
    about = ("steps", "step of", "no action")
    return [f"{one.severity}: {one.found}" for one in found if any(word in one.found for word in about)]


@pytest.mark.parametrize("competency", COMPETENCIES, ids=[one.id for one in COMPETENCIES])
def test_every_shipped_competency_has_a_step_to_each_aim_and_none_describes(competency: Any) -> None:
    aims = [level for level in LIBRARY.framework.levels if level.aim]
    assert competency.steps is not None
    assert len(competency.steps) == len(aims) == 2
    advised = [*competency.steps, *(one for level in competency.advice for one in level)]
    for words in advised:
        assert all(IS_ACTION[language](words[language]) for language in ("fr", "en"))
        assert words not in competency.anchors


def test_what_the_shipped_areas_give_to_work_on_is_an_action() -> None:
    for area in LIBRARY.framework.areas:
        assert all(IS_ACTION[language](area.growth[language]) for language in ("fr", "en"))


@pytest.mark.parametrize("area", LIBRARY.framework.areas, ids=[one.id for one in LIBRARY.framework.areas])
def test_every_shipped_area_advises_two_actions_at_each_level_and_repeats_no_competency(area: Any) -> None:
    assert area.advice is not None
    assert [len(level) for level in area.advice] == [ADVICE_EACH] * LEVELS
    advised = [words for level in area.advice for words in level]
    said_elsewhere = {text for one in COMPETENCIES for level in one.advice for text in level[0].values()}
    for words in advised:
        assert set(words) == {"fr", "en"}
        assert all(IS_ACTION[language](words[language]) for language in words)
        assert not said_elsewhere & set(words.values())
    for language in ("fr", "en"):
        assert len({words[language] for words in advised}) == ADVICE_EACH * LEVELS


def test_advice_of_an_area_that_is_no_action_is_told_with_its_place(tmp_path: Path) -> None:
    made = framework(2)
    made["areas"][1]["advice"] = deepcopy(ADVICE_IN_BOTH)
    assert told(tmp_path, made) == []
    made["areas"][1]["advice"][2][0]["en"] = "Waits for everyone to agree."
    assert told(tmp_path, made) == ["warning: no action in en: 'Waits for everyone to agree.'"]


def test_no_anchor_would_pass_for_an_action() -> None:
    """But for English in the past tense; a step that is an anchor is refused in any case."""
    anchors = [anchor for one in COMPETENCIES for anchor in one.anchors]
    assert len(anchors) > 100
    assert not [anchor["fr"] for anchor in anchors if IS_ACTION["fr"](anchor["fr"])]
    passed = [anchor["en"] for anchor in anchors if IS_ACTION["en"](anchor["en"])]
    assert all(words.startswith("Had ") for words in passed)


@pytest.mark.parametrize(
    ("language", "words", "wanted"),
    [
        ("en", "Keeps silent while waiting for everyone’s agreement.", False),
        ("en", "Stays silent until everyone agrees.", False),
        ("en", "Has no plan.", False),
        ("en", "Discuss it with the team.", True),
        ("en", "Focus on one question.", True),
        ("en", "Afterwards, write it down.", True),
        ("en", "", True),
        ("fr", "Garde le silence en attendant l’accord de tous.", False),
        ("fr", "Reste chez soi, assez loin du rendez-vous.", False),
        ("fr", "Au prochain texte, soulignez chaque promesse.", True),
        ("fr", "Faites relire.", True),
        ("fr", "Une fois le texte écrit, dites-le-leur.", True),
        ("fr", "Vérifier auprès de l’équipe.", True),
        ("fr", "L’action suit : n’attendez pas.", True),
        ("fr", "", False),
    ],
)
def test_what_reads_as_an_action(language: str, words: str, wanted: bool) -> None:
    assert IS_ACTION[language](words) == wanted


WAITS = [{"fr": "Vérifiez.", "en": "Waits for everyone to agree."}]
ATTEND = [{"fr": "Attend l’accord de tous.", "en": "Check."}]
ANCHOR = [{"fr": "Vérifiez.", "en": "level  2"}]
FOR_ONE = "error: 2 steps of strategy.organisation, for 1 levels to aim at"
FOR_NONE = "error: 1 step of strategy.organisation, for 0 levels to aim at"


@pytest.mark.parametrize(
    ("aims", "steps", "found"),
    [
        (2, actions("Check it.", "Change it."), []),
        (1, actions("Check it.", "Change it."), [FOR_ONE]),
        (0, actions("Check it."), [FOR_NONE]),
        (1, WAITS, ["warning: no action in en: 'Waits for everyone to agree.'"]),
        (1, ATTEND, ["warning: no action in fr: 'Attend l’accord de tous.'"]),
        (1, ANCHOR, ["error: a step of strategy.organisation is an anchor in en"]),
    ],
)
def test_an_authors_framework_is_held_to_it_at_its_line(
    tmp_path: Path, aims: int, steps: list[dict[str, str]], found: list[str]
) -> None:
    assert told(tmp_path, framework(aims, steps=steps)) == found


def test_an_authors_bank_and_its_advice_are_held_to_it_too(tmp_path: Path) -> None:
    own = {**SHOP["competencies"][0], "steps": actions("Check it."), "advice": ADVICE}
    found = told(tmp_path, framework(2), {**SHOP, "competencies": [own]})
    assert "error: 1 step of shop.offer, for 2 levels to aim at" in found
    assert "warning: no action in fr: 'Ask somebody. (fr)'" in found


def test_an_aim_below_a_level_that_is_none_is_refused(tmp_path: Path) -> None:
    made = framework(1)
    made["levels"][0]["aim"] = True
    findings = examine([], written(tmp_path, {**FILES, "framework.yaml": dumped(made)})).findings
    assert any("an aim lies below a level that is none" in one.found for one in findings)
