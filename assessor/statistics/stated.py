"""A statistic as it is stated: its value, or why there is none, always with its N and the N that it needs.

How each one is computed lives beside its formula; the words are message ids, translated where they are shown.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Never, TypeVar

from scipy.special import ndtri

from assessor.messages import N_

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
State = Literal["value", "undefined", "suppressed"]
Interval = tuple[float, float]

#: An estimate plus and minus this many standard errors is its 95 % interval.
Z95 = float(ndtri(0.975))

TOO_FEW = N_("Too few: %(n)d, and this needs at least %(needs)d.")
PROVISIONAL = N_("Provisional: it comes from %(n)d only.")
NO_VARIANCE = N_("Not defined: there is no variation.")
TOO_FEW_ITEMS = N_("Not defined: there are too few items.")
OTHER_FORMS = N_("Not defined: not everybody saw the same items.")


@dataclass(frozen=True)
class Stated(Generic[T_co]):
    """A value with its interval where it has one, or the words that say why there is none.

    `n` is what the statistic was computed from (people, or what its function names; None where the number
    itself is hidden), `needs` the fewest from which it is shown. Beside a value, `words` is a caution. Words
    may hold `%(n)d` and `%(needs)d`.
    """

    state: State
    n: int | None
    needs: int
    value: T_co | None = None
    low: float | None = None
    high: float | None = None
    words: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is neither a value nor a reason (ValueError)."""
        if (self.state == "value") != (self.value is not None):
            raise ValueError(f"a statistic has a value or is {self.state}, not both")
        if self.state != "value" and self.words is None:
            raise ValueError("a statistic without a value says why")
        for number in (self.value, self.low, self.high):
            if isinstance(number, float) and not math.isfinite(number):
                raise ValueError(f"a statistic is never {number!r}")

    @property
    def known(self) -> T_co:
        """The value; ValueError where there is none."""
        if self.value is None:
            raise ValueError(f"no value: {self.state}")
        return self.value

    @property
    def numbers(self) -> dict[str, int]:
        """What the placeholders of `words` stand for."""
        return {"needs": self.needs} if self.n is None else {"n": self.n, "needs": self.needs}


def suppressed(n: int | None, needs: int, words: str = TOO_FEW) -> Stated[Never]:
    """A statistic that there is, and that is not shown."""
    return Stated("suppressed", n, needs, words=words)


def undefined(n: int | None, needs: int, words: str) -> Stated[Never]:
    """A statistic that these numbers do not have: neither zero nor hidden."""
    return Stated("undefined", n, needs, words=words)


def stated(
    value: T | None,
    n: int,
    needs: int,
    *,
    interval: Interval | None = None,
    why: str = NO_VARIANCE,
    caution: str | None = None,
) -> Stated[T]:
    """The value if `n` is enough and there is one, else suppressed or undefined (`why`).

    None and any number that is not finite count as no value; too few comes before undefined.
    """
    if n < needs:
        return suppressed(n, needs)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return undefined(n, needs, why)
    low, high = (float(end) for end in interval) if interval else (None, None)
    return Stated("value", n, needs, value, low, high, caution)


def wilson(share: float, n: int) -> Interval:
    """The 95 % interval of a share of n; everything for n = 0.

    Wilson (1927). For 8 of 10: (.4902, .9433). The mean of n scores between 0 and 1 varies at most as such a
    share does, so for partial credit the interval is at least as wide as it need be.
    """
    if n == 0:
        return 0.0, 1.0
    z2 = Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def fisher_interval(r: float, n: int) -> Interval | None:
    """The 95 % interval of a correlation of n pairs (Fisher 1921); None for n < 4 or a perfect one."""
    if n < 4 or not abs(r) < 1:
        return None
    half = Z95 / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


def jackknife(value: float | None, left_out: Sequence[float | None]) -> Interval | None:
    """The 95 % interval of a statistic from its values with each unit left out (Tukey 1958).

    None where the statistic or one of these values is undefined, or for fewer than two units.
    """
    n = len(left_out)
    known = [x for x in left_out if x is not None]
    if value is None or n < 2 or len(known) < n:
        return None
    mean = sum(known) / n
    half = Z95 * math.sqrt((n - 1) / n * sum((x - mean) ** 2 for x in known))
    return value - half, value + half
