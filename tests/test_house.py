"""The rules of the house that no linter knows (docs/architecture.md)."""

import ast
import re
import string
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import jinja2
import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from assessor.config import ROOT
from assessor.items import ITEM_TYPES
from assessor.language.catalogues import shipped_languages
from assessor.report.editions import EDITIONS

TEMPLATES = ROOT / "templates"
PACKAGE = ROOT / "assessor"

#: Files that may pass 500 lines, each with its reason.
LONG_FILES: dict[str, str] = {}

#: Parts of pages: they extend nothing. A report is a document of its own, without the site's header.
PARTIAL_FOLDERS = ("email", "items", "report", "ui")
PARTIALS = ("base.html", "stimuli.html")
#: The files of the design system, each with the name it is known by and the tags that it alone writes.
UI = {
    "fields": ("ui", "input|select|button|textarea|fieldset"),
    "feedback": ("feedback", "output"),
    "tables": ("tables", "table"),
    "plots": ("plots", "svg|progress"),
}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or would be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [
            path
            for folder in ("assessor", "docs", "question_banks", "templates", "tests")
            for path in (ROOT / folder).rglob("*")
        ] + list(ROOT.glob("*.*"))
    return tuple(
        sorted(path for path in paths if path.is_file() and path.suffix not in {".mo", ".pot", ".pyc"})
    )


def python_files(*roots: Path) -> list[Path]:
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and any(path.is_relative_to(r) for r in roots)
    ]


def templates() -> list[Path]:
    return [
        path
        for path in project_files()
        if path.is_relative_to(TEMPLATES) and path.suffix in {".html", ".txt"}
    ]


