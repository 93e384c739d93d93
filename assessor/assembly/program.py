"""A small integer program: named columns, elastic rows, solved by HiGHS through scipy. Knows no item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

#: A form this close to the best of its program is as good as the planning values can tell.
GAP = 0.005

Terms = Mapping[int, float]


@dataclass(frozen=True)
class Shortfall:
    """A row that the best solution does not keep: what it reaches, and the bound that it misses."""

    name: str
    reached: float
    wanted: float

    @property
    def by(self) -> str:
        """How much it is missed by, in words."""
        off = self.reached - self.wanted
        return f"{abs(off):.3g} too {'many' if off > 0 else 'few'}"


@dataclass(frozen=True)
class Solution:
    """The value of each column, and the rows that it misses, in the order in which they were added."""

    values: tuple[float, ...]
    missed: tuple[Shortfall, ...]

    def chosen(self, column: int) -> bool:
        """Whether a binary column is 1."""
        return self.values[column] > 0.5


@dataclass
class Program:
    """Maximise gain minus penalties over columns of at least 0, in the order in which they are added."""

    _gain: list[float] = field(default_factory=list)
    _most: list[float] = field(default_factory=list)
    _whole: list[int] = field(default_factory=list)
    _rows: list[Terms] = field(default_factory=list)
    _low: list[float] = field(default_factory=list)
    _high: list[float] = field(default_factory=list)
    _elastic: list[tuple[str, Terms, float, float]] = field(default_factory=list)

    def column(self, gain: float = 0.0, most: float = np.inf, *, whole: bool = False) -> int:
        """A new column's number; a binary one has ``most=1, whole=True``."""
        self._gain.append(gain)
        self._most.append(most)
        self._whole.append(int(whole))
        return len(self._gain) - 1

    def row(self, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """``low <= terms <= high``, whatever it costs."""
        self._rows.append(terms)
        self._low.append(low)
        self._high.append(high)

    def elastic(
        self, name: str, terms: Terms, low: float = -np.inf, high: float = np.inf, *, penalty: float
    ) -> None:
        """``low <= terms <= high`` where it can be; each unit that is missed costs ``penalty``."""
        loosened = dict(terms)
        if low > -np.inf:
            loosened[self.column(-penalty)] = 1.0
        if high < np.inf:
            loosened[self.column(-penalty)] = -1.0
        self.row(loosened, low, high)
        self._elastic.append((name, terms, low, high))

    def concave(self, terms: Terms, knots: Iterable[tuple[float, float]]) -> int:
        """Gain a concave function of ``terms``, given by its ``(value, gain)`` knots from (0, 0) on.

        Returns the column of the first piece: ``terms`` up to the first knot.
        """
        pieces = dict[int, float]()
        before, gained = 0.0, 0.0
        for value, gain in knots:
            pieces[self.column((gain - gained) / (value - before), value - before)] = -1.0
            before, gained = value, gain
        self.row({**terms, **pieces}, low=0.0)
        return min(pieces)

    def solve(self, gap: float = GAP) -> Solution:
        """A solution within ``gap`` of the best, with the elastic rows that it misses.

        Raise ValueError where the rows that are not elastic have none.
        """
        # Half a second of imports: for those who draw forms only.
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        shape = (len(self._rows), len(self._gain))
        rows = [number for number, terms in enumerate(self._rows) for _ in terms]
        columns = [column for terms in self._rows for column in terms]
        factors = np.array([factor for terms in self._rows for factor in terms.values()], dtype=np.float64)
        matrix = csr_array((factors, (np.array(rows), np.array(columns))), shape=shape)
        found = milp(
            -np.array(self._gain),
            integrality=np.array(self._whole),
            bounds=Bounds(0.0, np.array(self._most)),
            constraints=LinearConstraint(matrix, np.array(self._low), np.array(self._high)),
            options={"mip_rel_gap": gap},
        )
        if found.x is None:
            raise ValueError(f"the program has no solution: {found.message}")
        values = tuple(found.x.tolist())
        return Solution(values, tuple(self._missed(values)))

    def _missed(self, values: tuple[float, ...]) -> Iterable[Shortfall]:
        for name, terms, low, high in self._elastic:
            reached = sum(values[column] * factor for column, factor in terms.items())
            if reached < low - 1e-6:
                yield Shortfall(name, reached, low)
            if reached > high + 1e-6:
                yield Shortfall(name, reached, high)
