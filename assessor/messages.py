"""What is said to people: marking of message ids, messages with values, faults. Others translate and show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

Place = tuple[str | int, ...]
"""Where a value stands in a file: the keys and list positions that lead to it."""


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """The message itself: only marks it so that the catalogues carry it."""
    return message


@dataclass(frozen=True)
class Tongue:
    """How one language says a message: its catalogue, and its signs around and inside values.

    ``pick`` says a message that counts something: of its singular, its plural and the number.
    """

    translate: Callable[[str], str]
    pick: Callable[[str, str, int], str]
    decimal: str = "."
    percent: str = "%"
    quotes: tuple[str, str] = ("'", "'")


def _picked(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


ENGLISH = Tongue(lambda message: message, _picked)


class Said(str):
    """A message with its values: a text in English, which ``retold`` says in another language."""

    message: str
    values: Mapping[str, object]
    #: What the message is of many, and how many there are; nothing where it counts nothing.
    many: tuple[str, int] | None

    def __new__(cls, message: str, values: Mapping[str, object], many: tuple[str, int] | None = None) -> Said:
        """The English text, made of the message id and its values."""
        chosen = _picked(message, *many) if many else message
        made = super().__new__(cls, _Spoken(ENGLISH).vformat(chosen, (), values))
        made.message, made.values, made.many = message, values, many
        return made

    def __reduce__(self) -> tuple[type[Said], tuple[str, Mapping[str, object], tuple[str, int] | None]]:
        """What a copy is made of."""
        return Said, (self.message, self.values, self.many)


def said(message: str, /, **values: object) -> Said:
    """The message with its values, ``{name}`` in the message; marks the message id for the catalogues.

    A text among the values may be such a message itself. Quotes come from ``{name!r}``.
    """
    return Said(message, values)


def counted(one: str, many: str, count: int, /, **values: object) -> Said:
    """As ``said``, of a number of things: ``one`` where it is one, ``many`` else; ``{count}`` is the number.

    Which numbers take the singular is the language's own: French says « 0 mot », English "0 words".
    """
    return Said(one, {"count": count, **values}, (many, count))


def retold(text: str, tongue: Tongue) -> str:
    """The text in that language if it was ``said``; any other as it is."""
    return _Spoken(tongue).say(text) if isinstance(text, Said) else text


class _Spoken(Formatter):
    """Fills a message in one language."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue = tongue

    def say(self, text: Said) -> str:
        if text.many:
            return self.vformat(self.tongue.pick(text.message, *text.many), (), text.values)
        # The catalogue's entry for no message is its own header.
        message = self.tongue.translate(text.message) if text.message else ""
        return self.vformat(message, (), text.values)

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion == "r" and isinstance(value, str):
            opening, closing = self.tongue.quotes
            plain = repr(value)
            return plain if opening == "'" else f"{opening}{plain[1:-1]}{closing}"
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, Said):
            return self.say(value)
        written = format(value, format_spec)
        if isinstance(value, float) or format_spec.endswith("%"):
            return written.replace(".", self.tongue.decimal).replace("%", self.tongue.percent)
        return written


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of a file's values, and what would be right."""

    place: Place
    found: Said
    wanted: Said

    def __str__(self) -> str:
        """``place: what is wrong - what would be right``."""
        where = ".".join(map(str, self.place))
        return f"{where}: {self.found} - {self.wanted}" if where else f"{self.found} - {self.wanted}"


class Unsound(ValueError):
    """Values that a schema refuses: ``faults`` holds at least one."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Carry the faults; the message is their lines."""
        self.faults: Sequence[Fault] = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def refuse(faults: Iterable[Fault]) -> None:
    """Nothing where there is no fault; else raises Unsound with all of them."""
    if listed := tuple(faults):
        raise Unsound(listed)


def unsound(place: Place, found: Said, wanted: Said) -> Unsound:
    """The refusal for one fault."""
    return Unsound([Fault(place, found, wanted)])
