"""Contrasts and lures: exact tails against enumeration, and the patterns that are never said."""

import itertools
import math

import numpy as np
import pytest

from assessor.scoring.contrasts import LureCount, lure_counts


def brute_force(kind, missed):
    """Chosen, expected and P(X >= chosen) by going through every way of hitting or missing the kind."""
    shares = [counts.get(kind, 0) / not_best for _, counts, not_best in missed]
    chosen = sum(picked == kind for picked, _, _ in missed)
    tail = 0.0
    for hits in itertools.product((0, 1), repeat=len(shares)):
        if sum(hits) >= chosen:
            tail += math.prod(s if hit else 1 - s for s, hit in zip(shares, hits, strict=True))
    return chosen, sum(shares), tail


def random_missed(rng):
    missed = []
    for _ in range(int(rng.integers(1, 11))):
        options = int(rng.integers(1, 6))
        kinds = rng.choice(["geek", "recipe", "sell", "near", ""], options).tolist()
        counts = {kind: kinds.count(kind) for kind in kinds if kind}
        missed.append((str(rng.choice(kinds)) or None, counts, options))
    return missed


def test_lure_counts_agree_with_enumeration():
    rng = np.random.default_rng(1)
    for _ in range(100):
        missed = random_missed(rng)
        for count in lure_counts(missed):
            expected = brute_force(count.kind, missed)
            assert (count.chosen, count.expected, count.p) == pytest.approx(expected, abs=1e-12)
            assert 0 <= count.p <= 1


def test_kinds_come_in_alphabetical_order_and_near_never_as_a_pattern():
    missed = [("near", {"near": 1, "sell": 1, "geek": 1}, 3)] * 5
    assert [count.kind for count in lure_counts(missed)] == ["geek", "sell"]
    assert all(count.chosen == 0 and count.p == 1.0 and not count.is_said for count in lure_counts(missed))
    assert lure_counts([]) == ()
    assert lure_counts([(None, {}, 3)]) == ()


def test_a_kind_that_every_option_has_is_no_finding():
    (count,) = lure_counts([("geek", {"geek": 3}, 3)] * 4)
    assert count == LureCount("geek", 4, 4.0, 1.0)
    assert not count.is_said


@pytest.mark.parametrize(
    ("chosen", "p", "said"), [(3, 0.10, True), (2, 0.01, False), (3, 0.11, False), (6, 0.001, True)]
)
def test_a_pattern_is_said_from_three_choices_and_a_small_tail(chosen, p, said):
    assert LureCount("geek", chosen, 1.0, p).is_said is said


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (("geek", {"sell": 1}, 3), "item 0: no option of the chosen kind 'geek'"),
        (("geek", {"geek": 0}, 3), "item 0: no option of the chosen kind 'geek'"),
        ((None, {"geek": 4}, 3), "item 0: .* cannot be among 3 options"),
        ((None, {}, 0), "item 0: .* cannot be among 0 options"),
        ((None, {"geek": 2, "sell": -1}, 3), "item 0: .* cannot be among 3 options"),
    ],
)
def test_counts_that_cannot_be_are_refused(entry, message):
    with pytest.raises(ValueError, match=message):
        lure_counts([entry])
