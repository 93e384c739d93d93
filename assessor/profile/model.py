"""What a sitting and its profile are, as frozen data. How a profile is made stands in ``build``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assessor.banks.schema import Area, Competency, Contrast, Domain, Framework, LengthId, RoleProfile
from assessor.items.base import Explanation
from assessor.measurement.evidence import Evidence
from assessor.measurement.minimums import Judgement, MinimumResult
from assessor.measurement.sensitivity import Moved
from assessor.scoring.levels import Level
from assessor.scoring.model import Parameters
from assessor.scoring.personfit import PersonFit
from assessor.scoring.populations import Range
from assessor.sittings import Answer

#: An 80 % interval wider than the scale itself says nothing: no number, dot or level is shown for it.
WIDEST_THAT_TELLS = 100.0


@dataclass(frozen=True)
class Estimate:
    """A point and its 80 % interval on the 0-100 scale, unclipped, with the level it speaks for.

    The interval is not symmetric: near the key an answer leaves less open than near guessing.
    """

    estimate: float
    se: float
    low: float
    high: float
    level: Level

    @property
    def tells(self) -> bool:
        """Whether the interval is narrow enough for any of this to be shown."""
        return self.high - self.low <= WIDEST_THAT_TELLS


@dataclass(frozen=True)
class CompetencyResult:
    """One competency; ``estimate`` is None where no item of the form measures it.

    ``reduction`` is the share of the error about its difference from its area that the form takes away
    (0-1). Where that is too little (``is_told`` False), the estimate is nearly all its area's: it has no
    level and no advice, and its situations speak for themselves.
    """

    competency: Competency
    area_id: str
    block: str
    estimate: Estimate | None
    n_items: int
    raw: float | None
    own_weight: float | None
    area_weight: float | None
    rest_weight: float | None
    minimum: MinimumResult | None
    reduction: float | None = None
    is_told: bool = True


@dataclass(frozen=True)
class AreaResult:
    """One area over the measured competencies that the role names in it.

    Where the form does not tell it from its block (``is_told`` False; ``reduction`` as of a competency), its
    level is that of the block, and nothing stands out in it that does not in the block.
    """

    area: Area
    estimate: Estimate | None
    n_items: int
    p_high: float | None
    minimum: MinimumResult | None
    reduction: float | None = None
    is_told: bool = True


@dataclass(frozen=True)
class Fit:
    """How the answers stand to a role: composite, must-haves, the share of its weight that is measured."""

    estimate: Estimate | None
    coverage: float
    judgement: Judgement

    @property
    def minimums(self) -> tuple[MinimumResult, ...]:
        """The role's must-haves, in its order."""
        return self.judgement.minimums


@dataclass(frozen=True)
class ContrastResult:
    """A declared difference between two areas that holds; points on the 0-100 scale."""

    contrast: Contrast
    difference: float
    p: float


@dataclass(frozen=True)
class LureResult:
    """A kind of miss that recurs more than chance would bring it."""

    kind: str
    chosen: int
    expected: float
    p: float
    is_said: bool


@dataclass(frozen=True)
class ItemResult:
    """One item of the sitting: what was answered, what it is worth on the 0-1 scale, and why."""

    answer: Answer
    score: float | None
    sigma: float
    explanation: Explanation
    #: The easiness that the score is read against, and its variance (0-1 scale).
    b: float = 0.0
    v_b: float = 0.0
    #: What sigma, the weight of the answer, is for somebody of each of ``scoring.model.LEVELS``.
    spreads: tuple[float, ...] = ()


@dataclass(frozen=True)
class Effort:
    """How the sitting was taken: counts of items; minutes and effort (0-1) where times are known.

    ``rte``: the share of the timed answers that took long enough to have been considered.
    """

    unanswered: int
    not_reached: int
    minutes: float | None
    rte: float | None


@dataclass(frozen=True)
class Without:
    """What the answered items alone would say, where some were left empty; ``share`` is the empty items'."""

    share: float
    areas: Mapping[str, Estimate | None]
    fit: Estimate | None


@dataclass(frozen=True)
class Profile:
    """All that one sitting says under one role; page, PDF and score document are drawn from it alone.

    Where the answers are too few (``evidence``), it holds the items and the counts, and estimates nothing.
    """

    candidate: str
    language: str
    pool: str
    role: RoleProfile
    domain: Domain
    form_digest: str
    role_digest: str
    framework_digest: str
    framework: Framework
    software: str
    parameters: Parameters
    #: The populations under which words hold; None where they were made before there was a range.
    within: Range | None
    seed: int
    draws: int
    started: datetime | None
    finished: datetime | None
    provisional: bool
    #: Block -> the person's own level in it (0-1), at which standard errors and covariance are given.
    levels: Mapping[str, float]
    evidence: Evidence
    items: tuple[ItemResult, ...]
    competencies: tuple[CompetencyResult, ...]
    areas: tuple[AreaResult, ...]
    fit: Fit
    contrasts: tuple[ContrastResult, ...]
    strengths: tuple[AreaResult, ...]
    growths: tuple[AreaResult, ...]
    lures: tuple[LureResult, ...]
    effort: Effort
    key_statuses: Mapping[str, int]
    without_unanswered: Without | None
    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    #: Whether the answers, taken together, cannot be told from random ones: then nobody is advised.
    is_near_chance: bool = False
    other_roles: tuple[tuple[RoleProfile, Fit], ...] = ()
    length: LengthId | None = None
    to_think_about: tuple[ItemResult, ...] = ()
    receipt: str = ""
    #: How far other keys that could be defended would move the estimates.
    key_sensitivity: tuple[Moved, ...] = ()
    #: Whether the answers vary more among themselves than the model allows; None where too few were given.
    person_fit: PersonFit | None = None

    @property
    def speaks(self) -> bool:
        """Whether enough was answered for anything to be said of the person."""
        return self.evidence.is_enough

    @property
    def is_glimpse(self) -> bool:
        """Whether the form was the short one: its areas may be read, its competencies may not."""
        return self.length == "short"
