"""What sentences of postings do beside naming duties: headings, denials, demands, the employer's own words.

Written as phrases (`language.phrases`); each list holds French and English, since a posting may hold both.
"""

from __future__ import annotations

from typing import Literal

from assessor.language.phrases import phrase

Section = Literal["duties", "profile", "asset", "about", "offer"]


def says(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether a folded text holds one of the phrases."""
    return any(phrase(one).pattern.search(text) for one in phrases)


HEADINGS: dict[Section, tuple[str, ...]] = {
    "offer": (
        *("avantages", "nous offrons", "on offre"),
        *("rémunération", "salaire", "traitement annuel", "petits plus"),
        *("conditions", "conditions de travail", "pour postuler", "candidature*", "benefits", "perks", "pay"),
        *("compensation", "salary", "we offer", "how to apply", "to apply", "what you get", "hourly rate"),
        *("équité", "égalité", "equity", "diversity", "diversité", "inclusion", "ce que tu obtiens"),
        *("taux horaire", "horaire", "why join", "pourquoi nous", "pourquoi te joindre"),
    ),
    "about": (
        *("à propos", "qui nous sommes", "qui sommes nous", "notre organisation", "l’entreprise", "about"),
        *("about us", "who we are", "company overview", "our company", "l’organisme", "l’organisation"),
        *("notre mission", "our story", "our mission", "notre histoire"),
    ),
    "asset": ("atout*", "nice to have*", "assets", "bonus", "serait un plus"),
    "profile": (
        *("profil", "exigences", "qualifications"),
        *("qualités", "what you bring", "requirements", "must have*"),
        *("ce qu on cherche", "compétences", "skills", "formation", "tu es", "about you", "who you are"),
        *("à propos de vous|toi", "votre profil", "critères"),
    ),
    "duties": (
        *("responsabilités", "tâches", "fonctions", "mandat"),
        *("rôle", "ton quotidien", "tes défis", "le poste"),
        *("description du poste", "sommaire", "responsibilities", "duties", "the role", "this role", "job"),
        *("what you will do", "what you ll do", "what we need", "position summary", "you will", "tu vas"),
        *("ce que tu feras", "ce que vous ferez", "about the job|role|position", "à propos du poste|rôle"),
    ),
}  # fmt: skip

#: Of the employer, the law or the hiring itself, wherever it stands.
NO_DUTY: tuple[str, ...] = (
    *("recrut*", "recruit*", "suivez nous|la"),
    *("suis nous", "follow us", "postule*", "apply ... online|by|now"),
    *("équité en matière", "accès à l égalité"),
    *("employeur inclusif", "mesures d adaptation", "nous remercions"),
    *("seules les personnes", "seules les candidatures"),
    *("les candidatures", "envo* ... lettre|candidature|cv"),
    *("equal opportunity", "employment equity", "equity deserving", "accommodation is", "only candidates"),
    *("we encourage applications", "we thank", "masculin", "territoire autochtone", "indigenous territory"),
    *("salaire", "salary", "traitement annuel"),
    *("de l heure", "an|per hour", "hourly rate", "échelle salariale"),
    *("semaines de vacances", "weeks of vacation", "assurance* collective*", "dental", "health benefits"),
    *("rrsp matching", "reer avec", "pension plan", "wellness account", "cotisation", "fondée|fondé en"),
    *("founded in", "depuis 19|20", "serving ... since", "médias|réseaux sociaux racontent"),
    *("our social channels reach", "diplôme", "baccalauréat", "bachelor*", "degree"),
)  # fmt: skip

#: Before what is denied, in the same part of the sentence.
BEFORE_DENIED: tuple[str, ...] = (
    *("no", "not", "never", "without", "neither", "nor", "aucun|aucune", "sans", "pas", "jamais", "ni"),
    *("hors", "excluding", "excepté", "rather than", "plutôt que", "autre que"),
)
#: After what somebody else does.
AFTER_DENIED: tuple[str, ...] = (
    *(
        "is|are ... handled by",
        "looked after by",
        "confié|confiée ... à",
        "relève*|relèvent d",
        "not part of",
    ),
    *("ne fait|font pas partie", "belong* to another", "by another team", "par une autre équipe"),
)
#: What ends a denial: the sentence turns.
TURNS = frozenset({",", ";", ":", "(", ")", "mais", "but", "et", "and", "puis", "then"})

#: What a posting demands outright, and what takes the demand back.
DEMANDED: tuple[str, ...] = (
    *(
        "exigé|exigée|exigés|exigées",
        "obligatoire",
        "indispensable",
        "éliminatoire",
        "sine qua non",
        "is a must",
    ),
    *("a must", "mandatory", "non negotiable", "absolute requirement", "must be able to", "must demonstrate"),
)
NOT_DEMANDED: tuple[str, ...] = (
    *(
        "non|pas exigé|exigée|obligatoire|indispensable",
        "n est pas ... exigé|exigée|obligatoire|indispensable",
    ),
    "not ... mandatory|must",
)

#: What makes a wish of a sentence.
WISHED: tuple[str, ...] = (
    *(
        "un atout",
        "un plus",
        "an asset",
        "a plus",
        "nice to have",
        "souhaité|souhaitée",
        "souhaitable",
        "preferred",
    ),
)

#: The little words by which a sentence shows its language.
LITTLE: dict[str, frozenset[str]] = {
    "fr": frozenset({
        "le", "la", "les", "des", "du", "de", "un", "une", "et", "en", "à", "au", "aux", "pour", "sur",
        "dans", "avec", "que", "qui", "vous", "nous", "tu", "ton", "tes", "votre", "vos", "notre", "nos",
        "est", "sont", "leur", "leurs", "par", "d", "l", "qu", "selon", "lors",
    }),
    "en": frozenset({
        "the", "of", "and", "to", "a", "an", "in", "for", "on", "with", "that", "which", "you", "we",
        "your", "our", "is", "are", "their", "by", "from", "will", "at", "as", "be", "or", "it", "this",
        "who", "when", "how",
    }),
}  # fmt: skip
