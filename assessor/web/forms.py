"""The forms that pages share: shape only. State is checked by services, answers by their item types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request
from wtforms import Field, Form, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from assessor.errors import Invalid
from assessor.messages import N_


class ChoiceForm(Form):  # type: ignore[misc]  # WTForms publishes no types
    """A form of choices, filled from the request's body or from values in an address."""

    def offer(self, choices: Mapping[str, Sequence[str]]) -> None:
        """Allow each field these values only."""
        for name, values in choices.items():
            self[name].choices = [SelectChoice(value, value) for value in values]

    def refuse(self, error: Invalid) -> None:
        """Show a service's refusal at its field."""
        field: Field = self[error.field]
        field.errors = [*field.errors, error.message]

    def faults(self) -> list[tuple[str, str]]:
        """Each message with the id of the control it is about."""
        return [(field.id, message) for field in self for message in field.errors]


def one_of(message: str) -> RadioField:
    """A required choice among values that the view offers; ``message`` says what to do without one."""
    return RadioField(validators=[InputRequired(message)], choices=[], validate_choice=False)


class StartForm(ChoiceForm):
    """What a self-assessment is about, how long it is, and its language."""

    domain = one_of(N_("Choose one of the domains."))
    length = one_of(N_("Choose one of the lengths."))
    language = one_of(N_("Choose a language."))


def posted(name: str) -> str:
    """One value of the request's form, empty where it is missing."""
    return request.form.get(name, "")


def posted_number(name: str) -> int:
    """A whole number of the request's form; 0 where it is missing or is none."""
    value = posted(name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
