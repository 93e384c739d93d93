"""A small bank and people who answered it: profiles that no change of a shipped bank moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from assessor.banks.schema import Bank, Bookkeeping, Framework, Item, LengthId, Library, RoleProfile
from assessor.items import read_content
from assessor.profile import Profile, build
from assessor.profile.model import ItemResult
from assessor.scoring.model import PLANNING
from assessor.sittings import Answer, Sitting
from assessor.sittings.model import State
from assessor.studies import simulation

FINISHED = datetime(2026, 11, 18, 14, 2, tzinfo=UTC)
LANGUAGES = ("fr", "en")
NASTY = "Salon < R&D > & Fils"
LONG = "Comprendre l’organisation, son offre, ses partenaires et tout ce qu’elle promet à ses membres"

AREAS = {
    "strategy": ("core", "Stratégie", "Strategy", ("organisation", "situation", "risk")),
    "audience": ("core", "Publics", "Audience", ("publics", "voice", "dialogue")),
    "content": ("core", "Jugement de contenu", "Content judgement", ("relevance", "form")),
    "platform": ("gate", "Plateformes et recherche", "Platforms and search", ("search", "feeds")),
    "domain": ("domain", "Domaine", "Domain", ("learning",)),
}
LEVELS = (
    ("emerging", "à bâtir"),
    ("developing", "en développement"),
    ("proficient", "solide"),
    ("leading", "exemplaire"),
)
LURES = {"geek": ("la fonction avant le public", "the feature before the public")}


def both(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": en}


def competency(ident: str, name: str) -> dict[str, Any]:
    return {
        "id": ident,
        "name": both(LONG if name == "organisation" else f"Compétence {name}", f"Competency {name}"),
        "definition": both(f"Ce que « {name} » veut dire.", f"What “{name}” means."),
        "anchors": [both(f"Ancre {n} de {name}.", f"Anchor {n} of {name}.") for n in (1, 2, 3, 4)],
        "steps": [both(f"Allez à {n} : {name}.", f"Go to {n}: {name}.") for n in (3, 4)],
        "advice": [
            [both(f"Conseil {n}{half} de {name}.", f"Advice {n}{half} on {name}.") for half in "ab"]
            for n in (1, 2, 3, 4)
        ],
    }


def framework() -> Framework:
    areas = [
        {
            "id": ident,
            "block": block,
            "name": both(fr, en),
            "definition": both(fr, en),
            "strength": both(f"Force {ident}.", f"Strength {ident}."),
            "growth": both(f"Progrès {ident}.", f"Growth {ident}."),
            "advice": [
                [both(f"Essai {n}{half} de {ident}.", f"Try {n}{half} in {ident}.") for half in "ab"]
                for n in (1, 2, 3, 4)
            ],
            "competencies": [competency(f"{ident}.{name}", name) for name in names],
        }
        for ident, (block, fr, en, names) in AREAS.items()
    ]
    contrasts = [
        {
            "id": f"{over}_over_{under}",
            "over": over,
            "under": under,
            "sentence": both(f"{over} devance {under}.", f"{over} runs ahead of {under}."),
            "sentence_about": both("On le voit.", "It shows."),
        }
        for over, under in (("platform", "audience"), ("audience", "platform"))
    ]
    return Framework.model_validate(
        {
            "version": "0.1",
            "languages": LANGUAGES,
            "levels": [
                {
                    "id": en,
                    "name": both(fr, en),
                    "description": both("Étiquette.", "A label."),
                    "aim": en in ("proficient", "leading"),
                }
                for en, fr in LEVELS
            ],
            "cuts": [25, 50, 75],
            "areas": areas,
            "contrasts": contrasts,
            "general_title": both("Profil général", "General profile"),
            "lures": {kind: both(*words) for kind, words in LURES.items()},
        }
    )


STIMULI: tuple[dict[str, Any] | None, ...] = (
    None,
    {
        "kind": "post",
        "network": both("réseau", "network"),
        "author": both(NASTY, NASTY),
        "time": both("programmée pour 12 h 30", "scheduled for 12:30 p.m."),
        "text": both("Première ligne.\nDeuxième ligne à 1 200 $.", "First line.\nSecond line at $1,200."),
        "image": both("une main tient un téléphone", "a hand holds a phone"),
        "reactions": both("12 mentions J’aime", "12 likes"),
        "replies_title": both("Réponses", "Replies"),
        "replies": [
            {"author": both("M. Nadeau", "M. Nadeau"), "text": both("Est-ce que c’est vrai?", "Is it true?")}
        ],
    },
    {
        "kind": "thread",
        "title": both("Commentaires", "Comments"),
        "messages": [
            {
                "author": both("Jolène", "Jolene"),
                "time": both("lundi, 19 h 12", "Monday, 7:12 p.m."),
                "text": both("Je finis à 22 h.", "I get off at 10."),
            }
        ],
    },
    {
        "kind": "table",
        "caption": both("Visites : moyennes", "Visits: averages"),
        "columns": [both("Mesure", "Measure"), both("Avant", "Before"), both("Après", "After")],
        "rows": [
            [both("Visites", "Visits"), 21400, 85],
            [both("Taux", "Rate"), 1.5, both("inconnu", "unknown")],
        ],
    },
    {
        "kind": "calendar",
        "caption": both("La semaine", "The week"),
        "entries": [
            {
                "when": both("lundi", "Monday"),
                "channel": both("blogue", "blog"),
                "text": both("Un billet", "A post"),
            }
        ],
    },
    {
        "kind": "brief",
        "title": both("La demande", "The request"),
        "points": [{"label": both("But", "Aim"), "text": both("Plus de visites", "More visits")}],
    },
)
TYPES = ("best", "best_worst", "rank", "rate")
VALUES = (2, 5, 1, 4, 3)


def item(number: int, competency_id: str) -> Item:
    options = [
        {
            "id": letter,
            "text": both(
                f"Réponse {letter} de la mise en situation {number}.", f"Response {letter} of {number}."
            ),
            "effectiveness": value,
            "why": both(f"Parce que {letter} & < {number} : « non ».", f"Because {letter} & < {number}."),
            **({} if value == 5 else {"lure": "geek"}),
        }
        for letter, value in zip("abcde", VALUES, strict=True)
    ]
    content = read_content(
        {
            "id": f"sample-{number}",
            "type": TYPES[number % len(TYPES)],
            "competency": competency_id,
            "situation": both(
                f"Vous gérez la page de {NASTY}, no {number}.", f"You run the page of {NASTY}, {number}."
            ),
            "stimulus": STIMULI[number % len(STIMULI)],
            "principle": both("On vérifie d’abord.", "Check first."),
            "options": options,
        }
    )
    book = Bookkeeping(minutes=2, pool="open", status="author-keyed", as_of=date(2026, 11, 22))
    return Item(content, content.digest(), "core", book)


def library() -> Library:
    shaped = framework()
    heads = {"licence": "CC-BY-4.0", "version": "0.1", "languages": LANGUAGES, "authors": ["The authors"]}
    core = Bank.model_validate(
        {"id": "core", "kind": "core", "title": both("Tronc", "Core"), "description": both("d", "d"), **heads}
    )
    arts = Bank.model_validate(
        {
            "id": "arts",
            "kind": "domain",
            "title": both("Arts et culture", "Arts and culture"),
            "description": both("d", "d"),
            "competencies": [competency("arts.works", "works"), competency("arts.venues", "venues")],
            **heads,
        }
    )
    named = [
        f"{area}.{name}" for area, (block, _, _, names) in AREAS.items() if block != "gate" for name in names
    ] + ["arts.works"]
    roles = [
        RoleProfile.model_validate(
            {
                "id": ident,
                "domain": "arts",
                "title": both(fr, en),
                "summary": both("Un poste.", "A post."),
                "weights": [
                    {"competency": one, "weight": 1 + (n % 3 if ident == "museum" else 0)}
                    for n, one in enumerate(named)
                ],
                "minimums": minimums,
            }
        )
        for ident, fr, en, minimums in (
            ("museum", "Médias sociaux, musée < d’art >", "Social media, < art > museum", MINIMUMS),
            ("festival", "Festival", "Festival", ()),
        )
    ]
    measured = [*(one for one in named if one != "strategy.risk"), "platform.search"]
    items = [item(number, measured[number % len(measured)]) for number in range(20)]
    return Library(
        shaped,
        "sha256:" + "f" * 64,
        {"core": core, "arts": arts},
        {one.id: one for one in items},
        {role.id: role for role in roles},
    )


MINIMUMS = (
    {"of": "strategy", "minimum": 40},
    {"of": "audience.publics", "minimum": 40},
    {"of": "strategy.risk", "minimum": 40},
)


def profile(
    *,
    ability: float = 0.45,
    empty: int = 0,
    keyed: bool = False,
    worst: bool = False,
    language: str = "fr",
    pending: bool = False,
    length: LengthId | None = None,
    states: Mapping[int, State] = {},
    tau_c: float = PLANNING.tau_c,
) -> Profile:
    """A simulated person's profile under the museum role; the last ``empty`` items are without an answer,
    and those numbered in ``states`` are in that state.

    With a ``tau_c`` far above the planning value the form tells competencies from their areas.

    The short form has the items of ``SHORT`` only: too few for a number in most areas.
    """
    from assessor.items import listed, type_of

    shelf = library()
    items = [one for n, one in enumerate(shelf.items.values()) if length != "short" or n in SHORT]
    person = next(simulation.people(items, shelf.domain("arts"), 1, seed=4, ability=ability))
    answers = []
    for number, one in enumerate(items):
        response = person.responses[one.id]
        if keyed:
            response = type_of(one.content).key(one.content)
        if worst:
            responses, scores = listed(one.content)
            response = responses[int(np.argmin(scores))]
        state = "answered"
        if number >= len(items) - empty:
            state, response = ("left_empty" if number % 2 else "not_reached"), None
        if pending and number == 0:
            state, response = "pending", None
        if number in states:
            state, response = states[number], None
        answers.append(Answer(one, state, response, language, 61.0))
    sitting = Sitting("C-07", language, "open", tuple(answers), FINISHED, FINISHED, length)
    return build(
        sitting,
        shelf.role("museum"),
        shelf,
        parameters=replace(PLANNING, tau_c=tau_c),
        role_digest="sha256:" + "a" * 64,
        software="0.1.0",
        others=(shelf.role("festival"),),
    )


#: Numbers of the items of the short form: two areas of three items each, the rest of one.
SHORT = (1, 2, 3, 4, 5, 7, 10, 11)

SAMPLES: dict[str, dict[str, Any]] = {
    "ordinary": {},
    "told apart": {"ability": 0.6, "tau_c": 0.5},
    "with the key throughout": {"keyed": True},
    "below chance": {"worst": True},
    "partly unanswered": {"empty": 5},
    "at chance": {"ability": 0.05},
    "pending": {"pending": True},
    "glimpse": {"length": "short", "ability": 0.2},
}


def texts_of(result: ItemResult) -> list[str]:
    """Every text of an item that gives it or its key away, in both languages."""
    content = result.answer.item.content
    texts = [content.situation, *(text for text in (content.task, content.principle) if text is not None)]
    texts += [text for option in content.options for text in (option.text, option.why)]
    if content.stimulus is not None and content.stimulus.kind == "post":
        texts.append(content.stimulus.text)
    return [words for text in texts for words in text.values()]
