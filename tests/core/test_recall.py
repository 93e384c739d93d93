"""A score document read back: its numbers as they stand, its older shapes, and what it refuses to read."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from assessor.profile import Profile, Unreadable, build, document, recalled
from assessor.profile.document import VERSION
from assessor.scoring.levels import Level
from assessor.scoring.model import PLANNING, Parameters
from assessor.scoring.personfit import PersonFit
from assessor.sittings import Sitting
from tests.core.small_library import domain_form, sitting, small_library, worst
from tests.fixtures.documents import EARLIER, of_the_first_version, of_version_3

LIBRARY = small_library()
_, ITEMS = domain_form(LIBRARY, "bakery")
BAKER = LIBRARY.role("baker")
OTHERS = [one for one in LIBRARY.roles_of("bakery") if one.id != "baker"]
MISSED = {one.id: worst(one) for one in ITEMS[::3]}
TAKEN = replace(sitting(ITEMS, MISSED, seconds=31.5), length="standard", receipt="AAAA-BBBB")


def built(taken: Sitting = TAKEN, parameters: Parameters = PLANNING) -> Profile:
    return build(
        taken,
        BAKER,
        LIBRARY,
        parameters=parameters,
        role_digest=BAKER.digest(),
        software="0.1.0",
        others=OTHERS,
        draws=2_000,
    )


def kept(profile: Profile) -> dict[str, Any]:
    """The document as a database gives it back."""
    found: dict[str, Any] = json.loads(json.dumps(document(profile)))
    return found


DOCUMENT = kept(built())


def read(found: object, taken: Sitting = TAKEN) -> Profile:
    return recalled(found, taken, BAKER, LIBRARY)


@pytest.mark.parametrize(
    "taken",
    [
        TAKEN,
        sitting(ITEMS, MISSED, states={ITEMS[1].id: "left_empty"}),
        sitting(ITEMS, states={one.id: "not_given" for one in ITEMS[::4]}),
        sitting(ITEMS, MISSED, states={ITEMS[0].id: "pending"}),
        sitting([one for one in ITEMS if one.content.competency != "audience.publics"]),
        sitting(ITEMS, {one.id: worst(one) for one in ITEMS}),
    ],
    ids=["missed", "left empty", "not given", "pending", "not measured", "all missed"],
)
@pytest.mark.parametrize("parameters", [PLANNING, Parameters(tau_a=0.3, trust="signed")], ids=["p", "c"])
def test_a_document_read_back_says_all_that_it_said(taken: Sitting, parameters: Parameters) -> None:
    """Whoever adds a key to the document has it read back, or this fails."""
    profile = built(taken, parameters)
    found = kept(profile)
    again = read(found, taken)
    assert kept(again) == found
    for name in ("receipt", "length", "pool", "started", "finished", "key_statuses", "parameters"):
        assert getattr(again, name) == getattr(profile, name)
    assert [one.explanation for one in again.items] == [one.explanation for one in profile.items]
    assert [one.answer for one in again.items] == [one.answer for one in profile.items]


def test_numbers_are_taken_as_they_stand_and_not_computed() -> None:
    altered = deepcopy(DOCUMENT)
    altered["areas"]["strategy"] |= {"estimate": 12.5, "low": 1.25, "high": 23.75, "level": 1}
    altered["fit"]["estimate"] = 99.5
    altered["items"][0]["score"] = 0.123
    altered["strengths"], altered["growths"] = ["content"], []
    profile = read(altered)
    (area,) = (one for one in profile.areas if one.area.id == "strategy")
    assert area.estimate is not None
    assert (area.estimate.estimate, area.estimate.low, area.estimate.high) == (12.5, 1.25, 23.75)
    assert profile.fit.estimate is not None
    assert profile.fit.estimate.estimate == 99.5
    assert profile.items[0].score == 0.123
    assert ([one.area.id for one in profile.strengths], profile.growths) == (["content"], ())


def as_before(results: Any) -> Any:
    """The results as the first versions had them.

    No probability of a minimum but the one that is said, nothing of how well a part is told from its whole,
    and so every level its own.
    """
    if not (isinstance(results, tuple) and results and hasattr(results[0], "minimum")):
        return results
    return [
        replace(
            one,
            minimum=one.minimum and replace(one.minimum, ends=None),
            estimate=one.estimate and replace(one.estimate, level=Level(1, 4, 1.0)),
            reduction=None,
            is_told=True,
        )
        for one in results
    ]


def test_a_document_of_version_3_keeps_the_words_that_it_gave_to_every_competency() -> None:
    before = read(of_version_3(DOCUMENT))
    assert before.software == EARLIER
    assert not before.is_near_chance
    measured = [one for one in before.competencies if one.estimate is not None]
    assert measured
    assert all(one.is_told and one.reduction is None for one in before.competencies)
    assert {(one.estimate.level.lower, one.estimate.level.upper) for one in measured if one.estimate} == {
        (2, 3)
    }
    now = read(DOCUMENT)
    assert not any(one.is_told for one in now.competencies)
    for one, other in zip(now.competencies, before.competencies, strict=True):
        assert (one.estimate is None) == (other.estimate is None)
        assert one.estimate is None or one.estimate.estimate == other.estimate.estimate


def test_a_document_of_the_first_version_is_read_and_says_no_more_than_it_holds() -> None:
    first = of_the_first_version(DOCUMENT)
    now, before = read(DOCUMENT), read(first)
    assert before.software == EARLIER
    assert before.key_sensitivity == ()
    assert now.key_sensitivity != ()
    for name in ("areas", "competencies", "contrasts", "mean", "covariance", "effort"):
        assert as_before(getattr(before, name)) == as_before(getattr(now, name))
    assert before.fit.estimate == now.fit.estimate
    assert [one.p for one in before.fit.minimums] == [one.p for one in now.fit.minimums]
    # These follow from its numbers.
    assert before.lures == now.lures
    assert [one.answer for one in before.to_think_about] == [one.answer for one in now.to_think_about]
    # What stood out was said under a single population: of the same numbers a little more.
    for name in ("strengths", "growths"):
        said, said_before = ({one.area.id for one in getattr(each, name)} for each in (now, before))
        assert said <= said_before
    assert before.speaks
    assert before.within is None
    assert now.within is not None
    assert before.growths or before.strengths


def test_a_document_of_the_third_version_says_nothing_of_person_fit() -> None:
    assert read(of_version_3(DOCUMENT)).person_fit is None
    assert read(DOCUMENT).person_fit is not None
    altered = deepcopy(DOCUMENT)
    altered["person_fit"] |= {"said": True, "p": 0.5}
    assert read(altered).person_fit == PersonFit(
        DOCUMENT["person_fit"]["mean_square"], 0.5, DOCUMENT["person_fit"]["n"], True
    )


def changed(**parts: object) -> dict[str, Any]:
    return deepcopy(DOCUMENT) | parts


def without(*path: str) -> dict[str, Any]:
    found = deepcopy(DOCUMENT)
    place: Any = found
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return found


STRANGE = ITEMS[0].id
FAULTS: dict[str, object] = {
    "no object": [1, 2],
    "nothing": {},
    "of a later version": changed(version=VERSION + 1),
    "a version that is none": changed(version="two"),
    "without its items": without("items"),
    "without its areas' range": without("areas", "strategy", "se"),
    "without a competency": without("competencies", "audience.publics"),
    "without a minimum": without("fit", "minimums", BAKER.minimums[0].of),
    "without contrasts": without("contrasts"),
    "a text for a number": changed(fit=DOCUMENT["fit"] | {"estimate": "61.2"}),
    "not a number": changed(fit=DOCUMENT["fit"] | {"estimate": float("nan")}),
    "a level that is not there": changed(fit=DOCUMENT["fit"] | {"level": 9, "p_level": 0.5}),
    "a spread below nothing": changed(model=DOCUMENT["model"] | {"tau_a": -1.0}),
    "another role": changed(role="miller"),
    "another framework": changed(framework_digest="sha256:" + "0" * 64),
    "another version of an item": changed(items=[DOCUMENT["items"][0] | {"digest": "sha256:" + "0" * 64}]),
    "a role that is not there": changed(other_roles={"cook": DOCUMENT["fit"]}),
    "a contrast that is not there": changed(contrasts=[{"id": "up_over_down", "difference": 1.0, "p": 0.9}]),
    "a strength that is not there": changed(strengths=["cooking"]),
    "an answer that is none": changed(responses={**DOCUMENT["responses"], STRANGE: ["Tremblay"]}),
}


@pytest.mark.parametrize("found", FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_read_is_refused_without_a_word_of_its_answers(found: object) -> None:
    with pytest.raises(Unreadable) as refused:
        read(found)
    assert "Tremblay" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
