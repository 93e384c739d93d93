"""What somebody scores who follows a test-taker's trick instead of judging. What follows is for checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from statistics import fmean, stdev

from assessor.authoring.passages import guesses
from assessor.banks.prose import words
from assessor.banks.schema import Item
from assessor.items import Guess
from assessor.items.base import Content

MARGIN = 0.10

_HEDGES: Mapping[str, str] = {
    "en": r"may|might|could|would|perhaps|possibly|probably|likely|sometimes|some|if|unless|generally|rather",
    "fr": r"peut|peuvent|pourrait|pourraient|peut-être|probablement|parfois|certains|certaines|quelques|si"
    r"|sauf|généralement|éventuellement|plutôt",
}
_CAUTIOUS: Mapping[str, str] = {
    "en": r"check|checks|checking|ask|asks|asking|consult\w*|listen\w*|verif\w+|confirm\w*|waits?|reviews?",
    "fr": r"vérifi\w+|demand\w+|consult\w+|écout\w+|confirm\w+|attend\w+|valid\w+|révis\w+",
}
_COLLEAGUES: Mapping[str, str] = {
    "en": r"\b(?:colleagues?|co-?workers?|boss|managers?|supervisors?|directors?|executives?|head of|legal"
    r"|lawyers?|counsel|compliance|spokes(?:person|man|woman)|advis[eo]rs?)\b",
    "fr": r"\b(?:collègues?|patron(?:ne)?s?|gestionnaires?|supérieure?s?|superviseure?s?|direct(?:eur|rice)s?"
    r"|direction|responsables?|chef(?:fe)?s?|juridiques?|juristes?|avocate?s?|contentieux|conformité"
    r"|porte-parole|conseill(?:er|ère)s?)\b",
}


@dataclass(frozen=True)
class Sheet:
    """What a test-taker sees of one pick in one language; ``situation`` is what the pick answers."""

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


def _alone(have: Sequence[bool]) -> Sequence[float]:
    """The one option that has it; no cue where several have."""
    return [float(has and sum(have) == 1) for has in have]


def _lone_colleague(sheet: Sheet) -> Sequence[float]:
    pattern = _COLLEAGUES.get(sheet.language)
    return _alone([bool(pattern and re.search(pattern, text, re.IGNORECASE)) for text in sheet.options])


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
    "lone_number": lambda sheet: _alone([any(map(str.isdigit, text)) for text in sheet.options]),
    "lone_colleague": _lone_colleague,
    "commas": lambda sheet: [float(text.count(",")) for text in sheet.options],
}


def outcomes(items: Iterable[Item], language: str) -> tuple[Outcome, ...]:
    """What each strategy scores over the items that offer something to pick, in this language.

    None below two items. Places are those of the file: where each attempt has an order of its own they show
    an author's habit, which print and other systems would pass on; where a draft or a list of categories
    keeps its order they are what everybody sees.
    """
    contents = [item.content for item in items if language in item.content.situation]
    there = [gained for content in contents if (gained := gains(content, language))]
    if len(there) < 2:
        return ()
    found = []
    for name in STRATEGIES:
        scores = [gained[name] for gained in there]
        found.append(Outcome(name, fmean(scores), stdev(scores) / sqrt(len(scores)), len(scores)))
    return tuple(found)


@lru_cache(maxsize=4096)
def gains(content: Content, language: str) -> Mapping[str, float]:
    """Strategy -> what it scores on this item above a blind pick, the mean over the item's picks.

    Empty where the type offers nothing to pick.
    """
    sheets = [(_sheet(content, guess, language), guess.worth) for guess in guesses(content)]
    return (
        {}
        if not sheets
        else {
            name: fmean(_gain(worth, strategy(sheet)) for sheet, worth in sheets)
            for name, strategy in STRATEGIES.items()
        }
    )


def _sheet(content: Content, guess: Guess, language: str) -> Sheet:
    texts = tuple(content.wording(ident).text[language] for ident in guess.ids)
    return Sheet(language, (guess.about or content.situation)[language], texts)


def _gain(worth: Sequence[float], figures: Sequence[float]) -> float:
    """What the pick is worth beyond a blind one, by lot where figures are equal."""
    picked = [value for value, figure in zip(worth, figures, strict=True) if figure == max(figures)]
    return fmean(picked) - fmean(worth)
