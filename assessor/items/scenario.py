"""The ``scenario`` type: a situation that unfolds; each turn is a ``best`` whose answer picks the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from assessor.items._abilities import Guess, TurnTaken, guess_best
from assessor.items._chance import Floats, Ladder, chances_of
from assessor.items._chance import spread as spread_of
from assessor.items._keys import by_effectiveness, check_lopsided, mean, picked, second_best
from assessor.items.base import (
    NO_MARK,
    Choice,
    Content,
    Control,
    Explanation,
    Line,
    Mark,
    Option,
    Optioned,
    PartId,
    Parts,
    Response,
    ResponseError,
    Shared,
    Shown,
    Text,
    Wording,
    repeated_ids,
)
from assessor.messages import N_, Fault, Said, counted, refuse, said, unsound

RULE = "scenario/1"
#: The answers of the first turn: what follows from them is each sibling's own.
FAMILY = Shared("responses", ("nodes", 0, "options"))
SHAPE = '["B", "A", "C"]'
FEWEST_TURNS, MOST_TURNS = 3, 5


class Step(Option):
    """One response at a turn, and the node that it leads to; none at the last turn."""

    next: PartId | None = None


class Node(Optioned):
    """One turn on some path: what has happened since (nothing at the first), and what may be done."""

    id: PartId
    text: Text | None = None
    options: tuple[Step, ...] = Field(min_length=3, max_length=6)

    @model_validator(mode="after")
    def _sound_key(self) -> Node:
        check_lopsided(self)
        return self


class Schema(Content):
    """The item as its author writes it; the first node is the first turn."""

    type: Literal["scenario"]
    nodes: tuple[Node, ...] = Field(min_length=FEWEST_TURNS, max_length=40)

    @model_validator(mode="after")
    def _sound_paths(self) -> Schema:
        refuse(self._unsound())
        left = _turns_left(self)
        turns = left[self.nodes[0].id]
        if not FEWEST_TURNS <= turns <= MOST_TURNS:
            wanted = said("give every path {least} to {most}", least=FEWEST_TURNS, most=MOST_TURNS)
            raise unsound(("nodes",), counted("{count} turn", "{count} turns", turns), wanted)
        if lost := [node.id for node in self.nodes if node.id not in left]:
            found = said("no answer leads to {nodes}", nodes=", ".join(lost))
            raise unsound(("nodes",), found, said("name it in a next, or take it out"))
        # Else the answers that can be chosen would not be equally likely paths, and chance not 0.
        for turn in set(left.values()):
            counts = {len(node.options) for node in self.nodes if left[node.id] == turn}
            if len(counts) > 1:
                found = said(
                    "the nodes of turn {turn} have {least} to {most} options",
                    turn=turns - turn + 1,
                    least=min(counts),
                    most=max(counts),
                )
                raise unsound(("nodes",), found, said("give every node of one turn as many"))
        return self

    def _unsound(self) -> Iterator[Fault]:
        ids = [node.id for node in self.nodes]
        yield from repeated_ids(("nodes",), ids)
        for number, node in enumerate(self.nodes):
            if number and node.text is None:
                found = said("{ident!r} has no text", ident=node.id)
                yield Fault(("nodes", number), found, said("say what has happened since"))
            for place, option in enumerate(node.options):
                if option.next is not None and option.next not in ids:
                    found = said("{ident!r} is no node", ident=option.next)
                    wanted = said("use one of {known}", known=", ".join(ids))
                    yield Fault(("nodes", number, "options", place, "next"), found, wanted)

    def node(self, node_id: str) -> Node:
        """The node of that id; ``KeyError`` if there is none."""
        return {node.id: node for node in self.nodes}[node_id]

    def wording(self, ident: str) -> Wording:
        """The words of an option, named ``node.option``."""
        node_id, _, option_id = ident.partition(".")
        option = self.node(node_id).option(option_id)
        return Wording(option.text, option.why)


def _turns_left(content: Schema) -> dict[str, int]:
    """Node id -> the turns from it on, for those reached; ``ValueError`` for a cycle or uneven paths."""
    found: dict[str, int] = {}

    def visit(node: Node, above: tuple[str, ...]) -> int:
        if node.id in above:
            back = said("{ident!r} leads back to itself", ident=node.id)
            raise unsound(("nodes",), back, said("let every answer lead onward"))
        if node.id not in found:
            path = (*above, node.id)
            rest = {
                0 if option.next is None else visit(content.node(option.next), path)
                for option in node.options
            }
            if len(rest) > 1:
                after = said(
                    "after {ident!r} come {least} to {most} turns",
                    ident=node.id,
                    least=min(rest),
                    most=max(rest),
                )
                raise unsound(("nodes",), after, said("make all paths as long"))
            found[node.id] = 1 + rest.pop()
        return found[node.id]

    visit(content.nodes[0], ())
    return found


def _visited(content: Schema, response: Sequence[str]) -> list[Node]:
    """The nodes on the way of a response, and the one that follows it, if there is one."""
    nodes = [content.nodes[0]]
    for option_id in response:
        following = {option.id: option.next for option in nodes[-1].options}[option_id]
        if following is not None:
            nodes.append(content.node(following))
    return nodes


def turns(content: Schema) -> int:
    """The turns of every path."""
    return len(key(content))


def next_turn(content: Schema, so_far: Response | None) -> int | None:
    """The number of the turn to be answered; None after the last."""
    turn = 1 + len(so_far or ())
    return turn if turn <= turns(content) else None


def past(content: Schema, so_far: Response | None) -> tuple[TurnTaken, ...]:
    """What had happened and what was answered, turn by turn."""
    taken = so_far or []
    nodes = _visited(content, taken)
    return tuple(
        TurnTaken(node.text, node.option(option_id).text)
        for node, option_id in zip(nodes, taken, strict=False)
    )


def may_replace(content: Schema, kept: Response | None, new: Response | None) -> bool:
    """Whether the new response begins with the one that is kept."""
    return (new or [])[: len(kept or ())] == (kept or [])


def parts(content: Schema) -> tuple[Parts, ...]:
    """The options of every node, named ``node.option``, a group a node."""
    return tuple(
        Parts(node.id, tuple(f"{node.id}.{option.id}" for option in node.options)) for node in content.nodes
    )


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """The one question of the turn reached, with what has happened; nothing of any other turn."""
    turn = next_turn(content, shown.so_far)
    if turn is None:
        return ()
    node = _visited(content, shown.so_far or [])[-1]
    choices = tuple(
        Choice(shown.public[ident], content.wording(ident).text[language]) for ident in shown.order[node.id]
    )
    return (Control(f"turn{turn}", "one", choices, "" if node.text is None else node.text[language]),)


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """The response so far and the pick of the turn reached; what a page says of other turns is not read."""
    turn = next_turn(content, shown.so_far)
    pick = None if turn is None else picked(values, f"turn{turn}", shown)
    if pick is None:
        return shown.so_far
    node_id, _, option_id = pick.partition(".")
    if node_id != _visited(content, shown.so_far or [])[-1].id:
        raise ResponseError(f"turn{turn}", N_("Choose one of the answers on this page."))
    return [*(shown.so_far or []), option_id]


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """The pick of the turn reached, if the response goes beyond what stood when the page was drawn."""
    done = len(shown.so_far or ())
    if len(response) <= done:
        return {}
    node = _visited(content, response[:done])[-1]
    return {f"turn{done + 1}": [shown.public[f"{node.id}.{response[done]}"]]}


def check(content: Schema, response: Response) -> Response:
    """The response if it lists an option a turn from the first turn on; it may stop before the last."""
    if not isinstance(response, list) or not 1 <= len(response) <= turns(content):
        raise ResponseError("turn1", N_("Choose one answer at each turn."))
    for place, option_id in enumerate(response):
        node = _visited(content, response[:place])[-1]
        if not isinstance(option_id, str) or option_id not in node.effectiveness():
            raise ResponseError(f"turn{place + 1}", N_("Choose one of the answers on this page."))
    return response


def _scores(node: Node) -> dict[str, float]:
    """Option id -> ``(e - mean(e)) / (max(e) - mean(e))``, as for a ``best``."""
    values = node.effectiveness()
    middle = mean(values.values())
    return {ident: (value - middle) / (max(values.values()) - middle) for ident, value in values.items()}


def score(content: Schema, response: Response) -> float:
    """The mean of the turns' scores; a turn not reached counts 0."""
    visited = zip(_visited(content, response), response, strict=False)
    return sum(_scores(node)[option_id] for node, option_id in visited) / turns(content)


