"""An item spoilt in one place, and what its author must be told: line, fault and cure."""

from __future__ import annotations

from typing import NamedTuple

from tests.core.banks_examples import ITEM

ONE = "core/items/core-one.yaml"
SHOP_ONE = "shop/items/shop-one.yaml"


class Spoilt(NamedTuple):
    file: str
    old: str
    new: str
    line: str
    """Part of the line, in the spoilt file, that the finding must name; "" for the first line."""
    found: str
    wanted: str


WHOLE = "id: core-one"
SPOILT_ITEMS = {
    "unknown competency": Spoilt(
        ONE,
        "audience.voice",
        "audience.voise",
        "audience.voise",
        "'audience.voise' is unknown",
        "did you mean audience.voice?",
    ),
    "another domain's competency": Spoilt(
        ONE,
        "audience.voice",
        "shop.offer",
        "shop.offer",
        "belongs to the bank 'shop'",
        "use one of the framework",
    ),
    "missing language": Spoilt(
        ONE,
        "why: {fr: La salle est pleine, en: The room is full}",
        "why: {fr: La salle est pleine}",
        "why: {fr: La salle est pleine}",
        "options.c.why: the text lacks en",
        "write it in fr, en",
    ),
    "undeclared language": Spoilt(
        ONE,
        "en: Reach is not the aim}",
        "en: Reach is not the aim, de: Reichweite}",
        "de: Reichweite",
        "principle: the text has de",
        "declare it",
    ),
    "no language at all": Spoilt(
        ONE,
        "principle: {fr: La portée n’est pas le but, en: Reach is not the aim}",
        "principle: {}",
        "principle: {}",
        "principle: the text has no language",
        "give fr and en",
    ),
    "no language code": Spoilt(
        ONE,
        "{fr: Places, en: Seats}\n  columns",
        "{french: Places}\n  columns",
        "french: Places",
        "stimulus.caption: 'french' is not a language code",
        "use fr",
    ),
    "one text for all languages": Spoilt(
        ONE,
        "principle: {fr: La portée n’est pas le but, en: Reach is not the aim}",
        "principle: Reach is not the aim",
        "principle: Reach",
        "principle is 'Reach is not the aim'",
        "{fr: ..., en: ...}",
    ),
    "a number for a text": Spoilt(
        ONE, "en: Boost the post", "en: 12", "en: 12", "options.c.text.en is 12, which is no text", "quotes"
    ),
    "a list for a text": Spoilt(
        ONE, "en: Boost the post", "en: [12]", "en: [12]", "options.c.text.en is a list", "give one text"
    ),
    "duplicate id over banks": Spoilt(
        SHOP_ONE, "id: shop-one", "id: core-one", "id: core-one", "'core-one' is taken by", "id of its own"
    ),
    "id differing from the file name": Spoilt(
        ONE, WHOLE, "id: core-won", "id: core-won", "'core-won' is not the file's name", "use core-one"
    ),
    "no id": Spoilt(ONE, "id: core-one\n", "", "", "id is missing", "add it"),
    "a bad id": Spoilt(
        ONE, WHOLE, "id: Core One", "id: Core", "id is 'Core One'", "lower-case letters and digits"
    ),
    "a long id": Spoilt(ONE, WHOLE, f"id: {'a' * 81}", "id: aaa", "id has 81 characters", "at most 80"),
    "duplicate key": Spoilt(
        ONE,
        "pool: open",
        "minutes: 2",
        "minutes: 2",
        "the key 'minutes' stands twice",
        "(the other is at line 4)",
    ),
    "duplicate option id": Spoilt(
        ONE, "- id: b", "- id: a", "options:", "options: the id 'a' stands twice", "give each its own"
    ),
    "a bad option id": Spoilt(ONE, "- id: b", "- id: B!", "- id: B!", "id is 'B!'", "16 at most"),
    "an alias": Spoilt(
        ONE, "enemies: [core-two]", "enemies: *x", "enemies: *x", "an alias (*x)", "write the value out"
    ),
    "an anchor": Spoilt(ONE, "pool: open", "pool: &x open", "pool: &x", "an anchor (&x)", "take it out"),
    "a tag": Spoilt(
        ONE, "pool: open", "pool: !!python/object:os.system open", "pool: !!", "a tag", "take it out"
    ),
    "a merge key": Spoilt(
        ONE, "pool: open", "pool: open\n<<: {a: b}", "<<:", "a merge key", "write the keys out"
    ),
    "a key that is no word": Spoilt(
        ONE, "pool: open", "? [a]\n: b", "? [a]", "a key that is no plain word", "use a word"
    ),
    "two documents": Spoilt(
        ONE, "pool: open", "---\npool: open", "---", "a second document", "one document a file"
    ),
    "a directive": Spoilt(ONE, WHOLE, "%YAML 1.1\n---\nid: core-one", "", "a directive (%)", "take it out"),
    "two best options": Spoilt(
        ONE,
        "effectiveness: 4\n    lure: near",
        "effectiveness: 5",
        "options:",
        "2 options share the best",
        "keep one best",
    ),
    "empty text": Spoilt(
        ONE, "en: Boost the post", "en: '  '", "en: '  '", "options.c.text.en: the text is empty", "write it"
    ),
    "nothing for a text": Spoilt(
        ONE, "en: Boost the post", "en: ~", "en: ~", "options.c.text.en is empty", "write it"
    ),
    "key above the scale": Spoilt(
        ONE, "effectiveness: 5", "effectiveness: 7", "effectiveness: 7", "is 7, off the scale", "from 1 to 5"
    ),
    "key below the scale": Spoilt(
        ONE, "effectiveness: 1", "effectiveness: 0", "effectiveness: 0", "is 0, off the scale", "from 1 to 5"
    ),
    "key in quotes": Spoilt(
        ONE,
        "effectiveness: 1",
        "effectiveness: '1'",
        "effectiveness: '1'",
        "is '1', which is no number",
        "without quotes",
    ),
    "key true": Spoilt(
        ONE,
        "effectiveness: 1",
        "effectiveness: true",
        "effectiveness: true",
        "is true, which is no number",
        "give a number",
    ),
    "infinite minutes": Spoilt(
        ONE, "minutes: 1.5", "minutes: 1e999", "minutes:", "minutes is inf", "at most 15"
    ),
    "no minutes": Spoilt(
        ONE, "minutes: 1.5", "minutes: 0", "minutes: 0", "minutes is 0, off the scale", "more than 0"
    ),
    "a day that does not exist": Spoilt(
        ONE,
        "as_of: 2026-11-22",
        "as_of: 2026-11-31",
        "as_of",
        "as_of: '2026-11-31' is no date",
        "as 2026-11-22",
    ),
    "a number for a day": Spoilt(
        ONE, "as_of: 2026-11-22", "as_of: 0", "as_of", "as_of: 0 is no date", "as 2026-11-22"
    ),
    "a time for a day": Spoilt(
        ONE, "as_of: 2026-11-22", "as_of: 2026-11-22T10:00:00", "as_of", "is no date", "as 2026-11-22"
    ),
    "review before the key was made": Spoilt(
        ONE, "2027-05-22", "2026-05-22", "review_by", "is before as_of", "later day"
    ),
    "unknown type": Spoilt(
        ONE, "type: best", "type: bests", "type: bests", "the type 'bests' is unknown", "did you mean best?"
    ),
    "type of the wrong kind": Spoilt(
        ONE, "type: best", "type: [best]", "type: [best]", "is unknown", "use one of allocate"
    ),
    "no type": Spoilt(ONE, "type: best\n", "", "", "type is missing", "use one of allocate"),
    "HTML": Spoilt(
        ONE,
        "en: Boost the post",
        "en: Boost <b>the</b> post",
        "Boost <b>",
        "options.c.text.en: the text holds HTML",
        "plain text",
    ),
    "an entity": Spoilt(
        ONE, "en: Boost the post", "en: Boost &nbsp; post", "&nbsp;", "the text holds HTML", "plain text"
    ),
    "a tab": Spoilt(ONE, "pool: open", "pool:\topen", "pool:\topen", "the line holds a tab", "use spaces"),
    "a tab in a text": Spoilt(
        ONE,
        "en: Boost the post",
        'en: "Boost\\tthe post"',
        'en: "Boost',
        "the text holds a tab",
        "use spaces",
    ),
    "a control character": Spoilt(ONE, "pool: open", "pool: open\x07", "pool: open", "U+0007", "take it out"),
    "an escaped control character": Spoilt(
        ONE,
        "en: Boost the post",
        'en: "Boost\\u0007"',
        'en: "Boost',
        "holds the control character U+0007",
        "take it out",
    ),
    "a Windows line ending": Spoilt(
        ONE, "pool: open\n", "pool: open\r\n", "pool: open", "Windows line ending", "Unix line endings"
    ),
    "a byte order mark": Spoilt(ONE, WHOLE, "\ufeff" + WHOLE, "", "byte order mark", "without BOM"),
    "a nesting bomb": Spoilt(
        ONE, "pool: open", f"pool: {'[' * 3000}", "pool: [", "nested more than 20 deep", "write it flat"
    ),
    "too many values": Spoilt(
        ONE, "pool: open", f"pool: [{'a,' * 20_001}]", "pool: [", "more than 20000 values", "split it"
    ),
    "3 MB": Spoilt(ONE, "pool: open", "#" * 3_000_000, "", "over 256 kB", "split it"),
    "no YAML": Spoilt(ONE, "pool: open", "pool: 'open", "", "not valid YAML", "indentation and colons"),
    "no mapping": Spoilt(ONE, ITEM, "- a\n- b\n", "", "no mapping of keys", "begin it with a key"),
    "an empty file": Spoilt(ONE, ITEM, "# nothing\n", "", "the file is empty", "take it away"),
    "a fact without source": Spoilt(
        ONE,
        "facts: [CO-01]",
        "facts: [CO-1]",
        "facts:",
        "'CO-1' is not among the bank's sources",
        "did you mean CO-01?",
    ),
    "an enemy that does not exist": Spoilt(
        ONE,
        "[core-two]",
        "[core-tow]",
        "enemies",
        "the enemy 'core-tow' does not exist",
        "did you mean core-two?",
    ),
    "an enemy of itself": Spoilt(ONE, "[core-two]", "[core-one]", "enemies", "its own enemy", "take it out"),
    "a missing lure": Spoilt(
        ONE, "    lure: geek\n", "", "- id: c", "'c' has no lure", "name its kind of miss"
    ),
    "a lure on the best": Spoilt(
        ONE,
        "effectiveness: 5\n",
        "effectiveness: 5\n    lure: near\n",
        "lure: near\n    why: {fr: Chacun",
        "'b' is the best and has a lure",
        "take it out",
    ),
    "an unknown lure": Spoilt(
        ONE, "lure: geek", "lure: geeks", "lure: geeks", "options.c.lure is 'geeks'", "did you mean geek?"
    ),
    "a lopsided key": Spoilt(
        ONE,
        "effectiveness: 4\n",
        "effectiveness: 4.5\n",
        "options:",
        "the worst option weighs",
        "at 1.5 or below",
    ),
    "rate with three options": Spoilt(
        ONE, "type: best\n", "type: rate\n", "options:", "rate has 3", "at least 4"
    ),
    "an unknown key": Spoilt(
        ONE, "pool: open", "pool: open\nfact: [CO-01]", "fact: [CO", "fact is no key", "did you mean facts?"
    ),
    "an unknown key in an option": Spoilt(
        ONE, "lure: geek", "lures: geek", "lures: geek", "options.c.lures is no key", "did you mean lure?"
    ),
    "no options": Spoilt(
        ONE, "options:\n", "options: 3\nrest:\n", "options: 3", "options is 3", "give a list"
    ),
    "an option that is a text": Spoilt(
        ONE, "options:\n", "options:\n  - x\n", "- x", "options.1 is 'x'", "give a mapping of keys"
    ),
    "no effectiveness": Spoilt(
        ONE, "    effectiveness: 1\n", "", "- id: c", "options.c.effectiveness is missing", "from 1 (very"
    ),
    "a pool that does not exist": Spoilt(
        ONE,
        "pool: open",
        "pool: opne",
        "pool: opne",
        "pool is 'opne'",
        "use one of open, round (did you mean open?)",
    ),
    "an unknown stimulus": Spoilt(
        ONE, "kind: table", "kind: tables", "stimulus:", "stimulus is 'tables'", "use one of post"
    ),
    "a stimulus without kind": Spoilt(
        ONE, "  kind: table\n", "", "stimulus:", "stimulus.kind is missing", "kind: post"
    ),
    "a stimulus that is a text": Spoilt(
        ONE, "enemies:", "task: 3\nenemies:", "task: 3", "task is 3", "{fr: ..., en: ...}"
    ),
    "an uneven row": Spoilt(
        ONE, ", 120]", ", 120, 4]", "120, 4]", "stimulus.rows.1: 3 cells", "give 2, one per column"
    ),
    "a cell of text": Spoilt(ONE, ", 120]", ", many]", "many]", "stimulus.rows.1.2: a cell", "give a number"),
    "a bad jurisdiction": Spoilt(
        ONE,
        "pool: open",
        "pool: open\njurisdiction: Québec",
        "jurisdiction",
        "jurisdiction is 'Québec'",
        "as ca or ca-qc",
    ),
    **{
        f"a sign that no text may hold, {name}": Spoilt(
            ONE, "en: Boost the post", f"en: Boost {sign}the post", "the post", found, "take it out"
        )
        for name, sign, found in (
            ("override", "\u202e", "U+202E (right-to-left override)"),
            ("isolate", "\u2067", "U+2067 (right-to-left isolate)"),
            ("mark", "\u200f", "U+200F (right-to-left mark)"),
            ("zero width", "\u200b", "U+200B (zero width space)"),
            ("joiner of words", "\u2060", "U+2060 (word joiner)"),
            ("joiner of no emoji", "\u200d", "U+200D (zero width joiner)"),
            ("soft hyphen", "\u00ad", "U+00AD (soft hyphen)"),
            ("byte order mark", "\ufeff", "U+FEFF (zero width no-break space)"),
            ("tag", "\U000e0041", "U+E0041 (tag latin capital letter a)"),
            ("private", "\ue000", "U+E000, a character for private use"),
            ("no character", "\U000effff", "U+EFFFF, which is no character"),
            ("line separator", "\u2028", "the control character U+2028"),
        )
    },
    "a direction control written as an escape": Spoilt(
        ONE,
        "en: Boost the post",
        'en: "Boost\\u202E the post"',
        "Boost",
        "the text holds the invisible",
        "take it out",
    ),
    "a direction control in a comment": Spoilt(
        ONE,
        "pool: open",
        "pool: open # \u2066",
        "pool: open",
        "U+2066 (left-to-right isolate)",
        "take it out",
    ),
    **{
        f"a text of which nothing shows, {name}": Spoilt(
            ONE, "en: Boost the post", f"en: {text}", f"en: {text}", "is empty", "write it"
        )
        for name, text in (
            ("spaces", '"\u00a0\u2003"'),
            ("Hangul filler", "\u3164"),
            ("braille", "\u2800\u2800"),
            ("a lone accent", "\u0301"),
        )
    },
    **{
        f"options that read alike, {name}": Spoilt(
            ONE, "en: Boost the post", f"en: {text}", text, "a and c read alike in en", "take one out"
        )
        for name, text in (
            ("a full stop", "Offer the waiting list."),
            ("case and end", "OFFER the Waiting List…"),
            ("spaces", "Offer\u00a0the  waiting list"),
            ("width", "\uff2f\uff46\uff46\uff45\uff52 the waiting list"),
            ("a variation selector", "Offer the waiting list\ufe0f"),
        )
    },
}
