"""docs/adding.md is followed to the letter: its files are written, its commands run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assessor.cli.banks import _open
from assessor.config import ROOT
from tests.cli.conftest import Run
from tests.journeys.banks import small_banks
from tests.journeys.conftest import Server
from tests.journeys.recipes import PAGE, Reader, Terminal, steps
from tests.web.checked import Browser

pytestmark = pytest.mark.slow

OF_STRANGERS = ("A domain", "A competency", "A role profile")
OF_DEVELOPERS = (
    "An item type",
    "A report section",
    "A report edition",
    "A language",
    "A kind of work",
    "A staff page",
    "A command",
    "A migration",
)
PROJECT = (".ci", "assessor", "docs", "templates", "tests")


# A stranger, who has the command and a folder


@pytest.fixture
def stranger(tmp_path: Path, run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Somebody in an empty folder; the ``assessor`` command is done in this process."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))

    def assessor(*arguments: str) -> str:
        _open.cache_clear()  # A new process has read no bank yet.
        ran = run(*arguments)
        assert ran.code == 0, f"{arguments}\n{ran.out}{ran.err}"
        return ran.out + ran.err

    def typed(line: str) -> str:
        name, *arguments = shlex.split(os.path.expandvars(line))
        if line == "assessor serve":
            app = server()
            return "".join(Browser(app, language).get("/self/start").text for language in ("fr", "en"))
        if name == "assessor":
            return assessor(*arguments)
        if name == "export":
            monkeypatch.setenv(*arguments[0].split("=", 1))
            return ""
        return subprocess.run([name, *arguments], check=True, capture_output=True, text=True).stdout

    return Reader(folder, typed)


def test_the_page_has_these_recipes_and_each_is_followed_here() -> None:
    chapters = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in chapters if not name.startswith("And")] == [*OF_STRANGERS, *OF_DEVELOPERS]
    assert all(steps(recipe) for recipe in (*OF_STRANGERS, *OF_DEVELOPERS))


def test_recipes_of_a_domain_a_competency_and_a_role_are_followed_to_the_letter(
    stranger: Reader, run: Run
) -> None:
    stranger.follow("A domain")
    assert stranger.said["assessor banks check my-banks"] == "0 errors, 0 warnings\n"
    assert "General profile (Community health), short" in _said(stranger, "assessor form")
    assert "sim-0002" in _said(stranger, "assessor score")
    assert len(list((stranger.folder / "reports").glob("*.pdf"))) == 2
    for words in ("Santé communautaire", "Community health"):
        assert words in stranger.said["assessor serve"]

    stranger.follow("A competency")
    assert stranger.said["assessor banks check my-banks"] == "0 errors, 0 warnings\n"
    assert "clinic.discretion" in stranger.type("assessor banks stats")
    bank = stranger.folder / "my-banks" / "clinic" / "bank.yaml"
    whole = bank.read_text(encoding="utf-8")
    bank.write_text(whole.replace("      en: Discretion\n", ""), encoding="utf-8")
    line = whole.splitlines().index("      fr: Discrétion")  # counted from 1: the line above, `name:`
    refused = run("banks", "check", "my-banks")
    assert refused.code == 1
    assert f"clinic/bank.yaml:{line}: error" in refused.out
    bank.write_text(whole, encoding="utf-8")

    stranger.follow("A role profile")
    assert stranger.said["assessor banks check my-banks"] == "0 errors, 0 warnings\n"
    assert "sim-0001" in _said(stranger, "assessor score sittings.jsonl --role clinic-social")


def _said(reader: Reader, begins: str) -> str:
    """What the line that begins so said."""
    (found,) = [said for line, said in reader.said.items() if line.startswith(begins)]
    return found


# A developer, who has the project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Terminal]]:
    """A copy of the project, with a few of its situations, and a terminal in it; it takes all recipes."""
    folder = tmp_path_factory.mktemp("developer")
    copy = folder / "project"
    for name in PROJECT:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "README.md", "CHANGELOG.md", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    small_banks(copy / "question_banks")
    terminal = Terminal(copy, folder / "state")
    yield copy, terminal
    terminal.close()


@pytest.fixture
def developer(project: tuple[Path, Terminal]) -> Reader:
    """Somebody who works in the copy."""
    return Reader(*project)


@pytest.fixture
def follow(developer: Reader) -> Callable[[str], str]:
    """Follows a recipe: what its last line said. What it wrote in Python keeps the rules of the house."""

    def followed(recipe: str) -> str:
        developer.follow(recipe)
        written = [step.path for step in steps(recipe) if step.path.startswith("assessor/")]
        if written:
            developer.type(f"ruff format --check {' '.join(written)} && ruff check {' '.join(written)}")
        return list(developer.said.values())[-1]

    return followed


def passed(said: str) -> int:
    """How many tests passed; none failed, or the line itself would have."""
    found = re.search(r"(\d+) passed", said)
    assert found is not None, said
    return int(found[1])


def test_recipe_of_an_item_type_is_followed_to_the_letter(follow: Callable[[str], str]) -> None:
    assert passed(follow("An item type")) > 10


def test_recipes_of_a_report_section_and_an_edition_are_followed_to_the_letter(
    developer: Reader, follow: Callable[[str], str]
) -> None:
    follow("A report section")
    assert 'id="report-next"' in (developer.folder / "one.html").read_text(encoding="utf-8")
    follow("A report edition")
    shown = (developer.folder / "client.html").read_text(encoding="utf-8")
    assert 'id="report-areas"' in shown
    assert not re.search('id="report-(next|items|reading)"', shown)


def test_recipe_of_a_kind_of_work_is_followed_to_the_letter(follow: Callable[[str], str]) -> None:
    assert passed(follow("A kind of work")) == 3


def test_recipe_of_a_staff_page_is_followed_to_the_letter(follow: Callable[[str], str]) -> None:
    assert passed(follow("A staff page")) == 5


def test_recipe_of_a_command_is_followed_to_the_letter(
    developer: Reader, follow: Callable[[str], str]
) -> None:
    assert follow("A command").split()[:2] == ["fr", "en"]
    assert "List the languages of pages and reports." in developer.said["python -m assessor --help"]


def test_recipe_of_a_migration_is_followed_to_the_letter(
    developer: Reader, follow: Callable[[str], str]
) -> None:
    shipped = {path.name for path in (ROOT / "assessor/store/migrations/versions").glob("0*.py")}
    assert passed(follow("A migration")) == len(shipped) + 2
    (written,) = [
        path
        for path in (developer.folder / "assessor/store/migrations/versions").glob("0*.py")
        if path.name not in shipped
    ]
    assert written.name == f"{len(shipped) + 1:04}_when_the_first_question_was_shown.py"
    assert 'sa.Column("opened_at", UtcTime(), nullable=True)' in written.read_text(encoding="utf-8")


def test_recipe_of_a_language_is_followed_to_the_letter(
    project: tuple[Path, Terminal], follow: Callable[[str], str]
) -> None:
    follow("A language")
    protects = "tests/test_house.py::test_every_message_is_translated_with_its_placeholders[es]"
    code, judged = project[1].python(["pytest", "-q", "-p", "no:cacheprovider", protects])
    # The suite walks the languages that are shipped, and finds what is to be translated.
    assert code == 1
    assert protects in judged
    assert "fuzzy or untranslated" in judged
