"""A sitting: its private link, its items, its submission. Items are drawn by their types' templates."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import segno
from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError, generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply

from assessor.banks.schema import Item
from assessor.errors import Conflict, NotFound
from assessor.services import refusals
from assessor.services.sittings import answers, life
from assessor.services.sittings.life import AttemptView
from assessor.services.tasks import scoring
from assessor.web.candidate import answering
from assessor.web.candidate.answering import Sheet
from assessor.web.plumbing import access, errors, forms, i18n, security, transactions
from assessor.web.plumbing.access import ANSWERING, GOVERNING, LINK, READING, policy
from assessor.web.plumbing.server import server

blueprint = Blueprint("candidate", __name__)

LANGUAGE_STEP = "language:"
#: Pages on which answers can still be given; elsewhere a submitted sitting needs no word about devices.
ASKING = ("candidate.question", "candidate.review", "candidate.submission")
#: What a script is told of a refusal; it keeps what it holds for a sitting that may be taken back.
REASONS: Mapping[type[Conflict], str] = {
    refusals.Newer: "newer",
    refusals.Turned: "turned",
    refusals.Elsewhere: "elsewhere",
    refusals.Closed: "submitted",
}
#: A question may be kept by the browser, and is shown again without asking only while its cookies are the
#: same: a choice made on it is there after Back, even without network. Every act changes one of them.
REVISITED = {"Cache-Control": "private, no-cache", "Vary": "Cookie"}
MARK = "page"


# The private link


@blueprint.get("/a/<ref>/link")
@policy(GOVERNING)
def link(ref: str) -> str:
    """The private link with its QR code, this once; afterwards the offer of a new one."""
    view = here(ref)
    token = security.take_link(ref)
    address = token and server().settings.base_url + url_for("candidate.door", token=token)
    return render_template(
        "candidate/link.html",
        view=view,
        address=address,
        code=address and _qr(address),
        examples=len(examples_for(view)),
    )


def _qr(address: str) -> Markup:
    drawn = segno.make_qr(address, error="m").svg_inline(
        scale=4, border=4, svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff"
    )
    # The reader of a screen has the link itself beside it.
    return Markup(drawn).replace("<svg ", Markup('<svg aria-hidden="true" focusable="false" '), 1)


@blueprint.post("/a/<ref>/link")
@policy(GOVERNING)
def new_link(ref: str) -> Reply:
    """A new private link, shown next; the old one opens nothing any more, nor do browsers that came by it."""
    view = here(ref)
    security.hand_over_link(ref, access.new_link(ref, view.epoch))
    return redirect(url_for("candidate.link", ref=ref), 303)


@blueprint.get("/self/r/<token>")
@policy(LINK)
def door(token: str) -> str:
    """What stands behind a private link, without an answer."""
    found = transactions.session().run(life.peek, access.actor(), now=transactions.now())
    library = server().library
    titles = library.banks
    domain = titles[found.domain].title if found.domain in titles else {}
    return render_template("candidate/door.html", found=found, token=token, domain=domain)


@blueprint.post("/self/r/<token>")
@policy(LINK)
def take_up(token: str) -> Reply:
    """The sitting, open on this device; pages that are open elsewhere become read-only."""
    ref = transactions.session().run(life.resume, access.actor(), now=transactions.now())
    access.admit(ref)
    return redirect(url_for("candidate.sitting", ref=ref), 303)


@blueprint.post("/a/<ref>/here")
@policy(ANSWERING)
def take_back(ref: str) -> Reply:
    """The sitting, or the item asked for, open on this device again; the other one becomes read-only."""
    now = transactions.now()
    security.come_by(ref, transactions.session().run(life.take_back, access.actor(), ref, now=now))
    number = forms.posted_number("number")
    if number:
        return redirect(url_for("candidate.question", ref=ref, number=number), 303)
    return redirect(url_for("candidate.sitting", ref=ref), 303)


# Answering


def opened(ref: str) -> AttemptView:
    """The sitting that the route names; raises NotFound once it has expired or was erased."""
    return transactions.session().run(life.load, access.actor(), ref, now=transactions.now())


class Away(Exception):
    """The sitting goes on in another browser, or went on there until it was submitted."""

    def __init__(self, view: AttemptView) -> None:
        """Carry the sitting: its page says how far it has come."""
        super().__init__(view.ref)
        self.view = view


def here(ref: str) -> AttemptView:
    """The sitting that the route names; raises Away where another browser took it up since this one did.

    A submitted sitting is the same everywhere: only its questions are not shown as if nothing had happened.
    """
    view = opened(ref)
    require_here(view)
    return view


def require_here(view: AttemptView) -> None:
    """Nothing; raises Away as ``here`` does."""
    is_elsewhere = not security.is_here(view.ref, view.epoch)
    if is_elsewhere and (view.state == "open" or request.endpoint in ASKING):
        raise Away(view)


@blueprint.errorhandler(Away)
def away(error: Away) -> Response:
    """That the sitting is not open on this device, and the offer to take it back, or its results."""
    arguments = request.view_args or {}
    page = render_template("candidate/elsewhere.html", view=error.view, number=arguments.get("number"))
    return make_response(page, 200 if request.method in transactions.SAFE_METHODS else 409)


def spoken(view: AttemptView) -> str:
    """The language of the items on this page: the page's own where they exist in it."""
    code = i18n.language()
    return code if code in view.library.languages(view.domain) else view.language


