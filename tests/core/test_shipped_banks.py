"""What the shipped banks hold: enough of everything, whole in both languages, for rounds without overlap."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

import pytest

from assessor.assembly import MOST_APART, assemble, assemble_round
from assessor.banks.loader import load_library
from assessor.banks.schema import ADVICE_EACH, LEVELS, Item, Library
from assessor.config import resource
from assessor.items import ITEM_TYPES, is_single_decision

TODAY = date(2026, 11, 24)
#: The least items of each block of the core, and of each domain's own competencies.
OF_BLOCK = {"gate": 14, "core": 45, "domain": 4}
OF_DOMAIN = {"banking": 18, "arts": 18, "tourism": 20}


@cache
def library() -> Library:
    return load_library((), resource("question_banks"))


def measuring() -> list[Item]:
    return [item for item in library().items.values() if not library().is_practice(item)]


def competencies():
    found = {one.id: one for ident in library().domain_ids for one in library().domain(ident).competencies}
    return list(found.values())


@pytest.mark.parametrize("one", competencies(), ids=lambda one: one.id)
def test_every_competency_has_interview_anchors_and_advice_for_each_level(one) -> None:
    assert len(one.interview) == 2
    assert all(question.anchors is not None for question in one.interview)
    assert one.advice is not None
    assert [len(level) for level in one.advice] == [ADVICE_EACH] * LEVELS
    said = [text[language] for level in one.advice for text in level for language in ("fr", "en")]
    assert len(set(said)) == len(said)


def test_there_are_enough_items_of_every_block_and_domain() -> None:
    framework = library().framework
    block = {each.id: area.block for area in framework.areas for each in area.competencies}
    counts = Counter(block.get(item.content.competency, item.bank) for item in measuring())
    assert all(counts[name] >= least for name, least in {**OF_BLOCK, **OF_DOMAIN}.items())
    of_competency = Counter(item.content.competency for item in measuring())
    least = {one.id: 3 if one.id in block else 4 for one in competencies()}
    assert not [ident for ident, wanted in least.items() if of_competency[ident] < wanted]


def test_every_competency_and_every_type_can_be_tried_in_a_self_assessment() -> None:
    opened = [item for item in measuring() if item.book.pool == "open"]
    assert {item.content.competency for item in opened} == {one.id for one in competencies()}
    assert {item.content.type for item in opened} == set(ITEM_TYPES)


def test_most_items_ask_for_several_decisions_and_show_an_artefact() -> None:
    items = measuring()
    assert sum(not is_single_decision(item.content) for item in items) >= 0.55 * len(items)
    assert sum(item.content.stimulus is not None for item in items) >= 15
    kinds = Counter(item.content.type for item in items)
    assert kinds["scenario"] >= 6
    assert kinds["written"] >= 6
    assert min(kinds[name] for name in ITEM_TYPES) >= 2


def test_ten_situations_have_a_twin_in_the_other_pool_whose_key_is_another() -> None:
    twins = {
        frozenset((item.id, enemy))
        for item in measuring()
        for enemy in item.book.enemies
        if library().items[enemy].book.pool != item.book.pool
        and library().items[enemy].content.competency == item.content.competency
    }
    assert len(twins) >= 10


@pytest.mark.parametrize("role_id", sorted(library().roles))
def test_every_preset_role_has_two_round_forms_that_share_nothing_and_an_open_one(role_id: str) -> None:
    role = library().role(role_id)
    one, other = assemble_round(library(), role, "standard", forms=2, seed=1, today=TODAY)
    assert not {item.id for item in one.items} & {item.id for item in other.items}
    errors = [form.expected().fit for form in (one, other)]
    assert max(errors) / min(errors) - 1 <= MOST_APART
    assert abs(one.minutes - other.minutes) <= 1
    for length in ("standard", "full"):
        assert assemble(library(), role, length, seed=1, today=TODAY).items
