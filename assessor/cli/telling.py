"""Tables of what forms and sittings say, in the words and on the scale of the reports. Computes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assessor.banks.schema import Domain, Library, RoleProfile
from assessor.cli.terminal import table
from assessor.language.typography import lowered
from assessor.measurement.minimums import Reach
from assessor.profile import Profile
from assessor.profile.model import Estimate
from assessor.report.words import NOT_JUDGED, Words
from assessor.scoring.model import PLANNING, Parameters
from assessor.scoring.populations import PLANNED
from assessor.studies.comparison import Comparison, Move

#: A share of a role's weight from which nothing worth a word is missing.
WHOLE = 0.995


def scored(profiles: Iterable[Profile], domain: Domain, language: str) -> Iterator[str]:
    """A line a sitting: the fit, the areas, and what is said of the role's minimums; none for nobody."""
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
    parameters: Parameters = PLANNING
    within = PLANNED
    for profile in profiles:
        parameters, within = profile.parameters, profile.within or within
        if not profile.speaks:
            silent = [_("no profile"), *[""] * len(profile.areas), "", words.no_profile(profile.evidence)]
            rows.append((profile.candidate, *silent))
            continue
        said = [profile.fit.estimate, *(area.estimate for area in profile.areas)]
        told = profile.fit.judgement
        cells = (with_range(words, one) for one in said)
        rows.append((profile.candidate, *cells, words.chances_of_all(told), words.minimums(told, names)))
    if len(rows) == 1:
        return
    yield from table(rows, right=range(1, len(domain.areas) + 2))
    yield ""
    yield _("0 is answering at random, 100 the answer key; in brackets the range that holds it 8 times in 10")
    yield words.populations(within)
    yield from _calibrated_by(parameters, words)


def _calibrated_by(parameters: Parameters, words: Words) -> Iterator[str]:
    """The calibration that was used and whose it is; nothing where there was none."""
    if parameters.trust is not None:
        name = words.calibration(parameters)
        yield words.catalogue.gettext("read under the calibration %(name)s") % {"name": name}


def with_range(words: Words, said: Estimate | None) -> str:
    """An estimate with its range, clipped to the scale as in a report, or that there is none."""
    if said is None:
        return words.catalogue.gettext("not measured")
    return f"{words.estimate(said.estimate)} ({words.interval(said.low, said.high)})"


def names_of(domain: Domain, words: Words) -> Mapping[str, str]:
    """Area or competency id -> its name."""
    areas = {one.id: words.text(one.name) for one in domain.areas}
    return areas | {one.id: words.text(one.name) for one in domain.competencies}


def formed(reaches: Sequence[tuple[Reach, float]], domain: Domain, language: str) -> Iterator[str]:
    """What a form can say of each of a role's minimums, and from which estimate on it is likely met."""
    if not reaches:
        return
    words = Words(language)
    _ = words.catalogue.gettext
    names = names_of(domain, words)
    yield "\n" + _("minimums: what this form can say of them")
    rows = [("", _("minimum"), _("likely met from"), _("best answers"), _("worst answers"))]
    for one, likely_from in reaches:
        minimum = words.figure(100 * one.minimum)
        if one.state != "judged":
            rows.append((names[one.of], minimum, _(NOT_JUDGED[one.state]), "", ""))
            continue
        likely = _("never") if math.isnan(likely_from) else words.estimate(100 * likely_from)
        best, worst = (words.chances_met(p) for p in (one.p_highest, one.p_lowest))
        rows.append((names[one.of], minimum, likely, best, worst))
    yield from table(rows, right=(1,))


