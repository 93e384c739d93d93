"""Tables of what many sittings say of items and forms, in the words of one language. Computes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assessor.banks.schema import Library
from assessor.cli.terminal import table
from assessor.language.figures import decimal, percentage
from assessor.report.words import Words
from assessor.statistics import dif
from assessor.statistics.items import Flag
from assessor.statistics.stated import Stated
from assessor.statistics.subscores import Subscore
from assessor.studies.analysis import Analysis, Bias, FormAnalysis, ItemAnalysis, is_flagged, is_of_size


@dataclass(frozen=True)
class Telling:
    """Statistics in words and figures; whatever has no value says why."""

    words: Words
    library: Library

    def analysis(self, found: Analysis) -> Iterator[str]:
        """Items, forms, and bias by group, in this order."""
        _, ngettext = self.words.catalogue.gettext, self.words.catalogue.ngettext
        heads = (_("item"), _("version"), _("type"), _("n"), _("facility"), _("item-rest r"), _("to look at"))
        rows = [heads]
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
            said = {
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

    def why(self, stated: Stated[float] | Stated[dif.EtsClass]) -> str:
        """The words of a statistic that has no value."""
        return self.words.catalogue.gettext(stated.words) % stated.numbers if stated.words else ""

    def _decimal(self, value: float, decimals: int = 2) -> str:
        return decimal(value, self.words.language, decimals)
