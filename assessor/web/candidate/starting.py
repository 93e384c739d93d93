"""The way into a self-assessment: choices, notice, start. What can be chosen is a service's to say."""

from __future__ import annotations

import hashlib
from datetime import date

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply
from wtforms.fields import SelectChoice

from assessor.banks.schema import Library
from assessor.errors import Invalid, Wait
from assessor.language.locales import own_name, tag
from assessor.messages import N_
from assessor.report import plots
from assessor.services import limits
from assessor.services.sittings import life, lots, self_assessment
from assessor.web.plumbing import access, forms, i18n, security, transactions
from assessor.web.plumbing.access import BEGINNING, PUBLIC, policy
from assessor.web.plumbing.server import server

blueprint = Blueprint("starting", __name__)

#: The result around which the start page draws each length's interval.
SAMPLE = 60.0
MANY_STARTS = N_(
    "Very many sittings were begun from this network in a short time. Nothing was begun now: try again in "
    "ten minutes. Sittings that were begun go on as before."
)


@blueprint.get("/self/start")
@policy(PUBLIC)
def start() -> Response:
    """Domain, length and language on one page."""
    form = _start_form()
    form.process(
        data={"length": self_assessment.usual(_library(), _today()), "language": i18n.language()} | _args()
    )
    return _start_page(form, 200)


@blueprint.post("/self/start")
@policy(PUBLIC)
def choose() -> Reply:
    """The notice of the chosen sitting, or the choices again with what is wrong."""
    form = _start_form(request.form)
    if not form.validate() or not _is_offered(form):
        return _start_page(form, 422)
    return redirect(_address("starting.notice", form.data), 303)


def _start_form(sent: object = None) -> forms.StartForm:
    form = forms.StartForm(sent)
    titles = {bank.id: bank.title for bank in self_assessment.domains(_library(), _today(), _languages())}
    lengths = self_assessment.lengths(_library(), _today())
    offered = self_assessment.choices(_library(), _today(), _languages())
    form.offer(
        {
            "domain": [SelectChoice(one, i18n.read(titles[one])) for one in offered["domain"]],
            "length": [SelectChoice(one, i18n.translated(lengths[one].name)) for one in offered["length"]],
            "language": [
                SelectChoice(code, own_name(code), {"lang": tag(code)}) for code in offered["language"]
            ],
        }
    )
    return form


def _is_offered(form: forms.StartForm) -> bool:
    try:
        self_assessment.require(_library(), _today(), _languages(), **form.data)
    except Invalid as error:
        form.refuse(error)
        return False
    return True


def _start_page(form: forms.StartForm, status: int) -> Response:
    page = render_template(
        "candidate/start.html",
        form=form,
        lengths=self_assessment.lengths(_library(), _today()),
        drawings={
            ident: _drawing(offer) for ident, offer in self_assessment.lengths(_library(), _today()).items()
        },
    )
    return make_response(page, status)


def _drawing(offer: self_assessment.Offer) -> Markup:
    """What an offer's interval would look like around a result of 60."""
    _ = i18n.catalogue().gettext
    return plots.interval(
        SAMPLE,
        SAMPLE - offer.half_width,
        SAMPLE + offer.half_width,
        title=_("A result of 60 with its interval"),
        description=_("The interval reaches %(points)s points to each side.")
        % {"points": round(offer.half_width)},
        cuts=_library().framework.cuts,
    )


@blueprint.get("/self/notice")
@policy(PUBLIC)
def notice() -> Reply:
    """What the reader should know before anything is measured; with choices that do not hold, the start."""
    chosen = _args()
    try:
        self_assessment.require(_library(), _today(), _languages(), **chosen)
    except Invalid:
        return redirect(_address("starting.start", chosen))
    return make_response(_notice_page(chosen))


def _notice_page(chosen: dict[str, str]) -> str:
    offer = self_assessment.lengths(_library(), _today())[chosen["length"]]
    domain = _library().domain(chosen["domain"]).bank
    return render_template(
        "candidate/notice.html", chosen=chosen, offer=offer, domain=domain, settings=server().settings
    )


@blueprint.post("/self/notice")
@policy(BEGINNING)
def begin() -> Reply:
    """The new sitting's private link; from here on answers can be given."""
    chosen = {name: forms.posted(name) for name in ("domain", "length", "language")}
    self_assessment.require(_library(), _today(), _languages(), **chosen)
    _count_start()
    lot = lots.new_lot()
    # Before there is a session: a form takes its time, and whoever saves an answer meanwhile must not wait.
    form = self_assessment.draw(_library(), **chosen, seed=lot.seed, today=_today())
    begun = transactions.session().run(
        life.begin,
        _library(),
        form,
        language=chosen["language"],
        secret=lot.secret,
        notice_digest=notice_digest(),
        now=transactions.now(),
    )
    access.admit(begun.ref)
    security.hand_over_link(begun.ref, begun.token)
    i18n.choose(chosen["language"])
    return i18n.switched(url_for("candidate.link", ref=begun.ref))


def _count_start() -> None:
    """Count one more start from this address; raises Wait where there were far too many."""
    subject = limits.subject_of(request.remote_addr, str(current_app.secret_key))
    apart, now = transactions.independent(), transactions.now()
    seconds = apart.write(limits.take, limits.SITTINGS_OF_ADDRESS, subject, now=now)
    if seconds:
        raise Wait(seconds, MANY_STARTS)


def notice_digest() -> str:
    """Which words were accepted: the SHA-256 of the notice as it was shown, in its language."""
    words = Markup(render_template("candidate/_notice.html", settings=server().settings)).striptags()
    return "sha256:" + hashlib.sha256(words.encode()).hexdigest()


def _library() -> Library:
    return server().library


def _today() -> date:
    return transactions.now().date()


def _languages() -> tuple[str, ...]:
    return server().settings.languages


def _args() -> dict[str, str]:
    return {name: request.args[name] for name in ("domain", "length", "language") if name in request.args}


def _address(endpoint: str, chosen: dict[str, str]) -> str:
    return url_for(
        endpoint,
        domain=chosen.get("domain"),
        length=chosen.get("length"),
        language=chosen.get("language"),
    )