def examples_for(view: AttemptView) -> tuple[Item, ...]:
    """A practice item of each type that the form uses, in the order in which the form brings them."""
    library = server().library
    types = dict.fromkeys(item.content.type for item in view.items)
    return tuple(library.practice[name] for name in types if name in library.practice)


def item_at(view: AttemptView, number: int) -> Item:
    """The item at this place, counted from 1; raises NotFound past the end."""
    if not 1 <= number <= len(view.items):
        raise NotFound("the form is shorter")
    return view.items[number - 1]


@blueprint.get("/a/<ref>")
@policy(READING)
def sitting(ref: str) -> Reply:
    """Where to go on: the results, the first item not seen yet, or the review."""
    view = opened(ref)
    if view.state != "open":
        return redirect(url_for("results.show", ref=ref))
    require_here(view)
    unfinished = unfinished_items(view)
    for number, item in enumerate(view.items, start=1):
        if item.id not in view.answers:
            # Somebody who left in the middle of a situation goes on there.
            is_inside = number > 1 and view.items[number - 2].id in unfinished
            return redirect(url_for("candidate.question", ref=ref, number=number - is_inside))
    return redirect(url_for("candidate.review", ref=ref))


def unfinished_items(view: AttemptView) -> frozenset[str]:
    """Ids of the items in turns whose answer stops before the last turn."""
    return frozenset(
        item.id
        for item in view.items
        if item.id in view.answers and answering.is_unfinished(item, view.answers[item.id].response)
    )


@blueprint.get("/a/<ref>/<int:number>")
@policy(READING)
def question(ref: str, number: int) -> Reply:
    """One item with its saved answer."""
    view = here(ref)
    item = item_at(view, number)
    if view.state != "open":
        return redirect(url_for("results.show", ref=ref))
    saved = view.answers.get(item.id)
    sheet = answering.sheet_of(view, item, spoken(view), saved.response if saved else None)
    reply = question_page(view, number, sheet)
    reply.headers.update(REVISITED)
    return reply


@blueprint.after_request
def marked(reply: Response) -> Response:
    """The reply to an act, with a new mark for the browser: pages kept from before are asked for again."""
    if request.method not in transactions.SAFE_METHODS and reply.status_code < 400:
        is_https = server().settings.is_https
        reply.set_cookie(MARK, secrets.token_hex(4), httponly=True, samesite="Lax", secure=is_https)
    return reply


@blueprint.post("/a/<ref>/<int:number>")
@policy(ANSWERING)
def answer(ref: str, number: int) -> Reply:
    """The next page once the answer is saved; the same page where it is none, or came too late."""
    view = opened(ref)
    item = item_at(view, number)
    step = forms.posted("go") or "next"
    sheet = _sent(view, item)
    if view.state != "open" or forms.posted_number("epoch") != view.epoch:
        is_open = view.state == "open"
        late = refusals.Elsewhere(refusals.TAKEN_UP) if is_open else refusals.Closed(refusals.SUBMITTED)
        return overtaken(view, number, sheet, late)
    is_doubted = sheet.doubt is not None and forms.posted("confirmed") != sheet.mark
    if step != "clear" and (sheet.error is not None or is_doubted):
        return _returned(view, number, step)
    response = None if step == "clear" else sheet.response
    receipt = None
    try:
        # A page that was only looked at leaves no answer behind; "next" on an empty one does.
        if response is not None or step in ("next", "clear", "save") or item.id in view.answers:
            receipt = _record(view, item, response)
    except Conflict as error:
        return overtaken(view, number, sheet, error)
    onward = _after(view, number, step, goes_on=sheet.goes_on)
    if not security.wants_json():
        return i18n.switched(onward)
    reply = _acknowledged(receipt, "" if step == "save" else onward)
    return i18n.remember(reply)


