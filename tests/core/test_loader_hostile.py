"""Every hostile or clumsy file gets its line, what is wrong and what would be right; nothing ever crashes."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from assessor.authoring.checks import check_report
from assessor.banks.loader import BankError, examine, load_library
from assessor.banks.places import MAX_BYTES, Finding, read_document
from tests.core.banks_examples import FILES, ITEM, written
from tests.core.hostile_heads import ROLE, SPOILT_HEADS
from tests.core.hostile_items import ONE, SPOILT_ITEMS, Spoilt

CASES = {**SPOILT_ITEMS, **SPOILT_HEADS}


def spoilt(case: Spoilt) -> dict[str, str]:
    assert FILES[case.file].count(case.old) >= 1, case.old
    return {**FILES, case.file: FILES[case.file].replace(case.old, case.new, 1)}


def findings_of(folder: Path, files: dict[str, str | bytes]) -> tuple[Finding, ...]:
    with pytest.raises(BankError) as refused:
        load_library([], written(folder, files))
    return refused.value.findings


@pytest.mark.parametrize("name", CASES)
def test_each_trouble_gets_its_line_and_its_cure(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    files = spoilt(case)
    lines = files[case.file].replace("\r", "").split("\n")
    line = (
        1 if not case.line else next(n for n, text in enumerate(lines, 1) if case.line.split("\n")[0] in text)
    )
    if "\n" in case.line:
        line = files[case.file][: files[case.file].index(case.line)].count("\n") + 1
    found = findings_of(tmp_path, files)
    told = [finding for finding in found if case.found in finding.found and case.wanted in finding.wanted]
    assert told, "\n".join(str(finding) for finding in found)
    assert {finding.path for finding in told} == {tmp_path / case.file}
    if name != "no YAML":
        assert line in {finding.line for finding in told}, "\n".join(str(finding) for finding in found)


def keyed(kind: str, *effectiveness: float) -> str:
    """An item of that type with this key, lures where they belong."""
    item = yaml.safe_load(ITEM) | {"type": kind}
    template, top = item["options"][0], max(effectiveness)
    item["options"] = [
        deepcopy(template)
        | {"id": f"o{place}", "effectiveness": value, "lure": None if value == top else "near"}
        for place, value in enumerate(effectiveness)
    ]
    return yaml.safe_dump(item, sort_keys=False, allow_unicode=True)


@pytest.mark.parametrize(
    ("kind", "key", "found", "wanted"),
    [
        ("best", (3, 3, 3), "every effectiveness is equal", "tell the options apart"),
        ("rank", (3, 5, 5), "2 options share the best", "keep one best"),
        ("rate", (3, 5, 5, 1), "2 options share the best", "keep one best"),
        ("best_worst", (1, 5, 1, 4), "several share the lowest effectiveness", "keep one worst"),
        ("best_worst", (1, 5, 4, 4.5), "the worst option weighs", "at 1.5 or below"),
        ("rank", (5, 4, 1, 2), "the order in the file alone scores 0.67", "shuffle the options"),
        ("rate", (3, 3.5, 4, 4.5), "the key's standard deviation is under 0.8", "spread the key out"),
    ],
)
def test_keys_that_break_the_scale_are_refused_at_the_options(
    kind: str, key: tuple[float, ...], found: str, wanted: str, tmp_path: Path
) -> None:
    content = keyed(kind, *key)
    findings = findings_of(tmp_path, {**FILES, ONE: content})
    assert len(findings) == 1
    assert found in findings[0].found
    assert wanted in findings[0].wanted
    assert findings[0].line == content.split("\n").index("options:") + 1


def test_every_error_of_every_file_comes_at_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {**FILES}
    files[ONE] = (
        ITEM.replace("audience.voice", "audience.voise")
        .replace("en: Boost the post", "en: ''")
        .replace(", en: The room is full}", "}")
        .replace("effectiveness: 4\n    lure: near", "effectiveness: 5")
        .replace("pool: open", "pool: open\npool: round")
        .replace("facts: [CO-01]", "facts: [CO-02]")
    )
    files["core/items/core-two.yaml"] = b"id: \xe9\n"
    files[ROLE] = FILES[ROLE].replace("domain: shop", "domain: shopp")
    told = "\n".join(str(finding) for finding in findings_of(tmp_path, files))
    for piece in (
        "stands twice",
        "the text is empty",
        "lacks en",
        "share the best",
        "0xe9 is not UTF-8",
        "'shopp'",
    ):
        assert piece in told
    assert told.count(": error: ") == 6, told


def test_an_error_prints_file_line_what_and_cure(tmp_path: Path) -> None:
    [finding] = findings_of(tmp_path, {**FILES, ONE: ITEM.replace("pool: open", "pool: shut")})
    assert str(finding) == f"{tmp_path / ONE}:5: error: pool is 'shut' - use one of open, round"
    assert finding.as_json() == {
        "path": str(tmp_path / ONE),
        "line": 5,
        "severity": "error",
        "found": "pool is 'shut'",
        "wanted": "use one of open, round",
    }


@pytest.mark.parametrize(
    ("raw", "line", "found"),
    [
        (ITEM.encode("latin-1", errors="replace"), 8, "0xe9 is not UTF-8"),
        (ITEM.encode("utf-16"), 1, "UTF-16"),
        (b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", 2, "an alias (*a)"),
        (b"a: 1\nb: *nothing\n", 2, "an alias (*nothing)"),
        (b"{a: *nothing, *nothing : b}\n", 1, "a key that is no plain word"),
        (b"&x a: 1\n", 1, "an anchor (&x)"),
        (b"- " * 5000, 1, "nested more than 20 deep"),
        (b"a: '\x00'\n", 1, "U+0000"),
        (b"a: b: c\n", 1, "not valid YAML"),
        (b"a\xc2\x85b: 1\n", 1, "U+0085"),
        (b"", 1, "the file is empty"),
    ],
)
def test_bytes_that_are_no_item_are_refused_by_line(
    raw: bytes, line: int, found: str, tmp_path: Path
) -> None:
    told = findings_of(tmp_path, {**FILES, ONE: raw})
    assert (line, True) in {(finding.line, found in finding.found) for finding in told}, told


def test_a_file_over_the_cap_is_refused_without_being_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: [" + b"b," * MAX_BYTES)
    monkeypatch.setattr(yaml, "parse", lambda *_, **__: pytest.fail("the file was parsed"))
    document, [finding] = read_document(path)
    assert document is None
    assert "over 256 kB" in finding.found


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    document, [finding] = read_document(tmp_path / "nothing.yaml")
    assert document is None
    assert "cannot be read: No such file" in finding.found


YAML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(
    raw=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@example(raw=b"%")
@example(raw=b"a: !<")
@example(raw=b"\xef\xbb\xbf")
def test_reading_never_crashes_on_any_bytes(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.yaml"
    path.write_bytes(raw)
    document, findings = read_document(path)
    assert document is not None or findings


FOUND_KEYS = st.sampled_from(sorted(yaml.safe_load(ITEM)))


@given(key=FOUND_KEYS, value=YAML_VALUES)
@example(key="options", value=[{"id": "a"}, {"id": []}, None])
@example(key="stimulus", value={"kind": "table", "rows": [[None, {}, True, float("nan")]], "columns": {}})
@example(key="options", value=[{"text": {"fr": []}, "why": {"": ""}, "lure": {}, "effectiveness": {}}] * 3)
@example(key="options", value=[{"id": "a", "text": [], "why": None, "lure": "near"}] * 4)
def test_loading_never_crashes_on_any_value_of_any_key(
    key: str, value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("values")
    item = yaml.safe_load(ITEM) | {key: value}
    files = {**FILES, ONE: yaml.safe_dump(item, allow_unicode=True)}
    loaded = examine([], written(folder, files))
    assert loaded.library is not None or loaded.findings
    for finding in loaded.findings:
        assert finding.line >= 1
        assert finding.found
        assert finding.wanted


@given(name=st.sampled_from(["framework.yaml", "shop/bank.yaml", ROLE]), data=st.data())
def test_loading_never_crashes_on_any_value_elsewhere(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("values")
    whole = yaml.safe_load(FILES[name])
    whole[data.draw(st.sampled_from(sorted(whole)))] = data.draw(YAML_VALUES)
    loaded = examine([], written(folder, {**FILES, name: yaml.safe_dump(whole, allow_unicode=True)}))
    assert loaded.library is not None or loaded.findings


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    outside = written(
        tmp_path / "outside", {"core-out.yaml": ITEM, "bank/bank.yaml": "id: bank\n", "b.yaml": "id: b\n"}
    )
    shipped = written(tmp_path / "banks", FILES)
    os.symlink(outside / "core-out.yaml", shipped / "core/items/core-out.yaml")
    os.symlink(outside / "bank", shipped / "linked")
    (shipped / "shop/bank.yaml").unlink()
    os.symlink(outside / "b.yaml", shipped / "shop/bank.yaml")
    told = examine([], shipped).findings
    links = {finding.path for finding in told if "link that leads out" in finding.found}
    assert links == {shipped / "core/items/core-out.yaml", shipped / "linked", shipped / "shop/bank.yaml"}


def test_what_is_no_yaml_file_is_refused_and_dotfiles_are_ignored(tmp_path: Path) -> None:
    extra: dict[str, str | bytes] = {
        "core/items/.notes": "x",
        "core/items/read.me": "x",
        "core/items/deep/a.yaml": "x",
    }
    shipped = written(tmp_path, {**FILES, **extra, ".git/config": "x"})
    os.mkfifo(shipped / "core/items/pipe.yaml")
    told = {(finding.path.name, finding.found) for finding in examine([], shipped).findings}
    assert told == {
        ("read.me", "this is no YAML file"),
        ("deep", "this is no file"),
        ("pipe.yaml", "this is no file"),
    }


@pytest.mark.parametrize("name", ["framework.yaml", "shop/bank.yaml"])
@pytest.mark.parametrize(
    ("make", "found"),
    [
        (os.mkfifo, "this is a named pipe"),
        (os.mkdir, "this is a folder"),
        (lambda path: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5)), "this is a device"),
    ],
    ids=["pipe", "folder", "endless device"],
)
def test_what_is_no_file_is_refused_before_it_is_read(
    name: str, make: Callable[[Path], None], found: str, tmp_path: Path
) -> None:
    def too_long(*_: object) -> None:
        raise TimeoutError("still waiting for a writer")

    shipped = written(tmp_path, FILES)
    (shipped / name).unlink()
    try:
        make(shipped / name)
    except PermissionError:
        pytest.skip("only root makes devices")
    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, 10)
    try:
        told = [finding for finding in examine([], shipped).findings if finding.found == found]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert [(finding.path, finding.wanted) for finding in told] == [(shipped / name, "put a YAML file here")]


@pytest.mark.parametrize("name", ["core/items/core-loop.yaml", "roles/loop.yaml", "loop", "shop/bank.yaml"])
def test_links_in_a_circle_and_to_nowhere_have_their_line(name: str, tmp_path: Path) -> None:
    for target, found in (("loop-2", "a link that leads to itself"), ("gone", "a link that leads nowhere")):
        shipped = written(tmp_path / target, FILES)
        path = shipped / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(path.with_name(target))
        if target == "loop-2":
            path.with_name(target).symlink_to(path)
        told = {finding.path for finding in examine([], shipped).findings if finding.found == found}
        assert path in told


def test_a_folder_that_is_a_link_in_a_circle_is_no_folder(tmp_path: Path) -> None:
    shipped = written(tmp_path / "banks", FILES)
    (tmp_path / "circle").symlink_to("circle")
    [finding] = check_report([tmp_path / "circle"], shipped, date(2026, 11, 30))
    assert str(finding).startswith(f"{tmp_path}/circle:1: error: there is no such folder")


def test_a_name_that_is_not_utf_8_is_an_error_that_can_be_printed(tmp_path: Path) -> None:
    shipped = written(tmp_path, FILES)
    odd = os.fsencode(shipped) + b"/core/items/core-\xe9.yaml"
    with open(odd, "w", encoding="utf-8") as file:
        file.write(ITEM)
    os.mkdir(os.fsencode(shipped) + b"/b\xe9nk")
    told = [finding for finding in examine([], shipped).findings if "not UTF-8" in finding.found]
    assert [str(finding).encode().decode() for finding in told] == [
        f"{shipped}/b\\xe9nk:1: error: the name is not UTF-8 - rename it in UTF-8",
        f"{shipped}/core/items/core-\\xe9.yaml:1: error: the name is not UTF-8 - rename it in UTF-8",
    ]
    assert told[0].as_json()["path"] == f"{shipped}/b\\xe9nk"


@pytest.mark.parametrize(
    ("files", "path", "found"),
    [
        ({}, "", "the folder is empty"),
        ({"shop2/notes": "x"}, "shop2", "holds no bank.yaml"),
        ({"framework.yaml": "x"}, "framework.yaml", "a second framework"),
        ({"shop/bank.yaml": FILES["shop/bank.yaml"]}, "shop", "no items folder"),
        ({"shop/bank.yaml": FILES["shop/bank.yaml"], "shop/items/.keep": ""}, "shop/items", "holds no item"),
        ({"shop/bank.yaml": FILES["shop/bank.yaml"]}, "shop/bank.yaml", "the bank id 'shop' is taken"),
        ({"audience/bank.yaml": "id: audience\n"}, "audience/bank.yaml", "authors is missing"),
        (
            {"audience/bank.yaml": FILES["core/bank.yaml"].replace("id: core", "id: audience")},
            "audience/bank.yaml",
            "is an area of the framework",
        ),
    ],
)
def test_folders_that_are_no_banks_are_refused(
    files: dict[str, str | bytes], path: str, found: str, tmp_path: Path
) -> None:
    shipped = written(tmp_path / "shipped", FILES)
    (tmp_path / "more").mkdir()
    more = written(tmp_path / "more", files)
    told = examine([more], shipped).findings
    assert [finding.path for finding in told if found in finding.found] == [more / path], told


def test_a_missing_folder_and_a_missing_framework_are_errors(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "framework.yaml"}
    loaded = examine([tmp_path / "nothing"], written(tmp_path / "banks", files))
    assert [finding.found for finding in loaded.findings] == [
        "the file cannot be read: No such file or directory",
        "there is no such folder",
    ]


def test_a_broken_bank_head_says_nothing_false_about_its_items_and_roles(tmp_path: Path) -> None:
    spoilt_head = FILES["shop/bank.yaml"].replace("kind: domain", "kind: domains")
    [finding] = findings_of(tmp_path, {**FILES, "shop/bank.yaml": spoilt_head})
    assert finding.found == "kind is 'domains'"
    [finding] = findings_of(tmp_path, {**FILES, "shop/bank.yaml": "id: 'shop\n"})
    assert "not valid YAML" in finding.found


def test_the_same_role_twice_is_an_error(tmp_path: Path) -> None:
    shipped = written(tmp_path / "banks", FILES)
    more = written(tmp_path / "more", {ROLE: FILES[ROLE]})
    [finding] = examine([more], shipped).findings
    assert "'shop-keeper' is taken by" in finding.found


def test_a_role_that_is_no_yaml_and_a_tagged_type_are_told_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {**FILES, ROLE: "id: ["}
    files[ONE] = ITEM.replace("type: best", "type: *best")
    assert [finding.path.name for finding in findings_of(tmp_path, files)] == [
        "core-one.yaml",
        "shop-keeper.yaml",
    ]
