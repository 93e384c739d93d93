"""A report's HTML as PDF, beside WeasyPrint as anybody would call it on the same page, styles and fonts."""

import io
import time
from collections.abc import Iterator

from pypdf import PdfReader
from weasyprint import HTML

from assessor import __version__
from assessor.config import resource
from assessor.profile import build
from assessor.report.html import render, title
from assessor.report.pdf import SCHEME, VARIANT, _FACES, _font_files, to_pdf
from assessor.scoring.model import PLANNING
from tests.benchmarks.material import DOMAIN, NOON, library, sitting
from tests.benchmarks.timing import Measured, paired


def measure(*, quick: bool) -> Iterator[Measured]:
    role = library().general_role(DOMAIN)
    length = 8 if quick else 20
    profile = build(
        sitting(length),
        role,
        library(),
        parameters=PLANNING,
        role_digest=role.digest(),
        software=__version__,
    )
    page = render(profile, "self", "en")
    heading = title(profile, "en")
    by_hand = page.replace("</head>", f"<style>\n{_styles()}</style>\n</head>", 1)

    def ours() -> bytes:
        return to_pdf(page, language="en", title=heading, finished=NOON)

    def plain() -> bytes:
        written: bytes = HTML(string=by_hand).write_pdf(pdf_variant=VARIANT)
        return written

    pages = [len(PdfReader(io.BytesIO(written)).pages) for written in (ours(), plain())]
    assert pages[0] == pages[1], f"the two documents differ: {pages} pages"
    yield paired(
        "report as PDF, a page",
        f"{pages[0]} pages, {length} items",
        ours,
        "weasyprint.HTML(...).write_pdf(...)",
        plain,
        rounds=1 if quick else 9,
        per=pages[0],
        clock=time.process_time,
        note="process CPU time; both in a warm process and tagged (PDF/UA-1)",
    )
    yield paired(
        "report as HTML",
        f"{length} items",
        lambda: render(profile, "self", "en"),
        "the same as PDF",
        ours,
        rounds=1 if quick else 5,
        clock=time.process_time,
    )


def _styles() -> str:
    faces = "".join(
        f'@font-face {{font-family: "{family}"; src: url("{_font_files()[SCHEME + name].as_uri()}");'
        f" font-weight: {weight}; font-style: {style}}}\n"
        for family, _, name, weight, style in _FACES
    )
    static = resource("static")
    return faces + "".join(
        (static / name).read_text(encoding="utf-8") for name in ("tokens.css", "report.css")
    )
