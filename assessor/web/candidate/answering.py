"""From an item's controls to one form for all item types, and back to a response. Knows no type by name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.datastructures import MultiDict
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm

from assessor.banks.schema import Item
from assessor.items import Doubting, TurnTaken, Unfolding, shown_to, type_of
from assessor.items.base import Control, Response, ResponseError, Shown
from assessor.messages import N_

PREFIX = "r-"


@dataclass(frozen=True)
class Sheet:
    """One item as a page asks it: its controls in order, their fields, and what is wrong with the answer.

    ``response`` is the whole response that the page gives, ``stands`` the one that it was drawn upon.
    ``doubt`` is the question that must be confirmed before the answer counts, ``mark`` names that answer.
    """

    item: Item
    language: str
    controls: tuple[Control, ...]
    form: BaseForm
    response: Response | None
    stands: Response | None = None
    error: ResponseError | None = None
    doubt: str | None = None
    mark: str = ""

    @property
    def type(self) -> str:
        """The item type's name, which is its template's too."""
        return self.item.content.type

    @property
    def faults(self) -> list[tuple[str, str]]:
        """The message about the answer with the id of its control, if there is one."""
        if self.error is None:
            return []
        name = self.error.control if self.error.control in self.form else self.controls[0].name
        return [(self.form[name].id, self.error.message)]

    @property
    def unfolds(self) -> bool:
        """Whether the item is asked in turns."""
        return is_in_turns(self.item)

    @property
    def turn(self) -> int | None:
        """The number of the turn that the page asks; None after the last, and where there are no turns."""
        kind = type_of(self.item.content)
        return kind.next_turn(self.item.content, self.stands) if isinstance(kind, Unfolding) else None

    @property
    def turns(self) -> int:
        """How many turns the item has; 0 where it is not asked in turns."""
        kind = type_of(self.item.content)
        return kind.turns(self.item.content) if isinstance(kind, Unfolding) else 0

    @property
    def past(self) -> tuple[TurnTaken, ...]:
        """The turns that lie behind."""
        kind = type_of(self.item.content)
        return kind.past(self.item.content, self.stands) if isinstance(kind, Unfolding) else ()

    @property
    def goes_on(self) -> bool:
        """Whether this answer leads to another turn of the same item."""
        return self.response != self.stands and is_unfinished(self.item, self.response)


class OwnOrder(Protocol):
    """What of an attempt decides how its items are shown: names and order of its options are its own."""

    @property
    def secret(self) -> bytes:
        """The attempt's own secret."""


def is_in_turns(item: Item) -> bool:
    """Whether the item is asked in turns, with no way back past one."""
    return isinstance(type_of(item.content), Unfolding)


def is_unfinished(item: Item, response: Response | None) -> bool:
    """Whether the response stops before the last turn of an item that has turns."""
    kind = type_of(item.content)
    if not isinstance(kind, Unfolding) or response is None:
        return False
    return kind.next_turn(item.content, response) is not None


def sheet_of(attempt: OwnOrder, item: Item, language: str, response: Response | None) -> Sheet:
    """The item as this sitting asks it, filled with the saved response; one in turns, at the turn reached."""
    kind = type_of(item.content)
    stands = response if isinstance(kind, Unfolding) else None
    shown = shown_to(item.content, item.digest, attempt.secret, stands)
    controls = kind.controls(item.content, shown, language)
    values = {} if response is None else kind.fill(item.content, response, shown)
    return Sheet(item, language, controls, _filled(controls, values), response, stands)


def read_sheet(
    attempt: OwnOrder,
    item: Item,
    language: str,
    sent: MultiDict[str, str],
    kept: Response | None,
    turn: int | None = None,
) -> Sheet:
    """The item with the response that a form brought; a response that is none stands in ``error``.

    ``kept`` is the response that is saved, ``turn`` the one that the page asked, where it asked one.
    """
    stands = _drawn_upon(item, kept, turn)
    shown = shown_to(item.content, item.digest, attempt.secret, stands)
    controls = type_of(item.content).controls(item.content, shown, language)
    values = {control.name: sent.getlist(PREFIX + control.name) for control in controls}
    form = _filled(controls, values)
    try:
        response = _parse(item, values, shown)
    except ResponseError as error:
        named = error.control if error.control in form else controls[0].name
        form[named].errors = [error.message]
        return Sheet(item, language, controls, form, None, stands, error)
    is_old = is_in_turns(item) and stands != kept
    # What an older page gives will be refused: there is nothing to confirm.
    doubt = None if is_old or response == kept else _doubt(item, response)
    return Sheet(item, language, controls, form, response, stands, doubt=doubt, mark=_mark(values))


def _drawn_upon(item: Item, kept: Response | None, turn: int | None) -> Response | None:
    """What stood when the page was drawn: an older page asks a turn that is answered since."""
    if not is_in_turns(item) or kept is None:
        return None
    return kept if turn is None or not 1 <= turn <= len(kept) else kept[: turn - 1] or None


def _doubt(item: Item, response: Response | None) -> str | None:
    kind = type_of(item.content)
    if response is None:
        return None
    if isinstance(kind, Unfolding):
        return N_("Once confirmed, this answer cannot be changed. Is it the one you mean?")
    return kind.doubt(item.content, response) if isinstance(kind, Doubting) else None


def _mark(values: Mapping[str, Sequence[str]]) -> str:
    """A short name for the answer as the browser gives it: another answer has to be confirmed anew."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _parse(item: Item, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    return type_of(item.content).parse(item.content, values, shown)


def _filled(controls: Sequence[Control], values: Mapping[str, Sequence[str]]) -> BaseForm:
    form = BaseForm({control.name: _field(control) for control in controls}, prefix=PREFIX)
    form.process(
        None, data={control.name: _value(control, values.get(control.name, ())) for control in controls}
    )
    return form


def _field(control: Control) -> Any:
    choices = [SelectChoice(choice.value, choice.text or choice.value) for choice in control.choices]
    if control.kind == "some":
        return SelectMultipleField(choices=choices, validate_choice=False)
    if control.kind == "one":
        return SelectField(choices=choices, validate_choice=False)
    return StringField()


def _value(control: Control, values: Sequence[str]) -> Any:
    given = [value for value in values if value]
    return given if control.kind == "some" else (given[0] if given else None)
