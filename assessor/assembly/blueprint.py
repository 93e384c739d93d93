"""What a form should hold: lengths, the least items of each area, quotas. Chooses no item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assessor.authoring.balance import QUOTAS as OF_BANKS
from assessor.authoring.balance import WHOLE as WHOLE
from assessor.authoring.balance import Quota
from assessor.banks.schema import Domain, Item, LengthId, RoleProfile
from assessor.items.base import OptionContent


@dataclass(frozen=True)
class Length:
    """One length on offer: minutes announced and allowed, and the least items of each area's block.

    ``practice``: how many of the announced minutes trying each way of answering takes (FP15).
    ``per_competency``: of each core or domain competency that the role weighs, where the bank has them;
    ``per_minimum``: of each that it has a minimum for. No item takes more than ``longest`` minutes.
    ``types``: of how many types its items are at least, so that no way of answering decides alone.
    """

    id: LengthId
    minutes: float
    practice: float
    at_least: float
    at_most: float
    per_core_area: int
    gate: int
    domain: int
    per_competency: int
    per_minimum: int
    longest: float
    types: int

    @property
    def aim(self) -> float:
        """The minutes that the items themselves should take."""
        return self.minutes - self.practice


LENGTHS: Mapping[LengthId, Length] = MappingProxyType(
    {
        "short": Length("short", 10, 1, 8, 12, 1, 1, 1, 0, 0, 3, 3),
        "standard": Length("standard", 25, 2, 21, 29, 2, 2, 2, 0, 1, 10, 5),
        "full": Length("full", 45, 3, 38, 50, 3, 3, 4, 1, 2, 15, 7),
    }
)

BLOCK_SHARE: Mapping[str, float] = MappingProxyType({"core": 0.65, "gate": 0.13, "domain": 0.22})
#: How far a block's minutes may lie from its share: a part of that share, and at least so many minutes.
SHARE_TOLERANCE, SHARE_ROOM = 0.20, 1.5


def tempts_the_geek(item: Item) -> bool:
    """Whether the most platform-savvy option is there and is not the best."""
    content = item.content
    return isinstance(content, OptionContent) and any(option.lure == "geek" for option in content.options)


#: What is asked of a bank is asked of a form, too: no form may reward a rule in place of thought (items.md).
QUOTAS: tuple[Quota, ...] = (
    *OF_BANKS,
    Quota("items that tempt who knows platforms only", tempts_the_geek, low=0.15),
)
#: By how many items keys that act fast and keys that hold back may differ, beside a tenth of the form's.
FAST_AGAINST_HELD = 1.0
#: The most of a form's items that may be of one type.
TYPE_SHARE = 0.40
#: Standard error above which a minimum is not stated (scoring.md 3).
STATED_BELOW = 0.20


def least_of(block: str, length: Length) -> int:
    """The least items of an area of that block."""
    return {"core": length.per_core_area, "gate": length.gate, "domain": length.domain}[block]


def has_gate_minimum(role: RoleProfile, domain: Domain) -> bool:
    """Whether the role has a must-have about the gate."""
    gate = {area.id for area in domain.areas if area.block == "gate"}
    gate |= {ident for ident, area in domain.area_of.items() if area.block == "gate"}
    return any(minimum.of in gate for minimum in role.minimums)