def _sent(view: AttemptView, item: Item) -> Sheet:
    """The item with the answer that this request brought."""
    saved = view.answers.get(item.id)
    return answering.read_sheet(
        view,
        item,
        spoken(view),
        request.form,
        saved.response if saved else None,
        turn=forms.posted_number("turn"),
    )


def _record(view: AttemptView, item: Item, response: object) -> answers.Receipt:
    now = transactions.now()
    # What a browser held back for a while tells nothing of how long somebody looked at it.
    is_held = forms.posted("held") != ""
    showing = security.read_showing(forms.posted("shown"))
    shown_at, language = showing or (None, spoken(view))
    return transactions.session().run(
        answers.record,
        access.actor(),
        view.ref,
        item.id,
        response,
        epoch=forms.posted_number("epoch"),
        seq=forms.posted_number("seq"),
        language=language,
        seconds=None if shown_at is None or is_held else now.timestamp() - shown_at,
        now=now,
        after=forms.posted_number("after") if forms.posted("after") else None,
    )


def _acknowledged(receipt: answers.Receipt | None, onward: str) -> Response:
    """The server's word to a script, and where to go on; it leaves only after the commit."""
    told: dict[str, str | int] = {"onward": onward} if onward else {}
    if receipt is not None:
        shown = security.signed_showing(transactions.now(), i18n.language())
        told |= {"seq": receipt.seq, "saved_at": receipt.saved_at.isoformat(), "shown": shown}
    return jsonify(told)


def _returned(view: AttemptView, number: int, step: str) -> Response:
    """The same page with what is wrong or to be confirmed; a change of language is followed all the same."""
    if step.startswith(LANGUAGE_STEP):
        i18n.choose(step.removeprefix(LANGUAGE_STEP))
    sheet = _sent(view, item_at(view, number))
    if security.wants_json():
        said = sheet.doubt or sheet.faults[0][1]
        return make_response(jsonify(error=i18n.translated(said), doubted=sheet.doubt is not None), 422)
    onward = _target(view, number, step)
    reply = question_page(view, number, sheet, status=422, onward=onward, step=step)
    return i18n.remember(reply)


def _after(view: AttemptView, number: int, step: str, *, goes_on: bool) -> str:
    """The address to go on to; a change of language is made on the way."""
    if step.startswith(LANGUAGE_STEP):
        chosen = step.removeprefix(LANGUAGE_STEP)
        i18n.choose(chosen)
        _go_on_in(view, chosen)
    if step == "next" and goes_on:
        return url_for("candidate.question", ref=view.ref, number=number, _anchor="turn")
    return _target(view, number, step)


def _target(view: AttemptView, number: int, step: str) -> str:
    """The address that a step leads to."""
    if step == "leave":
        return url_for("candidate.leave", ref=view.ref)
    if step == "review" or (step == "next" and number == len(view.items)):
        return url_for("candidate.review", ref=view.ref)
    moved = {"next": 1, "previous": -1}.get(step, 0)
    return url_for("candidate.question", ref=view.ref, number=max(1, number + moved))


@dataclass(frozen=True)
class Stamp:
    """What an item's form brings back beside the answer."""

    epoch: int
    seq: int
    shown: str


def _stamp(view: AttemptView, sheet: Sheet) -> Stamp:
    """What a page shown now brings back."""
    saved = view.answers.get(sheet.item.id)
    shown = security.signed_showing(transactions.now(), sheet.language)
    return Stamp(epoch=view.epoch, seq=saved.seq + 1 if saved else 1, shown=shown)


def _stamp_sent() -> Stamp:
    """What the page brought: returned to be changed, it is still as old as it was."""
    return Stamp(forms.posted_number("epoch"), forms.posted_number("seq"), forms.posted("shown"))


