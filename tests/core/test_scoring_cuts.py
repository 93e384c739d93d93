"""At, above or below a cut: equal but for the last bits is equal, and a real difference is one."""

from dataclasses import replace

import numpy as np
import pytest

from assessor.scoring.cuts import exceeds, parts, reaches
from assessor.statistics.dif_matching import _strata
from assessor.statistics.items import LEAST_REST_R, LOW_ITEM_REST, Flag, _item_flags, thirds
from assessor.statistics.stated import stated
from assessor.statistics.subscores import _judged, _subscore


@pytest.mark.parametrize(("computed", "written"), [(0.1 + 0.2, 0.3), (0.7 + 0.1, 0.8), (3 * 0.1, 0.3)])
def test_a_tie_is_a_tie_from_both_sides(computed, written):
    assert computed != written
    for a, b in ((computed, written), (written, computed)):
        assert reaches(a, b)
        assert not exceeds(a, b)


@pytest.mark.parametrize("scale", [1.0, 100.0, 1e-6])
def test_a_millionth_of_the_scale_is_a_difference(scale):
    assert exceeds(scale * 0.300001, scale * 0.3, scale=scale)
    assert not reaches(scale * 0.299999, scale * 0.3, scale=scale)


def test_a_value_at_an_end_belongs_below_it():
    assert parts([1.0, 0.1 + 0.2, 0.3, 0.8], [0.3, 0.7 + 0.1]).tolist() == [2, 0, 0, 1]
    assert parts([], [0.5]).size == 0


@pytest.mark.parametrize("bit", [-1e-16, 1e-16])
def test_thirds_and_bands_keep_equal_totals_together_though_an_end_misses_them_by_a_bit(bit, monkeypatch):
    exact = np.quantile
    monkeypatch.setattr(np, "quantile", lambda values, at: exact(values, at) + bit)
    total = np.repeat([0.1, 0.3, 0.7], [5, 4, 3])
    for found in (thirds(total)[0], _strata(total, np.zeros(12, np.intp), 3)):
        assert found.tolist() == [0] * 5 + [1] * 4 + [2] * 3


def test_a_correlation_at_the_limit_of_a_flag_is_not_under_it():
    at_it = 0.1 * 3 - 0.2
    assert at_it != LEAST_REST_R
    for bits in (-1e-16, 1e-16, at_it - LEAST_REST_R):
        assert _item_flags(stated(LEAST_REST_R + bits, 100, 0), False) == ()
    assert _item_flags(stated(LEAST_REST_R - 1e-6, 100, 0), False) == (Flag(LOW_ITEM_REST),)


@pytest.mark.parametrize(("bits", "has_value"), [(0.0, False), (1e-16, False), (1e-6, True)])
def test_a_part_that_says_as_much_as_the_whole_has_no_value_of_its_own(bits, has_value):
    found = replace(
        _judged(np.eye(4) + 0.5, np.array([0, 0, 1, 1])), part=(0.6 + bits, 0.6), whole=(0.6, 0.6)
    )
    assert (
        _subscore("p", replace(found, distinct=(True, True)), 0, 1.0, None, 10, 0).has_value.known
        is has_value
    )