def compared(found: Comparison, library: Library, words: Words) -> Iterator[str]:
    """A line a candidate, by group and name; then what the groups rest on and what they leave out."""
    _ = words.catalogue.gettext
    domain, role = library.domain(found.domain_id), library.role(found.role_id)
    names = names_of(domain, words)
    rows = [
        (
            _("group"),
            _("candidate"),
            _("role fit"),
            *(names[area.id] for area in domain.areas),
            _("rank"),
            _("all minimums met"),
            _("minimums"),
        )
    ]
    for one in found.standings:
        points = (one.areas[area.id] for area in domain.areas)
        rows.append(
            (
                str(one.group),
                one.name,
                f"{words.estimate(one.estimate)} ({words.interval(one.low, one.high)})",
                *(_("not measured") if value is None else words.estimate(value) for value in points),
                _("%(low)s to %(high)s") % {"low": one.rank_low, "high": one.rank_high},
                words.chances_of_all(one.judgement),
                words.minimums(one.judgement, names),
            )
        )
    yield from table(rows, right=[0, *range(2, len(domain.areas) + 4)])
    yield ""
    yield _("candidates of one group cannot be told apart: they stand by name, never by score")
    if role.minimums:
        said = [
            _("%(name)s, %(minimum)s")
            % {"name": lowered(names[one.of]), "minimum": words.figure(one.minimum)}
            for one in role.minimums
        ]
        yield _("minimums of this role; they make no group: %(minimums)s") % {"minimums": "; ".join(said)}
    yield words.populations_compared(found.within)
    yield from _resting_on(found, words)
    for number, band in enumerate(found.sliding, start=1):
        yield _("sliding band %(number)s: %(names)s") % {"number": number, "names": ", ".join(band)}
    for left_out in found.left_out:
        yield _("left out: %(name)s: %(why)s") % {"name": left_out.name, "why": _(left_out.why)}


def _resting_on(found: Comparison, words: Words) -> Iterator[str]:
    """What is compared, in which languages, and what the document does not hold."""
    _, ngettext = words.catalogue.gettext, words.catalogue.ngettext
    yield from _calibrated_by(found.model, words)
    weight = {"part": words.parts(found.coverage)}
    if found.core_only:
        yield (
            _(
                "sittings of another domain are among these: only the core is compared, "
                "%(part)s of what this role weighs"
            )
            % weight
        )
    elif found.coverage < WHOLE:
        yield _("only what every form measures is compared, %(part)s of what this role weighs") % weight
    if len(found.languages) > 1:
        languages = words.listed([words.language_name(language) for language in found.languages])
        yield _(
            "the answers are in more than one language (%(languages)s): whether the situations are equally "
            "hard in each has not been studied, and differences between languages count as less sure"
        ) % {"languages": languages}
    if found.overestimate is not None:
        points = round(found.overestimate)
        yield ngettext(
            "the highest estimate in a list is probably too high; here by about %(num)s point",
            "the highest estimate in a list is probably too high; here by about %(num)s points",
            points,
        ) % {"num": points}
    if len(found.pairs) < found.pairs_of:
        yield _(
            "the document (--json) gives %(shown)s of %(of)s pairs, those among the %(among)s highest "
            "estimates; the others are left out (--pairs)"
        ) % {
            "shown": words.figure(len(found.pairs)),
            "of": words.figure(found.pairs_of),
            "among": words.figure(found.pairs_among),
        }


def moved_under(
    here: Comparison,
    there: Comparison,
    other: RoleProfile,
    moves: Sequence[Move],
    library: Library,
    words: Words,
) -> Iterator[str]:
    """Who is in another group under the other role, and what explains it."""
    _ = words.catalogue.gettext
    title = {"role": words.text(other.title)}
    yield ""
    if not moves:
        yield _("under %(role)s: everybody is in the same group") % title
        return
    yield _("under %(role)s, in another group:") % title
    names = _areas_of(here, there, library, words)
    for one in moves:
        said = {"name": one.name, "group": one.group, "other": one.other_group}
        if one.reason is None:
            yield (
                _(
                    "  %(name)s: group %(group)s here, %(other)s there; against the others hardly any "
                    "change: the limit between the groups has moved"
                )
                % said
            )
            continue
        yield _(
            "  %(name)s: group %(group)s here, %(other)s there; mostly by %(area)s, which weighs "
            "%(here)s here and %(there)s there"
        ) % {
            **said,
            "area": names[one.reason],
            "here": words.weight(here.area_weights.get(one.reason, 0.0)),
            "there": words.weight(there.area_weights.get(one.reason, 0.0)),
        }


def _areas_of(here: Comparison, there: Comparison, library: Library, words: Words) -> dict[str, str]:
    """Area id -> its name; where two domains name an area in their own way, both names."""
    named: dict[str, list[str]] = {}
    for domain_id in dict.fromkeys((here.domain_id, there.domain_id)):
        for area in library.domain(domain_id).areas:
            named.setdefault(area.id, []).append(lowered(words.text(area.name)))
    return {area: words.listed(list(dict.fromkeys(names))) for area, names in named.items()}
