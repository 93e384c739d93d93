"""What somebody scores who follows a test-taker's trick instead of judging. What follows is for checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from assessor.banks.schema import Item
from assessor.items.base import OptionContent

MARGIN = 0.10

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+")
_HEDGES: Mapping[str, str] = {
    "en": r"may|might|could|would|perhaps|possibly|probably|likely|sometimes|some|if|unless|generally|rather",
    "fr": r"peut|peuvent|pourrait|pourraient|peut-être|probablement|parfois|certains|certaines|quelques|si"
    r"|sauf|généralement|éventuellement|plutôt",
}
_CAUTIOUS: Mapping[str, str] = {
    "en": r"check|checks|checking|ask|asks|asking|consult\w*|listen\w*|verif\w+|confirm\w*|waits?|reviews?",
    "fr": r"vérifi\w+|demand\w+|consult\w+|écout\w+|confirm\w+|attend\w+|valid\w+|révis\w+",
}


@dataclass(frozen=True)
class Sheet:
    """What a test-taker sees of an item in one language."""

    language: str
    situation: str
    options: tuple[str, ...]


Strategy = Callable[[Sheet], Sequence[float]]
"""A figure for each option: the one with the greatest is picked, by lot among equals."""


@dataclass(frozen=True)
class Outcome:
    """What a strategy scores over some items: 0 is chance, 1 the key; ``se`` is the mean's standard error."""

    strategy: str
    mean: float
    se: float
    n: int

    @property
    def pays(self) -> bool:
        """Whether it scores more above chance than the margin and one standard error."""
        return self.mean > MARGIN + self.se


def words(text: str) -> list[str]:
    """The words of a text, in lower case; a number is a word."""
    return _WORD.findall(text.lower())


def _counted(patterns: Mapping[str, str]) -> Strategy:
    def figures(sheet: Sheet) -> Sequence[float]:
        pattern = patterns.get(sheet.language)
        if pattern is None:
            return [0.0] * len(sheet.options)
        known = re.compile(pattern)
        return [float(sum(1 for word in words(text) if known.fullmatch(word))) for text in sheet.options]

    return figures


def _shared(sheet: Sheet) -> Sequence[float]:
    said = {word for word in words(sheet.situation) if len(word) > 3}
    return [float(len(said & set(words(text)))) for text in sheet.options]


def _lone_number(sheet: Sheet) -> Sequence[float]:
    have = [any(char.isdigit() for char in text) for text in sheet.options]
    return [float(has and sum(have) == 1) for has in have]


def _middle(sheet: Sheet) -> Sequence[float]:
    centre = (len(sheet.options) - 1) / 2
    return [-abs(place - centre) for place in range(len(sheet.options))]


STRATEGIES: Mapping[str, Strategy] = {
    "longest": lambda sheet: [float(len(text)) for text in sheet.options],
    "shortest": lambda sheet: [-float(len(text)) for text in sheet.options],
    "first": lambda sheet: [-float(place) for place in range(len(sheet.options))],
    "last": lambda sheet: [float(place) for place in range(len(sheet.options))],
    "middle": _middle,
    "hedged": _counted(_HEDGES),
    "cautious": _counted(_CAUTIOUS),
    "echo": _shared,
    "lone_number": _lone_number,
    "commas": lambda sheet: [float(text.count(",")) for text in sheet.options],
}


def outcomes(items: Iterable[Item], language: str) -> tuple[Outcome, ...]:
    """What each strategy scores over the items with options in this language; none below two items."""
    contents = [item.content for item in items if isinstance(item.content, OptionContent)]
    there = [content for content in contents if language in content.situation]
    if len(there) < 2:
        return ()
    found = []
    for name, strategy in STRATEGIES.items():
        scores = [_score(content, strategy(_sheet(content, language))) for content in there]
        found.append(Outcome(name, fmean(scores), stdev(scores) / sqrt(len(scores)), len(scores)))
    return tuple(found)


def _sheet(content: OptionContent, language: str) -> Sheet:
    texts = tuple(option.text[language] for option in content.options)
    return Sheet(language, content.situation[language], texts)


def _score(content: OptionContent, figures: Sequence[float]) -> float:
    """The expected score of the pick as the ``best`` rule gives it, whatever the item's type."""
    keyed = list(content.effectiveness().values())
    picked = [value for value, figure in zip(keyed, figures, strict=True) if figure == max(figures)]
    middle = fmean(keyed)
    return (fmean(picked) - middle) / (max(keyed) - middle)
