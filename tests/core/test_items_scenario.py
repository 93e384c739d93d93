"""The ``scenario`` type against hand-worked cases; what holds for every type stands in the contract suite."""

from __future__ import annotations

import numpy as np
import pytest

from assessor.items import best, listed, read_content, scenario, shown_to, sigma
from assessor.items._chance import tilted
from assessor.items.base import ResponseError
from tests.core import items_examples as made
from tests.core.banks_examples import synthetic

CONTENT = read_content(made.scenario())


def nodes(*made_nodes):
    return made.scenario(*made_nodes)


END = (None, None, None)


def test_the_score_is_the_mean_of_what_each_visited_turn_scores_as_a_best():
    """a leads to n2, whose b leads to n4, where c is picked."""
    turns = [((2, 5, 4), "a"), ((4, 1, 5, 2), "b"), ((2, 5, 4), "c")]
    each = [best.score(synthetic("best", keys), pick) for keys, pick in turns]
    assert scenario.score(CONTENT, ["a", "b", "c"]) == pytest.approx(sum(each) / 3, abs=1e-12)


def test_a_turn_not_reached_counts_as_chance():
    whole = scenario.score(CONTENT, ["b"]) + scenario.score(CONTENT, ["b", "d"])
    assert scenario.score(CONTENT, ["b"]) == pytest.approx(1 / 3, abs=1e-12)
    assert whole == pytest.approx(1, abs=1e-12)


def test_the_key_is_the_best_at_each_turn_of_its_own_way():
    assert scenario.key(CONTENT) == ["b", "d", "b"]
    assert scenario.past(CONTENT, ["b", "d"])[1].text == {"fr": "Then n3. (fr)", "en": "Then n3."}


def test_every_path_is_listed_and_each_turn_averages_nothing():
    responses, scores = listed(CONTENT)
    assert len(responses) == 3 * 4 * 3
    for first in "abc":
        rest = [s for r, s in zip(responses, scores, strict=True) if r[0] == first]
        assert np.mean(rest) == pytest.approx(scenario.score(CONTENT, [first]), abs=1e-12)


def test_the_page_shows_the_turn_reached_and_nothing_of_any_other():
    for so_far, name, node in ((None, "turn1", "n1"), (["a"], "turn2", "n2"), (["c", "b"], "turn3", "n5")):
        shown = shown_to(CONTENT, "sha256:x", b"secret", so_far)
        [control] = scenario.controls(CONTENT, shown, "en")
        assert control.name == name
        assert control.text == ("" if node == "n1" else f"Then {node}.")
        assert all(choice.text.endswith(f" at {node}.") for choice in control.choices)


def test_past_turns_say_what_happened_and_what_was_answered():
    assert scenario.past(CONTENT, None) == ()
    first, second = scenario.past(CONTENT, ["a", "c"])
    assert first.text is None
    assert first.answer["en"] == "Do a at n1."
    assert (second.text or {})["en"] == "Then n2."
    assert second.answer["en"] == "Do c at n2."


def test_an_option_of_another_turn_is_refused():
    shown = shown_to(CONTENT, "sha256:x", b"secret", ["a"])
    with pytest.raises(ResponseError) as refused:
        scenario.parse(CONTENT, {"turn2": [shown.public["n3.a"]]}, shown)
    assert refused.value.control == "turn2"


def test_a_page_left_empty_keeps_the_turns_that_stand():
    shown = shown_to(CONTENT, "sha256:x", b"secret", ["a"])
    assert scenario.parse(CONTENT, {"turn2": [""]}, shown) == ["a"]


@pytest.mark.parametrize(
    ("junk", "control"),
    [
        ([], "turn1"),
        ("abc", "turn1"),
        (["a", "b", "c", "a"], "turn1"),
        (["z"], "turn1"),
        (["a", "b", "d"], "turn3"),
        (["a", 2], "turn2"),
        (["b", ["a"]], "turn2"),
    ],
)
def test_what_walks_no_path_is_refused_at_its_turn(junk, control):
    with pytest.raises(ResponseError) as refused:
        scenario.check(CONTENT, junk)
    assert refused.value.control == control


