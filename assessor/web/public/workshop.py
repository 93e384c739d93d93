"""The page for those who build pages: every component in every state. Registered in debug mode only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from flask import Blueprint, render_template
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from assessor.messages import N_
from assessor.web.plumbing import i18n
from assessor.web.plumbing.access import PUBLIC, policy
from assessor.web.plumbing.forms import ButtonsField, PageForm

blueprint = Blueprint("workshop", __name__)
IN_DEBUG_MODE_ONLY = True

State = Literal["empty", "filled", "faulty", "disabled"]
STATES: tuple[State, ...] = get_args(State)
CHOICES = {"one": N_("The first choice"), "two": N_("The second choice"), "three": N_("The third choice")}
SENT: Mapping[State, Mapping[str, str | list[str]]] = {
    "empty": {},
    "filled": {
        "name": "Zoé Tremblay-Nguyễn",
        "address": "zoe@example.org",
        "day": "2026-12-13",
        "place": "two",
        "one": "two",
        "some": ["one", "three"],
        "agrees": "y",
        "note": "Première ligne\nDeuxième ligne",
    },
    "faulty": {"address": "zoe@"},
}


def _is_address(_form: object, field: EmailField) -> None:
    name, _, host = (field.data or "").partition("@")
    if not (name and host):
        raise ValidationError(N_("Enter an e-mail address, such as zoe@example.org."))


class SampleForm(PageForm):
    """One field of each kind that a page may ask for."""

    step = HiddenField(default="1")
    name = StringField(
        N_("Name"),
        validators=[InputRequired(N_("Enter a name."))],
        render_kw={"autocomplete": "name"},
    )
    address = EmailField(
        N_("E-mail address"),
        description=N_("The invitation is sent there."),
        validators=[InputRequired(N_("Enter an e-mail address, such as zoe@example.org.")), _is_address],
        render_kw={"autocomplete": "email"},
    )
    file = FileField(
        N_("File"),
        description=N_("A CSV file of at most 2 MB."),
        validators=[InputRequired(N_("Choose a file."))],
        render_kw={"accept": ".csv"},
    )
    day = DateField(N_("Last day"), validators=[InputRequired(N_("Enter the last day."))])
    place = SelectField(
        N_("Place"), choices=[], validate_choice=False, validators=[InputRequired(N_("Choose a place."))]
    )
    one = RadioField(
        N_("One of several"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(N_("Choose one of the three."))],
    )
    some = SelectMultipleField(
        N_("Several of several"),
        description=N_("All that apply."),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(N_("Choose at least one."))],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    agrees = BooleanField(
        N_("I have read the notice."),
        validators=[InputRequired(N_("Confirm that you have read the notice."))],
    )
    note = TextAreaField(
        N_("Note"),
        description=N_("Only those who work with you read it."),
        validators=[Optional()],
        render_kw={"rows": 3},
    )
    term = ButtonsField(N_("How long it is kept"), choices=[], validate_choice=False)


def sample(state: State) -> SampleForm:
    """The sample form as a page shows it in that state."""
    given = SENT.get(state, SENT["filled"])
    form = SampleForm(
        MultiDict({f"{state}-{name}": value for name, value in given.items()}) if given else None,
        prefix=state,
    )
    gettext = i18n.catalogue().gettext
    choices = [SelectChoice(value, gettext(label)) for value, label in CHOICES.items()]
    form.offer({"one": choices, "some": choices, "term": choices})
    form.offer({"place": [SelectChoice("", gettext("Choose")), *choices]})
    if state == "faulty":
        form.validate()
    if state == "disabled":
        for field in form:
            field.render_kw = {**(field.render_kw or {}), "disabled": True}
    return form


@blueprint.get("/styleguide")
@policy(PUBLIC)
def styleguide() -> str:
    """Every component in every state, for eyes and for axe."""
    return render_template("home/styleguide.html", samples={state: sample(state) for state in STATES})
