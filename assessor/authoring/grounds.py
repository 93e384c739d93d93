"""Words that single people out by a protected ground. A list to look twice by, no legal advice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessor.messages import Said, said

#: Grounds of the Charter of human rights and freedoms (CQLR c. C-12, s. 10) and of the Canadian Human Rights
#: Act (R.S.C. 1985, c. H-6, s. 3) -> patterns of words, a language each. Language is left out: to write in
#: one is the work. So are words that name things as often as people: race, older, arabe, conjoint.
GROUNDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "age": {
        "en": (
            r"elderly|seniors|senior citizens?|retirees?|pensioners?|teen(?:ager)?s?|adolescents?",
            r"(?:young|younger|older|aged) (?:people|persons?|men|women|adults?|clients?|customers?)",
            r"(?:young|younger|older|aged) (?:members?|visitors?|audiences?|followers?|employees?)",
            r"(?:people|adults|residents|those|everyone) (?:under|over) \d\d|(?:under|over)-\d\ds?",
            r"millennials?|boomers?|aged \d\d|\d\d and over|old age|too (?:old|young)",
        ),
        "fr": (
            r"aînée?s?|retraitée?s?|vieillards?|adolescente?s?|ados?|les (?:plus )?jeunes",
            r"jeunes (?:gens|adultes|femmes|hommes|clients|clientes|membres|publics)",
            r"(?:gens|personnes|adultes|clients|clientes|publics?) (?:plus )?âgée?s?",
            r"(?:moins|plus) de \d\d ans|\d\d ans et plus|trop (?:vieux|vieilles?|jeunes?)",
        ),
    },
    "sex or gender": {
        "en": (
            r"women|men|woman|man|females?|males?|girls?|boys?|mothers?|fathers?|moms?|dads?",
            r"transgender|non-?binary",
        ),
        "fr": (r"femmes?|hommes?|filles?|garçons?|mères?|pères?|mamans?|papas?|transgenres?|non binaires?",),
    },
    "pregnancy": {
        "en": (r"pregnan\w+|maternity|expectant",),
        "fr": (r"(?<=femme )enceinte|(?<=femmes )enceintes|(?<=personnes )enceintes|grossesses?|maternité",),
    },
    "sexual orientation": {
        "en": (r"gays?|lesbians?|bisexuals?|homosexuals?|heterosexuals?|queer|lgbtq?\w*|same-sex",),
        "fr": (r"gais?|lesbiennes?|bisexuel\w*|homosexuel\w*|hétérosexuel\w*|queers?|lgbtq?\w*|même sexe",),
    },
    "civil or family status": {
        "en": (
            r"married|unmarried|single (?:mothers?|fathers?|parents?|people)|divorc\w+|widow\w*|spouses?",
        ),
        "fr": (
            r"mariée?s?|célibataires?|divorcée?s?|veufs?|veuves?|monoparenta\w+",
            r"(?:son|sa|ses|votre|vos|leurs?) conjointe?s?",
        ),
    },
    "race, colour or origin": {
        "en": (
            r"immigrants?|newcomers?|refugees?|foreigners?|indigenous|first nations|inuit|métis",
            r"(?:black|white|racialized) people|racial|ethnic\w*|visible minorit\w+",
            r"arabs?|asians?|africans?|haitians?",
        ),
        "fr": (
            r"immigrante?s?|nouveaux arrivants|nouvelles arrivantes|réfugiée?s?|étrangers|étrangères",
            r"autochtones?|premières nations|inuite?s?|métis|personnes noires|les noirs|racisée?s?",
            r"racia\w+|ethniques?|minorités visibles|arabes|asiatiques?|africaine?s?|haïtiens|haïtiennes",
        ),
    },
    "religion": {
        "en": (
            r"religio\w+|muslims?|jew(?:s|ish)?|christians?|catholics?|protestants?|hindus?|sikhs?",
            r"hijabs?|believers?|atheists?",
        ),
        "fr": (
            r"religi\w+|musulmane?s?|juifs?|juives?|chrétiens?|chrétiennes?|catholiques?|protestante?s?",
            r"hindoue?s?|sikhe?s?|hijabs?|croyante?s?|athées?",
        ),
    },
    "political conviction": {
        "en": (r"federalists?|separatists?|sovereigntists?|left-wing|right-wing|socialists?|libertarians?",),
        "fr": (r"fédéralistes?|séparatistes?|souverainistes?|socialistes?|libertariens?",),
    },
    "disability": {
        "en": (
            r"disabilit\w+|disabled|handicap\w*|wheelchairs?|blind people|the blind|deaf|autis\w+",
            r"hard of hearing|visually impaired|mental illness",
        ),
        "fr": (
            r"handicap\w*|personnes invalides|fauteuils? roulants?|aveugles?|malvoyante?s?|sourde?s?",
            r"malentendante?s?|autis\w+|maladie mentale|troubles? menta(?:l|ux)",
        ),
    },
    "social condition": {
        "en": (
            r"homeless|on welfare|social assistance|low-income|poor people|unemployed",
            r"ex-convicts?|criminal record",
        ),
        "fr": (
            r"itinérante?s?|sans-abri|assistées? socia\w+|aide sociale|faible revenu|les pauvres",
            r"gens pauvres|chômeurs|chômeuses|ex-détenue?s?|casier judiciaire|judiciarisée?s?",
        ),
    },
}


GROUND_NAMES: Mapping[str, Said] = {
    str(name): name
    for name in (
        said("age"),
        said("sex or gender"),
        said("pregnancy"),
        said("sexual orientation"),
        said("civil or family status"),
        said("race, colour or origin"),
        said("religion"),
        said("political conviction"),
        said("disability"),
        said("social condition"),
    )
}


@dataclass(frozen=True)
class Cue:
    """A word that names people by a protected ground."""

    ground: str
    word: str


def _compiled(language: str) -> re.Pattern[str]:
    """One pattern with a group for each ground, in their order."""
    grounds = ("(" + "|".join(patterns.get(language, ("(?!)",))) + ")" for patterns in GROUNDS.values())
    return re.compile(rf"(?<![\w-])(?:{'|'.join(grounds)})(?![\w-])", re.IGNORECASE)


_WORDS = {code: _compiled(code) for code in sorted({code for each in GROUNDS.values() for code in each})}


def cues(text: str, language: str) -> Iterator[Cue]:
    """The first word of each ground in the text; nothing in a language without a list."""
    if language not in _WORDS:
        return
    names, told = tuple(GROUNDS), set[str]()
    for found in _WORDS[language].finditer(text):
        ground = names[(found.lastindex or 1) - 1]
        if ground not in told:
            told.add(ground)
            yield Cue(ground, found[0])
