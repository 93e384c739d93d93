"""Whether answers can be told from random ones, against what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from assessor.scoring.chance import AS_FAR_Z, AS_NEAR_Z, could_be_random

COIN = np.array([-1.0, 1.0])


@pytest.mark.parametrize(("n", "reached"), [(16, 5.0), (100, 12.8)])
def test_the_limit_is_what_random_answers_reach_once_in_ten(n: int, reached: float) -> None:
    # The sum of n fair coins has the standard deviation sqrt(n).
    assert reached == pytest.approx(AS_NEAR_Z * n**0.5, abs=0.2)
    for total, is_random in ((0.0, True), (reached - 0.2, True), (reached + 0.2, False), (-reached, True)):
        assert could_be_random([total / n] * n, [COIN] * n) is is_random


def test_answers_that_lie_far_below_chance_are_not_random() -> None:
    assert could_be_random([-0.5] * 16, [COIN] * 16)
    assert not could_be_random([-(AS_FAR_Z + 0.01) / 4] * 16, [COIN] * 16)
    assert not could_be_random([-1.0] * 16, [COIN] * 16)


def test_of_random_answers_about_nine_in_ten_are_called_so() -> None:
    drawn = np.random.default_rng(3).choice(COIN, size=(2000, 21))
    called = np.mean([could_be_random(list(row), [COIN] * 21) for row in drawn])
    assert called == pytest.approx(0.89, abs=0.05)


def test_what_random_answers_give_on_average_is_taken_off() -> None:
    assert could_be_random([1.0] * 16, [COIN + 1.0] * 16)
    assert not could_be_random([1.0] * 16, [COIN] * 16)


def test_without_an_answer_nothing_is_called_random() -> None:
    assert not could_be_random([], [])
