"""Forms: the same seed gives the same form, and only items that may be drawn are drawn."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from assessor.assembly import LENGTHS, NotFillable, assemble, eligible, longest_offered, offered
from assessor.banks.loader import load_library
from assessor.config import ROOT
from tests.core.small_library import TODAY, bank, booked, small_library, with_items, without_items

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


@pytest.mark.parametrize("named_by", [("core-01",), ("core-02",), ("core-01", "core-02")])
def test_enemies_never_meet_whichever_of_them_names_the_other(named_by):
    enemy = {"core-01": "core-02", "core-02": "core-01"}
    library = with_items(
        LIBRARY, *(booked(LIBRARY.items[ident], enemies=[enemy[ident]]) for ident in named_by)
    )
    met = [{"core-01", "core-02"} & set(form) for form in drawn_over_seeds(library, seeds=60)]
    assert {"core-01"} in met
    assert {"core-02"} in met
    assert {"core-01", "core-02"} not in met


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


def test_a_short_form_takes_in_each_core_area_what_the_role_weighs_most():
    for seed in range(20):
        baker, miller = (
            {one.content.competency for one in assemble(LIBRARY, role, "short", seed=seed, today=TODAY).items}
            for role in (BAKER, MILLER)
        )
        assert {"strategy.organisation", "audience.publics", "content.relevance"} <= baker
        assert {"strategy.risk", "content.integrity"} <= miller


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


def test_every_shipped_role_fills_every_length_it_is_offered_with_every_seed():
    library = load_library([], Path(ROOT / "question_banks"))
    today = max(one.book.as_of for one in library.items.values())
    roles = [role for domain in library.domain_ids for role in library.roles_of(domain)]
    assert {role.domain for role in roles} == set(library.domain_ids)
    for role in roles:
        lengths = offered(library, role, today=today)
        assert "short" in lengths
        for length in lengths:
            for seed in range(20):
                form = assemble(library, role, length, seed=seed, today=today)
                assert LENGTHS[length].at_least <= form.minutes <= LENGTHS[length].at_most


def test_a_form_s_day_is_an_argument_and_no_clock():
    library = with_items(LIBRARY, booked(LIBRARY.items["core-02"], review_by=date(2027, 1, 1)))
    domain = library.domain("bakery")
    before, after = (eligible(library, domain, "open", day) for day in (date(2027, 1, 1), date(2027, 1, 2)))
    assert {one.id for one in before} - {one.id for one in after} == {"core-02"}
