"""Tables of what forms and sittings say, in the words and on the scale of the reports. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assessor.banks.schema import Domain
from assessor.cli.terminal import table
from assessor.minimums import Reach
from assessor.profile import Profile
from assessor.profile.model import Estimate
from assessor.report.words import NOT_JUDGED, Words


def scored(profiles: Sequence[Profile], domain: Domain, language: str) -> Iterator[str]:
    """A line a sitting: the fit, the areas, and what is said of the role's minimums."""
    words = Words(language)
    _ = words.catalogue.gettext
    names = names_of(domain, words)
    rows = [
        (
            _("candidate"),
            _("role fit"),
            *(words.text(area.name) for area in domain.areas),
            _("all minimums met"),
            _("minimums"),
        )
    ]
    for profile in profiles:
        said = [profile.fit.estimate, *(area.estimate for area in profile.areas)]
        told = profile.fit.judgement
        cells = (with_range(words, one) for one in said)
        rows.append((profile.candidate, *cells, words.chances_of_all(told), words.minimums(told, names)))
    yield from table(rows, right=range(1, len(domain.areas) + 2))
    yield ""
    yield _("0 is answering at random, 100 the answer key; in brackets the range that holds it 8 times in 10")


def with_range(words: Words, said: Estimate | None) -> str:
    """An estimate with its range, clipped to the scale as in a report, or that there is none."""
    if said is None:
        return words.catalogue.gettext("not measured")
    return f"{words.estimate(said.estimate)} ({words.interval(said.low, said.high)})"


def names_of(domain: Domain, words: Words) -> Mapping[str, str]:
    """Area or competency id -> its name."""
    areas = {one.id: words.text(one.name) for one in domain.areas}
    return areas | {one.id: words.text(one.name) for one in domain.competencies}


def formed(reaches: Sequence[Reach], domain: Domain, language: str) -> Iterator[str]:
    """What a form can say of each of a role's minimums, before anybody answers."""
    if not reaches:
        return
    words = Words(language)
    _ = words.catalogue.gettext
    names = names_of(domain, words)
    yield "\n" + _("minimums: what this form can say of them")
    rows = [("", _("minimum"), _("likely met from"), _("best answers"), _("worst answers"))]
    for one in reaches:
        minimum = words.figure(100 * one.minimum)
        if one.state != "judged":
            rows.append((names[one.of], minimum, _(NOT_JUDGED[one.state]), "", ""))
            continue
        # Beyond the scale no answers give such an estimate.
        likely = words.estimate(100 * one.likely_from) if one.likely_from <= 1 else _("never")
        best, worst = (words.chances_met(p) for p in (one.p_highest, one.p_lowest))
        rows.append((names[one.of], minimum, likely, best, worst))
    yield from table(rows, right=(1,))
