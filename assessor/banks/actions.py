"""Whether what a report advises is something to do, and never the description of a fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from assessor.banks.places import Document, Finding
from assessor.banks.prose import words
from assessor.banks.schema import Advice, Competency, Framework
from assessor.messages import Place, counted, said

_NO_VERB_EN = frozenset(
    ("afterwards", "always", "besides", "its", "perhaps", "sometimes", "towards", "unless")
)
_NO_VERB_FR = frozenset(("assez", "chez", "nez", "rendez-vous", "rez"))
_IRREGULAR_FR = re.compile(r"(?:re|dé)?(?:faites|dites)(?:-\w+)*")
_IMPERATIVE_FR = re.compile(r"\w+ez(?:-\w+)*")
#: In -re only those that are common: « cadre » and « ouvre » are of the third person.
_INFINITIVE_FR = re.compile(
    r"\w+[ei]r|(?:re)?(?:dire|lire|écrire|faire|mettre|prendre|rendre|répondre|suivre)"
)


def _is_action_en(text: str) -> bool:
    """False where the first word reads as a verb of the third person: "Waits", "Has"."""
    first = words(text)[0] if words(text) else ""
    third = first.endswith("s") and not first.endswith(("ss", "us", "is")) and len(first) > 2
    return first in _NO_VERB_EN or not third


def _is_action_fr(text: str) -> bool:
    """Whether it holds an imperative (« vérifiez », « dites-le ») or begins with an infinitive."""
    found = [word.replace("’", "'").rpartition("'")[2] for word in words(text)]
    asked = any(
        _IRREGULAR_FR.fullmatch(word) or (_IMPERATIVE_FR.fullmatch(word) and word not in _NO_VERB_FR)
        for word in found
    )
    return asked or bool(found and _INFINITIVE_FR.fullmatch(found[0]))


#: Of other languages nothing is asked.
IS_ACTION: Mapping[str, Callable[[str], bool]] = {"en": _is_action_en, "fr": _is_action_fr}


def check_actions(
    competencies: Sequence[Competency], place: Place, framework: Framework, document: Document
) -> Iterator[Finding]:
    """What is wrong with the steps and the advice of these competencies, which stand at ``place``.

    An error: steps for other levels than the framework's aims, a step that is an anchor. A warning: what does
    not read as an action.
    """
    aims = [level.id for level in framework.levels if level.aim]
    for number, competency in enumerate(competencies):
        here = (*place, number)
        if competency.steps is not None and len(competency.steps) != len(aims):
            found = counted(
                "{count} step of {competency}, for {levels} levels to aim at",
                "{count} steps of {competency}, for {levels} levels to aim at",
                len(competency.steps),
                competency=competency.id,
                levels=len(aims),
            )
            wanted = (
                said("give one to each of {known}", known=", ".join(aims)) if aims else said("take them out")
            )
            yield document.error((*here, "steps"), found, wanted)
        for step, text in enumerate(competency.steps or ()):
            yield from _repeated(competency, text, (*here, "steps", step), document)
            yield from _not_done(text, (*here, "steps", step), document)
        yield from check_advice(competency.advice, here, document)


def check_advice(advice: Sequence[Advice] | None, place: Place, document: Document) -> Iterator[Finding]:
    """A warning for each advice of a competency or an area, which stands at ``place``, that is no action."""
    for level, advised in enumerate(advice or ()):
        for one, text in enumerate(advised):
            yield from _not_done(text, (*place, "advice", level, one), document)


def _repeated(
    competency: Competency, text: Mapping[str, str], place: Place, document: Document
) -> Iterator[Finding]:
    for language, step in text.items():
        if any(words(anchor.get(language, "")) == words(step) for anchor in competency.anchors):
            found = said(
                "a step of {competency} is an anchor in {language}",
                competency=competency.id,
                language=language,
            )
            yield document.error((*place, language), found, said("say what to do next, to the reader"))


def _not_done(text: Mapping[str, str], place: Place, document: Document) -> Iterator[Finding]:
    for language, step in text.items():
        if language in IS_ACTION and not IS_ACTION[language](step):
            found = said("no action in {language}: {words!r}", language=language, words=_begun(step))
            wanted = said("tell the reader what to do, as “Check …” or « Vérifiez … »")
            yield document.warning((*place, language), found, wanted)


def _begun(text: str) -> str:
    return " ".join(text.split()[:5])
