"""What pages are drawn with: fonts, subset once from the typefaces, and the addresses of static files."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory, url_for
from fontTools import subset

from assessor.config import resource
from assessor.errors import NotFound
from assessor.language.faces import FACES
from assessor.web.plumbing.access import PUBLIC, policy
from assessor.web.plumbing.server import server

blueprint = Blueprint("assets", __name__)

YEAR_S = 31_536_000
Ranges = tuple[tuple[int, int], ...]

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
#: What else the serif and the sans draw and people write: further Latin, Greek, Cyrillic. A browser asks for
#: such a file where a page has such a character (`unicode-range` in base.css), for none otherwise.
MORE_RANGES = (
    (0x180, 0x52F),
    (0x1E00, 0x1FFF),
    (0x2070, 0x20AB),
    (0x20AD, 0x2121),
    (0x2123, 0x218F),
)
#: The scripts that have a face of their own, whole. Arrows and signs are for print: a browser has its own.
SCRIPTS = {
    "arabic": ((0x600, 0x6FF), (0x750, 0x77F)),
    "hebrew": ((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "syllabics": ((0x1400, 0x167F), (0x18B0, 0x18FF)),
}
#: Every file that browsers may ask for: its face, and the characters that it is cut down to.
CUTS = (
    {name: (name, RANGES) for name in FACES if name.startswith(("serif-", "sans-"))}
    | {
        f"{name}-more": (name, MORE_RANGES)
        for name in ("serif-regular", "serif-semibold", "sans-regular", "sans-semibold")
    }
    | {name: (name, ranges) for name, ranges in SCRIPTS.items()}
)
FEATURES = ("kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum")


@blueprint.get("/fonts/<name>.woff2")
@policy(PUBLIC)
def font(name: str) -> Response:
    """One file of CUTS; made at the first request and kept in the data folder."""
    if name not in CUTS:
        raise NotFound("there is no such face")
    reply = Response(_face(name, server().settings.data), mimetype="font/woff2")
    reply.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    return reply


@cache
def _face(name: str, folder: Path) -> bytes:
    kept = folder / "fonts" / f"{name}-{_recipe(name)}.woff2"
    try:
        return kept.read_bytes()
    except OSError:
        made = subset_face(FACES[CUTS[name][0]].path, CUTS[name][1])
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
    face, ranges = CUTS[name]
    size = FACES[face].path.stat().st_size
    return hashlib.sha256(repr((ranges, _features(ranges), size)).encode()).hexdigest()[:12]


def _features(ranges: Ranges) -> tuple[str, ...]:
    """Every feature for a script whose letters take their shape from their neighbours."""
    return ("*",) if ranges in SCRIPTS.values() else FEATURES


def subset_face(path: Path, ranges: Ranges) -> bytes:
    """The typeface file cut down to those characters, as WOFF2."""
    options = subset.Options(
        flavor="woff2", layout_features=list(_features(ranges)), hinting=False, notdef_outline=True
    )
    font = subset.load_font(BytesIO(path.read_bytes()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    cutter.subset(font)
    written = BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


@cache
def _digest(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, with its digest: it may be kept for a year and changes with the file."""
    if name.endswith(".js"):
        return url_for("assets.script", digest=_scripts(), name=name.removesuffix(".js"))
    path = resource("static") / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime))


@cache
def _scripts_digest(_changed: float) -> str:
    scripts = sorted(resource("static").glob("*.js"))
    return hashlib.sha256(b"".join(script.read_bytes() for script in scripts)).hexdigest()[:10]


def _scripts() -> str:
    """One digest for all scripts: they import each other by bare names, so they change address together."""
    return _scripts_digest(max(script.stat().st_mtime for script in resource("static").glob("*.js")))


@blueprint.get("/scripts/<digest>/<name>.js")
@policy(PUBLIC)
def script(digest: str, name: str) -> Response:
    """One script; an address of another edition gives this one's, and is not kept."""
    reply = send_from_directory(resource("static"), f"{name}.js")
    is_current = digest == _scripts()
    reply.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if is_current else "no-cache"
    return reply


def has_asset(name: str) -> bool:
    """Whether that static file is there."""
    return (resource("static") / name).is_file()


def configure(app: Flask) -> None:
    """Give templates the addresses of static files, and let browsers keep those for a year."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_S
    app.view_functions["static"].__dict__["policy"] = PUBLIC
    app.jinja_env.globals.update(asset=asset, has_asset=has_asset)
    app.register_blueprint(blueprint)
