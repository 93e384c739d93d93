"""The total that bias is tested by: purified, and what is said where purification does not end."""

import numpy as np
import pytest

from assessor.statistics import dif, dif_matching
from assessor.statistics.dif import logistic, mantel, mantel_haenszel
from assessor.statistics.items import matched
from tests.core.test_statistics_groups import ANY, biased, ids, one_stratum


def test_purification_that_goes_on_or_flags_everything_says_so(monkeypatch):
    scores, focal = biased(400, 4, np.random.default_rng(5))
    m = matched(scores, ids(4))

    class Always:
        p, statistic = 0.001, 11.0

    *_, study = dif_matching.study_items(m, focal, lambda _: Always(), True, None, True)
    assert (study.converged, study.settled, study.left_out) == (False, False, ())
    assert study.words == dif_matching.UNSETTLED
    turn = iter([0.001, 0.9, 0.9, 0.9, 0.9, 0.001, 0.9, 0.9, 0.001, *[0.9] * 7])

    class Turning:
        statistic = 11.0

        def __init__(self):
            self.p = next(turn)

    *_, study = dif_matching.study_items(m, focal, lambda _: Turning(), True, None, True)
    assert (study.converged, study.settled, study.rounds) == (False, True, 2)
    assert (study.left_out, study.words) == (("i0",), dif_matching.ONE_AT_A_TIME)
    monkeypatch.setattr(dif_matching, "MOST_ROUNDS", 0)
    *_, study = mantel_haenszel(
        matched(*biased(3000, 20, np.random.default_rng(2))[:1], ids(20)),
        np.arange(3000) % 2 == 0,
        purify=True,
    )
    assert study.rounds == 0


@pytest.mark.parametrize(("n", "k", "bands", "of_focal"), [(600, 11, 10, 0.05), (800, 9, 5, 0.95)])
def test_one_item_that_is_strongly_biased_is_flagged_alone(n, k, bands, of_focal):
    """It moves everybody's total: all items are flagged at first, and none is left to purify by."""
    rng = np.random.default_rng(7)
    focal = np.arange(n) % 2 == 0
    scores = rng.random((n, k)) + 0.4 * rng.random((n, 1))
    scores[:, 0] = np.where(rng.random(n) < np.where(focal, of_focal, 1 - of_focal), 1.5, -1.5)
    m = matched(scores, ids(k))
    flagged = [one.ets_class.known for one in mantel(m, focal, bands=bands)[0]]
    assert flagged.count("A") <= 1
    found, study = mantel(m, focal, purify=True, bands=bands)
    assert [one.compared.item for one in found if one.ets_class.known != "A"] == ["i0"]
    assert (study.converged, study.settled) == (False, True)
    assert "i0" in study.left_out
    assert study.words == dif_matching.ONE_AT_A_TIME


@pytest.mark.parametrize("test", [mantel_haenszel, mantel, logistic])
def test_where_nothing_can_be_told_no_item_has_a_class(test):
    """Two items against one group and two against the other: which of them are biased cannot be told."""
    rng = np.random.default_rng(8)
    focal = np.arange(1200) % 2 == 0
    against = np.where(focal[:, None], [0.2, 0.8, 0.2, 0.8], [0.8, 0.2, 0.8, 0.2])
    scores = (rng.random((1200, 4)) < against).astype(float)
    found, study = test(matched(scores, ids(4)), focal, purify=True)
    assert (study.converged, study.settled, study.left_out) == (False, False, ())
    names = ("jodoin_gierl", "zumbo_thomas") if test is logistic else ("ets_class",)
    for one in found:
        assert one.p.known < 0.05
        for name in names:
            kind = getattr(one, name)
            assert (kind.state, kind.words) == ("undefined", dif_matching.UNSETTLED)


@pytest.mark.parametrize(
    ("cells", "words"), [((10, 0, 0, 10), dif.NO_CLASS), ((15, 0, 10, 0), dif.NOBODY_TO_COMPARE)]
)
def test_an_empty_cell_is_undefined_with_its_reason(cells, words):
    found = mantel_haenszel(*one_stratum(*cells), minimums=ANY)[0][0]
    assert (found.ets_class.state, found.ets_class.words) == ("undefined", words)