def question_page(
    view: AttemptView,
    number: int,
    sheet: Sheet,
    *,
    status: int = 200,
    locked: str = "",
    aged: bool = False,
    onward: str = "",
    step: str = "next",
) -> Response:
    """The page of one item; ``locked`` says why it cannot be answered, ``aged`` that its form expired.

    ``onward`` leads on without this answer; ``step`` is where a confirmed one leads.
    """
    saved = view.answers.get(sheet.item.id)
    page = render_template(
        "candidate/question.html",
        view=view,
        number=number,
        total=len(view.items),
        sheet=sheet,
        stamp=_stamp_sent() if request.method == "POST" else _stamp(view, sheet),
        saved=saved,
        locked=locked,
        aged=aged,
        onward=onward,
        step=step,
        is_here=security.is_here(view.ref, view.epoch),
    )
    return make_response(page, status)


def overtaken(view: AttemptView, number: int, sheet: Sheet, error: Conflict) -> Response:
    """The page read-only: a newer answer exists, the sitting goes on elsewhere, or was submitted."""
    if security.wants_json():
        said = i18n.translated(str(error))
        return make_response(jsonify(error=said, reason=REASONS.get(type(error), "newer")), 409)
    return question_page(view, number, sheet, status=409, locked=str(error))


@blueprint.errorhandler(CSRFError)
def expired_form(_error: CSRFError) -> Response:
    """The page again with the answer that came with an expired form, and a fresh form around it."""
    if request.endpoint != "candidate.answer":
        return errors.page(400)
    if security.wants_json():
        reply = jsonify(error=i18n.translated(errors.WORDS[400].title), csrf_token=generate_csrf())
        return make_response(reply, 400)
    arguments = request.view_args or {}
    view, number = opened(arguments["ref"]), arguments["number"]
    if view.state != "open":
        raise Conflict(refusals.SUBMITTED)
    return question_page(view, number, _sent(view, item_at(view, number)), status=400, aged=True)


@blueprint.post("/a/<ref>/language")
@policy(ANSWERING)
def language(ref: str) -> Reply:
    """The page that the reader came from, in the language chosen; the sitting goes on in it."""
    chosen = forms.posted("language")
    i18n.choose(chosen)
    view = opened(ref)
    _go_on_in(view, chosen)
    return i18n.switched(security.local_target(forms.posted("next")))


def _go_on_in(view: AttemptView, chosen: str) -> None:
    """The sitting goes on in that language, if its items exist in it."""
    if chosen in view.library.languages(view.domain):
        now = transactions.now()
        transactions.session().run(life.switch_language, access.actor(), view.ref, chosen, now=now)


# Leaving and submitting


@blueprint.get("/a/<ref>/leave")
@policy(GOVERNING)
def leave(ref: str) -> str:
    """How to come back."""
    return render_template("candidate/leave.html", view=opened(ref))


@blueprint.post("/a/<ref>/leave")
@policy(GOVERNING)
def close(ref: str) -> Reply:
    """The home page; only the private link opens the sitting on this device now."""
    access.dismiss(ref)
    return security.swept(redirect(url_for("home.index"), 303))


@blueprint.get("/a/<ref>/review")
@policy(READING)
def review(ref: str) -> Reply:
    """All items with what is answered and what is empty."""
    view = here(ref)
    if view.state != "open":
        return redirect(url_for("results.show", ref=ref))
    page = render_template(
        "candidate/review.html",
        view=view,
        spoken=spoken(view),
        unfinished=unfinished_items(view),
        has_turns=any(answering.is_in_turns(item) for item in view.items),
    )
    return make_response(page)


@blueprint.get("/a/<ref>/submit")
@policy(ANSWERING)
def submission(ref: str) -> Reply:
    """What submitting means, before it is done."""
    view = here(ref)
    if view.state != "open":
        return redirect(url_for("results.show", ref=ref))
    return make_response(render_template("candidate/submit.html", view=view))


@blueprint.post("/a/<ref>/submit")
@policy(ANSWERING)
def submit(ref: str) -> Reply:
    """The results; a second press leads to the same ones. A worker keeps the score document."""
    now = transactions.now()
    here(ref)
    transactions.session().run(life.finish, access.actor(), ref, now=now)
    transactions.session().run(scoring.ask, access.actor(), ref, now=now)
    return redirect(url_for("results.show", ref=ref), 303)
