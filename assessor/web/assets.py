"""What pages are drawn with: fonts, subset once from the typefaces, and the addresses of static files."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from io import BytesIO
from pathlib import Path

import font_source_sans_pro as sans
import font_source_serif_pro as serif
from flask import Blueprint, Flask, Response, current_app, url_for
from fontTools import subset

from assessor.config import resource
from assessor.errors import NotFound
from assessor.web.access import PUBLIC, policy

blueprint = Blueprint("assets", __name__)

YEAR_S = 31_536_000

FACES = {
    "serif-regular": serif.font_files_ttf["SourceSerifPro"],
    "serif-italic": serif.font_files_ttf["SourceSerifProIt"],
    "serif-semibold": serif.font_files_ttf["SourceSerifProSemibold"],
    "sans-regular": sans.font_files_ttf["SourceSansPro"],
    "sans-italic": sans.font_files_ttf["SourceSansProIt"],
    "sans-semibold": sans.font_files_ttf["SourceSansProSemibold"],
}
#: Latin, Latin-1, Latin Extended-A, and the punctuation, arrows and signs that our texts use.
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x2010, 0x2027),
    (0x202F, 0x203A),
    (0x20AC, 0x20AC),
    (0x2122, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
)
FEATURES = ("kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum")


@blueprint.get("/fonts/<name>.woff2")
@policy(PUBLIC)
def font(name: str) -> Response:
    """One face, subset to our texts; made at the first request and kept in the data folder."""
    if name not in FACES:
        raise NotFound("there is no such face")
    reply = Response(_face(name, current_app.extensions["data_folder"]), mimetype="font/woff2")
    reply.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return reply


@cache
def _face(name: str, folder: Path) -> bytes:
    kept = folder / "fonts" / f"{name}-{_recipe(name)}.woff2"
    try:
        return kept.read_bytes()
    except OSError:
        made = subset_face(Path(FACES[name]))
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
        draft.write_bytes(made)
        os.replace(draft, kept)
    except OSError:
        # A folder that cannot be written costs a little time in the next process, not a page.
        pass
    return made


def _recipe(name: str) -> str:
    size = Path(FACES[name]).stat().st_size
    return hashlib.sha256(repr((RANGES, FEATURES, size)).encode()).hexdigest()[:12]


def subset_face(path: Path) -> bytes:
    """The typeface file cut down to RANGES, as WOFF2."""
    options = subset.Options(
        flavor="woff2", layout_features=list(FEATURES), hinting=False, notdef_outline=True
    )
    font = subset.load_font(BytesIO(path.read_bytes()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    cutter.subset(font)
    written = BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


@cache
def _digest(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, with its digest: it may be kept for a year and changes with the file."""
    path = resource("static") / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime))


def has_asset(name: str) -> bool:
    """Whether that static file is there."""
    return (resource("static") / name).is_file()


def configure(app: Flask) -> None:
    """Give templates the addresses of static files, and let browsers keep those for a year."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_S
    app.view_functions["static"].__dict__["policy"] = PUBLIC
    app.jinja_env.globals.update(asset=asset, has_asset=has_asset)
    app.register_blueprint(blueprint)
