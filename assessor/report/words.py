"""Numbers, probabilities, levels and dates in the words of one language. Draws and decides nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from assessor.banks.schema import Framework
from assessor.items.base import Mark
from assessor.language import figures, locales
from assessor.language.catalogues import Catalogue, translations
from assessor.language.customs import customs_of
from assessor.language.moments import day
from assessor.language.typography import lowered, typeset
from assessor.language.zones import HOME
from assessor.measurement.evidence import Evidence
from assessor.measurement.minimums import Judgement, MinimumResult, State
from assessor.messages import N_
from assessor.profile.model import Estimate, ItemResult
from assessor.scoring.levels import Level, Reading
from assessor.scoring.levels import reading as reading_of
from assessor.scoring.model import Parameters, Trust
from assessor.scoring.populations import Range

#: The chances that are said, as n in d; never 0 and never 1.
CHANCES = (
    (1, 20),
    (1, 10),
    (1, 5),
    (1, 4),
    (1, 3),
    (2, 5),
    (1, 2),
    (3, 5),
    (2, 3),
    (3, 4),
    (4, 5),
    (9, 10),
    (19, 20),
)
BEYOND_CHANCES = 0.975

READINGS: Mapping[Reading, str] = {
    "likely_meets": N_("likely meets the minimums"),
    "may_meet": N_("may meet the minimums: to be probed"),
    "in_doubt": N_("meeting the minimums is in doubt: to be probed"),
    "below": N_("the answers point below a minimum: check by other means"),
}
#: The same of one minimum, after "minimum met".
MET: Mapping[Reading, str] = {
    "likely_meets": N_("likely (%(chances)s)"),
    "may_meet": N_("perhaps, to be probed (%(chances)s)"),
    "in_doubt": N_("in doubt, to be probed (%(chances)s)"),
    "below": N_("the answers point below (%(chances)s)"),
}
NOT_JUDGED: Mapping[State, str] = {
    "not_measured": N_("not measured in this form"),
    "out_of_reach": N_("cannot be said with this form"),
    "glimpse": N_("not said of a short form"),
    "too_few_answers": N_("too few answers to say"),
}
#: Why a sitting gives no profile.
ALL_WITHDRAWN = N_("The situations were withdrawn from this sitting: nothing can be said of it.")
NONE_ANSWERED = N_("No situation was answered: this profile says nothing.")
TO_BE_RATED = N_("The answers are still to be rated: nothing can be said of them yet.")
TOO_FEW = N_(
    "Too few answers for a profile: of strategy, audience and content, answered %(n)s of %(core)s; at least "
    "%(needed)s needed."
)
WORDS_HOLD = N_(
    "Ranges hold at any level; words (levels, minimums, differences) are firm only if true in groups that "
    "average %(weak)s and %(strong)s alike."
)
COMPARED_HOLD = N_(
    "ranges hold at any level; limits between groups, minimums and pairs are firm only if true among people "
    "who average %(weak)s and people who average %(strong)s alike, and ranks span both"
)
STATUSES: Mapping[str, str] = {
    "draft": N_("draft key, still being written"),
    "author-keyed": N_("author’s key, not yet confirmed by a panel"),
    "panel-keyed": N_("key set by a panel"),
    "calibrated": N_("key set by a panel and checked against people’s answers"),
    "retired": N_("key of a situation that has since been withdrawn"),
}
#: What became of one answer, in the order of telling: as a sentence, and in a list.
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "key": (N_("your answer is the key"), N_("the key")),
    "nearer": (N_("your answer is nearer the key than chance"), N_("nearer the key than chance")),
    "no nearer": (N_("your answer is no nearer the key than chance"), N_("no nearer the key than chance")),
    "pending": (N_("still to be rated: it does not count yet"), N_("still to be rated")),
    "left_empty": (N_("left empty: it counts as a random answer"), N_("left empty")),
    "not_reached": (N_("not reached: it counts as a random answer"), N_("not reached")),
    "not_given": (N_("not given: it does not count"), N_("not given")),
}
OTHER_KEYS: Mapping[str, str] = {
    "near_is_best": N_("if a near miss counted as much as the best response"),
    "lesser_halved": N_("if the responses that are not the best differed half as much"),
}
TRUST: Mapping[Trust, str] = {
    "signed": N_("signed by this server"),
    "unsigned": N_("unsigned"),
    "signed by another key": N_("signed by another key"),
}
SINGLE_MARKS: Mapping[str, str] = {"best": N_("most effective"), "worst": N_("least effective")}


@dataclass(frozen=True)
class Words:
    """What is said in one language, of days in one zone."""

    language: str
    zone: ZoneInfo = HOME

    @property
    def catalogue(self) -> Catalogue:
        """The translations behind these words."""
        return translations(self.language)

    def text(self, text: Mapping[str, str]) -> str:
        """A bank's text in this language, typeset; in the text's first language where it lacks this one."""
        language = self.language_of(text)
        return typeset(text[language], language)

    def language_of(self, text: Mapping[str, str]) -> str:
        """The language that ``text`` will be shown in."""
        return locales.language_of(text, self.language)

    def listed(self, names: Sequence[str]) -> str:
        """The names as one enumeration."""
        return locales.listed(names, self.language)

    def figure(self, value: float) -> str:
        """A plain figure, at most one decimal."""
        return figures.figure(value, self.language)

    def estimate(self, value: float) -> str:
        """A point of the 0-100 scale as a whole number, clipped to the scale."""
        return str(whole(value))

    def interval(self, low: float, high: float) -> str:
        """Both ends of an interval, clipped to the scale; words where all of it lies beyond one end.

        Clipped, such an interval would read "from 0 to 0": a certainty that nobody has.
        """
        _ = self.catalogue.gettext
        if whole(high) == 0:
            return _("range below 0")
        if whole(low) == 100:
            return _("range above 100")
        return _("from %(low)s to %(high)s") % {"low": whole(low), "high": whole(high)}

    def chances(self, p: float) -> str:
        """A probability as chances in a small number: the nearest that is said, never none and never all."""
        _ = self.catalogue.gettext
        if p >= BEYOND_CHANCES:
            return _("more than 19 chances in 20")
        if p <= 1 - BEYOND_CHANCES:
            return _("less than 1 chance in 20")
        return self._chances(nearest_chances(p))

    def _chances(self, chances: tuple[int, int]) -> str:
        n, d = chances
        said = self.catalogue.ngettext("%(n)s chance in %(d)s", "%(n)s chances in %(d)s", n)
        return said % {"n": n, "d": d}

    def chances_met(self, p: float) -> str:
        """The chances that minimums are met, on the same side of the borders between their words as ``p``.

        Rounded to the nearest, .79 and .81 would be the same chances with different words.
        """
        if not 1 - BEYOND_CHANCES < p < BEYOND_CHANCES:
            return self.chances(p)
        alike = [pair for pair in CHANCES if reading_of(pair[0] / pair[1]) == reading_of(p)]
        return self._chances(min(alike, key=lambda pair: abs(pair[0] / pair[1] - p)))

    def minimum(self, result: MinimumResult) -> str:
        """What is said of one minimum: its chances and what they amount to, or why nothing can be said."""
        _ = self.catalogue.gettext
        if result.p is None or result.reading is None:
            return _(NOT_JUDGED[result.state])
        return _(MET[result.reading]) % {"chances": self.chances_met(result.p)}

    def minimums(self, judgement: Judgement, names: Mapping[str, str]) -> str:
        """What is said of a role's minimums together; what cannot be judged is named first, by ``names``."""
        _ = self.catalogue.gettext
        if not judgement.minimums:
            return _("this role sets no minimum")
        if judgement.reading is None:
            return _("none of the minimums can be said: %(left)s") % {"left": self._left(judgement, names)}
        said = _(READINGS[judgement.reading])
        if not judgement.not_judged:
            return said
        return _("%(judged)s of %(total)s minimums judged; %(left)s; of the rest: %(said)s") % {
            "judged": len(judgement.judged),
            "total": len(judgement.minimums),
            "left": self._left(judgement, names),
            "said": said,
        }

    def chances_of_all(self, judgement: Judgement) -> str:
        """The chances that all minimums are met, or all that can be judged; empty where there are none."""
        if judgement.p is None:
            return ""
        chances = self.chances_met(judgement.p)
        if not judgement.not_judged:
            return chances
        n = len(judgement.judged)
        said = self.catalogue.ngettext(
            "%(chances)s, for the one judged", "%(chances)s, for the %(n)s judged", n
        )
        return said % {"chances": chances, "n": n}

    def _left(self, judgement: Judgement, names: Mapping[str, str]) -> str:
        """The minimums that cannot be judged, those of one reason together."""
        reasons: dict[State, list[str]] = {}
        for one in judgement.not_judged:
            reasons.setdefault(one.state, []).append(lowered(names[one.of]))
        return "; ".join(
            f"{self.listed(named)}{self.colon}{self.catalogue.gettext(NOT_JUDGED[state])}"
            for state, named in reasons.items()
        )

    def populations(self, within: Range) -> str:
        """For whom the words that hold a probability are to be true, in one sentence."""
        return self._among(WORDS_HOLD, within)

    def populations_compared(self, within: Range) -> str:
        """As ``populations``, where people stand beside each other."""
        return self._among(COMPARED_HOLD, within)

    def _among(self, message: str, within: Range) -> str:
        ends = (within.weak.mean, within.strong.mean)
        weak, strong = (self.estimate(100 * end) for end in ends)
        return self.catalogue.gettext(message) % {"weak": weak, "strong": strong}

    def no_profile(self, evidence: Evidence) -> str:
        """The one sentence that stands in place of a profile."""
        _ = self.catalogue.gettext
        if evidence.of == 0:
            return _(ALL_WITHDRAWN)
        if evidence.unanswered == evidence.of:
            return _(NONE_ANSWERED)
        if evidence.answered + evidence.waiting >= evidence.needed:
            return _(TO_BE_RATED)
        return _(TOO_FEW) % {
            "n": evidence.answered + evidence.waiting,
            "core": evidence.core,
            "needed": evidence.needed,
        }

    def answered(self, evidence: Evidence) -> str:
        """How many of the situations given have an answer."""
        said = self.catalogue.gettext("answers: %(n)s of %(of)s")
        return said % {"n": evidence.of - evidence.unanswered, "of": evidence.of}

    def parts(self, share: float) -> str:
        """A share as parts in a small number."""
        _ = self.catalogue.gettext
        if share >= BEYOND_CHANCES:
            return _("nearly all")
        n, d = nearest_chances(share)
        return self.catalogue.ngettext("%(n)s part in %(d)s", "%(n)s parts in %(d)s", n) % {"n": n, "d": d}

    def weight(self, share: float) -> str:
        """A share of a role's weight in whole hundredths, as a percentage."""
        return figures.percentage(share, self.language)

    def language_name(self, language: str) -> str:
        """What a language is called in this one."""
        return locales.name_of(language, self.language)

    def level(self, level: Level, framework: Framework) -> str:
        """The level's name, or the two that the range lies between; of more it names none."""
        _ = self.catalogue.gettext
        if not level.is_named:
            return _("too wide to name")
        lower, upper = (self.text(framework.levels[number - 1].name) for number in (level.lower, level.upper))
        if level.lower == level.upper:
            return lower
        return _("between %(lower)s and %(upper)s") % {"lower": lower, "upper": upper}

    def status(self, status: str) -> str:
        """Where a key comes from."""
        return self.catalogue.gettext(STATUSES[status])

    def calibration(self, parameters: Parameters) -> str:
        """What a calibration is called, and what its signature is worth."""
        name = parameters.source.removeprefix("calibration ")
        return (
            name if parameters.trust is None else f"{name}, {self.catalogue.gettext(TRUST[parameters.trust])}"
        )

    def date(self, moment: datetime) -> str:
        """The day, in full."""
        return typeset(day(moment, self.language, self.zone), self.language)

    def minutes(self, minutes: float) -> str:
        """A duration in whole minutes, at least one."""
        n = max(1, round(minutes))
        return self.catalogue.ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}

    def mark(self, mark: Mark, category: str = "", *, is_key: bool = False) -> str:
        """What an answer or a key says of one response; empty where it says nothing.

        ``category`` is the name of the part that the mark refers to.
        """
        _ = self.catalogue.gettext
        if mark.kind in SINGLE_MARKS:
            return _(SINGLE_MARKS[mark.kind])
        if mark.kind == "chosen":
            return _("to be chosen") if is_key else _("chosen")
        if mark.kind == "category":
            return category
        if mark.value is None:
            return ""
        if mark.kind == "points":
            return self.points(mark.value, mark.most)
        if mark.kind == "place":
            return _("place %(place)s") % {"place": self.figure(mark.value)}
        return _("%(rating)s of 5") % {"rating": self.figure(mark.value)}

    def points(self, least: float, most: float | None = None) -> str:
        """A number of points, or a band of them."""
        if most is None or most == least:
            number = figures.plural_number(least, self.language)
            said = self.catalogue.ngettext("%(n)s point", "%(n)s points", number)
            return said % {"n": self.figure(least)}
        number = figures.plural_number(most, self.language)
        said = self.catalogue.ngettext("%(least)s to %(most)s point", "%(least)s to %(most)s points", number)
        return said % {"least": self.figure(least), "most": self.figure(most)}

    def moved(self, points: float) -> str:
        """How far an estimate would move, in whole points with their sign."""
        if round(points) == 0:
            return self.catalogue.gettext("no whole point")
        written = figures.signed(points, self.language)
        return self.catalogue.ngettext("%(n)s point", "%(n)s points", abs(round(points))) % {"n": written}

    def outcome(self, result: ItemResult) -> str:
        """Where one answer stands between chance and the key, in words only."""
        return self.catalogue.gettext(OUTCOMES[outcome_of(result)][0])

    def brief_outcome(self, result: ItemResult) -> str:
        """The same in the few words that a list has room for."""
        return self.brief(outcome_of(result))

    def brief(self, outcome: str) -> str:
        """An outcome of OUTCOMES in few words."""
        return self.catalogue.gettext(OUTCOMES[outcome][1])

    def spoken(self, name: str, said: Estimate) -> str:
        """One estimate as a phrase for those who hear the plot."""
        return f"{name}{self.colon}{self.estimate(said.estimate)}, {self.interval(said.low, said.high)}"

    @property
    def colon(self) -> str:
        """A colon with the spaces around it that the language wants."""
        return customs_of(self.language).colon


def outcome_of(result: ItemResult) -> str:
    """What became of one answer: a key of OUTCOMES."""
    if result.answer.state != "answered":
        return result.answer.state
    if result.score is None:
        return "pending"
    if math.isclose(result.score, 1, abs_tol=1e-9):
        return "key"
    return "nearer" if result.score > 0.5 else "no nearer"


def nearest_chances(p: float) -> tuple[int, int]:
    """The said chances (n, d) nearest to a probability."""
    return min(CHANCES, key=lambda pair: abs(pair[0] / pair[1] - p))


def whole(value: float) -> int:
    """The nearest whole number of the 0-100 scale, halves upward."""
    return min(100, max(0, math.floor(value + 0.5)))
