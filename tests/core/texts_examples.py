"""What people write, with what it is; the server's rules and the page's are both held to it."""

from __future__ import annotations

#: Text -> how many words it has.
WORDS = {
    "": 0,
    "one": 1,
    "C’est l’affiche, n’est-ce pas ?": 4,
    "a - b": 2,
    "50 %": 1,
    "mot\u00a0: mot": 2,
    "mot\u202f!": 1,
    "première ligne\x0bdeuxième ligne\x0ctroisième ligne\x85quatrième ligne": 8,
    "un\u2028deux\u2029trois\r\nquatre\rcinq\nsix": 6,
    "un\x1cdeux\x1dtrois\x1equatre\x1fcinq": 5,
    "un\tdeux\u3000trois\u2003quatre": 4,
    # What shows no gap makes no two words.
    "mot\u200bmot": 1,
    "mot\ufeffmot": 1,
    "mot\x07mot": 1,
    "\ufeff un \ufeff": 1,
    "Été E\u0301te\u0301": 2,
    # Letters that nobody sees, and signs, are no words.
    "\u3164 \u115f\u1160 \uffa0 \u2800 \u200b": 0,
    "— … « » ( ) 👍🏽 ✅": 0,
    "1️⃣ 2️⃣ ½ Ⅻ ٣": 5,
    "你好 世界 ᐃᓄᒃᑎᑐᑦ नमस्ते": 4,
    "𝒳 𐐷": 2,
}

#: What is written -> the whole number that it says, if it says one.
NUMBERS = {
    "60": 60,
    "60.0": 60,
    "60,0": 60,
    "60,": 60,
    "60.": 60,
    "6e1": 60,
    "6E+1": 60,
    "0.6e2": 60,
    ",6e02": 60,
    "600e-1": 60,
    " 60 ": 60,
    "\u00a060\u202f": 60,
    "+60": 60,
    "060": 60,
    "0": 0,
    "-0": 0,
    "0e-9": 0,
    "-20": -20,
    "\u221220": -20,
    "100": 100,
    "999999.0": 999999,
    "": None,
    " ": None,
    "60.5": None,
    "6e-1": None,
    "60 points": None,
    "6 0": None,
    "1,000.0": None,
    "0x3C": None,
    "1_0": None,
    "Infinity": None,
    "NaN": None,
    "1e99": None,
    "1000000": None,
    "٦٠": None,
    "60\x00": None,
    ".": None,
    "e1": None,
    "--6": None,
    "six": None,
}

#: Nothing to see: not one of these is an answer, a name or a text of a bank.
BLANK = (
    "",
    " ",
    "\t\r\n\v\f\x85\u2028\u2029",
    "\u00a0\u202f\u2003\u3000",
    "\u200b\u200c\u200d\u2060\ufeff",
    "\u200e\u202e\u2066\u2069",
    "\u00ad",
    "\u0301\u0301",
    "\u20dd",
    "\ufe0f",
    "\u3164",
    "\u115f\u1160\uffa0",
    "\u2800\u2800",
    "\u17b4\u180e",
    "\x00\x07\x1b",
    "\ud800",
    "\ue000",
    "\U000e0041\U000e007f",
    "\ufff0\ufffe\U0001ffff\ufdd0",
    "\U0001d159",
)

#: Something to see, however little.
SEEN = (
    ".",
    "a",
    "é",
    "e\u0301",
    "…",
    "👍",
    "👩\u200d💻",
    "🇨🇦",
    "1️⃣",
    "न",
    "你",
    "\ufffd",
    "\u2800x",
    "\U0001fae9",
    "©",
)

#: What is written -> the text that is kept.
KEPT = {
    "Première ligne\x0bdeuxième ligne\x0ctroisième ligne\x85quatrième ligne": (
        "Première ligne\ndeuxième ligne\ntroisième ligne\nquatrième ligne"
    ),
    "un\r\ndeux\rtrois\u2028quatre\u2029cinq": "un\ndeux\ntrois\nquatre\ncinq",
    "un\x1cdeux\x1fhuit\tneuf": "un\ndeux huit neuf",
    "un\n\r\ndeux": "un\n\ndeux",
    "  E\u0301te\u0301\r\nhier\x07 \ud800 ": "Été\nhier",
    "👩\u200d💻 c’est\u00a0: oui": "👩\u200d💻 c’est\u00a0: oui",
    "\u3164\n\u200b": "",
}
