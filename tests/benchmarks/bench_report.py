"""A report's HTML as PDF, beside WeasyPrint as anybody would call it on the same page, styles and fonts."""

import io
import re
import time
from collections.abc import Iterator

from pypdf import PdfReader
from weasyprint import HTML

from assessor import __version__
from assessor.config import resource
from assessor.language.faces import FACES
from assessor.language.papers import LETTER
from assessor.profile import build
from assessor.report.editions import edition_of
from assessor.report.html import render, title
from assessor.report.pdf import VARIANT, to_pdf
from assessor.report.styles import SHEETS, page_rule
from assessor.scoring.model import PLANNING
from tests.benchmarks.material import DOMAIN, NOON, library, sitting
from tests.benchmarks.timing import Measured, paired


def measure(*, quick: bool) -> Iterator[Measured]:
    role, taken = library().general_role(DOMAIN), sitting(20)
    digest = role.digest()
    profile = build(taken, role, library(), parameters=PLANNING, role_digest=digest, software=__version__)
    heading = title(profile, "en")

    def as_html() -> str:
        return render(profile, edition_of("self"), "en")

    page = (
        re.sub("<main.*</main>", "<main><h1>Quick</h1></main>", as_html(), flags=re.S) if quick else as_html()
    )
    by_hand = page.replace("</head>", f"<style>\n{_styles()}</style>\n</head>", 1)

    def as_pdf() -> bytes:
        return to_pdf(page, language="en", title=heading, finished=NOON)

    def plain() -> bytes:
        written: bytes = HTML(string=by_hand).write_pdf(pdf_variant=VARIANT)
        return written

    pages = [len(PdfReader(io.BytesIO(written)).pages) for written in (as_pdf(), plain())]
    assert pages[0] == pages[1], f"the two documents differ: {pages} pages"
    yield paired(
        "report as PDF, a page",
        f"{pages[0]} pages of 20 items",
        as_pdf,
        "weasyprint.HTML(...).write_pdf(...)",
        plain,
        rounds=1 if quick else 5,
        per=pages[0],
        warm=True,
        clock=time.process_time,
        note="process CPU time; the same page, styles and fonts, in a warm process, tagged (PDF/UA-1)",
    )


def _styles() -> str:
    faces = "".join(
        f'@font-face {{font-family: "{face.family}"; src: url("{face.path.as_uri()}");'
        f" font-weight: {face.weight}; font-style: {face.style}}}\n"
        for face in FACES.values()
    )
    static = resource("static")
    return faces + "".join((static / name).read_text(encoding="utf-8") for name in SHEETS) + page_rule(LETTER)
