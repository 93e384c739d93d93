"""``calibrate``: the easiness and spread of items from many sittings, as a stored, versioned object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assessor.banks.names import name_of
from assessor.banks.schema import Block
from assessor.cli.banks import language_of, library
from assessor.cli.calibrations import signed
from assessor.cli.exits import DONE
from assessor.cli.failures import UsageError, WrongInput
from assessor.cli.outputs import placed
from assessor.cli.reading import sittings_of
from assessor.cli.terminal import table
from assessor.language.catalogues import shipped_languages
from assessor.language.figures import decimal
from assessor.messages import N_
from assessor.report.words import Words
from assessor.statistics.calibrate import Calibration, NotCalibrated, to_json
from assessor.studies.calibration import blocks_of, calibrate_sittings

NO_KEY = N_("there is no key here (ASSESSOR_SECRET_KEY, or the one that assessor serve keeps)")

#: What is measured apart from the rest, by name.
BLOCKS: Mapping[Block, str] = {
    "core": N_("the core"),
    "gate": N_("platforms and search"),
    "domain": N_("the domain"),
}


def run(source: str, domain: str, *, name: str, reference: Sequence[str], output: Path, language: str) -> int:
    """Write the calibration of these sittings, and say what it holds; nothing where there are too few."""
    words = Words(language_of(language, shipped_languages()))
    known = library()
    try:
        name = name_of(name)
    except ValueError as refused:
        raise UsageError(f"--name: {refused}") from None
    if domain not in known.domain_ids:
        raise UsageError(f"--domain: {domain!r} is unknown - use one of {', '.join(known.domain_ids)}")
    # The place is tried first: estimating takes minutes, which an output that cannot be would waste.
    with placed(output) as file:
        found = signed(_calibrated(source, domain, name, reference, words))
        file.write(to_json(found).encode() + b"\n")
    for line in _Telling(words, blocks_of(known.domain(domain))).calibration(found):
        print(line)
    return DONE


def _calibrated(source: str, domain: str, name: str, reference: Sequence[str], words: Words) -> Calibration:
    try:
        return calibrate_sittings(sittings_of(source), library(), domain, name=name, reference=reference)
    except NotCalibrated as refused:
        raise WrongInput(words.catalogue.gettext(refused.message) % refused.values) from None
    except KeyError as error:
        raise WrongInput(
            f"an item measures {error.args[0]!r}, which is not of the domain {domain!r} "
            "- give sittings of one domain"
        ) from None


@dataclass(frozen=True)
class _Telling:
    """What a calibration holds, in words; `blocks` are named in the order of their numbers."""

    words: Words
    blocks: Sequence[Block]

    def calibration(self, found: Calibration) -> Iterator[str]:
        """The variances of people, what was held and why, how many items, and whose the calibration is."""
        _, ngettext = self.words.catalogue.gettext, self.words.catalogue.ngettext
        rows = [(_("variance"), _("estimate"), _("standard error"))]
        for name, value, error in self._variances(found):
            rows.append((name, self._number(value), _("held") if error is None else self._number(error)))
        yield from table(rows, right=(1, 2))
        for held in found.held:
            told = {"name": self._name(held.of, held.block), "why": _(held.why)}
            yield _("%(name)s keeps its planning value: %(why)s") % told
        n = len(found.items)
        yield ""
        yield ngettext("%(num)s sitting", "%(num)s sittings", found.sittings) % {"num": found.sittings}
        yield ngettext("%(num)s item calibrated", "%(num)s items calibrated", n) % {"num": n}
        if kept := len(found.kept_planning):
            yield ngettext(
                "%(num)s item keeps planning values: too few answers, or all alike",
                "%(num)s items keep planning values: too few answers, or all alike",
                kept,
            ) % {"num": kept}
        is_signed = found.trust == "signed"
        trust = _("signed by this server") if is_signed else _("unsigned: %(why)s") % {"why": _(NO_KEY)}
        name = found.parameters.source.removeprefix("calibration ")
        yield _("calibration %(name)s, %(trust)s") % {"name": name, "trust": trust}

    def _variances(self, found: Calibration) -> Iterator[tuple[str, float, float | None]]:
        for one in found.general:
            error = None if one.s_se is None else 2 * one.s * one.s_se
            yield self._name("s2", one.block), one.s**2, error
        yield self._name("tau_a2", None), found.tau_a2, found.tau_a2_se
        yield self._name("tau_c2", None), found.tau_c2, found.tau_c2_se

    def _number(self, value: float) -> str:
        return decimal(value, self.words.language, 5)

    def _name(self, of: str, block: int | None) -> str:
        """What a variance is called, with the letter of the formulas."""
        _ = self.words.catalogue.gettext
        if of == "tau_a2":
            return _("between areas of a person (tau_a squared)")
        if of == "tau_c2" or block is None:
            return _("between competencies of an area (tau_c squared)")
        return _("between people: %(block)s (s squared)") % {"block": _(BLOCKS[self.blocks[block]])}
