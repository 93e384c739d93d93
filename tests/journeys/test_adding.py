"""docs/adding.md is followed to the letter: its files are written, its commands run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assessor.config import ROOT
from tests.journeys.recipes import PAGE, Reader, reader, steps

pytestmark = pytest.mark.slow

RECIPES = (
    "A domain",
    "A competency",
    "A role profile",
    "An item type",
    "A report section",
    "A report edition",
    "A language",
    "A kind of work",
)
PROJECT = ("assessor", "docs", "question_banks", "templates", "tests")

NEXT = "<!-- the same page in English -->"
#: Opens a page in French and in English, in a process that may use the network of this machine.
OPEN = f"""
import sys
from urllib.request import Request, urlopen
asked = [Request(sys.argv[1], headers={{"Accept-Language": language}}) for language in ("fr", "en")]
print("{NEXT}".join(urlopen(one, timeout=60).read().decode() for one in asked))
"""


@pytest.fixture
def stranger(tmp_path: Path) -> Reader:
    """Somebody in an empty folder with the ``assessor`` command."""
    (tmp_path / "elsewhere").mkdir()
    return reader(tmp_path / "elsewhere", tmp_path / "state")


@pytest.fixture
def developer(tmp_path: Path) -> Reader:
    """Somebody in a copy of the project."""
    copy = tmp_path / "project"
    for name in PROJECT:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "README.md", "CHANGELOG.md", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    return reader(copy, tmp_path / "state")


def follow(someone: Reader, recipe: str) -> None:
    for step in steps(recipe):
        if step.text.strip() == "assessor serve":
            _serve(someone)
        elif step.text.startswith("make messages"):
            # What is installed is installed; the copy has no environment of its own to prepare.
            made = f"make -o prepare-test BIN={Path(sys.executable).parent} messages"
            someone.run(step.text.replace("make messages", made))
        else:
            someone.follow(step)


def _serve(someone: Reader) -> None:
    """The server starts, and its start page offers the domain in both languages."""
    server = subprocess.Popen(
        ["bash", "-c", someone.exports + "exec assessor serve --port 0 --workers 1"],
        cwd=someone.folder,
        env=someone.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = next((line for line in server.stdout if "answers at" in line), "")
        address = re.search(r"http://\S+", said)
        assert address is not None, said
        opened = [sys.executable, "-c", OPEN, f"{address[0]}/self/start"]
        someone.said.append(subprocess.run(opened, capture_output=True, text=True, check=True).stdout)
    finally:
        server.terminate()
        server.communicate(timeout=120)


def test_the_page_has_these_recipes_and_each_is_followed_here() -> None:
    chapters = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in chapters if not name.startswith("And")] == list(RECIPES)
    assert all(steps(recipe) for recipe in RECIPES)


def test_recipes_of_a_domain_a_competency_and_a_role_are_followed_to_the_letter(stranger: Reader) -> None:
    follow(stranger, "A domain")
    checked, tried, page = stranger.said[1], stranger.said[2], stranger.said[3]
    assert checked == "0 errors, 0 warnings\n"
    assert "General profile (Community health), short" in tried
    assert "sim-0002" in tried
    assert len(list((stranger.folder / "reports").glob("*.pdf"))) == 2
    for words, shown in zip(("Santé communautaire", "Community health"), page.split(NEXT), strict=True):
        assert words in shown

    follow(stranger, "A competency")
    assert "0 errors, 0 warnings" in stranger.said[-1]
    assert "clinic.discretion" in stranger.run("assessor banks stats")
    bank = stranger.folder / "my-banks" / "clinic" / "bank.yaml"
    whole = bank.read_text(encoding="utf-8")
    bank.write_text(whole.replace("      en: Discretion\n", ""), encoding="utf-8")
    line = whole.splitlines().index("      fr: Discrétion")  # counted from 1: the line above, `name:`
    assert f"clinic/bank.yaml:{line}: error" in stranger.run("assessor banks check my-banks || true")
    bank.write_text(whole, encoding="utf-8")

    follow(stranger, "A role profile")
    assert "0 errors, 0 warnings" in stranger.said[-1]
    assert "sim-0001" in stranger.said[-1]


def test_recipe_of_an_item_type_is_followed_to_the_letter(developer: Reader) -> None:
    follow(developer, "An item type")
    assert re.search(r"\d+ passed", developer.said[-1])
    assert "first_reply" in developer.run("python -m assessor banks schema")


def test_recipes_of_a_report_section_and_an_edition_are_followed_to_the_letter(developer: Reader) -> None:
    follow(developer, "A report section")
    assert 'id="report-next"' in (developer.folder / "one.html").read_text(encoding="utf-8")
    follow(developer, "A report edition")
    shown = (developer.folder / "client.html").read_text(encoding="utf-8")
    assert 'id="report-areas"' in shown
    assert not re.search('id="report-(next|items|reading)"', shown)


def test_recipe_of_a_kind_of_work_is_followed_to_the_letter(developer: Reader) -> None:
    follow(developer, "A kind of work")
    assert re.search(r"4 passed", developer.said[-1])
    assert "tidying" in developer.run(
        'python -c "from assessor.services import tasks; print(*tasks.kinds())"'
    )


def test_recipe_of_a_language_is_followed_to_the_letter(developer: Reader) -> None:
    follow(developer, "A language")
    asked = (
        'python -c "from assessor.language.catalogues import shipped_languages; print(*shipped_languages())"'
    )
    assert developer.run(asked).split() == ["fr", "en", "es"]
    protects = "tests/test_house.py::test_every_message_is_translated_with_its_placeholders"
    judged = developer.run(f"python -m pytest -q -p no:cacheprovider '{protects}' || true")
    assert f"{protects}[es]" in judged
    assert "fuzzy or untranslated" in judged