def of_root(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_matching(pattern: str, paths: list[Path], flags: int = 0) -> list[str]:
    found = re.compile(pattern, flags)
    return [
        f"{of_root(path)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if found.search(line)
    ]


# Item types


@pytest.mark.parametrize("name", sorted(ITEM_TYPES))
def test_every_item_type_has_a_face_of_its_name(name: str) -> None:
    if not list(TEMPLATES.glob("items/*.html")):
        pytest.skip("no face has been drawn yet")
    assert (TEMPLATES / "items" / f"{name}.html").is_file()


@pytest.mark.parametrize("name", sorted(ITEM_TYPES))
def test_every_item_type_is_in_the_recipe(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")


# Templates


def test_every_template_parses() -> None:
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    broken = []
    for path in templates():
        try:
            environment.parse(path.read_text(encoding="utf-8"))
        except jinja2.TemplateSyntaxError as error:
            broken.append(f"{of_root(path)}:{error.lineno}: {error.message}")
    assert not broken


def test_every_page_extends_the_one_base() -> None:
    pages = [
        path
        for path in templates()
        if path.relative_to(TEMPLATES).parts[0] not in PARTIAL_FOLDERS
        and path.name not in PARTIALS
        and not path.name.startswith("_")
    ]
    assert not [of_root(path) for path in pages if '{% extends "base.html" %}' not in path.read_text("utf-8")]


def test_only_the_design_system_writes_controls_and_drawings() -> None:
    """Tables may also stand in a report and in an item, where a table is what is shown."""
    assert {path.stem for path in templates() if path.parent == TEMPLATES / "ui"} == set(UI)
    for name, (_, tags) in UI.items():
        others = [path for path in templates() if path != TEMPLATES / "ui" / f"{name}.html"]
        if name == "tables":
            own = {"items", "report", "stimuli.html"}
            others = [path for path in others if path.relative_to(TEMPLATES).parts[0] not in own]
        assert not lines_matching(rf"<({tags})\b", others, re.IGNORECASE)


def test_a_template_imports_of_the_design_system_what_it_uses_and_no_more() -> None:
    names = "|".join(name for name, _ in UI.values())
    wrong = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        imported = re.findall(r'{% import "ui/(\w+)\.html" as (\w+) with context %}', text)
        used = set(re.findall(rf"(?<![\w.\"])({names})\.\w+\(", text))
        if {name for _, name in imported} != used or any(UI[file][0] != name for file, name in imported):
            wrong.append(f"{of_root(path)}: imports {imported}, uses {sorted(used)}")
        if text.count('"ui/') != len(imported):
            wrong.append(f"{of_root(path)}: imports of the design system otherwise")
    assert wrong == []


def test_no_template_holds_a_style_or_a_script() -> None:
    """The content security policy would refuse them; so would the print sheet."""
    assert not lines_matching(
        r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""", templates(), re.IGNORECASE
    )
    assert not lines_matching(r"<script\b(?![^>]*\bsrc=)", templates(), re.IGNORECASE)


def test_templates_hold_no_unsafe_filter() -> None:
    """Markup that code has made safe is a Markup object already."""
    assert not lines_matching(r"\|\s*safe\b|autoescape\s+false", templates())


def asks_which_edition(node: ast.AST) -> bool:
    """Whether a comparison looks at an edition, or at a word that one of them holds."""
    names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    names |= {name.attr for name in ast.walk(node) if isinstance(name, ast.Attribute)}
    is_same = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
    return (
        isinstance(node, ast.Compare)
        and any(isinstance(one, is_same) for one in node.ops)
        and bool(names & {"edition", "SELF", "ATTACH"})
    )


def test_an_edition_is_asked_what_it_does_and_never_which_one_it_is() -> None:
    """A third edition would fall on one side of every such question by chance."""
    assert asks_which_edition(ast.parse('view.edition.name == "attach"', mode="eval").body)
    own = PACKAGE / "report" / "editions.py"
    asked = [
        f"{of_root(path)}:{node.lineno}"
        for path in python_files(PACKAGE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if path != own and asks_which_edition(node)
    ]
    named = "|".join(sorted(EDITIONS))
    asked += lines_matching(
        rf"""\bedition(\.\w+)*\s*([=!]=|\bin\b|\bis\b(?! not none| none))|["']({named})["']""",
        [path for path in templates() if "report" in path.parts],
    )
    sheets = [path for path in project_files() if path.suffix == ".css"]
    asked += lines_matching(rf"\.({named})\b", sheets)
    assert asked == []


def test_what_an_artefact_looks_like_stands_in_one_sheet() -> None:
    own = {"stimuli.css"}
    sheets = [path for path in project_files() if path.suffix == ".css" and path.name not in own]
    assert len(sheets) > 3
    assert not lines_matching(r"\.(stimulus|post|thread|figures|calendar|brief)\b", sheets)


def test_every_sheet_and_script_is_asked_for_by_a_template_or_a_script() -> None:
    asking = "".join(path.read_text(encoding="utf-8") for path in templates())
    asking += "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "static").glob("*.js"))
    own = {f"{name}.js" for name in ITEM_TYPES}
    named = [path.name for path in (PACKAGE / "static").iterdir() if path.suffix in {".css", ".js"}]
    assert [name for name in named if name not in own and f'{name}"' not in asking] == []


# Translations


@cache
def source_messages() -> dict[str | tuple[str, ...], str]:
    """Every message id of the sources with the place of its first use."""
    keywords: dict[str, tuple[int, ...] | None] = dict.fromkeys(
        ("_", "gettext", "lazy_gettext", "_l", "N_", "said")
    )
    keywords["ngettext"] = (1, 2)
    options = {"silent": "false"}
    found: dict[str | tuple[str, ...], str] = {}
    for folder, method in ((PACKAGE, "python"), (TEMPLATES, "jinja2")):
        map_ = [("**.py" if method == "python" else "**.*", method)]
        for name, line, message, *_ in extract_from_dir(
            folder, method_map=map_, options_map={"**": options}, keywords=keywords
        ):
            found.setdefault(message, f"{of_root(folder / name)}:{line}")
    return found


def placeholders(text: str) -> Counter[str]:
    percent = re.findall(r"%\((\w+)\)[sd]|(%[sd])", text.replace("%%", ""))
    named = [name for _, name, _, _ in string.Formatter().parse(text) if name] if not percent else []
    return Counter([first or second for first, second in percent] + named)


@cache
def catalog(language: str) -> dict[str | tuple[str, ...], Message]:
    path = PACKAGE / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {
            message.id: message
            for message in read_po(file, locale=language, abort_invalid=True)
            if message.id
        }


@pytest.mark.parametrize("language", shipped_languages())
def test_every_catalogue_carries_every_message(language: str) -> None:
    missing = [place for message, place in source_messages().items() if message not in catalog(language)]
    assert not missing, "run `make messages`, then translate"


@pytest.mark.parametrize("language", sorted(set(shipped_languages()) - {"en"}))
def test_every_message_is_translated_with_its_placeholders(language: str) -> None:
    """English needs no translation: the message ids are English."""
    wrong = []
    for id_, message in catalog(language).items():
        sources = id_ if isinstance(id_, tuple) else (id_,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(forms):
            wrong.append(f"{sources[0]!r} is fuzzy or untranslated")
        elif any(placeholders(form) - placeholders(sources[-1]) for form in forms) or (
            placeholders(forms[-1]) != placeholders(sources[-1])
        ):
            wrong.append(f"{sources[0]!r} lost or gained a placeholder")
    assert not wrong


# Names and sizes


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def definitions(path: Path) -> Iterator[tuple[int, str]]:
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


#: Names that a library asks its subclasses for.
IMPOSED_NAMES = {"process_bind_param", "process_result_value"}


def says_nothing(name: str) -> bool:
    words = re.findall(r"[a-z]+", re.sub(r"([A-Z])", r"_\1", name).lower())
    vague = {"util", "utils", "helper", "helpers", "manager", "handler", "misc", "common"}
    if name in IMPOSED_NAMES:
        return False
    return bool(vague & set(words)) or name in {"data", "Data"} or name.startswith(("process_", "do_"))


def test_no_name_says_nothing() -> None:
    files = python_files(PACKAGE, ROOT / "tests")
    modules = [of_root(path) for path in files if says_nothing(path.stem) or says_nothing(path.parent.name)]
    bases = [of_root(path) for path in files if path.stem == "base" and path != PACKAGE / "items" / "base.py"]
    named = [
        f"{of_root(path)}:{line}: {name}"
        for path in files
        for line, name in definitions(path)
        if says_nothing(name)
    ]
    assert not modules + bases + named


def test_an_attempt_is_what_is_stored_and_a_sitting_what_scoring_reads() -> None:
    """One word for one thing; what makes the one of the other is ``profiles.sitting_of``."""
    shell = tuple(f"assessor/{room}/" for room in ("cli", "services", "store", "web"))
    files = python_files(PACKAGE)
    named = [(path, name) for path in files for _, name in definitions(path) if not name.islower()]
    stored = [of_root(path) for path, name in named if name.startswith("Attempt")]
    read = [of_root(path) for path, name in named if name.endswith("Sitting")]
    assert stored
    assert read
    assert [
        place for place in stored if not place.startswith(("assessor/services/", "assessor/store/"))
    ] == []
    assert [place for place in read if place.startswith(shell)] == []


def test_a_page_with_scripts_of_its_own_keeps_those_of_every_page() -> None:
    """Every page sends or names what the browser still holds back."""
    own = [path for path in templates() if "{% block scripts %}" in path.read_text(encoding="utf-8")]
    bare = [
        of_root(path)
        for path in own
        if path.name != "base.html"
        and "{% block scripts %}{{ super() }}" not in path.read_text(encoding="utf-8")
    ]
    assert len(own) > 3
    assert bare == []


def test_no_file_is_too_long_to_read() -> None:
    code = [path for path in project_files() if path.suffix in {".py", ".html", ".css", ".js"}]
    long = {of_root(path) for path in code if len(path.read_text(encoding="utf-8").splitlines()) > 500}
    assert long == set(LONG_FILES)
    assert len((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8").splitlines()) <= 120


def test_no_work_is_left_for_later_in_a_comment() -> None:
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))
    code = [
        path for path in project_files() if path.suffix in {".py", ".html", ".css", ".js", ".yaml", ".toml"}
    ]
    assert not lines_matching(rf"\b({marks})\b", code)


# Rooms and their doors


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not even where a function imports when it runs."""
    graph = grimp.build_graph("assessor", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(list(TopologicalSorter(imports).static_order())) == len(imports) > 100


def importers(library: str) -> set[str]:
    found = set()
    for path in python_files(PACKAGE):
        for node in nodes_of(path):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            if any(name.split(".")[0] == library for name in names):
                found.add(of_root(path))
    return found


def test_weasyprint_has_one_door() -> None:
    assert importers("weasyprint") <= {"assessor/report/pdf.py"}


def test_stylesheets_are_read_by_a_parser_in_one_place() -> None:
    assert importers("tinycss2") == {"assessor/report/styles.py"}


def test_yaml_is_read_in_one_room() -> None:
    """Elsewhere nobody knows how to read it safely (aliases, nesting, size)."""
    assert {Path(name).parent.as_posix() for name in importers("yaml")} <= {"assessor/banks"}


def test_rows_are_fetched_by_id_through_the_scope_only() -> None:
    """`session.get` knows no workspace; the browser's session is met in web/plumbing/security.py."""
    doors = {"assessor/store/scope.py", "assessor/web/plumbing/security.py"}
    elsewhere = [path for path in python_files(PACKAGE) if of_root(path) not in doors]
    assert not lines_matching(r"\bsession\.get\(", elsewhere)


# Documentation and what must not be in the tree


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    name = re.compile(r"\bASSESSOR_[A-Z_]+[A-Z]\b")
    settings = set(name.findall((PACKAGE / "config.py").read_text(encoding="utf-8")))
    documented = set(
        re.findall(r"^\| `(ASSESSOR_[A-Z_]+)` ", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert documented == settings


def test_documents_point_at_files_that_exist() -> None:
    broken = []
    for page in [path for path in project_files() if path.suffix == ".md"]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if (
                "://" not in target
                and not target.startswith("mailto:")
                and not (page.parent / target).exists()
            ):
                broken.append(f"{of_root(page)}: {target}")
    assert not broken


def test_no_file_names_a_package_host_or_a_path_of_one_machine() -> None:
    hosts = "|".join(
        ("py" + r"pi\.(org|python)", "python" + "hosted", r"registry\.n" + "pm", r"deb\.deb" + "ian")
    )
    paths = "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "far" + "m", "opt"))
    # No folder of the tree is called like one of those either: its path would read like theirs.
    folders = "|".join(("wo" + "rk", "far" + "m"))
    assert not lines_matching(rf"{hosts}|(?<![\w./>])/({paths})/|/({folders})/", list(project_files()))


def test_requirements_are_hashed_and_name_no_place() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|^-|file:|@", text, re.MULTILINE)
        entries = re.split(r"\n(?=\S)", text.strip())
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_what_is_tested_contains_what_is_shipped() -> None:
    pinned = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert pinned[0] <= pinned[1]
