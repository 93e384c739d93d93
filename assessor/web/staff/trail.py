"""What was done in a workspace, by whom and when: the audit, which names people by codes only."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, make_response, render_template, request
from wtforms import DateField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional, Regexp

from assessor.messages import N_
from assessor.services import audit
from assessor.services.actors import Capacity
from assessor.services.audit import Entry, Sought
from assessor.services.events import EVENTS, Event
from assessor.services.permissions import ROLE_NAMES, Permission
from assessor.web.plumbing import access, i18n, transactions
from assessor.web.plumbing.access import policy, within
from assessor.web.plumbing.forms import PageForm

blueprint = Blueprint("trail", __name__)

#: In which capacity something was done, as readers read it.
CAPACITIES = {
    Capacity.VISITOR: N_("somebody not signed in"),
    Capacity.PERSON: N_("person"),
    Capacity.BEARER: N_("somebody with a link"),
    Capacity.HOLDER: N_("the person who takes the test"),
    Capacity.OPERATOR: N_("whoever runs the server"),
    Capacity.COMMAND_LINE: N_("command line"),
    Capacity.JOB: N_("the server by itself"),
}
WRONG_DATE = N_("Enter a date, such as 2026-12-31.")


class FilterForm(PageForm):
    """Which entries are shown; what is left empty restricts nothing."""

    event = SelectField(N_("What was done"), validators=[Optional()], validate_choice=False)
    code = StringField(
        N_("Code of a person or thing"),
        validators=[
            Optional(),
            Regexp(r"^\s*[0-9a-fA-F]{16}\s*$", message=N_("A code has 16 signs, 0 to 9 and a to f.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    since = DateField(N_("From"), validators=[Optional()])
    until = DateField(N_("To"), validators=[Optional()])

    def offer_events(self) -> None:
        """Name every event."""
        names = [SelectChoice(event.value, i18n.translated(told.says)) for event, told in EVENTS.items()]
        self.offer({"event": [SelectChoice("", i18n.translated(N_("everything"))), *names]})


@blueprint.get("/w/<workspace>/audit")
@policy(within(Permission.READ_AUDIT))
def entries(workspace: str) -> Response:
    """The entries that are looked for, a page of them, the newest first."""
    form = FilterForm(request.args)
    form.offer_events()
    is_right = form.validate()
    for name in ("since", "until"):
        form[name].errors = [WRONG_DATE] if form[name].errors else []
    found = transactions.session().run(
        audit.listed,
        access.actor(),
        _sought(form) if is_right else Sought(),
        page=request.args.get("page", 1, int),
    )
    page = render_template(
        "staff/audit.html",
        form=form,
        found=found,
        rows=[_row(entry) for entry in found.entries],
        workspace=workspace,
        kept={name: value for name, value in request.args.items() if name != "page"},
    )
    return make_response(page, 200 if is_right else 422)


def _sought(form: FilterForm) -> Sought:
    known = {event.value: event for event in Event}
    return Sought(
        event=known.get(form.event.data or ""),
        code=(form.code.data or "").strip().lower(),
        since=_begin(form.since.data),
        until=_begin(form.until.data and form.until.data + timedelta(days=1)),
    )


def _begin(day: date | None) -> datetime | None:
    """The moment at which the day begins where the reader is."""
    return None if day is None else datetime.combine(day, time(), i18n.zone()).astimezone(UTC)


def _row(entry: Entry) -> list[object]:
    return [
        f"{i18n.day(entry.at)}, {i18n.hour(entry.at)}",
        i18n.translated(EVENTS[entry.event].says),
        f"{i18n.translated(CAPACITIES[entry.capacity])} {entry.actor or ''}".strip(),
        entry.object or "",
        "; ".join(_told(name, value) for name, value in entry.details.items()),
        entry.number,
    ]


#: The details of events, as readers read them.
DETAILS = {
    "days": N_("days"),
    "devices": N_("devices"),
    "roles": N_("roles"),
    "before": N_("before"),
}


def _told(name: str, value: object) -> str:
    names = {role.value: i18n.translated(says) for role, says in ROLE_NAMES.items()}
    listed = [names[str(one)] for one in value] if isinstance(value, list) else [str(value)]
    shown = ", ".join(listed)
    return i18n.translated(N_("%(name)s: %(value)s")) % {
        "name": i18n.translated(DETAILS[name]),
        "value": shown,
    }
