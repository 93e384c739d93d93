"""How an item is written: its length, how hard it reads, and what its options give away by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any

from assessor.authoring.grounds import GROUND_NAMES, cues
from assessor.authoring.passages import Offer, Passage, offers, told
from assessor.banks.places import Document, Finding
from assessor.banks.prose import reading, words
from assessor.banks.schema import Item
from assessor.items import Rated, Unfolding, shown_to, type_of
from assessor.items.base import Control
from assessor.language.texts import word_count
from assessor.messages import counted, said

SITUATION_WORDS = (45, 100)
LENGTH_TOLERANCE = 0.20
UNSEEN = 12  # characters: between labels of a few words nobody sees so small a difference
FASTEST, SLOWEST = 260, 40  # words a minute that an item's minutes may ask of its reader
#: LIX from which a text reads too hard for the aim of grade 10, which begins at 44 (Anderson 1983, J. of
#: Reading 26:490); lower, as figures and short options lighten an item. French says the same in longer words:
#: over 75 items in both languages it reads 7.6 points higher. Three SD above the mean of either.
HARDEST: Mapping[str, float] = {"en": 40.0, "fr": 47.0}
LONGEST_SENTENCES = 20.0  # words, on average

_ABSOLUTE: Mapping[str, str] = {
    "en": r"\b(always|never|absolutely|completely|totally|at all costs|under no circumstances)\b",
    "fr": r"\b(toujours|jamais|absolument|complètement|totalement|à tout prix|en aucun cas)\b",
}


def check_words(item: Item, document: Document) -> Iterator[Finding]:
    """What is too hard to read, and which options single people out, language by language."""
    for language in item.content.situation:
        yield from _level(item, document, language)
        yield from _grounds(item, document, language)


def check_shape(item: Item, document: Document) -> Iterator[Finding]:
    """Lengths, reading time and the words by which options give the key away, language by language.

    Spans and categories, which keep their order, are of any length: they are a draft's and a scheme's.
    """
    for language in item.content.situation:
        yield from _length(item, document, language)
        for offer in offers(item.content):
            if offer.is_shuffled:
                yield from _parallel(offer, document, language)
                yield from _absolute(offer, document, language)


def _length(item: Item, document: Document, language: str) -> Iterator[Finding]:
    low, high = SITUATION_WORDS
    count = word_count(item.content.situation[language])
    if not low <= count <= high:
        found = counted(
            "the situation has {count} word in {language}",
            "the situation has {count} words in {language}",
            count,
            language=language,
        )
        wanted = said("give it {low} to {high}", low=low, high=high)
        yield document.warning(("situation", language), found, wanted)
    read = sum(len(words(text)) for text in _texts(item, language))
    speed = read / item.book.minutes
    if not SLOWEST <= speed <= FASTEST:
        found = said(
            "{minutes:g} minutes for {count} words in {language} are {speed:.0f} words a minute",
            minutes=item.book.minutes,
            count=read,
            language=language,
            speed=speed,
        )
        wanted = said("give minutes that make it {low} to {high}", low=SLOWEST, high=FASTEST)
        yield document.warning(("minutes",), found, wanted)


def _level(item: Item, document: Document, language: str) -> Iterator[Finding]:
    found = reading(_texts(item, language))
    hardest = HARDEST.get(language)
    if found is None or hardest is None:
        return
    if found.lix > hardest:
        level = said(
            "the item reads hard in {language}: LIX {lix:.1f}, {length:.1f} words a sentence",
            language=language,
            lix=found.lix,
            length=found.words_a_sentence,
        )
        wanted = said("shorten sentences and words until LIX is at most {most:.0f} (grade 10)", most=hardest)
        yield document.warning(("situation", language), level, wanted)
    elif found.words_a_sentence > LONGEST_SENTENCES:
        level = said(
            "sentences have {length:.1f} words on average in {language}",
            length=found.words_a_sentence,
            language=language,
        )
        wanted = said("cut them to {most:.0f} at most", most=LONGEST_SENTENCES)
        yield document.warning(("situation", language), level, wanted)


def _texts(item: Item, language: str) -> Iterator[str]:
    """Everything that a candidate reads of the item in this language; of turns, those on the key's way."""
    content = item.content
    yield from dict.fromkeys(text for control in _asked(item, language) for text in _labels(control) if text)
    waiting: list[Any] = [content.model_dump(include={"situation", "stimulus", "task"}, exclude_none=True)]
    kind = type_of(content)
    if isinstance(kind, Rated):
        waiting += [criterion.name for criterion in kind.rubric(content)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            waiting += [value[language]] if language in value else list(value.values())
        elif isinstance(value, list | tuple):
            waiting += list(value)


def _asked(item: Item, language: str) -> Iterator[Control]:
    content, kind = item.content, type_of(item.content)
    key = kind.key(content) if isinstance(kind, Unfolding) else ()
    stands = [key[:turn] for turn in range(len(key))] or [None]
    for so_far in stands:
        yield from kind.controls(content, shown_to(content, item.digest, b"", so_far), language)


def _labels(control: Control) -> Iterator[str]:
    yield control.text
    yield from (choice.text for choice in control.choices)


def _parallel(offer: Offer, document: Document, language: str) -> Iterator[Finding]:
    usual = fmean(len(passage.text[language]) for passage in offer.passages)
    for passage in offer.passages:
        length = len(passage.text[language])
        off = length / usual - 1
        if abs(off) > LENGTH_TOLERANCE and abs(length - usual) > UNSEEN:
            found = said(
                "{part}: {length} characters in {language}, {off:+.0%} from the mean",
                part=_named(passage, document),
                length=length,
                language=language,
                off=off,
            )
            wanted = said("keep options within {most:.0%} of their mean length", most=LENGTH_TOLERANCE)
            yield document.warning((*passage.place, language), found, wanted)


def _absolute(offer: Offer, document: Document, language: str) -> Iterator[Finding]:
    pattern = _ABSOLUTE.get(language)
    for passage in offer.passages:
        if pattern and (absolute := re.search(pattern, passage.text[language], re.IGNORECASE)):
            found = said("{part} says {word!r}", part=_named(passage, document), word=absolute.group())
            wanted = said("leave absolute words out: they give the key away")
            yield document.warning((*passage.place, language), found, wanted)


def _grounds(item: Item, document: Document, language: str) -> Iterator[Finding]:
    """Options that single people out by a ground of which the item says nothing before."""
    known = {cue.ground for cue in cues(told(item.content, language), language)}
    for offer in offers(item.content):
        for passage in offer.passages:
            for cue in cues(passage.text[language], language):
                if cue.ground in known:
                    continue
                found = said(
                    "{part} singles people out by {ground}: {word!r}",
                    part=_named(passage, document),
                    ground=GROUND_NAMES[cue.ground],
                    word=cue.word,
                )
                wanted = said("say what they need or do, or let the situation bring this public up")
                yield document.warning((*passage.place, language), found, wanted)


def _named(passage: Passage, document: Document) -> str:
    """The part that the text is of, in words: ``options.b``."""
    return document.label(passage.place[:-1])
