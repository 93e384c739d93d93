"""What the types over keyed options share: refusals of unsound keys, and reading a pick. Not a type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assessor.items.base import (
    Option,
    OptionContent,
    Optioned,
    Parts,
    ResponseError,
    Shown,
    author_id,
    single,
)
from assessor.messages import N_, said, unsound

MAX_LOPSIDED = 1.5
#: What a response that takes no judgement may score.
MAX_LAZY = 0.10


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean of at least one value."""
    listed = list(values)
    return sum(listed) / len(listed)


def check_lopsided(content: Optioned) -> None:
    """Refuse a key under which one wrong click would outweigh ten items (scoring.md 1); ``ValueError``."""
    values = list(content.effectiveness().values())
    middle = mean(values)
    ratio = (middle - min(values)) / (max(values) - middle)
    if ratio > MAX_LOPSIDED:
        raise unsound(
            ("options",),
            said("the worst option weighs {ratio:.2f} times the best", ratio=ratio),
            said("keep (mean - min) / (max - mean) at {most:g} or below", most=MAX_LOPSIDED),
        )


def check_single_worst(content: OptionContent) -> None:
    """Refuse a tie at the bottom of a key whose type asks for the worst; ``ValueError``."""
    values = list(content.effectiveness().values())
    if values.count(min(values)) > 1:
        raise unsound(("options",), said("several share the lowest effectiveness"), said("keep one worst"))


def option_parts(content: OptionContent) -> tuple[Parts, ...]:
    """The options as one shuffled group."""
    return (Parts("options", tuple(option.id for option in content.options)),)


def by_effectiveness(content: Optioned) -> list[Option]:
    """The options, the most effective first; the author's order among equals."""
    return sorted(content.options, key=lambda option: -option.effectiveness)


def second_best(content: Optioned) -> list[Option]:
    """The best of what is not best: every option of the second highest effectiveness."""
    ordered = by_effectiveness(content)
    return [option for option in ordered[1:] if option.effectiveness == ordered[1].effectiveness]


def picked(values: Mapping[str, Sequence[str]], control: str, shown: Shown) -> str | None:
    """The author id that a one-of control carries, None where it is empty; raises ResponseError."""
    value = single(values, control)
    return None if value is None else author_id(shown, control, value)


def require_option(content: OptionContent, control: str, value: object) -> str:
    """The value if it is one of the item's option ids; raises ResponseError."""
    if isinstance(value, str) and value in content.effectiveness():
        return value
    raise ResponseError(control, N_("Choose one of the answers on this page."))
