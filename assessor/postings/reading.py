"""Which duties of a posting call for which competencies, by the lexicon of the banks and written rules.

A tie is *said outright* where a sentence among the duties or the demands holds a phrase of the competency; it
is *touched* where the phrase only touches it, or the sentence is a wish. What is denied, what another team
does, and what the employer says of itself, its offer and its hiring, ties nothing. What is proposed follows:
essential where two sentences say it outright or one demands it, useful where it is tied otherwise, not for
this post where nothing ties it. A minimum is proposed only where a sentence demands the competency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from assessor.banks.schema import BASE_COMPETENCIES, MAX_MINIMUMS, Competency, Domain, Library
from assessor.language.phrases import Phrase, phrase
from assessor.language.texts import is_blank
from assessor.messages import Said, counted, said
from assessor.postings.sentences import Sentence, plain, sentences
from assessor.postings.words import AFTER_DENIED, BEFORE_DENIED, DEMANDED, NOT_DEMANDED, TURNS, WISHED, says

#: The characters of a posting at most: ten pages.
MOST = 50_000
#: How far before a phrase a denial may stand, in words.
_DENIED_WITHIN = 5
#: How far around a phrase what takes it back is looked for, in characters.
_BESIDE = 200
#: Sentences that say a competency outright from which it is essential.
_OFTEN = 2
#: The share of the role profiles of a domain that weigh what is usually asked for.
_USUALLY = 0.5
#: How much clearer than the next a domain must be.
_CLEARLY = 2

Strength = Literal["outright", "touched"]
Place = Literal["essential", "useful", "not"]


class Unreadable(ValueError):
    """A text that is no posting to read: what was found and what would be right."""

    def __init__(self, found: Said, wanted: Said) -> None:
        """Carry both."""
        super().__init__(f"{found} - {wanted}")
        self.found, self.wanted = found, wanted


class Unsettled(ValueError):
    """A posting whose domain its words do not tell."""


@dataclass(frozen=True)
class Tie:
    """A sentence of the posting that calls for a competency, and the phrase of the lexicon that it holds."""

    competency: str
    quote: str
    phrase: str
    language: str | None
    strength: Strength
    is_demanded: bool = False


@dataclass(frozen=True)
class Reading:
    """What a posting asks for in a domain; ``forgotten`` is what is usually asked for and not mentioned."""

    domain: Domain
    is_domain_guessed: bool
    title: str
    ties: tuple[Tie, ...]
    forgotten: tuple[str, ...]

    def of(self, competency: str) -> tuple[Tie, ...]:
        """The ties of a competency, those said outright first."""
        own = [tie for tie in self.ties if tie.competency == competency]
        return tuple(sorted(own, key=lambda tie: (not tie.is_demanded, tie.strength != "outright")))

    def place(self, competency: str) -> Place:
        """What is proposed: essential, useful or not for this post."""
        own = self.of(competency)
        outright = sum(tie.strength == "outright" for tie in own)
        if outright >= _OFTEN or any(tie.is_demanded for tie in own):
            return "essential"
        return "useful" if own else "not"

    @property
    def minimums(self) -> tuple[str, ...]:
        """The competencies that the posting demands outright, in its order, as many as a role may have."""
        demanded = dict.fromkeys(tie.competency for tie in self.ties if tie.is_demanded)
        return tuple(demanded)[:MAX_MINIMUMS]


def read(text: str, library: Library, domain: str | None = None) -> Reading:
    """What the posting asks for in the domain, or in the one that its words tell.

    Raise Unreadable for a text that shows nothing, is too long, or names no duty; Unsettled where no domain
    is given and the words tell none; ``KeyError`` for a domain that is not loaded.
    """
    shown = plain(text)
    if is_blank(shown):
        wanted = said("paste the posting as text; a picture of it cannot be read")
        raise Unreadable(said("the posting holds nothing to read"), wanted)
    if len(shown) > MOST:
        found = counted("the posting has {count} character", "the posting has {count} characters", len(shown))
        raise Unreadable(found, said("paste one posting alone, at most {most} characters", most=MOST))
    parts = sentences(shown)
    told = domain or guessed(parts, library)
    if told is None:
        raise Unsettled
    there = library.domain(told)
    ties = tuple(ties_of(parts, there.competencies))
    if not ties:
        wanted = said("paste the duties of the post, in French or in English, with their sentences")
        raise Unreadable(said("no sentence of the posting names a duty that the banks know"), wanted)
    tied = {tie.competency for tie in ties}
    forgotten = tuple(ident for ident in usual(library, there) if ident not in tied)
    title = parts[0].quote if parts else ""
    return Reading(there, domain is None, title, ties, forgotten)


def ties_of(parts: tuple[Sentence, ...], competencies: tuple[Competency, ...]) -> Iterator[Tie]:
    """Every tie, sentence by sentence; of a competency in one the first phrase, outright ones first."""
    for part in parts:
        if not part.is_duty:
            continue
        for competency in competencies:
            tie = _tie(part, competency)
            if tie is not None:
                yield tie


def _tie(part: Sentence, competency: Competency) -> Tie | None:
    held = [one for one in _phrases(competency.duties, part.language) if _is_meant(part.words, one)]
    if not held:
        return None
    best = min(held, key=lambda one: one.touches)
    is_wish = part.section == "asset" or says(part.words, WISHED)
    strength: Strength = "touched" if best.touches or is_wish else "outright"
    demanded = says(part.words, DEMANDED) and not says(part.words, NOT_DEMANDED)
    is_demanded = demanded and strength == "outright"
    return Tie(competency.id, part.quote, best.written, part.language, strength, is_demanded)


def _phrases(lexicon: Mapping[str, tuple[str, ...]], language: str | None) -> Iterator[Phrase]:
    for spoken, written in lexicon.items():
        if language in (None, spoken):
            yield from (phrase(one) for one in written)


def _is_meant(words: str, one: Phrase) -> bool:
    """Whether the phrase stands somewhere in the words where nothing denies it."""
    return any(
        not _is_denied(words[: held.start()][-_BESIDE:], words[held.end() - 1 :][:_BESIDE])
        for held in one.pattern.finditer(words)
    )


def _is_denied(before: str, after: str) -> bool:
    near: list[str] = []
    for word in reversed(before.split()[-_DENIED_WITHIN:]):
        if word in TURNS:
            break
        near.insert(0, word)
    return says(f" {' '.join(near)} ", BEFORE_DENIED) or says(after, AFTER_DENIED)


def guessed(parts: tuple[Sentence, ...], library: Library) -> str | None:
    """The domain whose workplaces and own duties the sentences name clearly more than any other's."""
    counts = {}
    for ident in library.domain_ids:
        bank = library.banks[ident]
        there = sum(
            any(one.pattern.search(part.words) for one in _phrases(bank.workplaces, None)) for part in parts
        )
        own = len(list(ties_of(parts, bank.competencies)))
        counts[ident] = (there, there and 2 * there + own)
    ranked = sorted(counts, key=lambda ident: counts[ident][1], reverse=True)
    best = counts[ranked[0]][1] if ranked else 0
    following = counts[ranked[1]][1] if len(ranked) > 1 else 0
    return ranked[0] if best and best >= _CLEARLY * following else None


def usual(library: Library, domain: Domain) -> tuple[str, ...]:
    """What postings of the domain usually ask for: the base, and what half of the role profiles weigh.

    The core is judged over every role profile that was written, a domain's own over those of the domain.
    """
    roles = tuple(library.roles.values())
    found = []
    for competency in domain.competencies:
        area = domain.area_of[competency.id]
        asked = [role for role in roles if area.block != "domain" or role.domain == domain.bank.id]
        weighed = sum(role.weight_of(competency.id) > 0 for role in asked)
        if competency.id in BASE_COMPETENCIES or (asked and weighed >= _USUALLY * len(asked)):
            found.append(competency.id)
    return tuple(found)