def key(content: Schema) -> Response:
    """The best option of each turn on the way that they make."""
    found, node = [], content.nodes[0]
    while True:
        best = max(node.options, key=lambda option: option.effectiveness)
        found.append(best.id)
        if best.next is None:
            return found
        node = content.node(best.next)


def responses(content: Schema) -> Iterator[Response]:
    """Every path to its end."""

    def onward(node: Node) -> Iterator[list[str]]:
        for option in node.options:
            rest = [[]] if option.next is None else onward(content.node(option.next))
            yield from ([option.id, *path] for path in rest)

    return onward(content.nodes[0])


@lru_cache(maxsize=4096)
def _ladder(scores: tuple[float, ...]) -> Ladder:
    return Ladder.over(np.array(scores))


def sample(content: Schema, means: Floats, rng: np.random.Generator) -> list[Response]:
    """Each turn answered as a ``best`` by somebody of that mean."""
    uniform = rng.random((len(means), turns(content), 2))
    found: list[Response] = [[] for _ in means]
    here = {content.nodes[0].id: list(range(len(means)))}
    for turn in range(turns(content)):
        onward: dict[str, list[int]] = {}
        for node_id, people in here.items():
            node = content.node(node_id)
            ladder = _ladder(tuple(_scores(node).values()))
            places = ladder.places(np.asarray(means)[people], uniform[people, turn])
            for person, place in zip(people, places.tolist(), strict=True):
                found[person].append(node.options[place].id)
                onward.setdefault(node.options[place].next or "", []).append(person)
        here = onward
    return found


