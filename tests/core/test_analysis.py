"""Item analysis: real answers become the statistics of `scoring`, version by version, whoever saw what."""

import math
from dataclasses import replace

import numpy as np
import pytest

from assessor.assembly import assemble
from assessor.items import type_of
from assessor.sittings import Answer, Sitting
from assessor.statistics.dif import mantel
from assessor.statistics.items import item_statistics, matched
from assessor.studies.analysis import MOST_GROUPS, analyse, document, is_flagged, is_of_size
from assessor.studies.simulation import people
from tests.core.items_examples import EXAMPLES
from tests.core.small_library import TODAY, booked, small_library, with_items

LIBRARY = small_library()
BAKER = LIBRARY.role("baker")


def sittings_of(items, n, *, seed=1, language="fr", first=0, domain=None):
    found = []
    for person in people(items, domain or LIBRARY.domain("bakery"), n, seed=seed):
        answers = tuple(Answer(item, "answered", person.responses[item.id], language) for item in items)
        found.append(Sitting(f"p-{first + person.number}", language, "open", answers))
    return found


def of_type(kind):
    """An item of the library with the content of an example of that type."""
    content = EXAMPLES[kind][0].model_copy(update={"id": f"core-{kind}-0", "competency": "audience.voice"})
    return replace(LIBRARY.items["core-02"], content=content, digest=content.digest())


FORM = assemble(LIBRARY, BAKER, "standard", seed=1, today=TODAY)
SITTINGS = sittings_of(FORM.items, 160)
FOUND = analyse(SITTINGS, LIBRARY)


def test_the_statistics_are_those_of_the_scores():
    items = sorted(FORM.items, key=lambda item: (item.id, item.digest))
    by_id = [{answer.item.id: answer for answer in one.answers} for one in SITTINGS]
    scores = [
        [type_of(item.content).score(item.content, answers[item.id].response) for item in items]
        for answers in by_id
    ]
    wanted = item_statistics(matched(scores, [item.digest for item in items]), [(-2.0, 1.0)] * len(items))
    assert [one.id for one in FOUND.items] == [item.id for item in items]
    for one, other in zip(FOUND.items, wanted, strict=True):
        assert one.statistics.rest_r.value == pytest.approx(other.rest_r.value)
        assert one.statistics.mean.value == pytest.approx(other.mean.value)
        assert 0 <= one.statistics.facility.known <= 1


def test_two_versions_of_an_item_are_two_items():
    old = FORM.items[0]
    content = old.content.model_copy(update={"situation": {"fr": "Autre.", "en": "Other."}})
    new = replace(old, content=content, digest=content.digest())
    changed = (new, *FORM.items[1:])
    found = analyse([*SITTINGS, *sittings_of(changed, 40, seed=2, first=500)], LIBRARY)
    rows = {one.digest: one for one in found.items}
    assert (rows[old.digest].statistics.n, rows[new.digest].statistics.n) == (160, 40)
    assert rows[FORM.items[1].digest].statistics.n == 200
    assert [(form.n, len(form.items)) for form in found.forms] == [(160, len(FORM.items)), (40, len(changed))]


def test_an_item_left_empty_counts_and_one_that_was_not_seen_does_not():
    first = FORM.items[0]

    def with_state(sitting, state):
        answers = (replace(sitting.answers[0], state=state, response=None), *sitting.answers[1:])
        return replace(sitting, answers=answers)

    def row(*changed):
        found = analyse([*changed, *SITTINGS[3:]], LIBRARY)
        return next(one for one in found.items if one.digest == first.digest)

    empty = row(*(with_state(one, "left_empty") for one in SITTINGS[:3]))
    assert (empty.statistics.n, empty.left_empty) == (160, 3)
    for state in ("not_reached", "not_given", "pending"):
        unseen = row(*(with_state(one, state) for one in SITTINGS[:3]))
        assert (unseen.statistics.n, unseen.left_empty) == (157, 0)


