"""A kept score document read back: the profile that it says, with the texts that it was made with.

Its numbers are taken as they stand, whatever this version would calculate; their words live elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy.special import ndtr

from assessor.banks.schema import Area, Domain, Framework, Library, RoleProfile
from assessor.items import type_of
from assessor.items.base import Response, ResponseError
from assessor.measurement.evidence import Evidence, evidence_of
from assessor.measurement.minimums import Judgement, MinimumResult
from assessor.measurement.minimums import State as MinimumState
from assessor.measurement.sensitivity import KeyId, Moved
from assessor.profile.answers import MIDDLE, key_statuses, near_chance, to_think_about
from assessor.profile.build import stand_out
from assessor.profile.document import VERSION
from assessor.profile.model import (
    AreaResult,
    CompetencyResult,
    ContrastResult,
    Effort,
    Estimate,
    Fit,
    ItemResult,
    LureResult,
    Profile,
    Without,
)
from assessor.scoring.contrasts import LureCount
from assessor.scoring.levels import Level, Reading
from assessor.scoring.model import Parameters, Trust
from assessor.scoring.personfit import PersonFit
from assessor.scoring.populations import Population, Range
from assessor.sittings import Answer, Sitting, State

Known = TypeVar("Known")
_AtLeastZero = Annotated[float, Field(ge=0)]


class Unreadable(ValueError):
    """This version cannot read the score document; the message says where, and quotes nothing of it."""


class _Kept(BaseModel):
    """A part of a score document, checked; what has a default was not written by every version."""

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)


class _Estimate(_Kept):
    estimate: float | None
    se: _AtLeastZero | None = None
    low: float | None = None
    high: float | None = None
    level: int | Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    p_level: float | None = None

    def said(self, framework: Framework) -> Estimate | None:
        """The estimate as it was kept; None where nothing was measured."""
        if self.estimate is None:
            return None
        if self.se is None or self.low is None or self.high is None:
            raise Unreadable("an estimate without its range")
        return Estimate(self.estimate, self.se, self.low, self.high, self._level(len(framework.levels)))

    def _level(self, most: int) -> Level:
        if self.level is None:
            # A range that names no level was kept as such: which ones it touched says nothing more.
            return Level(1, most, 1.0)
        lower, upper = (self.level, self.level) if isinstance(self.level, int) else self.level
        if not 1 <= lower <= upper <= most or self.p_level is None:
            raise Unreadable("a level that the framework does not have")
        return Level(lower, upper, self.p_level)


class _Minimum(_Kept):
    minimum: float
    p_minimum: float | None
    p_ends: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    #: The first versions held every minimum for judged that a form measured.
    state: MinimumState | None = None

    def result(self, of: str) -> MinimumResult:
        ends = None if self.p_ends is None else (self.p_ends[0], self.p_ends[1])
        kept_before: MinimumState = "not_measured" if self.p_minimum is None else "judged"
        return MinimumResult(of, self.minimum, self.p_minimum, self.state or kept_before, ends)


class _Fit(_Estimate):
    coverage: float
    p_minimums: float | None
    reading: Reading | None
    minimums: dict[str, _Minimum]

    def fit(self, role: RoleProfile, framework: Framework) -> Fit:
        """What was kept of the role, its minimums in the order in which it names them."""
        _require("minimums", [wanted.of for wanted in role.minimums], self.minimums)
        found = tuple(self.minimums[wanted.of].result(wanted.of) for wanted in role.minimums)
        return Fit(self.said(framework), self.coverage, Judgement(found, self.p_minimums, self.reading))


class _Item(_Kept):
    id: str
    digest: str
    state: State
    score: float | None
    b: float
    v_b: float
    sigma: float
    spreads: list[float] = []
    language: str
    seconds: float | None


class _Competency(_Estimate):
    n_items: int
    raw: float | None
    own_weight: float | None
    #: The first versions gave every competency and area words of its own.
    told: bool = True
    error_reduction: float | None = None


class _Area(_Estimate):
    n_items: int
    told: bool = True
    error_reduction: float | None = None


class _Contrast(_Kept):
    id: str
    difference: float
    p: float


class _Lure(_Kept):
    chosen: int
    expected: float
    p: float
    said: bool | None = None

    def result(self, kind: str) -> LureResult:
        is_said = (
            LureCount(kind, self.chosen, self.expected, self.p).is_said if self.said is None else self.said
        )
        return LureResult(kind, self.chosen, self.expected, self.p, is_said)


class _Effort(_Kept):
    rte: float | None
    unanswered: int
    not_reached: int
    minutes: float | None


class _PersonFit(_Kept):
    mean_square: float
    p: float
    n: int
    said: bool

    def result(self) -> PersonFit:
        return PersonFit(self.mean_square, self.p, self.n, self.said)


class _Without(_Kept):
    share: float
    areas: dict[str, _Estimate]
    fit: _Estimate


class _Population(_Kept):
    mean: float
    sd: _AtLeastZero
    blocks: dict[str, _Population] = {}

    def end(self) -> Population:
        own = tuple((int(block), one.mean, one.sd) for block, one in self.blocks.items())
        return Population(self.mean, self.sd, own)


class _Populations(_Kept):
    weak: _Population
    strong: _Population
    between_blocks: float

    def within(self) -> Range:
        """The range as it was kept."""
        return Range(self.weak.end(), self.strong.end(), self.between_blocks)


class _Evidence(_Kept):
    core_items: int
    core_answered: int
    core_needed: int
    core_waiting: int
    unanswered: int
    of: int

    def evidence(self) -> Evidence:
        """What was counted when it was kept."""
        answered, needed = self.core_answered, self.core_needed
        return Evidence(self.core_items, answered, needed, self.core_waiting, self.unanswered, self.of)


class _Model(_Kept):
    source: str
    tau_a: _AtLeastZero
    tau_c: _AtLeastZero
    beta: _AtLeastZero
    beta_t: _AtLeastZero
    signature: Trust | None = None
    populations: _Populations | None = None


class _Moved(_Kept):
    items: int
    competencies: dict[str, float | None]
    areas: dict[str, float | None]
    fit: float | None


class _Document(_Kept):
    version: int = 1
    candidate: str
    role: str
    role_digest: str
    framework_digest: str
    form: str
    language: str
    software: str
    provisional: bool
    model: _Model
    seed: int
    draws: int
    items: list[_Item]
    responses: dict[str, Any]
    ratings: dict[str, list[dict[str, int]]]
    competencies: dict[str, _Competency]
    areas: dict[str, _Area]
    fit: _Fit
    other_roles: dict[str, _Fit]
    contrasts: list[_Contrast]
    lures: dict[str, _Lure]
    effort: _Effort
    without_unanswered: _Without | None
    mean: list[float]
    covariance: list[list[float]]
    levels: dict[str, float] = {}
    evidence: _Evidence | None = None
    key_sensitivity: dict[KeyId, _Moved] = {}
    person_fit: _PersonFit | None = None
    strengths: list[str] | None = None
    growths: list[str] | None = None
    to_think_about: list[str] | None = None
    near_chance: bool | None = None


def recalled(kept: object, sitting: Sitting, role: RoleProfile, library: Library) -> Profile:
    """The profile that a score document says of a sitting under ``role``, with the texts of ``library``.

    Nothing is estimated. Of what the first versions did not write, what stands out and what is worth a
    thought follow from the document's own numbers; how far other keys move the estimates is left out. Raise
    Unreadable for what is no such document, for one of a later version, and for one made with other texts.
    """
    read = _checked(kept)
    domain, framework = library.domain(role.domain), library.framework
    _require("role", [role.id], [read.role])
    _require("framework", [library.framework_digest], [read.framework_digest])
    _require("competencies", [one.id for one in domain.competencies], read.competencies)
    _require("areas", [area.id for area in domain.areas], read.areas)
    items = _items(read, sitting)
    fit = read.fit.fit(role, framework)
    areas = tuple(_area(area, read.areas[area.id], fit, framework) for area in domain.areas)
    known_areas = {result.area.id: result for result in areas}
    known_items = {result.answer.item.id: result for result in items}
    return Profile(
        candidate=read.candidate,
        language=read.language,
        pool=sitting.pool,
        role=role,
        domain=domain,
        form_digest=read.form,
        role_digest=read.role_digest,
        framework_digest=read.framework_digest,
        framework=framework,
        software=read.software,
        parameters=_parameters(read.model),
        within=None if read.model.populations is None else read.model.populations.within(),
        seed=read.seed,
        draws=read.draws,
        started=sitting.started,
        finished=sitting.finished,
        levels=read.levels,
        evidence=_evidence(items, domain) if read.evidence is None else read.evidence.evidence(),
        provisional=read.provisional,
        items=items,
        competencies=_competencies(read, domain, fit, framework),
        areas=areas,
        fit=fit,
        contrasts=_contrasts(read, framework),
        is_near_chance=near_chance(items, domain) if read.near_chance is None else read.near_chance,
        strengths=stand_out(areas, high=True)
        if read.strengths is None
        else _named("strengths", read.strengths, known_areas),
        growths=stand_out(areas, high=False)
        if read.growths is None
        else _named("growths", read.growths, known_areas),
        lures=tuple(lure.result(kind) for kind, lure in read.lures.items()),
        effort=Effort(**dict(read.effort)),
        key_statuses=key_statuses(sitting),
        without_unanswered=_without(read.without_unanswered, framework),
        mean=tuple(value / 100 for value in read.mean),
        covariance=tuple(tuple(value / 10_000 for value in row) for row in read.covariance),
        other_roles=_other_roles(read, library, role),
        length=sitting.length,
        receipt=sitting.receipt,
        to_think_about=to_think_about(items)
        if read.to_think_about is None
        else _named("things to think about", read.to_think_about, known_items),
        key_sensitivity=tuple(Moved(key=key, **dict(moved)) for key, moved in read.key_sensitivity.items()),
        person_fit=None if read.person_fit is None else read.person_fit.result(),
    )


def _checked(kept: object) -> _Document:
    # First the version: what a later one may write here is not known.
    version = kept.get("version", 1) if isinstance(kept, Mapping) else None
    if isinstance(version, int) and version > VERSION:
        raise Unreadable(f"a score document of version {version}, after {VERSION}")
    try:
        return _Document.model_validate(kept)
    except ValidationError as error:
        places = sorted({".".join(map(str, fault["loc"][:1])) for fault in error.errors()})
        # Without its cause, which quotes the answers.
        raise Unreadable(f"not a score document: {', '.join(places)}") from None


def _require(kind: str, wanted: Iterable[str], found: Iterable[str]) -> None:
    """Raise Unreadable unless both name the same."""
    if set(wanted) != set(found):
        raise Unreadable(f"made with other texts: {kind}")


def _named(kind: str, wanted: Iterable[str], known: Mapping[str, Known]) -> tuple[Known, ...]:
    """What stands under those names; raise Unreadable for one that nothing has."""
    try:
        return tuple(known[name] for name in wanted)
    except KeyError:
        raise Unreadable(f"made with other texts: {kind}") from None


def _evidence(items: Sequence[ItemResult], domain: Domain) -> Evidence:
    """How much was answered; the first versions made a profile of anything, and what they said stands."""
    counted = evidence_of([one.answer for one in items], [one.score is not None for one in items], domain)
    return replace(counted, needed=0)


def _items(read: _Document, sitting: Sitting) -> tuple[ItemResult, ...]:
    versions = {answer.item.digest: answer.item for answer in sitting.answers}
    items = _named("items", [kept.digest for kept in read.items], versions)
    return tuple(
        _item(
            Answer(
                item=item,
                state=kept.state,
                response=read.responses.get(kept.id),
                language=kept.language,
                seconds=kept.seconds,
                ratings=tuple(read.ratings.get(kept.id, ())),
            ),
            kept,
        )
        for kept, item in zip(read.items, items, strict=True)
    )


def _item(answer: Answer, kept: _Item) -> ItemResult:
    content = answer.item.content
    kind = type_of(content)
    response: Response | None = answer.response
    try:
        explained = kind.explain(content, None if response is None else kind.check(content, response))
    except ResponseError:
        raise Unreadable("an answer that the item does not take") from None
    return ItemResult(
        answer, kept.score, kept.sigma, explained, b=kept.b, v_b=kept.v_b, spreads=tuple(kept.spreads)
    )


def _competencies(
    read: _Document, domain: Domain, fit: Fit, framework: Framework
) -> tuple[CompetencyResult, ...]:
    found = []
    for competency in domain.competencies:
        kept, area = read.competencies[competency.id], domain.area_of[competency.id]
        found.append(
            CompetencyResult(
                competency=competency,
                area_id=area.id,
                block=area.block,
                estimate=kept.said(framework),
                n_items=kept.n_items,
                raw=kept.raw,
                own_weight=kept.own_weight,
                area_weight=None,
                rest_weight=None,
                minimum=_minimum(fit, competency.id),
                reduction=kept.error_reduction,
                is_told=kept.told,
            )
        )
    return tuple(found)


def _area(area: Area, kept: _Area, fit: Fit, framework: Framework) -> AreaResult:
    said = kept.said(framework)
    # Documents that do not name what stands out have normal errors.
    p_high = None if said is None else float(ndtr((said.estimate - 100 * MIDDLE) / max(said.se, 1e-9)))
    minimum = _minimum(fit, area.id)
    return AreaResult(area, said, kept.n_items, p_high, minimum, kept.error_reduction, kept.told)


def _minimum(fit: Fit, of: str) -> MinimumResult | None:
    return next((one for one in fit.minimums if one.of == of), None)


def _contrasts(read: _Document, framework: Framework) -> tuple[ContrastResult, ...]:
    known = {contrast.id: contrast for contrast in framework.contrasts}
    found = _named("contrasts", [kept.id for kept in read.contrasts], known)
    return tuple(
        ContrastResult(contrast, kept.difference, kept.p)
        for contrast, kept in zip(found, read.contrasts, strict=True)
    )


def _without(kept: _Without | None, framework: Framework) -> Without | None:
    if kept is None:
        return None
    areas = {area: said.said(framework) for area, said in kept.areas.items()}
    return Without(kept.share, areas, kept.fit.said(framework))


def _other_roles(read: _Document, library: Library, role: RoleProfile) -> tuple[tuple[RoleProfile, Fit], ...]:
    known = {other.id: other for other in library.roles_of(role.domain)}
    others = _named("roles", read.other_roles, known)
    return tuple((other, read.other_roles[other.id].fit(other, library.framework)) for other in others)


def _parameters(kept: _Model) -> Parameters:
    return Parameters(
        tau_a=kept.tau_a,
        tau_c=kept.tau_c,
        beta=kept.beta,
        beta_t=kept.beta_t,
        source=kept.source,
        trust=kept.signature,
    )
