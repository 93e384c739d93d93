"""What the sections of a report show, put together from a profile and words. Lays nothing out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from assessor.banks.schema import Area, Contrast
from assessor.items import Unfolding, type_of
from assessor.items.base import Content, Line
from assessor.language.texts import lines
from assessor.language.typography import lowered
from assessor.measurement.minimums import MinimumResult
from assessor.profile.build import UNANSWERED_WORTH_A_WORD
from assessor.profile.model import (
    AreaResult,
    CompetencyResult,
    ContrastResult,
    Estimate,
    Fit,
    ItemResult,
    Profile,
    Without,
)
from assessor.report import plots
from assessor.report.competencies import advised_first, anchored, showing
from assessor.report.editions import SELF, Edition
from assessor.report.rows import Advised, Anchored, Explained, Row, Showing, Thought, Turn
from assessor.report.words import OTHER_KEYS, Words

WORTH_A_SECOND_LOOK = 3
#: What the outcome of more situations than this share is, is said once for all of them.
USUAL_SHARE = 0.5


@dataclass(frozen=True)
class View:
    """A profile in one language, ready for the sections."""

    profile: Profile
    words: Words
    edition: Edition = SELF

    @cached_property
    def scale(self) -> Markup:
        """The common scale that stands once above the intervals."""
        _ = self.words.catalogue.gettext
        names = [self.words.text(level.name) for level in self.profile.framework.levels]
        return plots.scale(
            self.profile.framework.cuts, title=_("Scale from 0 to 100"), description=self.words.listed(names)
        )

    @property
    def is_near_chance(self) -> bool:
        """Whether the answers cannot be told from random ones: then nothing is advised."""
        return self.profile.is_near_chance

    @cached_property
    def usual_outcome(self) -> str:
        """What most situations came to, in few words, which are said once; empty where none is that frequent.

        Of answers near chance the most frequent outcome is told once in any case.
        """
        counted = Counter(map(self.words.brief_outcome, self.profile.items))
        outcome, count = counted.most_common(1)[0]
        is_usual = self.is_near_chance or count > USUAL_SHARE * len(self.profile.items)
        return outcome if is_usual else ""

    def links(self, numbers: Sequence[int]) -> Markup:
        """The numbers of situations as one enumeration of links to them."""
        link = '<a href="#report-item-{number}">{number}</a>'
        return Markup(self.words.listed([link.format(number=int(number)) for number in numbers]))

    @property
    def lead(self) -> tuple[str, ...]:
        """A good colleague's sentences: the surest strength, then the first contrast or thing to work on."""
        found = []
        if self.strengths:
            found.append(self.strength_of(self.strengths[0].area))
        if self.contrasts:
            found.append(self.sentence_of(self.contrasts[0].contrast))
        elif self.growths:
            found.append(self.growth_of(self.growths[0].area))
        return tuple(found)

    def strength_of(self, area: Area) -> str:
        """What a clear strength in this area shows, in the edition's voice."""
        if not self.edition.speaks_about:
            return self.words.text(area.strength)
        if area.strength_about is not None:
            return self.words.text(area.strength_about)
        near = self.words.catalogue.gettext("%(name)s: the answers are clearly nearer the key than chance.")
        return near % {"name": self._name_of(area.id)}

    def growth_of(self, area: Area) -> str:
        """What to work on in this area, or to look into, in the edition's voice."""
        if not self.edition.speaks_about:
            return self.words.text(area.growth)
        if area.growth_about is not None:
            return self.words.text(area.growth_about)
        near = self.words.catalogue.gettext("%(name)s: the answers are clearly nearer chance than the key.")
        return near % {"name": self._name_of(area.id)}

    def sentence_of(self, contrast: Contrast) -> str:
        """What a difference that holds amounts to, in the edition's voice."""
        return self.words.text(contrast.sentence_about if self.edition.speaks_about else contrast.sentence)

    @property
    def has_unconfirmed_keys(self) -> bool:
        """Whether a key of the form is still its authors' alone."""
        return bool({"draft", "author-keyed"} & set(self.profile.key_statuses))

    @property
    def strengths(self) -> tuple[AreaResult, ...]:
        """What stands out, of the areas that a number is shown for."""
        return _telling(self.profile.strengths)

    @property
    def growths(self) -> tuple[AreaResult, ...]:
        """What to work on, of the areas that a number is shown for."""
        return _telling(self.profile.growths)

    @property
    def contrasts(self) -> tuple[ContrastResult, ...]:
        """The differences that hold, between areas that a number is shown for."""
        if self.is_near_chance:
            return ()
        shown = {result.area.id for result in _telling(self.profile.areas)}
        return tuple(
            one for one in self.profile.contrasts if {one.contrast.over, one.contrast.under} <= shown
        )

    @property
    def thoughts(self) -> tuple[Thought, ...]:
        """What a short form gives instead of competencies."""
        found = []
        for number, result in enumerate(self.profile.items, start=1):
            principle = result.answer.item.content.principle
            if result in self.profile.to_think_about and principle is not None:
                found.append(Thought(principle, number))
        return tuple(found)

    @property
    def other_strengths(self) -> tuple[AreaResult, ...]:
        """What stands out beside the lead; nothing where the answers could be random ones."""
        return () if self.is_near_chance else self.strengths[1:]

    @property
    def other_growths(self) -> tuple[AreaResult, ...]:
        """What to work on beside the lead; nothing where the answers could be random ones."""
        if self.is_near_chance:
            return ()
        return self.growths if self.contrasts else self.growths[1:]

    @property
    def fit_row(self) -> Row:
        """How the answers stand to the role of the report."""
        return self._row_of_role(self.words.catalogue.gettext("Fit with this role"), self.profile.fit)

    def _row_of_role(self, name: str, fit: Fit) -> Row:
        if fit.estimate is None or not fit.estimate.tells:
            return Row(name, self._why_silent(fit.estimate))
        told = fit.judgement
        chance = self.words.chances_of_all(told)
        word = self.words.minimums(told, {one.of: self._name_of(one.of) for one in told.minimums})
        return Row(name, word, fit.estimate, self._plot(name, word, fit.estimate, None), chance)

    @property
    def role_rows(self) -> tuple[Row, ...]:
        """The chosen role, then the others in their own order, never by score."""
        roles = ((self.profile.role, self.profile.fit), *self.profile.other_roles)
        return tuple(self._row_of_role(self.words.text(role.title), fit) for role, fit in roles)

    @property
    def area_rows(self) -> tuple[Row, ...]:
        """The areas in the order of the framework; a short form is held against no minimum."""
        return tuple(
            self._row(
                self.words.text(result.area.name),
                result.estimate,
                None if self.profile.is_glimpse else result.minimum,
                result.n_items,
            )
            for result in self.profile.areas
        )

    @property
    def groups(self) -> tuple[tuple[Area, tuple[Row, ...]], ...]:
        """The competencies that the form tells from their area, by area."""
        found = []
        for area in self.profile.domain.areas:
            rows = tuple(
                self._row(
                    self.words.text(result.competency.name), result.estimate, result.minimum, result.n_items
                )
                for result in self.profile.competencies
                if result.area_id == area.id and self._has_line(result)
            )
            if rows:
                found.append((area, rows))
        return tuple(found)

    def _has_line(self, result: CompetencyResult) -> bool:
        return result.is_told and self._is_counted(result)

    def _is_counted(self, result: CompetencyResult) -> bool:
        return result.estimate is not None and result.n_items >= self.edition.least_situations

    @property
    def showings(self) -> tuple[tuple[Area, tuple[Showing, ...]], ...]:
        """What the situations showed of the measured competencies that have no words of their own, by area.

        Of an edition that shows no situation, none.
        """
        if not self.edition.shows_keys:
            return ()
        found = []
        for area in self.profile.domain.areas:
            shown = tuple(
                showing(result, self.profile, self.words, self.links)
                for result in self.profile.competencies
                if result.area_id == area.id and result.estimate is not None and not result.is_told
            )
            if shown:
                found.append((area, shown))
        return tuple(found)

    @property
    def borrowing(self) -> tuple[tuple[str, str], ...]:
        """The areas whose named level is that of their block, and the areas of that block, each listed."""
        found = []
        for block in dict.fromkeys(area.block for area in self.profile.domain.areas):
            inside = [one for one in _telling(self.profile.areas) if one.area.block == block]
            names = [
                lowered(self.words.text(one.area.name))
                for one in inside
                if not one.is_told and one.estimate is not None and one.estimate.level.is_named
            ]
            if names:
                together = [lowered(self.words.text(one.area.name)) for one in inside]
                found.append((self.words.listed(names), self.words.listed(together)))
        return tuple(found)

    @cached_property
    def area_advice(self) -> tuple[Advised, ...]:
        """Each area with a level, and what to do next month from there; of answers near chance, nothing."""
        if self.is_near_chance:
            return ()
        return tuple(
            Advised(
                self.words.text(result.area.name),
                self.words.level(said.level, self.profile.framework),
                tuple(map(self.words.text, result.area.advice[said.level.lower - 1])),
            )
            for result in _telling(self.profile.areas)
            if (said := result.estimate) is not None
            and said.level.is_named
            and result.area.advice is not None
        )

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """Names of the competencies that no item of the form measures."""
        return tuple(
            self.words.text(result.competency.name)
            for result in self.profile.competencies
            if result.estimate is None
        )

    @property
    def has_open_end(self) -> bool:
        """Whether an interval of the report goes beyond the scale."""
        shown = [result.estimate for result in self.profile.areas]
        if not self.profile.is_glimpse:
            shown += [result.estimate for result in self.profile.competencies if self._has_line(result)]
        return any(said is not None and said.tells and _is_open(said) for said in shown)

    @property
    def minimum_lines(self) -> tuple[str, ...]:
        """The role's minimums that no line of the areas shows, in words."""
        shown = {result.area.id for result in _telling(self.profile.areas)}
        return tuple(self._minimum_line(one) for one in self.profile.fit.minimums if one.of not in shown)

    @property
    def _uncounted(self) -> frozenset[str]:
        return frozenset(one.competency.id for one in self.profile.competencies if not self._is_counted(one))

    def _minimum_line(self, minimum: MinimumResult) -> str:
        _ = self.words.catalogue.gettext
        return _("%(name)s, %(minimum)s: %(said)s") % {
            "name": lowered(self._name_of(minimum.of)),
            "minimum": self.words.figure(minimum.minimum),
            "said": _("too few situations to say")
            if minimum.of in self._uncounted and not self.edition.shows_single_situations
            else self.words.minimum(minimum),
        }

    @cached_property
    def anchored(self) -> tuple[Anchored, ...]:
        """The competencies with a level, what people do there, and what to do next.

        None that the form does not tell from its area, and none where the answers could be random ones.
        """
        if self.is_near_chance:
            return ()
        return tuple(
            anchored(result, result.estimate, self.profile, self.words)
            for result in self.profile.competencies
            if result.estimate is not None and result.is_told and result.estimate.level.is_named
        )

    @property
    def too_wide(self) -> tuple[str, ...]:
        """Names of the competencies with words of their own whose range touches too many levels for one."""
        return tuple(
            self.words.text(result.competency.name)
            for result in self.profile.competencies
            if result.estimate is not None
            and result.is_told
            and result.estimate.tells
            and not result.estimate.level.is_named
        )

    @cached_property
    def advised(self) -> tuple[Anchored, ...]:
        """The three competencies at most that matter first, in the order of the framework.

        The surest strength, whose range begins highest, if it begins above the middle; then the surest things
        to work on, whose ranges end lowest. Of equals, the one that the role weighs more. A single situation
        says little: where three have several, the choice is among those. Pages open them, and print gives
        their advice.
        """
        return advised_first(self.anchored, self.profile.role)

    @property
    def silent(self) -> tuple[str, ...]:
        """Names of the competencies whose answers are too few for a level."""
        return tuple(
            self.words.text(result.competency.name)
            for result in self.profile.competencies
            if result.estimate is not None and result.is_told and not result.estimate.tells
        )

    def turns(self, result: ItemResult) -> tuple[Turn, ...]:
        """What was answered and keyed, turn by turn; all in one where an item is not asked in turns.

        Of turns, those that the answers led to, the first where there is no answer.
        """
        content, lines = result.answer.item.content, result.explanation.lines
        kind = type_of(content)
        if not isinstance(kind, Unfolding):
            return (Turn(None, tuple(self._explained(content, line) for line in lines)),)
        group = {ident: parts.name for parts in kind.parts(content) for ident in parts.ids}
        groups = list(dict.fromkeys(group[line.part] for line in lines))
        taken = kind.past(content, result.answer.response)
        texts = [turn.text for turn in taken] or [None]
        return tuple(
            Turn(text, tuple(self._explained(content, line) for line in lines if group[line.part] == name))
            for text, name in zip(texts, groups, strict=False)
        )

    def _explained(self, content: Content, line: Line) -> Explained:
        part = content.wording(line.part)
        given, keyed = (
            "" if mark.ref is None else self.words.text(content.wording(mark.ref).text)
            for mark in (line.given, line.keyed)
        )
        return Explained(
            part.text,
            part.why,
            self.words.mark(line.given, given),
            self.words.mark(line.keyed, keyed, is_key=True),
            line.agrees,
        )

    def own_text(self, result: ItemResult) -> tuple[str, ...]:
        """The lines of the text that was written, where the item asks for one."""
        is_text = any(line.given.kind == "text" for line in result.explanation.lines)
        return tuple(lines(str(result.answer.response))) if is_text else ()

    @property
    def farthest(self) -> tuple[int, ...]:
        """Numbers of the answered items that lie farthest from the key, in the order of the form."""
        missed = sorted(
            (result.score, number)
            for number, result in enumerate(self.profile.items, start=1)
            if result.answer.state == "answered" and result.score is not None and result.score < 1
        )
        return tuple(sorted(number for _, number in missed[:WORTH_A_SECOND_LOOK]))

    @property
    def without(self) -> Without | None:
        """What the answered items alone say, where enough was left empty to be worth a word."""
        without = self.profile.without_unanswered
        return without if without is not None and without.share > UNANSWERED_WORTH_A_WORD else None

    @property
    def without_rows(self) -> tuple[tuple[str, Estimate | None, Estimate | None], ...]:
        """Area name, the estimate stated above, and the one from the answered items alone."""
        if self.without is None:
            return ()
        return tuple(
            (self.words.text(result.area.name), result.estimate, self.without.areas.get(result.area.id))
            for result in self.profile.areas
        )

    @property
    def other_keys(self) -> tuple[tuple[str, str], ...]:
        """Another key that could be defended, and how far it would move the fit; none where it has none."""
        return tuple(
            (self.words.catalogue.gettext(OTHER_KEYS[moved.key]), self.words.moved(moved.fit))
            for moved in self.profile.key_sensitivity
            if moved.fit is not None and moved.items
        )

    def in_words(self, said: Estimate | None) -> str:
        """An estimate with its interval in a sentence or a cell, or why there is none."""
        if said is None or not said.tells:
            return self._why_silent(said)
        return f"{self.words.estimate(said.estimate)}, {self.words.interval(said.low, said.high)}"

    def _why_silent(self, said: Estimate | None) -> str:
        _ = self.words.catalogue.gettext
        return _("not measured in this form") if said is None else _("too few answers to say")

    def competency_name(self, competency_id: str) -> str:
        """A competency's name."""
        return self._name_of(competency_id)

    def _name_of(self, ident: str) -> str:
        domain = self.profile.domain
        names = {area.id: area.name for area in domain.areas} | {
            one.id: one.name for one in domain.competencies
        }
        return self.words.text(names[ident])

    def _row(self, name: str, said: Estimate | None, minimum: MinimumResult | None, count: int) -> Row:
        _ = self.words.catalogue.gettext
        if said is None or not said.tells:
            return Row(name, self._why_silent(said), count=count)
        word = self.words.level(said.level, self.profile.framework)
        chance = "" if minimum is None else self.words.minimum(minimum)
        return Row(name, word, said, self._plot(name, word, said, minimum), chance, count)

    def _plot(self, name: str, word: str, said: Estimate, minimum: MinimumResult | None) -> Markup:
        _ = self.words.catalogue.gettext
        label = ""
        if minimum is not None:
            label = _("minimum %(minimum)s") % {"minimum": self.words.figure(minimum.minimum)}
        beyond = _("The range goes on beyond the scale.") if _is_open(said) else ""
        return plots.interval(
            said.estimate,
            said.low,
            said.high,
            title=self.words.spoken(name, said),
            description=". ".join(part for part in (word, label, beyond) if part),
            cuts=self.profile.framework.cuts,
            minimum=None if minimum is None else minimum.minimum,
            minimum_label=label,
        )


def _telling(results: Sequence[AreaResult]) -> tuple[AreaResult, ...]:
    return tuple(result for result in results if result.estimate is not None and result.estimate.tells)


def _is_open(said: Estimate) -> bool:
    return said.low < 0 or said.high > 100
