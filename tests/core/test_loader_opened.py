"""One faulty bank or role of a further folder keeps itself out and nothing else; a shipped one stops all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.banks.loader import BankError, open_library
from assessor.language.catalogues import tongue
from tests.core.banks_examples import FILES, ROLE, dumped, written
from tests.core.test_bank_alike import EVERY_TYPE
from tests.core.test_loader_types import BOOK

DOMAINS = ("garden", "harbour")


def domain(name: str) -> dict[str, str | bytes]:
    """A sound further bank with a role of its own."""
    files: dict[str, str | bytes] = {
        key.replace("shop", name): value.replace("shop", name)
        for key, value in FILES.items()
        if "shop" in key
    }
    del files[f"roles/{name}-keeper.yaml"]
    weight = {key: value for key, value in ROLE["weights"][0].items() if key != "tie"}
    role = {**ROLE, "id": f"{name}-keeper", "domain": name, "weights": [weight]}
    return {**files, f"roles/{name}-keeper.yaml": dumped(role)}


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return written(tmp_path / "shipped", FILES)


def more(folder: Path, changes: Mapping[str, str | bytes]) -> Path:
    files: dict[str, str | bytes] = {}
    for name in DOMAINS:
        files |= domain(name)
    return written(folder / "more", {**files, **changes})


SPOILT = {
    "a type": ("type: best", "type: bets"),
    "a direction control": ("en: Boost the post", "en: Boost \u202ethe post"),
    "two parts alike": ("en: Boost the post", "en: offer the waiting list."),
    "no text": ("en: Boost the post", "en: \u2800"),
    "no YAML": ("type: best", "type: 'best"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_faulty_item_keeps_its_bank_and_its_roles_out_and_no_other(
    name: str, shipped: Path, tmp_path: Path
) -> None:
    old, new = SPOILT[name]
    item = str(domain("garden")["garden/items/garden-one.yaml"])
    assert old in item
    folder = more(tmp_path, {"garden/items/garden-one.yaml": item.replace(old, new)})
    opened = open_library([folder], shipped)
    assert opened.library.domain_ids == ("harbour", "shop")
    assert set(opened.library.roles) == {"harbour-keeper", "shop-keeper"}
    assert list(opened.left_out) == [folder / "garden"]
    assert {finding.path.name for finding in opened.errors} == {"garden-one.yaml"}
    assert not any(each.bank == "garden" for each in opened.library.items.values())


def test_a_faulty_role_keeps_only_itself_out(shipped: Path, tmp_path: Path) -> None:
    folder = more(tmp_path, {"roles/garden-keeper.yaml": "id: garden-keeper\ndomain: gardn\n"})
    opened = open_library([folder], shipped)
    assert opened.library.domain_ids == ("garden", "harbour", "shop")
    assert list(opened.left_out) == [folder / "roles" / "garden-keeper.yaml"]
    assert opened.library.roles_of("garden")[0].id == "general-garden"


def test_a_bank_that_leans_on_one_left_out_stays(shipped: Path, tmp_path: Path) -> None:
    leaning = str(domain("harbour")["harbour/items/harbour-one.yaml"])
    leaning = leaning.replace("enemies: [core-two]", "enemies: [garden-one]")
    folder = more(tmp_path, {"garden/bank.yaml": "id: garden\n", "harbour/items/harbour-one.yaml": leaning})
    opened = open_library([folder], shipped)
    assert opened.library.domain_ids == ("harbour", "shop")
    assert list(opened.left_out) == [folder / "garden"]


def test_of_two_banks_of_one_id_the_second_is_left_out(shipped: Path, tmp_path: Path) -> None:
    first = more(tmp_path, {})
    second = written(tmp_path / "again", {**domain("garden"), "notes/read.me": "x"})
    opened = open_library([first, second / "garden", second], shipped)
    assert opened.library.domain_ids == ("garden", "harbour", "shop")
    assert second / "garden" in opened.left_out
    assert second / "notes" in opened.left_out
    assert first / "garden" not in opened.left_out


def test_what_is_no_bank_is_told_and_keeps_nothing_out(shipped: Path, tmp_path: Path) -> None:
    folder = more(tmp_path, {"drafts/idea.txt": "x", "framework.yaml": "x"})
    os.symlink(folder / "loop", folder / "loop")
    opened = open_library([folder, tmp_path / "gone"], shipped)
    assert opened.library.domain_ids == ("garden", "harbour", "shop")
    assert {place.name for place in opened.left_out} == {"drafts", "framework.yaml", "gone", "loop"}


def test_a_folder_that_the_system_refuses_is_an_error_of_that_bank(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = more(tmp_path, {})
    listed = Path.iterdir

    def refused(path: Path):  # type: ignore[no-untyped-def]
        if path == folder / "garden" / "items":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    opened = open_library([folder], shipped)
    assert opened.library.domain_ids == ("harbour", "shop")
    assert opened.errors[0].found == "the folder cannot be read: Permission denied"


@pytest.mark.parametrize("file", ["framework.yaml", "core/items/core-one.yaml", "roles/shop-keeper.yaml"])
def test_a_shipped_fault_stops_the_start_with_every_error(file: str, tmp_path: Path) -> None:
    spoilt: dict[str, str | bytes] = {**FILES, file: FILES[file].replace("id:", "ident:", 1) + "\nzzz: 1\n"}
    folder = more(tmp_path, {"garden/bank.yaml": "id: garden\n"})
    with pytest.raises(BankError) as refused:
        open_library([folder], written(tmp_path / "shipped", spoilt))
    assert {finding.path.name for finding in refused.value.findings} >= {Path(file).name, "bank.yaml"}


def test_sound_folders_leave_nothing_out(shipped: Path, tmp_path: Path) -> None:
    opened = open_library([more(tmp_path, {})], shipped)
    assert (opened.left_out, opened.errors) == ({}, ())
    assert opened.library.domain_ids == ("garden", "harbour", "shop")


HOSTILE = st.text(
    alphabet="aé «\u202e\u2066\u200b\u200d\u00ad\ufe0f\u20e3\u2800\u3164\u0301👍🏽\ue000\U000e0041{}%:#\"'\\",
    max_size=60,
)
TOLD = tongue("fr")


@settings(max_examples=15)
@given(data=st.data(), kind=st.sampled_from(sorted(EVERY_TYPE)), words=HOSTILE, raw=st.binary(max_size=80))
def test_whatever_a_further_bank_holds_the_others_open_and_every_error_can_be_told(
    data: st.DataObject, kind: str, words: str, raw: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In every type, in any text; and a file of any bytes beside it."""
    folder = tmp_path_factory.mktemp("any")
    item = deepcopy(EVERY_TYPE[kind]) | {"id": "garden-any", "competency": "garden.offer"}
    texts = [part for part in _mappings(item) if "fr" in part and "en" in part]
    data.draw(st.sampled_from(texts))["en"] = words
    files = {**domain("garden"), "garden/items/garden-any.yaml": dumped({**item, **BOOK})}
    if raw:
        files["roles/raw.yaml"] = raw
    opened = open_library([written(folder / "more", files)], written(folder / "shipped", FILES))
    assert "shop" in opened.library.domain_ids
    assert ("garden" in opened.library.domain_ids) == (folder / "more" / "garden" not in opened.left_out)
    for finding in opened.errors:
        assert finding.told(TOLD).count("erreur: ") == 1


def _mappings(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _mappings(each)
