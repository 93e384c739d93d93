"""What a schema refuses, said to an author in plain words. Which files are read is the loader's matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assessor.banks.places import described, dotted, has_step, inner_value
from assessor.items.base import Languages, Part
from assessor.messages import Place, Said, Unsound, counted, said

Model = TypeVar("Model", bound=BaseModel)
Label = Callable[[Place], str]


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a file's values, and what would be right."""

    place: Place
    found: str
    wanted: str


_ADVICE: Mapping[str, Said] = {
    "advice": said("add two things to do next month for each of the four levels, the lowest first"),
    "anchors": said("say what each number of points, or level, looks like, the lowest first"),
    "as_of": said("add the day on which the key was written, as 2026-11-22"),
    "band": said("add the least and the most points that are accepted, as [20, 40]"),
    "categories": said("add what the prompts are put into, 2 to 6 of them"),
    "category": said("add the id of the right one"),
    "channels": said("add what the points are shared out over, 3 to 8 of them"),
    "effectiveness": said("add a number from 1 (very ineffective) to 5 (very effective)"),
    "interview": said("add two questions, each with what to listen for"),
    "keyed": said("add true where it is right to choose or mark this, else false"),
    "lure": said("name its kind of miss"),
    "minutes": said("add the minutes that it takes, as 1.5"),
    "nodes": said("add the turns, the first of them first"),
    "options": said("add the options"),
    "pool": said("add open or round"),
    "prompts": said("add what is to be put into categories, 3 to 8 of them"),
    "rubric": said("add what raters look at, 3 or 4 criteria"),
    "spans": said("add the passages of the draft, in order"),
    "status": said("add author-keyed, or draft"),
    "version": said('add it in quotes, as "0.1"'),
    "words": said("add how long the text is, as {{least: 60, most: 120}}"),
    "why": said("say why the option is as good as it is"),
}
_PATTERNS: Mapping[str, Said] = {
    r"^[a-z][a-z0-9_]{0,15}$": said("a lower-case letter, then letters, digits or _, 16 at most"),
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$": said("lower-case letters and digits, joined by single hyphens"),
    r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$": said("lower-case letters and digits, joined by single hyphens"),
    r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*\.[a-z]+$": said(
        "two lower-case words joined by a point, as audience.voice"
    ),
    r"^[a-z]+(?:_[a-z]+)*$": said("lower-case words joined by _"),
    r"^[a-z]{2,3}(?:-[A-Z]{2})?$": said("a language code, as fr or en"),
    r"^[a-z]{2}(?:-[a-z0-9]{1,3})?$": said("a country, and a province, as ca or ca-qc"),
}
_LEADING_PLACE = re.compile(r"((?:[a-z_]+)(?:\.[A-Za-z0-9_-]+)*): ")


def validated(
    kind: type[Model], value: Mapping[str, Any], languages: Languages | None, label: Label | None = None
) -> tuple[Model | None, list[Problem]]:
    """The instance, or every problem that keeps ``value`` from being one.

    ``languages`` are those that each text must and may have; None asks for none in particular. ``label`` says
    a place in words; by default as it stands in ``value``.
    """
    try:
        return kind.model_validate(value, context=languages), []
    except ValidationError as refused:
        errors = [error for error in refused.errors(include_url=False) if not _miscounted(error)]
    name: Label = label or (lambda place: dotted(place, value))
    problems = [problem for error in errors for problem in _problems(error, value, name)]
    taken = {problem.place for problem in problems}
    problems += [problem for problem in _hidden(kind, value, errors, name) if problem.place not in taken]
    return None, problems


def nearest(word: str, known: Mapping[str, Any] | set[str] | tuple[str, ...]) -> Said:
    """A question that names the known word most like this one, or nothing."""
    near = get_close_matches(word, sorted(set(known) - {word}), n=1, cutoff=0.6)
    return said(" (did you mean {word}?)", word=near[0]) if near else Said("", {})


def _miscounted(error: Any) -> bool:
    """Whether a list is called short only because some of its entries have errors of their own."""
    return error["type"] == "too_short" and bool(len(error["input"]) >= error["ctx"]["min_length"])


def _hidden(kind: type[Model], value: Mapping[str, Any], errors: list[Any], name: Label) -> Iterator[Problem]:
    """What only shows once the given errors are out of the way: rules over several fields, as a key's."""
    mended = deepcopy(dict(value))
    for error in errors:
        _mend(mended, _place(error, value), error["type"])
    try:
        kind.model_validate(mended)
    except ValidationError as refused:
        for error in refused.errors(include_url=False):
            if error["type"] == "value_error":
                yield from _problems(error, mended, name)


_STAND_INS: Mapping[str, str] = {"lure": "near", "competency": "a.a", "jurisdiction": "ca"}


def _mend(root: Any, place: Place, trouble: str) -> None:
    """Put something harmless where the trouble is, if that can be done without guessing a key."""
    holder = root
    for step in place[:-1]:
        holder = inner_value(holder, step)
    if not place or not isinstance(holder, dict):
        return
    last = place[-1]
    if trouble == "extra_forbidden":
        holder.pop(last, None)
    elif last in _STAND_INS:
        holder[last] = _STAND_INS[str(last)]
    elif last == "id":
        holder[last] = "x" + "".join(str(step) for step in place if isinstance(step, int))
    elif trouble in {"missing", "dict_type"} or holder.get(last) == {}:
        holder[last] = {"en": "x"}
    elif isinstance(holder.get(last), str | None):
        holder[last] = "x"


def _place(error: Any, value: Any) -> Place:
    """Where an error is in the values; the schema's own steps, as a union's member, are left out."""
    place: list[str | int] = []
    for step in error["loc"]:
        if has_step(value, step):
            value = inner_value(value, step)
            place.append(step)
    return (*place, error["loc"][-1]) if error["type"] == "missing" else tuple(place)


