"""The report as a PDF: conformance, structure, determinism, and the seal around the renderer."""

from __future__ import annotations

import gc
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import page
import pytest
from pypdf import PdfReader

from assessor.banks.loader import load_library
from assessor.config import resource
from assessor.language.catalogues import translations
from assessor.language.faces import undrawn
from assessor.language.typography import direction
from assessor.profile import Profile
from assessor.report import html, pdf
from assessor.report.editions import SELF
from assessor.report.signs import in_words

texts_of = sys.modules["report_samples"].texts_of
Sample = Callable[[str, str], Profile]
OURS = re.compile(
    r"^/[A-Z]{6}\+(Source-(Serif|Sans)-Pro|Noto-(Naskh-Arabic|Serif-Hebrew|Sans-Canadian-Aboriginal|Sans-Math|Symbols))"
)
FINISHED = datetime(2026, 11, 18, 14, 2, tzinfo=UTC)


Written = Callable[[str, str, str], Path]
#: What differs in print: both languages, both editions, the notices, the short form. Rendering is what costs.
CASES = [
    ("ordinary", "fr", "self"),
    ("ordinary", "en", "attach"),
    ("partly unanswered", "en", "attach"),
    ("glimpse", "en", "self"),
]


@lru_cache(maxsize=8)
def texts_in(path: Path) -> tuple[str, ...]:
    """The text of each page; taking it out costs more than writing it did."""
    return tuple(re.sub(r"\s+", " ", one.extract_text()) for one in PdfReader(path).pages)


def fonts_of(reader: PdfReader) -> set[str]:
    return {
        str(font.get_object()["/BaseFont"])
        for one in reader.pages
        for font in one["/Resources"].get("/Font", {}).values()
    }


def simple(body: str) -> str:
    return f'<!doctype html><html lang="en"><head><title>t</title></head><body><h1>{body}</h1></body></html>'


def to_pdf(shown: str) -> bytes:
    return pdf.to_pdf(shown, language="en", title="t", finished=FINISHED)


@pytest.mark.parametrize(("name", "spoken", "edition"), CASES)
def test_a_report_conforms_to_pdf_ua_1_and_embeds_only_our_fonts(
    written: Written, name: str, spoken: str, edition: str
) -> None:
    path = written(name, spoken, edition)
    report = page.validate_pdf(str(path), profile=page.ValidationProfile("ua1"))
    assert report.is_compliant, report.failures[:5]
    fonts = fonts_of(PdfReader(path))
    assert fonts
    assert all(OURS.match(name) for name in fonts), fonts


@pytest.mark.parametrize(("name", "spoken", "edition"), CASES)
def test_language_title_bookmarks_and_no_further_metadata(
    sample: Sample, written: Written, name: str, spoken: str, edition: str
) -> None:
    reader = PdfReader(written(name, spoken, edition))
    assert reader.trailer["/Root"]["/Lang"] == spoken
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF boolean, not Python's
    assert reader.metadata is not None
    assert reader.metadata.title == html.title(sample(name, spoken), spoken)
    assert set(reader.metadata) <= {"/Title", "/Producer", "/CreationDate", "/ModDate"}
    assert not reader.attachments
    top = [entry for entry in reader.outline if not isinstance(entry, list)]
    under = next(entry for entry in reader.outline if isinstance(entry, list))
    assert len(top) == 1
    assert len([entry for entry in under if not isinstance(entry, list)]) >= 4


def test_text_can_be_read_in_the_order_of_the_sections(written: Written) -> None:
    text, say = " ".join(texts_in(written("ordinary", "fr", "self"))), translations("fr").gettext
    wanted = (
        "Your profile",
        "What this is not",
        "Reading the profile",
        "What the situations showed",
        "The same answers in other roles",
        "Situations, answers and reasons",
        "How sure is this?",
    )
    places = [text.index(say(words).replace("\u00a0", " ")) for words in wanted]
    assert places == sorted(places)


def test_every_page_has_its_head_and_number_in_the_language_of_the_document(written: Written) -> None:
    texts, say = texts_in(written("ordinary", "fr", "self")), translations("fr").gettext
    for number, text in enumerate(texts, start=1):
        assert say("Judgement and skills in social media") in text
        assert say("page %(number)s of %(total)s") % {"number": number, "total": len(texts)} in text


def test_twenty_items_fit_in_ten_pages(written: Written) -> None:
    assert len(PdfReader(written("ordinary", "fr", "self")).pages) <= 10


