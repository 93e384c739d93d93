"""Any field of a form, drawn by one macro: its label, hint, faults and state reach eyes and ears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import Tag
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import FloatField, PasswordField, StringField
from wtforms.validators import Length, Optional, Regexp

from assessor.app import create_app
from assessor.banks.schema import Library
from assessor.config import Settings
from assessor.errors import Invalid
from assessor.store.db import Database
from assessor.web.plumbing.forms import PageForm, StartForm, shape_of
from assessor.web.plumbing.i18n import translated
from assessor.web.public.workshop import STATES, SampleForm, sample
from tests.web.checked import Browser, Page

#: Each field of the sample form with how it is drawn.
SHAPES = {
    "step": "hidden",
    "name": "control",
    "address": "control",
    "file": "control",
    "day": "control",
    "place": "control",
    "one": "radios",
    "some": "checks",
    "agrees": "check",
    "note": "control",
    "term": "buttons",
}


@pytest.fixture
def workshop(settings: Settings, banks: Library, database: Database) -> Flask:
    return create_app(settings, banks, database, debug=True)


@pytest.fixture(params=["en", "fr"])
def guide(workshop: Flask, request: pytest.FixtureRequest) -> Page:
    """The style guide, which the checked browser has looked at."""
    return Browser(workshop, language=request.param).get("/styleguide")


@pytest.fixture
def context(workshop: Flask) -> Iterator[None]:
    with workshop.test_request_context():
        yield


def control(page: Page, state: str, name: str) -> Tag:
    found = page.soup.select_one(f"#{state}-{name}")
    assert found is not None, f"{state}-{name}"
    return found


def described(page: Page, tag: Tag) -> str:
    """What is read out with a control: what it, or the group that it stands in, is described by."""
    group = tag.find_parent("fieldset")
    ids = str(tag.get("aria-describedby") or (group and group.get("aria-describedby")) or "").split()
    return " ".join(page.soup.find(id=one).get_text(" ", strip=True) for one in ids)


def test_every_kind_of_field_is_drawn_in_every_state(guide: Page) -> None:
    for state in STATES:
        for name, shape in SHAPES.items():
            found = guide.soup.select(f"[name='{state}-{name}']")
            assert len(found) == {"radios": 3, "checks": 3, "buttons": 3}.get(shape, 1), (state, name)
    kinds = {tag.get("type", tag.name) for tag in guide.soup.select("[name^='empty-']")}
    assert {
        "text",
        "email",
        "file",
        "date",
        "select",
        "radio",
        "checkbox",
        "textarea",
        "hidden",
        "submit",
    } <= kinds


def test_the_shape_of_a_field_is_told_by_its_widgets(context: None) -> None:
    assert {field.short_name: shape_of(field) for field in sample("empty")} == SHAPES


def test_a_field_has_its_label_and_its_hint(guide: Page) -> None:
    for state in STATES:
        for name in ("name", "address", "file", "day", "place", "agrees", "note"):
            (label,) = guide.soup.select(f"label[for='{state}-{name}']")
            assert label.get_text(strip=True)
        assert len(described(guide, control(guide, state, "address"))) > 10
        assert len(described(guide, control(guide, state, "some"))) > 10


def test_what_may_be_left_empty_says_so_and_what_may_not_is_marked_for_ears(guide: Page) -> None:
    word = "(optional)" if guide.browser.language == "en" else "(facultatif)"
    for name, is_optional in (
        ("day", False),
        ("note", True),
        ("name", False),
        ("file", False),
        ("place", False),
    ):
        (label,) = guide.soup.select(f"label[for='empty-{name}']")
        assert (word in label.get_text()) is is_optional
        assert control(guide, "empty", name).has_attr("required") is not is_optional


def test_a_fault_is_named_at_its_field_and_read_out_with_it(guide: Page) -> None:
    wrong = {"name", "address", "file", "day", "place", "one", "some", "agrees"}
    for name, shape in SHAPES.items():
        for state in STATES:
            if shape in ("hidden", "buttons"):
                continue
            tag = control(guide, state, name)
            is_wrong = state == "faulty" and name in wrong
            assert (tag.get("aria-invalid") == "true") is is_wrong, (state, name)
            assert (guide.soup.find(id=f"{state}-{name}-error") is not None) is is_wrong
            if is_wrong:
                assert guide.soup.find(id=f"faulty-{name}-error").get_text(" ", strip=True) in described(
                    guide, tag
                )


def test_what_was_given_is_kept_and_what_is_disabled_cannot_be_changed(guide: Page) -> None:
    for state in ("filled", "disabled"):
        assert control(guide, state, "name")["value"] == "Zoé Tremblay-Nguyễn"
        assert control(guide, state, "day")["value"] == "2026-12-13"
        assert control(guide, state, "note").get_text().strip() == "Première ligne\nDeuxième ligne"
        chosen = [
            tag["value"]
            for tag in guide.soup.select(f"[name^='{state}-'][checked], [name^='{state}-'] [selected]")
        ]
        assert chosen == ["two", "two", "one", "three", "y"]
    for state in STATES:
        free = guide.soup.select(f"[name^='{state}-']:not([type=hidden]):not([disabled])")
        assert bool(free) is (state != "disabled")


def test_a_field_passes_on_what_browsers_fill_in_and_accept(guide: Page) -> None:
    assert control(guide, "empty", "name")["autocomplete"] == "name"
    assert control(guide, "empty", "address")["autocomplete"] == "email"
    assert control(guide, "empty", "file")["accept"] == ".csv"


class Further(PageForm):
    """Fields that no page has, drawn all the same; one with two things wrong."""

    weight = FloatField("Weight")
    secret = PasswordField("Secret", validators=[Optional()])
    code = StringField("Code", validators=[Length(min=9, message="Too short."), Regexp("x", message="No x.")])


def test_any_other_field_is_drawn_and_each_of_its_faults_is_read_out(context: None) -> None:
    form = Further(MultiDict({"code": "abc", "secret": "s", "weight": "1"}))
    form.validate()
    form.code.errors = ["Too short.", "No x."]
    text = (
        '{% import "ui/fields.html" as ui with context %}{% for one in form %}{{ ui.field(one) }}{% endfor %}'
    )
    shown = render_template_string(text, form=form)
    assert 'aria-describedby="code-error code-error-2"' in shown
    assert all(
        shown.count(f'id="{ident}"') == 1 for ident in ("code-error", "code-error-2", "secret", "weight")
    )
    assert "abc" in shown
    assert 'value="s"' not in shown


def test_a_text_in_a_field_is_text(context: None) -> None:
    form = SampleForm(MultiDict({"name": '"><b>x', "note": "</textarea><b>y"}))
    text = (
        '{% import "ui/fields.html" as ui with context %}{{ ui.field(form.name) }}{{ ui.field(form.note) }}'
    )
    assert "<b>" not in render_template_string(text, form=form)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Give the date as year, month and day, such as 2026-12-20."),
        ("fr", "Donnez la date sous la forme année, mois et jour\u00a0: 2026-12-20, par exemple."),
    ],
)
def test_what_cannot_be_read_is_said_with_what_would_be_right(
    workshop: Flask, language: str, told: str
) -> None:
    with workshop.test_request_context(headers={"Accept-Language": language}):
        form = SampleForm(MultiDict({"day": "31"}))
        assert not form.validate()
        assert told in [translated(error) for error in form.day.errors]


def test_a_refusal_stands_at_its_field_and_in_the_summary(context: None) -> None:
    form = StartForm()
    form.refuse(Invalid("length", "Choose one of the lengths."))
    assert form.faults() == [("length", "Choose one of the lengths.")]


def test_a_choice_of_the_start_page_is_in_its_own_language(workshop: Flask) -> None:
    page = Browser(workshop, language="en").get("/self/start")
    assert [label["lang"] for label in page.soup.select("label[for^='language'][lang]")] == ["fr-CA", "en-CA"]
