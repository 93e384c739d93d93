"""The forms that pages share: shape only. State is checked by services, answers by their item types.

Every field is drawn by one macro, ``ui.field``, whatever its kind; what it asks of a field stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

from flask import Flask, request
from wtforms import Field, Form, PasswordField, RadioField
from wtforms.fields import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, RadioInput, TextInput

from assessor.errors import Invalid
from assessor.messages import N_
from assessor.web.plumbing import i18n

#: How a field is drawn: unseen; a group of radio buttons, of checkboxes or of buttons that send the form; one
#: checkbox; or one control under its label.
Shape = Literal["hidden", "radios", "checks", "buttons", "check", "control"]


#: What WTForms says of values that it cannot read, as this product says it: what would be right.
_OWN_WORDS: Final[Mapping[str, str]] = {
    "Not a valid date value.": N_("Give the date as year, month and day, such as 2026-12-20."),
    "Not a valid integer value.": N_("Give a whole number."),
    "Not a valid choice.": N_("Choose one of those offered."),
    "Invalid Choice: could not coerce.": N_("Choose one of those offered."),
    "Invalid choice(s): one or more data inputs could not be coerced.": N_("Choose among those offered."),
    "This field is required.": N_("Fill this in."),
}


class _Wording:
    """The words of WTForms, ours in the place of those that name no remedy; ids, translated where shown."""

    def __init__(self, theirs: Any) -> None:
        self.theirs = theirs

    def gettext(self, message: str) -> str:
        return _OWN_WORDS.get(message) or self.theirs.gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.theirs.ngettext(one, many, number)  # type: ignore[no-any-return]


class PageForm(Form):  # type: ignore[misc]  # WTForms publishes no types
    """A form of a page: labels, descriptions and messages are message ids, translated where shown."""

    class Meta:
        """How WTForms words what it cannot read."""

        def get_translations(self, form: Form) -> _Wording:
            """Its own words in the language of the page, but where ours say what would be right."""
            return _Wording(DefaultMeta.get_translations(self, form))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """WTForms says what it cannot read in the language of the page."""
        super().__init__(*args, **{"meta": {"locales": (i18n.language(),)}, **kwargs})

    def offer(self, choices: Mapping[str, Sequence[SelectChoice]]) -> None:
        """Allow each field these choices only; their labels are shown as they are."""
        for name, values in choices.items():
            self[name].choices = list(values)

    def refuse(self, error: Invalid) -> None:
        """Show a service's refusal at its field."""
        field: Field = self[error.field]
        field.errors = [*field.errors, error.message]

    def faults(self) -> list[tuple[str, str]]:
        """Each message with the id of the control it is about."""
        return [(field.id, message) for field in self for message in field.errors]


class ButtonsField(RadioField):  # type: ignore[misc]
    """A choice made by pressing one of several buttons, each of which sends the form."""


def one_of(label: str, message: str, description: str = "") -> RadioField:
    """A required choice among those that the view offers; ``message`` says what to do without one."""
    return RadioField(
        label,
        description=description,
        validators=[InputRequired(message)],
        choices=[],
        validate_choice=False,
    )


class SecretField(PasswordField):  # type: ignore[misc]
    """A password: never sent back, but where its person asks to see what they typed."""

    def reveal(self) -> None:
        """Show what was typed."""
        self.widget = TextInput()


def kept_as(read: Callable[[str, str], object]) -> Callable[[Form, Field], None]:
    """A validator: what is entered must be something that ``read`` takes for the field of that name."""

    def check(_form: Form, field: Field) -> None:
        try:
            read(field.data or "", field.short_name)
        except Invalid as error:
            raise ValidationError(error.message) from error

    return check


class StartForm(PageForm):
    """What a self-assessment is about, how long it is, and its language."""

    domain = one_of(N_("Domain"), N_("Choose one of the domains."))
    length = one_of(
        N_("Length"),
        N_("Choose one of the lengths."),
        N_(
            "The longer the test, the narrower the interval around each result. The drawing shows it for a "
            "result of 60 on the scale from 0 (random answers) to 100 (the key): 8 times in 10 the result "
            "lies within the bar."
        ),
    )
    language = one_of(N_("Language of the questions"), N_("Choose a language."))


class KeepForm(PageForm):
    """For how many days results are kept from now on."""

    days = ButtonsField(N_("How long it is kept"), coerce=int, choices=[], validate_choice=False)


def shape_of(field: Field) -> Shape:
    """How a field is drawn, by the widgets that WTForms gives it."""
    each = getattr(field, "option_widget", None)
    if isinstance(field.widget, HiddenInput):
        return "hidden"
    if isinstance(field, ButtonsField):
        return "buttons"
    if isinstance(each, RadioInput):
        return "radios"
    if isinstance(each, CheckboxInput):
        return "checks"
    return "check" if isinstance(field.widget, CheckboxInput) else "control"


def is_disabled(field: Field) -> bool:
    """Whether a field is shown and cannot be changed."""
    return bool(field.flags.disabled or (field.render_kw or {}).get("disabled"))


def configure(app: Flask) -> None:
    """Let templates ask a field how it is drawn."""
    app.jinja_env.filters.update(shape=shape_of)
    app.jinja_env.tests.update(disabled=is_disabled)


def posted(name: str) -> str:
    """One value of the request's form, empty where it is missing."""
    return request.form.get(name, "")


def posted_number(name: str) -> int:
    """A whole number of the request's form; 0 where it is missing or is none."""
    value = posted(name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
