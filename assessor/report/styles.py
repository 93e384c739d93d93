"""The stylesheet of a printed report, made from the page's own sheets. What it looks like stands in those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any

import tinycss2
from tinycss2.ast import AtRule, Declaration, FunctionBlock, ParseError

from assessor.language.papers import PAPERS

Node = Any
#: The sheets of a report, in their order.
SHEETS = ("tokens.css", "stimuli.css", "report.css")
_ROOT = ":root"
_TOKEN = "--"


def printed(*sheets: str) -> str:
    """The rules of the sheets that hold in print, in their order, every token replaced by its value.

    The renderer resolves custom properties for each element again, and tries every selector on each: a
    sheet without either costs a good part less. Raise KeyError for a token that no sheet defines, ValueError
    for a sheet that cannot be read, a rule within a rule, or a token that is made of itself.
    """
    rules = list(_in_print(_read(tinycss2.parse_stylesheet("\n".join(sheets), True, True))))
    tokens = {
        one.name: _trimmed(one.value)
        for rule in rules
        if _prelude(rule) == _ROOT
        for one in _declared(rule.content)
        if one.name.startswith(_TOKEN)
    }
    return "\n".join(_written(rule, tokens) for rule in rules)


def page_rule(paper: str) -> str:
    """The rule that gives a printed page this size. Raise ValueError for a paper that there is not."""
    if paper not in PAPERS:
        raise ValueError(f"{paper!r} is not a paper - use one of {', '.join(PAPERS)}")
    return f"@page {{ size: {paper}; }}"


def _trimmed(value: Sequence[Node]) -> list[Node]:
    held = [place for place, node in enumerate(value) if node.type != "whitespace"]
    return list(value[held[0] : held[-1] + 1]) if held else []


def _in_print(rules: Iterable[Node]) -> Iterator[Node]:
    """The rules that hold on paper: those of no medium, and those of print alone."""
    for rule in rules:
        if not isinstance(rule, AtRule) or rule.lower_at_keyword != "media":
            yield rule
        elif _prelude(rule) == "print":
            yield from _in_print(_read(tinycss2.parse_rule_list(rule.content, True, True)))


def _read(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, ParseError):
            raise ValueError(f"line {node.source_line}: the sheet cannot be read: {node.message}")
        yield node


def _declared(content: Sequence[Node]) -> Iterator[Declaration]:
    for node in _read(tinycss2.parse_blocks_contents(content, True, True)):
        if not isinstance(node, Declaration):
            raise ValueError(f"line {node.source_line}: a rule stands within a rule")
        yield node


def _prelude(rule: Node) -> str:
    return str(tinycss2.serialize(rule.prelude)).strip()


def _written(rule: Node, tokens: Mapping[str, Sequence[Node]]) -> str:
    if isinstance(rule, AtRule):
        if rule.content is None:
            return str(rule.serialize())
        head = f"@{rule.at_keyword} {_prelude(rule)}".rstrip()
        return f"{head} {{{tinycss2.serialize(_resolved(rule.content, tokens))}}}"
    kept = [one for one in _declared(rule.content) if not one.name.startswith(_TOKEN)]
    body = " ".join(f"{one.name}: {_value(one, tokens)};" for one in kept)
    return f"{_prelude(rule)} {{ {body} }}"


def _value(declared: Declaration, tokens: Mapping[str, Sequence[Node]]) -> str:
    text = str(tinycss2.serialize(_resolved(declared.value, tokens))).strip()
    return f"{text} !important" if declared.important else text


def _resolved(
    value: Sequence[Node], tokens: Mapping[str, Sequence[Node]], within: tuple[str, ...] = ()
) -> list[Node]:
    """The value with what stands for each token in its place."""
    found: list[Node] = []
    for node in value:
        if isinstance(node, FunctionBlock) and node.lower_name == "var":
            name = str(tinycss2.serialize(node.arguments)).strip()
            if name in within:
                raise ValueError(f"the token {name} is made of itself")
            found += _resolved(tokens[name], tokens, (*within, name))
            continue
        for holding in ("arguments", "content"):
            if hasattr(node, holding):
                node = copy(node)
                setattr(node, holding, _resolved(getattr(node, holding), tokens, within))
        found.append(node)
    return found
