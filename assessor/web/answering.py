"""From an item's controls to one form for all item types, and back to a response. Knows no type by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.datastructures import MultiDict
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm

from assessor.banks.schema import Item
from assessor.items import shown_to, type_of
from assessor.items.base import Control, Response, ResponseError, Shown

PREFIX = "r-"


@dataclass(frozen=True)
class Sheet:
    """One item as a page asks it: its controls in order, their fields, and what is wrong with the answer."""

    item: Item
    language: str
    controls: tuple[Control, ...]
    form: BaseForm
    response: Response | None
    error: ResponseError | None = None

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


class Sitting(Protocol):
    """What of a sitting decides how its items are shown."""

    @property
    def secret(self) -> bytes:
        """The sitting's own secret."""


def sheet_of(sitting: Sitting, item: Item, language: str, response: Response | None) -> Sheet:
    """The item as this sitting asks it, filled with the saved response."""
    shown = shown_to(item.content, item.digest, sitting.secret)
    controls = type_of(item.content).controls(item.content, shown, language)
    values = {} if response is None else type_of(item.content).fill(item.content, response, shown)
    return Sheet(item, language, controls, _filled(controls, values), response)


def read_sheet(sitting: Sitting, item: Item, language: str, sent: MultiDict[str, str]) -> Sheet:
    """The item with the response that a form brought; a response that is none stands in ``error``."""
    shown = shown_to(item.content, item.digest, sitting.secret)
    controls = type_of(item.content).controls(item.content, shown, language)
    values = {control.name: sent.getlist(PREFIX + control.name) for control in controls}
    form = _filled(controls, values)
    try:
        response = _parse(item, values, shown)
    except ResponseError as error:
        named = error.control if error.control in form else controls[0].name
        form[named].errors = [error.message]
        return Sheet(item, language, controls, form, None, error)
    return Sheet(item, language, controls, form, response)


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
