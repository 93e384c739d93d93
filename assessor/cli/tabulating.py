"""Tables of what many sittings say of items and forms, in the words of one language. Computes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assessor.banks.schema import Library
from assessor.cli.terminal import table
from assessor.language.figures import decimal, figure, percentage
from assessor.report.words import Words
from assessor.statistics.fairness import Impact
from assessor.statistics.items import Flag
from assessor.statistics.stated import Stated
from assessor.statistics.subscores import Subscore
from assessor.studies.analysis import Analysis, Bias, FormAnalysis, ItemAnalysis, is_flagged, is_of_size
from assessor.studies.classification import Side, Sides
from assessor.studies.selection import Selection


@dataclass(frozen=True)
class Telling:
    """Statistics in words and figures; whatever has no value says why."""

    words: Words
    library: Library

    def analysis(self, found: Analysis) -> Iterator[str]:
        """Items, forms, and bias by group, in this order."""
        _, ngettext = self.words.catalogue.gettext, self.words.catalogue.ngettext
        heads = (_("item"), _("version"), _("type"), _("n"), _("facility"), _("item-rest r"), _("to look at"))
        rows: list[tuple[str, ...]] = [heads]
        for one in found.items:
            rows += self._item(one)
        yield from table(rows, right=(3,))
        yield ""
        forms = ngettext("%(num)s form", "%(num)s forms", len(found.forms)) % {"num": len(found.forms)}
        sittings = ngettext("%(num)s sitting", "%(num)s sittings", found.n) % {"num": found.n}
        yield f"{sittings}, {forms}"
        yield _("alpha %(alpha)s (items in a form, on average: %(items)s)") % {
            "alpha": self.number(found.overall.alpha),
            "items": self._decimal(found.overall.length, 1),
        }
        for number, form in enumerate(found.forms, start=1):
            yield from self._form(number, form)
        for study in found.bias:
            yield from self._biased(study, found)
        for selection in found.selections:
            yield from self._selected(selection)
        yield ""
        yield _("in brackets %(level)s intervals; a statistic from too few people is not shown") % {
            "level": percentage(0.95, self.words.language)
        }

    def _item(self, one: ItemAnalysis) -> Iterator[tuple[str, ...]]:
        told = one.statistics
        flags = [*told.flags, *(flag for picked in one.picks.values() for flag in picked.flags)]
        said = [self._flag(flag) for flag in flags] or [""]
        numbers = (str(told.n), self.number(told.facility), self.number(told.rest_r))
        yield (one.id, one.digest[7:15], one.type, *numbers, said[0])
        for more in said[1:]:
            yield ("", "", "", "", "", "", more)

    def _flag(self, flag: Flag) -> str:
        words = self.words.catalogue.gettext(flag.words)
        return words if flag.option is None else f"{flag.option}{self.words.colon}{words}"

    def _form(self, number: int, form: FormAnalysis) -> Iterator[str]:
        _ = self.words.catalogue.gettext
        told = form.reliability
        yield _(
            "form %(number)s: n %(people)s, %(items)s, alpha %(alpha)s, omega %(omega)s, "
            "stratified by area %(stratified)s"
        ) % {
            "number": number,
            "people": form.n,
            "items": self._items(len(form.items)),
            "alpha": self.number(told.alpha),
            "omega": self.number(told.omega),
            "stratified": self.number(form.stratified_alpha),
        }
        for area in form.areas:
            yield f"  {area.part}{self.words.colon}{self._items(area.n_items)}, {self._worth(area)}"
            yield from self._augmented(area)
        for name, stated in ((_("alpha"), told.alpha), (_("omega"), told.omega)):
            if stated.value is not None and stated.words is not None:
                yield f"  {name}{self.words.colon}{self.why(stated)}"
        yield from self._sides(form.sides)

    def _sides(self, told: Sequence[Sides]) -> Iterator[str]:
        """How surely people stand on a side of each cut; one line where there are too few of them."""
        _ = self.words.catalogue.gettext
        if not told:
            return
        if told[0].reliability.state == "suppressed":
            said = self.number(told[0].reliability)
            yield "  " + _("on which side of a cut people stand, and how surely: %(number)s") % {
                "number": said
            }
            return
        yield "  " + _("on which side of a cut people stand, in shares of them (check: Livingston and Lewis)")
        heads = (_("estimate of"), _("reliability"), _("cut"), _("alike twice"), _("kappa"), _("rightly"))
        rows: list[tuple[str, ...]] = [
            (*heads, _("too high"), _("too low"), _("check: alike"), _("check: rightly"))
        ]
        for one in told:
            rows += [(one.of, self.number(one.reliability), *self._side(side)) for side in one.cuts]
        for line in table(rows, right=range(1, len(rows[0]))):
            yield f"  {line}"
        if any(side.roles for one in told for side in one.cuts):
            yield "  " + _(
                "a cut with a star is a minimum of a role; easiness that is not known counts as error"
            )

    def _side(self, side: Side) -> tuple[str, ...]:
        found, check = side.found.value, side.check.value
        cut = figure(side.cut, self.words.language) + ("*" if side.roles else "")
        if found is None:
            return (cut, *["-"] * 7)
        kappa = "-" if found.kappa is None else self._decimal(found.kappa)
        checked = (None, None) if check is None else (check.consistency, check.accuracy)
        return (
            cut,
            self._decimal(found.consistency),
            kappa,
            *(self._decimal(share) for share in (found.accuracy, found.too_high, found.too_low)),
            *("-" if share is None else self._decimal(share) for share in checked),
        )

    def _items(self, n: int) -> str:
        return self.words.catalogue.ngettext("%(num)s item", "%(num)s items", n) % {"num": n}

    def _biased(self, one: Bias, found: Analysis) -> Iterator[str]:
        _ = self.words.catalogue.gettext
        yield ""
        yield _("by %(column)s: %(focal)s (%(n_focal)s) beside %(reference)s (%(n_reference)s)") % {
            "column": one.column,
            "focal": one.focal,
            "n_focal": one.n_focal,
            "reference": one.reference,
            "n_reference": one.n_reference,
        }
        flagged = [row for row in one.items if is_flagged(row)]
        names = {version.digest: version.id for version in found.items}
        for row in flagged:
            said: dict[str, object] = {
                "item": names[row.compared.item],
                "size": self.number(row.smd),
                "kind": row.ets_class.value,
            }
            yield "  " + _("%(item)s: standardised difference %(size)s, class %(kind)s") % said
        shown = [row for row in one.items if row.ets_class.state == "value"]
        by_chance = sum(is_of_size(row) for row in shown) - len(flagged)
        if by_chance:
            said = {"num": by_chance, "tests": len(shown)}
            yield "  " + _("of class B or C, as chance explains: %(num)s of %(tests)s tested") % said
        elif not flagged and shown:
            yield "  " + _("no item of class B or C (tested: %(num)s)") % {"num": len(shown)}
        reasons = Counter(self.why(row.ets_class) for row in one.items if row.ets_class.state != "value")
        for why, n in sorted(reasons.items()):
            yield "  " + _("%(num)s without a class: %(why)s") % {"num": n, "why": why}
        if one.study.settled and one.study.words is not None:
            yield f"  {_(one.study.words)}"

    def _selected(self, one: Selection) -> Iterator[str]:
        """Rates and impact ratios in each round and in all; then what is common to the rounds."""
        _ = self.words.catalogue.gettext
        rounds, together = one.impact.rounds, one.impact.together
        yield ""
        yield _("selected, by %(column)s; for the owner and the auditor, never while deciding") % {
            "column": one.column
        }
        rows: list[tuple[str, ...]] = [
            (_("round"), _("group"), _("selected"), _("rate"), _("impact ratio"), _("finding"))
        ]
        if len(rounds) > 1:
            rows += [row for name, alone in rounds.items() for row in self._rates(name, alone)]
        rows += self._rates(_("all"), together)
        for line in table(rows, right=(2,)):
            yield f"  {line}"
        if len(rounds) < 2:
            return
        for group in one.impact.within:
            said = {
                "group": group.group,
                "other": together.highest,
                "ratio": self.number(group.ratio),
                "odds": self.number(group.odds_ratio),
                "p": self.number(group.p),
                "finding": self._said(group.finding),
            }
            yield "  " + (
                _(
                    "%(group)s beside %(other)s, within rounds: impact ratio %(ratio)s, odds ratio %(odds)s, "
                    "p %(p)s. %(finding)s"
                )
                % said
            )

    def _rates(self, name: str, impact: Impact) -> Iterator[tuple[str, ...]]:
        _ = self.words.catalogue.gettext
        for group in impact.groups:
            rates, compared = group.rates, group.comparison
            counts = "-"
            if rates.applicants.value is not None:
                counts = f"{rates.selected.known}/{rates.applicants.known}"
            ratio, finding = "", ""
            if compared is not None:
                ratio, finding = self.number(compared.ratio), self._said(compared.finding)
            elif group.group == impact.highest:
                finding = _("the highest rate")
            yield (name, group.group, counts, self.number(rates.rate), ratio, finding)

    def _said(self, finding: Stated[str]) -> str:
        """The message of a finding, or why there is none."""
        if finding.value is None:
            return self.why(finding)
        return self.words.catalogue.gettext(finding.value)

    def _worth(self, area: Subscore) -> str:
        """What a score of the area alone would tell beside the whole (Haberman 2008)."""
        _ = self.words.catalogue.gettext
        has_value = area.has_value
        if has_value.state == "suppressed":
            return (
                _("too few people to say what its score alone is worth (n %(n)s, needs %(needs)s)")
                % has_value.numbers
            )
        if has_value.value is None:
            return _("the worth of its score alone is not defined")
        said = {"r": self.number(area.reliability)}
        if has_value.value:
            return _("reliability %(r)s, its score alone adds to the whole") % said
        return _("reliability %(r)s, its score alone adds nothing to the whole") % said

    def _augmented(self, area: Subscore) -> Iterator[str]:
        """What the area's score and the whole tell of it, with cautions; nothing unless known."""
        _ = self.words.catalogue.gettext
        if area.prmse_augmented.value is None:
            return
        both, whole = self.number(area.prmse_augmented), self.number(area.prmse_whole)
        said = {"part": self.number(area.prmse_part), "whole": whole, "both": both}
        yield (
            "    "
            + _("of what it measures its score explains %(part)s, the whole %(whole)s, both %(both)s") % said
        )
        shown = (area.prmse_whole, area.prmse_augmented, area.weights)
        for words in dict.fromkeys(one.words for one in shown if one.value is not None and one.words):
            yield f"    {_(words)}"

    def number(self, stated: Stated[float]) -> str:
        """A number with its interval; where there is none, why."""
        _ = self.words.catalogue.gettext
        if stated.value is None:
            if stated.state == "suppressed":
                return _("- (n %(n)s, needs %(needs)s)") % {"n": stated.n, "needs": stated.needs}
            return self.why(stated)
        value = self._decimal(stated.value)
        if stated.low is None or stated.high is None:
            return value
        return _("%(value)s (%(low)s to %(high)s)") % {
            "value": value,
            "low": self._decimal(stated.low),
            "high": self._decimal(stated.high),
        }

    def why(self, stated: Stated[Any]) -> str:
        """The words beside a statistic: why it has no value, or a caution."""
        return self.words.catalogue.gettext(stated.words) % stated.numbers if stated.words else ""

    def _decimal(self, value: float, decimals: int = 2) -> str:
        return decimal(value, self.words.language, decimals)