@pytest.mark.parametrize("kind", [*EXAMPLES, "best", "best_worst", "rate", "rank"])
def test_what_people_did_with_the_parts_of_each_type_is_counted(kind):
    own = of_type(kind) if kind in EXAMPLES else next(i for i in FORM.items if i.content.type == kind)
    items = [own, *(item for item in FORM.items if item.id != own.id)]
    sittings = [
        replace(
            one,
            answers=tuple(
                replace(a, ratings=RATED) if a.item is own and kind == "written" else a for a in one.answers
            ),
        )
        for one in sittings_of(items, 200, domain=with_items(LIBRARY, own).domain("bakery"))
    ]
    found = next(one for one in analyse(sittings, LIBRARY).items if one.digest == own.digest)
    assert found.statistics.n == 200
    for table in found.picks.values():
        assert any(option.keyed for option in table.options)
        assert all(option.n <= table.n <= 200 for option in table.options)
    names = set(found.picks)
    if kind == "scenario":
        assert {"best n1", "best n2", "best n3"} <= names
        assert found.picks["best n1"].n == 200 > found.picks["best n2"].n
        assert all(table.n_blank == 0 for table in found.picks.values())
    elif kind == "best_worst":
        assert names == {"best", "worst"}
        assert sum(option.n for option in found.picks["worst"].options) == 200
    elif kind in ("rate", "rank", "allocate"):
        assert not names
        assert {row.mean.state for row in found.measures} == {"value"}
    elif kind == "written":
        assert not names
        assert not found.measures
    else:
        assert names == {{"match": "right", "best": "best"}.get(kind, "chosen")}


RATED = ({"c1": 2, "c2": 3, "c3": 1},)


def test_an_item_that_runs_against_one_language_is_found():
    rng = np.random.Generator(np.random.PCG64(5))
    items = assemble(LIBRARY, BAKER, "full", seed=1, today=TODAY).items
    french = sittings_of(items, 400)
    english = sittings_of(items, 400, seed=2, language="en", first=1000)
    biased = next(item for item in items if item.content.type == "best")
    worst = min(biased.content.options, key=lambda option: option.effectiveness).id

    def turned(sitting):
        answers = tuple(
            replace(a, response=worst) if a.item is biased and rng.random() < 0.6 else a
            for a in sitting.answers
        )
        return replace(sitting, answers=answers)

    (study,) = analyse([*french, *map(turned, english)], LIBRARY).bias
    assert (study.column, study.reference, study.focal, study.n_focal) == ("language", "en", "fr", 400)
    flagged = {row.compared.item: row.ets_class.value for row in study.items if is_flagged(row)}
    assert flagged == {biased.digest: "C"}


def test_what_chance_explains_among_many_tests_is_not_flagged():
    """Groups drawn by lot, forty times eleven items: hardly a study flags any, though classes alone do."""
    rng = np.random.default_rng(6)
    ability = rng.normal(size=(500, 1))
    flagged, of_size = 0, 0
    for _ in range(40):
        scores = ability + 1.5 * rng.normal(size=(500, 11))
        found, _ = mantel(
            matched(scores, [f"i{j}" for j in range(11)]), rng.permutation(500) < 250, purify=True, bands=10
        )
        flagged += any(is_flagged(row) for row in found)
        of_size += any(is_of_size(row) for row in found)
    assert of_size >= 4
    assert flagged <= 1


def test_columns_are_compared_too_and_who_is_in_no_group_is_left_out():
    column = {one.candidate: "east" if n % 2 else "west" for n, one in enumerate(SITTINGS[:150])}
    found = analyse(SITTINGS, LIBRARY, columns={"region": column})
    (study,) = found.bias
    assert (study.column, study.n_reference, study.n_focal) == ("region", 75, 75)
    # Too few people: the three states of a statistic stay apart.
    assert {row.ets_class.state for row in study.items} == {"suppressed"}
    names = {one.candidate: str(n) for n, one in enumerate(SITTINGS[: MOST_GROUPS + 1])}
    with pytest.raises(ValueError, match="13 groups"):
        analyse(SITTINGS, LIBRARY, columns={"name": names})


def test_the_document_holds_finite_numbers_and_the_reason_of_each_absence():
    def walk(value):
        if isinstance(value, dict):
            if "state" in value and value["state"] != "value":
                assert value["value"] is None
                assert value["words"]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        else:
            assert not isinstance(value, float) or math.isfinite(value)

    few = document(analyse(SITTINGS[:5], LIBRARY))
    walk(few)
    walk(document(FOUND))
    assert few["items"][0]["statistics"]["facility"]["needs"] == 30


def test_reliability_is_told_by_form_and_by_area():
    (form,) = FOUND.forms
    assert form.n == 160
    assert form.reliability.alpha.known == pytest.approx(FOUND.overall.alpha.known)
    assert {area.part for area in form.areas} == {"strategy", "audience", "content", "platform", "domain"}
    assert {area.has_value.state for area in form.areas} == {"suppressed"}


def test_booked_changes_make_no_new_version():
    retired = booked(FORM.items[0], status="retired")
    items = (retired, *FORM.items[1:])
    found = analyse([*SITTINGS, *sittings_of(items, 10, seed=3, first=900)], LIBRARY)
    assert len(found.items) == len(FORM.items)
