"""Practice: one example for each way of answering that a form uses. Nothing in it is kept or scored."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from assessor.banks.schema import Item
from assessor.errors import NotFound
from assessor.items import shown_to, type_of
from assessor.items.base import Mark, ResponseError
from assessor.report.words import Words
from assessor.services.sittings.life import AttemptView
from assessor.web.candidate import answering
from assessor.web.candidate.answering import Sheet
from assessor.web.candidate.questions import examples_for, opened, spoken
from assessor.web.plumbing import forms
from assessor.web.plumbing.access import ANSWERING, READING, policy

blueprint = Blueprint("practice", __name__)

#: What a page in turns brings back: the turns that lie behind. An example has no key to hide.
STANDS = "stands"


def _example(view: AttemptView, number: int) -> Item:
    examples = examples_for(view)
    if not 1 <= number <= len(examples):
        raise NotFound("there are fewer examples")
    return examples[number - 1]


@blueprint.get("/a/<ref>/practice/<int:number>")
@policy(READING)
def example(ref: str, number: int) -> Reply:
    """One example, unanswered."""
    view = opened(ref)
    if view.state != "open":
        return redirect(url_for("results.show", ref=ref))
    item = _example(view, number)
    return _page(view, number, answering.sheet_of(view, item, spoken(view), None))


@blueprint.post("/a/<ref>/practice/<int:number>")
@policy(ANSWERING)
def attempted(ref: str, number: int) -> Reply:
    """The example with how its answer was understood, its next turn, or what is missing in the answer."""
    view = opened(ref)
    if view.state != "open":
        return redirect(url_for("results.show", ref=ref))
    item = _example(view, number)
    kept = _behind(item)
    turn = None if kept is None else len(kept) + 1
    sheet = answering.read_sheet(view, item, spoken(view), request.form, kept, turn)
    is_doubted = sheet.doubt is not None and forms.posted("confirmed") != sheet.mark
    if sheet.error is not None or is_doubted:
        return _page(view, number, sheet, status=422, asks=is_doubted)
    if sheet.goes_on:
        return _page(view, number, answering.sheet_of(view, item, sheet.language, sheet.response))
    return _page(view, number, sheet, is_done=True)


def _behind(item: Item) -> list[str] | None:
    """The turns that the page says lie behind; None where it says none, or what cannot be."""
    if not answering.is_in_turns(item):
        return None
    try:
        said = json.loads(forms.posted(STANDS) or "null")
        checked = type_of(item.content).check(item.content, said) if said else None
    except (ValueError, ResponseError):
        return None
    return checked if answering.is_unfinished(item, checked) else None


def _page(
    view: AttemptView,
    number: int,
    sheet: Sheet,
    *,
    status: int = 200,
    asks: bool = False,
    is_done: bool = False,
) -> Response:
    total = len(examples_for(view))
    page = render_template(
        "candidate/practice.html",
        view=view,
        number=number,
        total=total,
        sheet=sheet,
        stands=json.dumps(sheet.stands),
        asks=asks,
        understood=_understood(view, sheet) if is_done else None,
    )
    return make_response(page, status)


def _understood(view: AttemptView, sheet: Sheet) -> Sequence[tuple[str, str]]:
    """What the answer says of each part, in words: how it was understood, not what it is worth.

    In the order of the page, or in the order that the answer makes.
    """
    item, words = sheet.item, Words(sheet.language)
    if sheet.response is None:
        return ()
    shown = shown_to(item.content, item.digest, view.secret)
    page = [ident for order in shown.order.values() for ident in order]
    lines = [
        line
        for line in type_of(item.content).explain(item.content, sheet.response).lines
        if line.given.kind not in ("none", "text")
    ]
    lines.sort(key=lambda line: page.index(line.part))
    lines.sort(key=lambda line: (line.given.value or 0.0) if line.given.kind == "place" else 0.0)
    return [(_text(item, words, line.part), _mark(item, words, line.given)) for line in lines]


def _text(item: Item, words: Words, part: str) -> str:
    return words.text(item.content.wording(part).text)


def _mark(item: Item, words: Words, mark: Mark) -> str:
    return words.mark(mark, "" if mark.ref is None else _text(item, words, mark.ref))
