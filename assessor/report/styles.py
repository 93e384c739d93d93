"""The stylesheet of a printed report, made from the page's own sheets. What it looks like stands in those."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USED = re.compile(r"var\((--[\w-]+)\)")
#: The sheets of a report, in their order.
SHEETS = ("tokens.css", "stimuli.css", "report.css")
_PRINT, _ROOT = "@media print", ":root"


def printed(*sheets: str) -> str:
    """The rules of the sheets that hold in print, in their order, every token replaced by its value.

    The renderer resolves custom properties for each element again, and tries every selector on each: a
    sheet without either costs a good part less. Raises KeyError for a token that no sheet defines.
    """
    rules = list(_in_print(_COMMENT.sub("", "\n".join(sheets))))
    tokens = {
        name: value for prelude, body in rules if prelude == _ROOT for name, value in _TOKEN.findall(body)
    }
    return "\n".join(f"{prelude} {{{_resolved(_TOKEN.sub('', body), tokens)}}}" for prelude, body in rules)


def _in_print(css: str) -> Iterator[tuple[str, str]]:
    for prelude, body in _rules(css):
        if prelude == _PRINT:
            yield from _rules(body)
        elif not prelude.startswith("@media"):
            yield prelude, body


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Selector or at-rule, and what stands between its braces; no brace may stand in a string."""
    start = opened = depth = 0
    for brace in re.finditer(r"[{}]", css):
        if brace[0] == "{":
            depth += 1
            opened = opened if depth > 1 else brace.start()
        else:
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : brace.start()]
                start = brace.end()


def _resolved(text: str, tokens: Mapping[str, str]) -> str:
    while _USED.search(text):
        text = _USED.sub(lambda found: tokens[found[1]], text)
    return text
