"""What was read of the shipped banks is kept for the same bytes only, and nobody notices but the clock."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assessor.banks import kept, loader
from assessor.banks.loader import BankError, load_library, open_library
from assessor.banks.schema import Library
from assessor.config import resource
from tests.core.banks_examples import FILES, written

ONE = "core-one"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return written(tmp_path / "shipped", FILES)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on no bank can be read but from what was kept."""

    def refuse(*_: object) -> None:
        raise AssertionError("a bank was read again")

    monkeypatch.setattr(loader, "_opened", refuse)


def files(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def test_the_shipped_library_is_the_same_from_its_file(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = open_library((), resource("question_banks"), cache).library
    monkeypatch.setattr(loader, "_opened", None)
    again = open_library((), resource("question_banks"), cache).library
    assert again == read
    assert list(again.items) == list(read.items)
    assert again is not read
    assert all(item.content.digest() == item.digest for item in again.items.values())


def test_a_byte_of_any_file_that_changes_has_the_banks_read_again(shipped: Path, cache: Path) -> None:
    open_library((), shipped, cache)
    (path,) = shipped.rglob(f"{ONE}.yaml")
    path.write_bytes(path.read_bytes().replace(b"Boost the post", b"Boost the note"))
    found = open_library((), shipped, cache).library
    assert found == load_library((), shipped)
    assert "Boost the note" in str(found.items[ONE].content)
    assert len(files(cache)) == 1, "what nobody will ask for again goes"


def test_another_program_reads_the_banks_again(
    shipped: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_library((), shipped, cache)
    monkeypatch.setattr(kept, "PROGRAMS", (*kept.PROGRAMS, "errors.py"))
    read: list[Library] = []
    whole = loader._opened
    monkeypatch.setattr(loader, "_opened", lambda *given: read.append(whole(*given)) or read[-1])
    open_library((), shipped, cache)
    assert len(read) == 1


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b'{"framework": 1}', b"\xff", b"null"])
def test_a_file_that_cannot_be_read_is_written_anew(shipped: Path, cache: Path, spoilt: bytes) -> None:
    whole = open_library((), shipped, cache).library
    (file,) = files(cache)
    sound = file.read_bytes()
    file.write_bytes(spoilt)
    assert open_library((), shipped, cache).library == whole
    assert file.read_bytes() == sound


def test_what_was_kept_is_validated_by_its_schema(shipped: Path, cache: Path) -> None:
    whole = open_library((), shipped, cache).library
    (file,) = files(cache)
    values = json.loads(file.read_bytes())
    values["items"][0]["content"]["competency"] = 7
    file.write_text(json.dumps(values), encoding="utf-8")
    assert open_library((), shipped, cache).library == whole


def test_a_place_that_cannot_be_written_to_is_no_trouble(shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for cache in (tmp_path / "file", tmp_path / "file" / "below"):
        assert open_library((), shipped, cache).library == load_library((), shipped)


def test_banks_with_an_error_are_never_kept(shipped: Path, cache: Path) -> None:
    (path,) = shipped.rglob(f"{ONE}.yaml")
    path.write_bytes(path.read_bytes().replace(b"type: best", b"type: bets"))
    for _ in range(2):
        with pytest.raises(BankError, match="bets"):
            open_library((), shipped, cache)
    assert not cache.exists()


def test_further_folders_are_read_at_each_asking(shipped: Path, cache: Path, tmp_path: Path) -> None:
    empty = tmp_path / "more"
    empty.mkdir()
    assert open_library((empty,), shipped, cache).left_out
    assert not cache.exists()
    assert not open_library((shipped / "shop",), shipped, cache).left_out
    assert len(files(cache)) == 1


def test_many_who_read_and_write_at_once_get_the_whole(shipped: Path, cache: Path) -> None:
    whole = load_library((), shipped)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: open_library((), shipped, cache).library, range(24)))
    assert all(one == whole for one in found)
    assert len(files(cache)) == 1


@pytest.mark.usefixtures("unread")
def test_nothing_is_kept_where_no_folder_is_named(shipped: Path) -> None:
    with pytest.raises(AssertionError, match="read again"):
        open_library((), shipped)
