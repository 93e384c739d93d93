"""``make pictures``: the pictures of the README and of the home page, drawn anew; tests nothing."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from assessor.cli import main as main_command
from assessor.config import ROOT
from tests.browser.serving import served

ROLE = "museum-social-media-manager"
MOST_SEEDS = 100
#: What templates/home/index.html says; its proportion is that of an A4 page.
SAMPLE_SIZE = (560, 792)
MOST_SAMPLE_BYTES = 45_000
MOST_BYTES = 150_000
#: As in tokens.css.
INK, ACCENT, BAR = (31, 35, 38), (11, 90, 96), (175, 204, 205)
STATIC = ROOT / "assessor" / "static"
PICTURES = ROOT / "docs" / "pictures"


def run(*arguments: object) -> str:
    """What a command of `assessor` prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main_command([str(argument) for argument in arguments]) == 0
    return printed.getvalue()


def telling_person(folder: Path) -> Path:
    """The first simulated person whose tools outrun the judgement: what the product is there to tell."""
    path = folder / "one.jsonl"
    for seed in range(1, MOST_SEEDS):
        run("simulate", "--role", ROLE, "-n", 1, "--seed", seed, "--length", "full", "-o", path)
        contrasts = json.loads(run("score", path, "--role", ROLE, "--json"))["contrasts"]
        if any(contrast["id"] == "platform_over_audience" for contrast in contrasts):
            return path
    raise SystemExit(f"none of {MOST_SEEDS} people is telling: choose another role or another contrast")


def first_page(sitting: Path, language: str, dots_per_inch: int) -> Image.Image:
    """The first page of the person's report, as a printer would draw it."""
    pdf = sitting.with_name(f"{language}.pdf")
    run("report", sitting, "--role", ROLE, "--lang", language, "-o", pdf)
    asked = ["-r", str(dots_per_inch), "-f", "1", "-l", "1", "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *asked, pdf, pdf.with_suffix("")], check=True)
    return Image.open(pdf.with_suffix(".png")).convert("RGB")


def palette() -> Image.Image:
    """White, ink and accent of the tokens with their shades: sixteen colours, half a byte a point."""
    shades = [
        tuple(round(255 + (part - 255) * step / steps) for part in colour)
        for colour, steps in ((INK, 7), (ACCENT, 5), (BAR, 1))
        for step in range(1, steps + 1)
    ]
    colours = [(255, 255, 255), *shades]
    found = Image.new("P", (1, 1))
    found.putpalette([part for colour in [*colours, *colours[:1] * (16 - len(colours))] for part in colour])
    return found


def write(picture: Image.Image, path: Path, colours: Image.Image | None, most: int) -> None:
    """Write as a PNG with few colours; the end where it would weigh more than ``most`` bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    none = Image.Dither.NONE
    reduced = picture.quantize(palette=colours, dither=none) if colours else picture.quantize(64, dither=none)
    reduced.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size} bytes")
    if size > most:
        raise SystemExit(f"{path.name} may weigh {most} bytes at most")


def home_page(address: str, folder: Path) -> Image.Image:
    """The home page as a laptop shows it in English, with its sample."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(locale="en-CA", viewport={"width": 1280, "height": 800})
        page.goto(address, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=folder / "home.png")
        browser.close()
    return Image.open(folder / "home.png").convert("RGB")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sitting = telling_person(folder)
        for language in ("fr", "en"):
            page = first_page(sitting, language, 200).resize(SAMPLE_SIZE, Image.Resampling.LANCZOS)
            write(page, STATIC / f"sample-report-{language}.png", palette(), MOST_SAMPLE_BYTES)
        write(first_page(sitting, "en", 110), PICTURES / "report.png", None, MOST_BYTES)
        with served(folder / "server") as server:
            write(home_page(server.address, folder), PICTURES / "home.png", None, MOST_BYTES)


if __name__ == "__main__":
    main()
