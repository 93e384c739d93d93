"""Forms: the same seed gives the same form, and only items that may be drawn are drawn."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from assessor.assembly import (
    LENGTHS,
    Exposure,
    NotFillable,
    assemble,
    assemble_round,
    eligible,
    longest_offered,
    offered,
)
from assessor.banks.loader import load_library
from assessor.config import ROOT
from assessor.items import is_single_decision
from tests.core.items_examples import EXAMPLES
from tests.core.small_library import TODAY, bank, booked, item, small_library, with_items, without_items

LIBRARY = small_library()
BAKER = LIBRARY.role("baker")
MILLER = LIBRARY.role("miller")


def ids(form):
    return [one.id for one in form.items]


def drawn_over_seeds(library, role=BAKER, length="full", seeds=30, **more):
    return [ids(assemble(library, role, length, seed=seed, today=TODAY, **more)) for seed in range(seeds)]


def test_the_same_seed_gives_the_same_form_and_another_seed_another():
    first, again, other = (assemble(LIBRARY, BAKER, "standard", seed=s, today=TODAY) for s in (7, 7, 8))
    assert ids(first) == ids(again)
    assert first.digest == again.digest
    assert first.digest != other.digest
    assert (first.seed, first.length, first.pool, first.role) == (7, "standard", "open", BAKER)


def test_the_order_in_which_the_banks_were_read_changes_no_form():
    turned = replace(LIBRARY, items=dict(reversed(LIBRARY.items.items())))
    assert drawn_over_seeds(turned, seeds=5) == drawn_over_seeds(LIBRARY, seeds=5)


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_no_randomness_of_the_interpreter_reaches_a_form(hash_seed):
    script = (
        "from tests.core.small_library import *\n"
        "from assessor.assembly import assemble\n"
        "library = small_library()\n"
        "print([i.id for i in assemble(library, library.role('baker'), 'full', seed=3, today=TODAY).items])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.strip() == str(ids(assemble(LIBRARY, BAKER, "full", seed=3, today=TODAY)))


def test_only_items_of_the_wanted_pool_are_drawn():
    kept = with_items(LIBRARY, *(booked(one, pool="round") for one in LIBRARY.items.values()))
    assert drawn_over_seeds(kept, seeds=3, pool="round") == drawn_over_seeds(LIBRARY, seeds=3)
    with pytest.raises(NotFillable):
        assemble(kept, BAKER, "short", seed=1, today=TODAY)


@pytest.mark.parametrize(
    "book",
    [
        {"status": "draft"},
        {"status": "retired"},
        {"review_by": TODAY - timedelta(days=1)},
    ],
)
def test_drafts_retired_and_expired_items_are_left_out(book):
    out = booked(LIBRARY.items["core-02"], **book)
    library = with_items(LIBRARY, out)
    assert out not in eligible(library, library.domain("bakery"), "open", TODAY)
    assert not any("core-02" in form for form in drawn_over_seeds(library))
    assert any("core-02" in form for form in drawn_over_seeds(LIBRARY))


def test_an_item_may_be_drawn_until_the_end_of_its_last_day():
    library = with_items(LIBRARY, booked(LIBRARY.items["core-02"], review_by=TODAY))
    names = [one.id for one in eligible(library, library.domain("bakery"), "open", TODAY)]
    assert "core-02" in names
    assert names == sorted(names)


def test_only_the_core_and_the_role_s_own_domain_are_drawn_from():
    for form in drawn_over_seeds(LIBRARY, seeds=10):
        assert all(ident.startswith(("core-", "bakery-")) for ident in form)


@pytest.mark.parametrize("named_by", [("core-02",), ("core-10",), ("core-02", "core-10")])
def test_enemies_never_meet_whichever_of_them_names_the_other(named_by):
    enemy = {"core-02": "core-10", "core-10": "core-02"}
    library = with_items(
        LIBRARY, *(booked(LIBRARY.items[ident], enemies=[enemy[ident]]) for ident in named_by)
    )
    met = [set(enemy) & set(form) for form in drawn_over_seeds(library, seeds=60)]
    assert {"core-02"} in met
    assert {"core-10"} in met
    assert set(enemy) not in met


def test_alike_forms_of_a_round_share_no_family_where_they_can():
    pairs = (("core-01", "core-13"), ("core-02", "core-14"), ("core-03", "core-15"))
    siblings = [
        booked(LIBRARY.items[ident], family=f"family-{number}", enemies=[pair[1 - place]])
        for number, pair in enumerate(pairs)
        for place, ident in enumerate(pair)
    ]
    met = 0
    for seed in range(3):
        forms = assemble_round(
            with_items(LIBRARY, *siblings), BAKER, "short", forms=2, seed=seed, today=TODAY, pool="open"
        )
        drawn = [item.book.family for form in forms for item in form.items if item.book.family]
        assert len(drawn) == len(set(drawn))
        met += len(drawn)
    assert met


def test_an_item_is_drawn_only_if_its_bank_carries_every_language_of_the_form():
    french = replace(
        LIBRARY, banks={**LIBRARY.banks, "bakery": bank("bakery", "domain", ("bread",), ("fr",))}
    )
    assert french.languages("bakery") == ("fr",)
    assert assemble(french, BAKER, "standard", seed=1, today=TODAY).items
    with pytest.raises(NotFillable, match="domain has 0 of 2 items"):
        assemble(french, BAKER, "standard", seed=1, today=TODAY, languages=("fr", "en"))


def test_a_length_that_cannot_be_filled_says_everything_that_is_short():
    poor = without_items(LIBRARY, *(ident for ident in LIBRARY.items if ident > "core-0"))
    with pytest.raises(NotFillable) as refused:
        assemble(poor, BAKER, "standard", seed=1, today=TODAY)
    said = str(refused.value)
    assert "'standard'" in said
    for area in ("strategy", "audience", "content", "platform"):
        assert f"{area} has 0 of 2 items" in said
    assert "domain has" not in said
    assert "11 of at least 21 minutes" in said


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
def test_every_form_keeps_its_minutes_and_the_least_items_of_each_area(length):
    domain = LIBRARY.domain("bakery")
    least = {"core": length.per_core_area, "gate": length.gate, "domain": length.domain}
    for seed in range(30):
        form = assemble(LIBRARY, BAKER, length.id, seed=seed, today=TODAY)
        assert length.at_least <= form.minutes <= length.at_most
        assert form.minutes == sum(one.book.minutes for one in form.items)
        assert len(set(ids(form))) == len(form.items)
        areas = Counter(domain.area_of[one.content.competency].id for one in form.items)
        assert all(areas[area.id] >= least[area.block] for area in domain.areas)


def test_no_area_is_left_out_because_earlier_items_took_the_minutes():
    # Five areas of 2.5 minutes are 12.5: a form of 12 must take a short item where there is one.
    slow = [booked(one, minutes=2.5) for one in LIBRARY.items.values() if one.id != "bakery-1"]
    for form in drawn_over_seeds(with_items(LIBRARY, *slow), length="short", seeds=30):
        assert "bakery-1" in form


def test_the_places_of_the_items_tell_nothing_of_how_they_were_drawn():
    first = Counter(form[0] for form in drawn_over_seeds(LIBRARY, seeds=60))
    assert len(first) > 10


def test_a_short_form_takes_in_each_core_area_what_the_role_weighs():
    weighed = {weight.competency for weight in BAKER.weights}
    publics = 0
    for seed in range(20):
        baker, miller = (
            {one.content.competency for one in assemble(LIBRARY, role, "short", seed=seed, today=TODAY).items}
            for role in (BAKER, MILLER)
        )
        assert {ident for ident in baker if not ident.startswith("platform.")} <= weighed
        assert {"strategy.risk", "content.integrity"} <= miller
        publics += "audience.publics" in baker
    assert publics >= 5


def test_a_form_states_its_expected_errors():
    form = assemble(LIBRARY, BAKER, "full", seed=1, today=TODAY)
    found = form.expected()
    assert 0 < found.fit < assemble(LIBRARY, BAKER, "short", seed=1, today=TODAY).expected().fit
    assert found.areas["platform"] > found.areas["strategy"]


def test_a_length_that_the_banks_cannot_fill_is_not_offered():
    assert list(offered(LIBRARY, BAKER, today=TODAY)) == ["short", "standard", "full"]
    poor = without_items(LIBRARY, *(f"core-{number:02d}" for number in range(9, 20)))
    assert list(offered(poor, BAKER, today=TODAY)) == ["short", "standard"]


def test_the_length_of_a_role_is_its_own_or_the_longest_below_that_can_be_filled():
    full = BAKER.model_copy(update={"length": "full"})
    poor = without_items(LIBRARY, *(f"core-{number:02d}" for number in range(9, 20)))
    bare = without_items(LIBRARY, *(ident for ident in LIBRARY.items if ident > "core-0"))
    assert longest_offered(LIBRARY, full, today=TODAY) == "full"
    assert longest_offered(poor, full, today=TODAY) == "standard"
    assert longest_offered(LIBRARY, MILLER, today=TODAY) == "short"
    with pytest.raises(NotFillable, match="'short'"):
        longest_offered(bare, full, today=TODAY)


def test_every_shipped_role_fills_every_length_it_is_offered_with_any_seed():
    library = load_library([], Path(ROOT / "question_banks"))
    today = max(one.book.as_of for one in library.items.values())
    roles = [role for domain in library.domain_ids for role in library.roles_of(domain)]
    assert {role.domain for role in roles} == set(library.domain_ids)
    for number, role in enumerate(roles):
        lengths = offered(library, role, today=today)
        assert "short" in lengths
        for length in lengths:
            for seed in range(5 * number, 5 * number + 5):
                form = assemble(library, role, length, seed=seed, today=today)
                assert LENGTHS[length].at_least <= form.minutes <= LENGTHS[length].at_most


def test_a_form_s_day_is_an_argument_and_no_clock():
    library = with_items(LIBRARY, booked(LIBRARY.items["core-02"], review_by=date(2027, 1, 1)))
    domain = library.domain("bakery")
    before, after = (eligible(library, domain, "open", day) for day in (date(2027, 1, 1), date(2027, 1, 2)))
    assert {one.id for one in before} - {one.id for one in after} == {"core-02"}


def in_round(library, copies=2, **book):
    """The library with every item of the core and the bakery in the pool of rounds, ``copies`` times."""
    more = [
        item(f"{one.id}-{copy}", one.content.type, one.content.competency, one.bank, pool="round", **book)
        for one in library.items.values()
        for copy in range(copies)
    ]
    return with_items(library, *more)


def test_the_forms_of_a_round_are_alike_and_share_nothing_where_the_bank_is_large_enough():
    library = in_round(LIBRARY, copies=3)
    domain = library.domain("bakery")
    for seed in range(5):
        forms = assemble_round(library, BAKER, "standard", forms=3, seed=seed, today=TODAY)
        counts = [
            Counter((domain.area_of[one.content.competency].id, one.content.type) for one in form.items)
            for form in forms
        ]
        assert counts[0] == counts[1] == counts[2]
        assert len({ident for form in forms for ident in ids(form)}) == sum(len(form.items) for form in forms)
        minutes = [form.minutes for form in forms]
        assert max(minutes) - min(minutes) <= 2.0
        errors = [form.expected().fit for form in forms]
        assert max(errors) / min(errors) < 1.02


def test_forms_share_items_only_where_the_bank_is_too_small_for_them():
    library = in_round(LIBRARY, copies=1)
    one, other = assemble_round(library, BAKER, "full", forms=2, seed=1, today=TODAY)
    shared = set(ids(one)) & set(ids(other))
    drawable = len([item for item in library.items.values() if item.book.pool == "round"])
    assert len(one.items) + len(other.items) - len(shared) <= drawable
    assert shared


def test_an_item_that_was_given_as_often_as_is_allowed_is_not_drawn_and_a_worn_one_seldom():
    counts = Counter(ident for form in drawn_over_seeds(LIBRARY, length="standard") for ident in form)
    fresh = min(counts, key=lambda ident: (abs(counts[ident] - 15), ident))
    assert 0 < counts[fresh] < 30
    worn = Exposure({fresh: 5}, at_most=5)
    assert not any(fresh in form for form in drawn_over_seeds(LIBRARY, exposure=worn))
    tired = drawn_over_seeds(LIBRARY, length="standard", exposure=Exposure({fresh: 4}, at_most=5))
    assert sum(fresh in form for form in tired) < counts[fresh]


def test_exposure_that_leaves_too_little_is_refused_with_numbers():
    spent = Exposure({ident: 3 for ident in LIBRARY.items if ident > "core-19"}, at_most=3)
    with pytest.raises(NotFillable, match="platform has 0 of 2 items"):
        assemble(LIBRARY, BAKER, "standard", seed=1, today=TODAY, exposure=spent)


def samples(pool):
    """Work samples of one core competency."""
    written = EXAMPLES["written"][0]
    for number in range(3):
        content = written.model_copy(update={"id": f"core-sample-{number}", "competency": "audience.voice"})
        one = booked(LIBRARY.items["core-02"], pool=pool, minutes=7.0)
        yield replace(one, content=content, digest=content.digest())


def kinds(form):
    return Counter(one.content.type for one in form.items)


def test_a_round_holds_the_work_samples_that_its_role_asks_for_and_a_self_assessment_none():
    library = with_items(in_round(LIBRARY), *samples("round"))
    asks = BAKER.model_copy(update={"work_samples": 1})
    (form,) = assemble_round(library, asks, "full", forms=1, seed=1, today=TODAY)
    assert kinds(form)["written"] == 1
    (form,) = assemble_round(library, BAKER, "full", forms=1, seed=1, today=TODAY)
    assert kinds(form)["written"] == 0
    alone = with_items(LIBRARY, *samples("open"))
    assert kinds(assemble(alone, asks, "full", seed=1, today=TODAY))["written"] == 0
    with pytest.raises(NotFillable, match="work samples has 0 of 1 items"):
        assemble_round(in_round(LIBRARY), asks, "full", forms=1, seed=1, today=TODAY)


def test_keys_that_ask_first_are_at_most_a_fifth_of_a_form_where_the_bank_has_others():
    asking = {ident for ident in LIBRARY.items if ident.endswith(("1", "4", "7"))}
    library = with_items(
        LIBRARY, *(booked(LIBRARY.items[ident], key_kinds=["ask_first"]) for ident in asking)
    )
    library = with_items(library, *(replace(one, content=one.content) for one in library.items.values()))
    for form in drawn_over_seeds(library, length="standard", seeds=10):
        assert len(asking & set(form)) <= round(0.2 * len(form) + 0.5)


def test_a_form_says_what_its_bank_cannot_give_it():
    form = assemble(LIBRARY, BAKER, "full", seed=1, today=TODAY)
    assert any(said.startswith("keys that break a recipe (counter_recipe): ") for said in form.unmet)


def test_most_items_of_a_form_ask_for_several_decisions():
    for seed in range(10):
        form = assemble(LIBRARY, BAKER, "full", seed=seed, today=TODAY)
        single = sum(is_single_decision(one.content) for one in form.items)
        assert single <= 0.45 * len(form.items) + 0.5


@pytest.mark.parametrize(("kind", "single"), [("best", True), ("rank", False), ("best_worst", False)])
def test_what_one_choice_answers_is_a_single_decision(kind, single):
    assert is_single_decision(item("core-99", kind, "audience.voice").content) is single


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_other_type_asks_for_several_decisions(kind):
    for content in EXAMPLES[kind]:
        assert not is_single_decision(content)


def test_no_better_form_is_one_exchange_away_by_much():
    """The pieces of the program stand for exact errors: another item of a competency gains under 2 %."""
    form = assemble(LIBRARY, BAKER, "full", seed=3, today=TODAY)
    domain, error = form.domain, form.expected().fit
    left = [one for one in eligible(LIBRARY, domain, "open", TODAY) if one not in form.items]
    for place, taken in enumerate(form.items):
        for other in left:
            same = other.content.competency == taken.content.competency
            if same and other.book.minutes <= taken.book.minutes:
                items = (*form.items[:place], other, *form.items[place + 1 :])
                assert replace(form, items=items).expected().fit > 0.98 * error