SHORT = made.node("n2", ("n3",) * 3)
LAST = made.node("n3", END)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (
            nodes(made.node("n1", ("n2", "n2", "n3")), SHORT, LAST),
            "nodes: after 'n1' come 1 to 2 turns",
        ),
        (
            nodes(made.node("n1", ("n2", "n2", None)), SHORT, LAST),
            "nodes: after 'n1' come 0 to 2 turns",
        ),
        (
            nodes(made.node("n1", ("n2",) * 3), SHORT, LAST, made.node("n4", END)),
            "nodes: no answer leads to n4",
        ),
        (
            nodes(made.node("n1", ("n2",) * 3), SHORT, made.node("n3", ("n1", None, None))),
            "nodes: 'n1' leads back to itself",
        ),
        (
            nodes(made.node("n1", ("n2",) * 3), SHORT, made.node("n3", ("n3",) * 3)),
            "nodes: 'n3' leads back to itself",
        ),
        (
            nodes(made.node("n1", ("n3",) * 3), LAST, made.node("n4", END)),
            "nodes: 2 turns - give every path 3",
        ),
        (made.chain(*[(2, 5, 4)] * 6), "nodes: 6 turns - give every path 3 to 5"),
        (
            nodes(made.node("n1", ("n2", "n2", "n9")), SHORT, LAST),
            "nodes.0.options.2.next: 'n9' is no node - use one of n1, n2, n3",
        ),
        (
            nodes(made.node("n1", ("n2",) * 3), SHORT, LAST, made.node("n3", END)),
            "nodes: the id 'n3' stands twice",
        ),
        (
            made.changed(nodes(made.node("n1", ("n2",) * 3), SHORT, LAST), "nodes", 1, text=None),
            "nodes.1: 'n2' has no text",
        ),
        (
            nodes(
                made.node("n1", ("n2", "n4", "n4")), SHORT, made.node("n4", ("n3",) * 4, (1, 5, 4, 2)), LAST
            ),
            "nodes: the nodes of turn 2 have 3 to 4 options",
        ),
        (made.chain((5, 5, 1), (2, 5, 4), (2, 5, 4)), "options: 2 options share the best effectiveness"),
        (made.chain((2, 5, 4), (1, 4.6, 5, 4.8), (2, 5, 4)), "options: the worst option weighs"),
    ],
)
def test_an_unsound_graph_or_key_is_refused(mapping, said):
    assert said in made.refusal(mapping)


def test_the_page_stays_the_same_whatever_the_key_and_wherever_answers_lead():
    one = read_content(made.chain((2, 5, 4), (2, 5, 4), (2, 5, 4)))
    other = read_content(made.chain((5, 2, 4), (4, 2, 5), (2, 4, 5)))
    for so_far in (None, ["a"], ["a", "b"]):
        shown = shown_to(one, "sha256:same", b"secret", so_far)
        assert scenario.controls(one, shown, "fr") == scenario.controls(other, shown, "fr")


def test_each_turn_is_answered_as_a_best_by_somebody_of_that_mean():
    n = 20_000
    found = scenario.sample(CONTENT, np.full(n, 0.5), np.random.default_rng(4))
    scores = [best.score(synthetic("best", (2, 5, 4)), ident) for ident in "abc"]
    first = np.bincount(["abc".index(response[0]) for response in found]) / n
    np.testing.assert_allclose(first, tilted(scores, 0.5), atol=0.015)
    for turn in (1, 2, 3):
        reached = [scenario.score(CONTENT, response[:turn]) * 3 for response in found]
        assert np.mean(reached) == pytest.approx(0.5 * turn, abs=0.02 * turn)


def test_sigma_is_the_spread_of_simulated_scores():
    for content in made.EXAMPLES["scenario"]:
        found = scenario.sample(content, np.full(20_000, 0.5), np.random.default_rng(5))
        spread = np.std([scenario.score(content, response) for response in found])
        assert sigma(content) == pytest.approx(spread, rel=0.03)


def test_the_first_people_are_the_same_however_many_follow():
    few = scenario.sample(CONTENT, np.full(5, 0.4), np.random.default_rng(6))
    assert few == scenario.sample(CONTENT, np.full(500, 0.4), np.random.default_rng(6))[:5]


def test_the_way_that_was_walked_is_explained_first():
    lines = scenario.explain(CONTENT, ["c", "d"]).lines
    assert list(dict.fromkeys(line.part.split(".")[0] for line in lines)) == ["n1", "n3", "n4", "n2", "n5"]
    by_part = {line.part: line for line in lines}
    assert by_part["n1.c"].given.kind == "best"
    assert not by_part["n1.c"].agrees
    assert by_part["n3.d"].agrees
    assert by_part["n4.b"].keyed.kind == "best"
    assert all(line.agrees for line in lines if line.part[:2] in {"n2", "n4", "n5"})
