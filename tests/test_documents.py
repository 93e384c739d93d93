"""What the documents say of the code is what the code is: rooms, layers, dependencies, decisions."""

import re
import tomllib
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from assessor.config import ROOT
from assessor.services.permissions import HELD, OVER_SITTINGS

DOCS = ROOT / "docs"


def plain(requirement: str) -> str:
    """The name in a requirement, spelt in the one way in which the pins spell it."""
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def table(chapter: str) -> dict[str, tuple[str, str, str]]:
    """Name -> version, month and reason, as docs/dependencies.md has them under a heading."""
    (text,) = re.findall(
        rf"^## {chapter}\n(.*?)(?=^## |\Z)", page("dependencies.md"), re.MULTILINE | re.DOTALL
    )
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (\d{4}-\d{2}) \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) == text.count("\n|") - 2, "a row of the table has another shape"
    assert len({row[0] for row in rows}) == len(rows), "a name stands twice"
    return {plain(name): (version, month, reason) for name, version, month, reason in rows}


def names(requirements: list[Any]) -> set[str]:
    return {plain(one) for one in requirements if isinstance(one, str)}


def pinned(file: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / file).read_text("utf-8"), re.MULTILINE
    ):
        found.setdefault(plain(name), set()).add(version)
    return found


def test_every_dependency_is_documented_and_nothing_else() -> None:
    declared = names(project()["project"]["dependencies"])
    declared |= names(project()["project"]["optional-dependencies"]["postgres"])
    assert set(table("To run")) == declared


def test_every_tool_is_documented_and_nothing_else() -> None:
    groups = project()["dependency-groups"]
    assert set(table("To develop")) == names(groups["dev"]) | names(groups["checkout"])


def test_documented_versions_are_the_pinned_ones() -> None:
    for chapter, file in (("To run", "requirements.txt"), ("To develop", "requirements-dev.txt")):
        pins = pinned(file)
        unlike = {
            name: version
            for name, (version, *_) in table(chapter).items()
            if version not in pins.get(name, set())
        }
        assert not unlike, f"{chapter}: {file} has other versions (make lock), or the page has"


def test_the_layers_on_the_page_are_those_that_the_linter_holds() -> None:
    (contract,) = [one for one in project()["tool"]["importlinter"]["contracts"] if one["name"] == "rooms"]
    held = [re.findall(r"assessor\.(\w+)", layer) for layer in contract["layers"]]
    shown = [
        re.findall(r"\w+", line)
        for line in re.findall(r"^    ([\w |]+)$", page("architecture.md"), re.MULTILINE)
    ]
    there = [[name for name in layer if _exists(name)] for layer in held]
    assert shown == there


def _exists(name: str) -> bool:
    return (ROOT / "assessor" / name).is_dir() or (ROOT / "assessor" / f"{name}.py").is_file()


def test_every_room_is_on_the_page_and_every_room_on_the_page_exists() -> None:
    text = page("architecture.md")
    shown = set(re.findall(r"^\| `assessor/([\w.]+)/?` \|", text, re.MULTILINE))
    folder = ROOT / "assessor"
    rooms = {path.name for path in folder.iterdir() if (path / "__init__.py").is_file()}
    modules = {path.name for path in folder.glob("*.py") if not path.name.startswith("_")}
    assert shown == rooms | modules - {"config.py", "errors.py", "messages.py"}
    for name in ("config", "errors", "messages"):
        assert f"`{name}`" in text


def test_every_file_that_the_page_names_exists() -> None:
    named = set(
        re.findall(
            r"`((?:assessor|tests|web|services|report|scoring|templates)/[\w/]+\.\w+)`",
            page("architecture.md"),
        )
    )
    assert named
    missing = [
        name for name in named if not (ROOT / name).exists() and not (ROOT / "assessor" / name).exists()
    ]
    assert not missing


def test_every_web_module_is_named_on_the_page() -> None:
    text = page("architecture.md")
    modules = [path.stem for path in (ROOT / "assessor" / "web").glob("*.py") if path.stem != "__init__"]
    assert [name for name in modules if f"`{name}`" not in text] == []


def test_the_table_of_permissions_on_the_page_is_the_one_that_decides() -> None:
    chapter = page("architecture.md").partition("## Who may do what")[2].partition("\n## ")[0]
    shown = {
        capacity: (set(re.findall(r"`(\w+)`", held)), held.partition(" over ")[2].strip())
        for capacity, held in re.findall(r"^\| ([a-z ]+) \| (`.*) \|$", chapter, re.MULTILINE)
    }
    assert shown == {
        capacity.value: (
            {permission.name for permission in held},
            "".join({extent.value for permission, extent in held.items() if permission in OVER_SITTINGS}),
        )
        for capacity, held in HELD.items()
    }


def test_the_page_of_permissions_is_drawn_from_the_table_that_decides() -> None:
    spec = spec_from_file_location("permissions_page", ROOT / ".ci" / "permissions.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert page("permissions.md") == module.page(), "run python .ci/permissions.py"


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    files = sorted(path.name for path in (DOCS / "decisions").glob("*.md"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    for name in files:
        text = (DOCS / "decisions" / name).read_text(encoding="utf-8")
        assert f"decisions/{name})" in page("architecture.md"), name
        assert text.startswith(f"# {name[:4]}: ")
        for part in ("Decision", "Why", "Rejected", "Price"):
            assert f"**{part}.**" in text, f"{name}: {part}"