def spread(content: Schema, means: Floats) -> Floats:
    """The SD of the score of such answers at each mean: turns are uncorrelated, each having that mean."""

    def variance(node: Node, means: Floats) -> Floats:
        scores = list(_scores(node).values())
        found = spread_of(scores, means) ** 2
        chances = chances_of(scores, means)
        for place, option in enumerate(node.options):
            if option.next is not None:
                found = found + chances[:, place] * variance(content.node(option.next), means)
        return found

    found: Floats = np.sqrt(variance(content.nodes[0], np.asarray(means, dtype=np.float64))) / turns(content)
    return found


def lowest(content: Schema) -> float:
    """The worst way through: an option that is worst here may lead past a worse one."""

    def onward(node: Node) -> float:
        scores = _scores(node)
        return min(
            scores[option.id] + (0.0 if option.next is None else onward(content.node(option.next)))
            for option in node.options
        )

    return onward(content.nodes[0]) / turns(content)


def preferred(content: Schema, response: Response) -> str | None:
    """None: no one option stands for all turns."""
    return None


def guesses(content: Schema) -> tuple[Guess, ...]:
    """A pick at each node, whatever the way there."""
    return tuple(guess_best(node.effectiveness(), f"{node.id}.", node.text) for node in content.nodes)


def avoided(content: Schema) -> list[Response]:
    """At the first turn, the best of what was not best; each of several."""
    return [[option.id] for option in second_best(content.nodes[0])]


def shared_score(content: Schema, response: Response) -> float:
    """The score of the first turn alone: what follows from it is each sibling's own."""
    return _scores(content.nodes[0])[response[0]]


def ceiling(contents: Sequence[Schema]) -> float:
    """The highest mean score at the first turn of one answer to it."""
    return max(
        mean(shared_score(content, [option.id]) for content in contents)
        for option in contents[0].nodes[0].options
    )


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("Which response is the most effective?")


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each option, the turns visited first and in order, the most effective of a turn first."""
    nodes = [] if response is None else _visited(content, response)
    picks = {node.id: option_id for node, option_id in zip(nodes, response or [], strict=False)}
    ordered = [*nodes, *(node for node in content.nodes if node not in nodes)]
    lines = []
    for node in ordered:
        for place, option in enumerate(by_effectiveness(node)):
            keyed = NO_MARK if place else Mark("best")
            given = Mark("best") if picks.get(node.id) == option.id else NO_MARK
            # Nobody disagrees with the key of a turn that the answers never led to.
            agrees = given == keyed or (response is not None and node.id not in picks)
            lines.append(Line(f"{node.id}.{option.id}", given, keyed, agrees))
    return Explanation(tuple(lines))