def _problems(error: Any, value: Any, name: Label) -> Iterator[Problem]:
    """The problems that one error of the schema stands for, in plain words."""
    place = _place(error, value)
    if error["type"] != "value_error":
        label: str = name(place) or said("the file")
        found, wanted = _WORDS.get(error["type"], _other)(error, label, place)
        yield Problem(place, found, wanted)
    elif isinstance(refused := error["ctx"]["error"], Unsound):
        for fault in refused.faults:
            inner = (*place, *fault.place)
            yield Problem(inner, _labelled(name(inner), fault.found), fault.wanted)
    else:
        yield from _plain_problems(str(refused), place, name)


def _labelled(label: str, found: Said) -> Said:
    return said("{label}: {found}", label=label, found=found) if label else found


def _plain_problems(text: str, place: Place, name: Label) -> Iterator[Problem]:
    """The lines of an error that gives each as ``place: what is wrong - what would be right``."""
    for line in text.split("\n"):
        inner, said = place, line
        if leading := _LEADING_PLACE.match(line):
            steps = tuple(int(step) if step.isdigit() else step for step in leading[1].split("."))
            inner, said = (*place, *steps), line[leading.end() :]
        found, _, wanted = said.partition(" - ")
        label = name(inner)
        yield Problem(inner, f"{label}: {found}" if label else found, wanted or "mend it")


Words = Callable[[Any, str, Place], tuple[Said, Said]]


def _missing(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return said("{label} is missing", label=label), _ADVICE.get(str(place[-1]), said("add it"))


def _unknown(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    near = nearest(str(place[-1]), _all_keys())
    return said("{label} is no key of this place", label=label), said("take it out{near}", near=near)


def _is(error: Any, label: str) -> Said:
    return said("{label} is {value}", label=label, value=described(error["input"]))


def _no_text(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    if error["input"] is None:
        return said("{label} is empty", label=label), said("write it, or take the key out")
    if isinstance(error["input"], Mapping | list):
        return _is(error, label), said("give one text")
    found = said("{label} is {value}, which is no text", label=label, value=described(error["input"]))
    return found, said("put it in quotes")


def _no_mapping(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return _is(error, label), said("give a mapping, as {{fr: ..., en: ...}} for a text")


def _no_part(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return _is(error, label), said("give a mapping of keys")


def _no_list(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return _is(error, label), said("give a list")


def _no_number(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    found = said("{label} is {value}, which is no number", label=label, value=described(error["input"]))
    return found, said("give a number, without quotes")


def _not_allowed(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    expected = error["ctx"].get("expected") or error["ctx"].get("expected_tags") or ""
    allowed = re.findall(r"'([^']*)'", expected) or re.findall(r"\d+", expected)
    near = nearest(error["input"], tuple(allowed)) if isinstance(error["input"], str) else ""
    found = said("{label} is {value}", label=label, value=described(error["ctx"].get("tag", error["input"])))
    return found, said("use one of {known}{near}", known=", ".join(allowed), near=near)


def _no_kind(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return said("{label} is missing", label=f"{label}.kind"), said("say what it is, as kind: post")


def _pattern(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    pattern = error["ctx"]["pattern"]
    return _is(error, label), said("write {pattern}", pattern=_PATTERNS.get(pattern, pattern))


_BOUNDS: Mapping[str, Said] = {
    "ge": said("give a number, at least {bound:g}", bound=0.0),
    "gt": said("give a number, more than {bound:g}", bound=0.0),
    "le": said("give a number, at most {bound:g}", bound=0.0),
    "lt": said("give a number, less than {bound:g}", bound=0.0),
}


def _range(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    found = said("{label} is {value}, off the scale", label=label, value=described(error["input"]))
    if place and place[-1] == "effectiveness":
        return found, said("give a number from 1 to 5")
    (name, bound), *_ = error["ctx"].items()
    return found, Said(_BOUNDS[name].message, {"bound": bound})


def _count(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    context = error["ctx"]
    actual = context.get("actual_length") or len(error["input"])
    if isinstance(error["input"], str):
        found = counted(
            "{label} has {count} character", "{label} has {count} characters", actual, label=label
        )
    else:
        found = counted("{label} has {count} entry", "{label} has {count} entries", actual, label=label)
    if "min_length" in context:
        return found, said("give at least {count}", count=context["min_length"])
    return found, said("give at most {count}", count=context["max_length"])


def _no_choice(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return _is(error, label), said("write true or false, without quotes")


def _no_whole(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return _is(error, label), said("give a whole number, without quotes")


def _other(error: Any, label: str, place: Place) -> tuple[Said, Said]:
    return _is(error, label), said("mend it ({reason})", reason=str(error["msg"]))


_WORDS: Mapping[str, Words] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _no_text,
    "dict_type": _no_mapping,
    "model_type": _no_part,
    "model_attributes_type": _no_part,
    "tuple_type": _no_list,
    "float_type": _no_number,
    "bool_type": _no_choice,
    "int_type": _no_whole,
    "int_from_float": _no_whole,
    "finite_number": _no_number,
    "literal_error": _not_allowed,
    "union_tag_invalid": _not_allowed,
    "union_tag_not_found": _no_kind,
    "string_pattern_mismatch": _pattern,
    "greater_than": _range,
    "greater_than_equal": _range,
    "less_than": _range,
    "less_than_equal": _range,
    "too_short": _count,
    "too_long": _count,
    "string_too_long": _count,
    "string_too_short": _count,
}


def _all_keys() -> set[str]:
    """Every key that some part of a bank may have."""
    kinds, keys = [Part], set[str]()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        keys |= set(kind.model_fields)
    return keys
