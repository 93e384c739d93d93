"""``make pictures``: the pictures of the README and of the home page, drawn anew; tests nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from assessor.config import ROOT
from tests.browser.serving import served

ROLE = "museum-social-media-manager"
SEED = "11"
#: What templates/home/index.html says; its proportion is that of an A4 page.
SAMPLE_SIZE = (560, 792)
MOST_SAMPLE_BYTES = 45_000
COLOURS = (64, 48, 32, 24, 16, 12)
PICTURES = ROOT / "docs" / "pictures"


def assessor(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "assessor", *arguments], check=True)


def report_page(folder: Path, language: str, page: int, dots_per_inch: int) -> Image.Image:
    """A page of the report of a simulated person, as a printer would draw it."""
    sitting, pdf = folder / "one.jsonl", folder / f"{language}.pdf"
    if not pdf.exists():
        assessor(
            "simulate", "--role", ROLE, "-n", "1", "--seed", SEED, "--lang", language, "-o", str(sitting)
        )
        assessor("report", str(sitting), "--role", ROLE, "--lang", language, "-o", str(pdf))
    drawn = folder / f"{language}-{page}-{dots_per_inch}"
    asked = ["-r", str(dots_per_inch), "-f", str(page), "-l", str(page), "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *asked, str(pdf), str(drawn)], check=True)
    return Image.open(f"{drawn}.png").convert("RGB")


def write_small(picture: Image.Image, path: Path, most: int) -> None:
    """Write as PNG with the richest palette that keeps the file under ``most`` bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for colours in COLOURS:
        reduced = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        reduced.save(path, optimize=True)
        if path.stat().st_size < most:
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes, {colours} colours")
            return
    raise SystemExit(f"{path}: {path.stat().st_size} bytes are too many for a picture of at most {most}")


def home_page(browser: Browser, address: str, path: Path) -> None:
    """The home page as a laptop shows it in English, with its sample."""
    page = browser.new_page(
        base_url=address, locale="en-CA", viewport={"width": 1280, "height": 900}, device_scale_factor=1
    )
    page.goto("/", wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path)
    write_small(Image.open(path).convert("RGB"), path, 200_000)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for language in ("fr", "en"):
            page = report_page(folder, language, 1, 200).resize(SAMPLE_SIZE, Image.Resampling.LANCZOS)
            sample = ROOT / "assessor" / "static" / f"sample-report-{language}.png"
            write_small(page, sample, MOST_SAMPLE_BYTES)
        write_small(report_page(folder, "en", 1, 110), PICTURES / "report.png", 200_000)
        with served(folder / "server") as server, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            home_page(browser, server.address, PICTURES / "home.png")
            browser.close()


if __name__ == "__main__":
    main()
