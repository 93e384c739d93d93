"""What is shipped works: built from the sdist, installed elsewhere, run from the root folder, in French."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from assessor.config import ROOT

pytestmark = pytest.mark.slow

#: Speaks the first short translated message of the installed catalog, as the pages would.
SPEAK = """
import sys
from assessor.language.catalogues import translations
print(translations("fr").gettext(sys.argv[1]))
"""


def run(*command: str | Path, cwd: Path = Path("/"), **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ASSESSOR_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sdist and of the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a fresh environment: the wheel, with the libraries of this one lent to it."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    scripts = home / "bin"
    (wheel,) = built.glob("*.whl")
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        scripts / "python",
        "install",
        "-q",
        "--no-index",
        "--no-deps",
        wheel,
    )
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return scripts


def test_the_wheel_carries_templates_banks_and_compiled_catalogs(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "question_banks"):
        files = [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert {f"assessor/_data/{folder}/{path.as_posix()}" for path in files} <= names
    for file in (ROOT / "assessor" / "fonts").iterdir():
        assert file.relative_to(ROOT).as_posix() in names
    for source in (ROOT / "assessor" / "translations").glob("*/LC_MESSAGES/messages.po"):
        assert source.with_suffix(".mo").relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests/", "docs/")) or "/var/" in name]


def test_the_source_archive_carries_no_left_overs(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert not [name for name in names if name.endswith((".mo", ".pyc", ".db")) or "/var/" in name]


def test_the_installed_package_is_not_the_checkout(installed: Path) -> None:
    where = run(installed / "python", "-c", "import assessor; print(assessor.__file__)").strip()
    assert not Path(where).is_relative_to(ROOT / "assessor")


def test_the_installed_command_helps_and_checks_its_banks(installed: Path, tmp_path: Path) -> None:
    assert "banks" in run(installed / "assessor", "--help", HOME=str(tmp_path))
    run(installed / "assessor", "banks", "check", HOME=str(tmp_path))
    assert not list(tmp_path.iterdir()), "looking wrote something"


def test_the_installed_package_speaks_french(installed: Path) -> None:
    source = ROOT / "assessor" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as file:
        spoken = [
            m
            for m in read_po(file)
            if isinstance(m.id, str) and m.id and m.string not in ("", m.id) and not m.context
        ]
    if not spoken:
        pytest.skip("nothing is translated yet, as tests/test_house.py says")
    first = min(spoken, key=lambda message: len(message.id))
    assert run(installed / "python", "-c", SPEAK, first.id).rstrip("\n") == first.string