def test_the_edition_to_attach_says_how_it_came_about_and_shows_no_item(
    sample: Sample, written: Written
) -> None:
    texts = texts_in(written("ordinary", "en", "attach"))
    text = " ".join(texts)
    assert all("Self-administered, not supervised." in one for one in texts)
    assert "What this report does not know" in text
    for result in sample("ordinary", "en").items:
        for words in texts_of(result):
            assert re.sub(r"\s+", " ", words) not in text


def test_same_report_gives_the_same_bytes(sample: Sample, written: Written) -> None:
    profile = sample("glimpse", "en")
    shown = html.render(profile, SELF, "en")
    again = pdf.to_pdf(shown, language="en", title=html.title(profile, "en"), finished=profile.finished)
    assert again == written("glimpse", "en", "self").read_bytes()
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_the_search_for_unreachable_objects_is_on_again_after_a_report() -> None:
    assert gc.isenabled()
    to_pdf(simple("Hello"))
    assert gc.isenabled()


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.png",
        "http://127.0.0.1/x.png",
        "file:///etc/passwd",
        "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",
        "assessor:../secret",
        "ftp://example.org/x",
    ],
)
def test_every_outside_resource_is_refused_and_no_pdf_comes_out(address: str) -> None:
    for body in (
        f'<img alt="x" src="{address}">',
        f'<link rel="stylesheet" href="{address}">',
        f'<style>h1 {{ background: url("{address}") }}</style>',
        f'<svg width="9" height="9"><image href="{address}" width="9" height="9"/></svg>',
    ):
        with pytest.raises(pdf.RenderError, match=r"may not load|Failed to render"):
            to_pdf(simple(body))


def test_our_fonts_are_handed_out() -> None:
    for address in pdf._font_files():
        assert pdf.SealedFetcher().fetch(address).read(4) == b"\x00\x01\x00\x00"


def test_shipped_banks_use_only_characters_that_our_faces_draw() -> None:
    shelf = load_library((), resource("question_banks"))
    texts = [one.content.canonical() for one in shelf.items.values()]
    texts += [shelf.framework.model_dump_json(), *(role.model_dump_json() for role in shelf.roles.values())]
    assert undrawn(in_words("".join(texts), "fr")) == ()


def test_other_scripts_are_set_in_our_faces_whatever_fonts_the_machine_has() -> None:
    said = "ᐃᓄᒃᑎᑐᑦ مرحبا שלום Ελληνικά Русский Tiếng Việt ⇒ ✓ ★"
    fonts = fonts_of(PdfReader(io.BytesIO(to_pdf(simple(said)))))
    assert len(fonts) == 7
    assert all(OURS.match(name) for name in fonts), fonts


def test_a_text_in_many_scripts_conforms_and_has_no_box(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = (
        "Kwe. ᐃᓄᒃᑎᑐᑦ · مرحبا · שלום · 你好 · こんにちは · नमस्ते · ไทย · Ελληνικά · Русский",
        "1\ufe0f\u20e3 ⚠\ufe0f 👩🏽\u200d💻 𝗢𝗳𝗳𝗿𝗲 co\u00ado \ufffd \u202bשלום\u202c می\u200cخواهم",
    )
    body = "".join(f'<p dir="{direction(text)}">{text}</p><p><em>{text}</em></p>' for text in texts)
    written = to_pdf(in_words(simple(f'Scripts</h1>{body}<p dir="rtl">مرحبا (2026)</p><h1>x'), "fr"))
    assert ".notdef" not in caplog.text
    (path := tmp_path / "scripts.pdf").write_bytes(written)
    report = page.validate_pdf(str(path), profile=page.ValidationProfile("ua1"))
    assert report.is_compliant, report.failures[:5]
    assert all(OURS.match(name) for name in fonts_of(PdfReader(path)))
    (shown,) = texts_in(path)
    assert "écriture : devanagari]" in shown
    assert "[touches 1]" in shown


@pytest.fixture
def renderer() -> Iterator[None]:
    yield
    pdf.stop_renderer()


@pytest.mark.usefixtures("renderer")
def test_a_child_process_gives_the_same_bytes_survives_a_refusal_and_is_replaced_when_dead() -> None:
    def isolated(shown: str, timeout_s: float = 60) -> bytes:
        return pdf.to_pdf_isolated(shown, language="en", title="t", finished=FINISHED, timeout_s=timeout_s)

    here = to_pdf(simple("Hello"))
    assert isolated(simple("Hello")) == here
    with pytest.raises(pdf.RenderError, match="may not load"):
        isolated(simple('<img alt="x" src="file:///etc/passwd">'))
    process = pdf._child.process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert isolated(simple("Hello")) == here
    with pytest.raises(pdf.RenderError, match="not ready after"):
        isolated(simple("Hello" * 2000), timeout_s=0.001)
    assert pdf._child.process is None
