"""Folders of banks read into a library, every error of every file at once. Quality is judged in checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from assessor.banks.actions import check_actions
from assessor.banks.alike import check_names, check_parts
from assessor.banks.families import FAMILY, is_family, read_family, sibling_ids
from assessor.banks.files import is_within, misplaced, real
from assessor.banks.kept import keep, kept_library, key_of
from assessor.banks.places import BankError, Document, Finding, described, read_document, reason_of
from assessor.banks.references import check_framework, check_items, check_roles
from assessor.banks.schema import Bank, Bookkeeping, Framework, Item, Library, RoleProfile
from assessor.banks.wording import Model, nearest, validated
from assessor.items import ITEM_TYPES
from assessor.items.base import Content, Languages, Part, digest_of
from assessor.messages import Said, said

__all__ = [
    "BankError",
    "Finding",
    "Loaded",
    "Opened",
    "examine",
    "load_library",
    "open_library",
    "read_role",
    "role_digest",
]

FRAMEWORK_FILE = "framework.yaml"
BANK_FILE = "bank.yaml"
ROLES_FOLDER = "roles"
ITEMS_FOLDER = "items"


@dataclass(frozen=True)
class Loaded:
    """What reading gave: a library where there is no error, all findings, the file of each item and bank.

    ``heads`` are the framework, the banks' heads and the roles, each with its file.
    """

    library: Library | None
    findings: tuple[Finding, ...]
    documents: Mapping[str, Document]
    bank_files: Mapping[str, Path]
    heads: Sequence[tuple[Part, Document]] = ()


def load_library(folders: Sequence[Path], shipped: Path) -> Library:
    """The shipped banks and those in the further folders, checked; raises BankError with every error.

    Each folder is a bank (it holds bank.yaml) or a folder of banks, with or without a folder of roles.
    """
    loaded = examine(folders, shipped)
    if loaded.library is None:
        raise BankError(finding for finding in loaded.findings if finding.severity == "error")
    return loaded.library


def read_role(path: Path, library: Library) -> RoleProfile:
    """The role profile of a file by itself, checked against the library; raises BankError with every error.

    Its id is its file's name, and no other role's.
    """
    reading = _Reading(framework=library.framework, banks=dict(library.banks), items=dict(library.items))
    reading.read_role(path, is_shipped=False)
    known = Library(library.framework, "", reading.banks, reading.items, reading.roles)
    reading.findings += check_roles(known, reading.role_documents, set(), set())
    for ident, role in reading.roles.items():
        if library.roles.get(ident, role) != role:
            found = said("the id {ident!r} is that of another role", ident=ident)
            wanted = said("give this role an id of its own")
            reading.findings.append(reading.role_documents[ident].error(("id",), found, wanted))
    errors = [finding for finding in reading.findings if finding.severity == "error"]
    if errors:
        raise BankError(_in_order(errors))
    return next(iter(reading.roles.values()))


@dataclass(frozen=True)
class Opened:
    """What can be worked with: the sound banks and roles, and what was left out, each with its errors."""

    library: Library
    left_out: Mapping[Path, tuple[Finding, ...]]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Every error of what was left out, in the order of files and lines."""
        return _in_order(finding for findings in self.left_out.values() for finding in findings)


def open_library(folders: Sequence[Path], shipped: Path, kept: Path | None = None) -> Opened:
    """The shipped banks and what is sound in the further folders: one faulty bank or role stops nothing else.

    A role of a bank that is left out is left out with it. ``kept`` is a folder for what was read before:
    where there are the shipped banks only, and not a byte of them has changed, they are taken from there.
    Raises BankError with every error where a shipped file has one.
    """
    if kept is None or not all(is_within(folder, shipped) for folder in folders):
        return _opened(folders, shipped)
    key = key_of(shipped)
    if key is not None and (library := kept_library(kept, key)) is not None:
        return Opened(library, {})
    found = _opened(folders, shipped)
    # Files that changed while they were read may have been read half old and half new.
    if key is not None and key_of(shipped) == key:
        keep(kept, key, found.library)
    return found


def _opened(folders: Sequence[Path], shipped: Path) -> Opened:
    left_out: dict[Path, tuple[Finding, ...]] = {}
    begun = _read_shipped(shipped)
    while True:
        reading = _read_on(begun, folders, shipped, frozenset(left_out))
        errors = [finding for finding in reading.close().findings if finding.severity == "error"]
        if any(is_within(finding.path, shipped) for finding in errors):
            raise BankError(errors)
        # What lies in no bank, as a folder without one, keeps nothing else out and is only told.
        places = {finding: reading.place_of(finding.path) or finding.path for finding in errors}
        found = {
            place: tuple(finding for finding in errors if places[finding] == place)
            for place in dict.fromkeys(places.values())
        }
        if found.keys() <= left_out.keys():
            return Opened(reading.library(), left_out)
        left_out |= {place: told for place, told in found.items() if place not in left_out}


def examine(folders: Sequence[Path], shipped: Path) -> Loaded:
    """The library if nothing is wrong, and every finding, in the order of files and lines."""
    return _read_on(_read_shipped(shipped), folders, shipped, frozenset()).close()


def _read_shipped(shipped: Path) -> _Reading:
    reading = _Reading()
    reading.read_framework(shipped / FRAMEWORK_FILE)
    reading.read_folder(shipped, is_shipped=True)
    return reading


def _read_on(begun: _Reading, folders: Sequence[Path], shipped: Path, left_out: frozenset[Path]) -> _Reading:
    reading = begun.without(left_out)
    for folder in folders:
        if not is_within(folder, shipped):
            reading.read_folder(folder, is_shipped=False)
    return reading


def role_digest(role: RoleProfile) -> str:
    """The identity of a role profile: weights, ties, minimums and words."""
    return digest_of(role)


@dataclass
class _Reading:
    """What has been read so far, and every finding on the way; ``left_out`` is not read at all."""

    left_out: frozenset[Path] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    framework: Framework | None = None
    banks: dict[str, Bank] = field(default_factory=dict)
    bank_files: dict[str, Path] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    families: dict[str, Path] = field(default_factory=dict)
    roles: dict[str, RoleProfile] = field(default_factory=dict)
    role_documents: dict[str, Document] = field(default_factory=dict)
    role_files: list[tuple[Path, bool]] = field(default_factory=list)
    tied: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    further: set[Path] = field(default_factory=set)
    heads: list[tuple[Part, Document]] = field(default_factory=list)

    def without(self, left_out: frozenset[Path]) -> _Reading:
        """A copy that goes on from here, past what is left out; what it finds stays out of this one."""
        begun = replace(self, left_out=left_out)
        for part in fields(self):
            if isinstance(held := getattr(self, part.name), list | dict | set):
                setattr(begun, part.name, held.copy())
        return begun

    def place_of(self, path: Path) -> Path | None:
        """The further bank, or role, that a file belongs to; None for what lies in neither."""
        return next((place for place in self.further if path.is_relative_to(place)), None)

    @contextmanager
    def readable(self, folder: Path) -> Iterator[None]:
        """What the system refuses to read, or a link that leads to itself, is an error of this folder."""
        try:
            yield
        except (OSError, RuntimeError) as trouble:
            found = said("the folder cannot be read: {reason}", reason=reason_of(trouble))
            self.error(folder, found, said("make it readable"))

    def error(self, path: Path, found: Said, wanted: Said, line: int = 1) -> None:
        self.findings.append(Finding(path, line, "error", found, wanted))

    def document(self, path: Path) -> Document | None:
        """The file's values if it is a mapping; else what is wrong is among the findings."""
        document, findings = read_document(path)
        self.findings += findings
        if document is None or isinstance(document.value, dict):
            return document
        self.error(path, said("the file is no mapping of keys"), said("begin it with a key, as id: ..."))
        return None

    def valid(
        self, kind: type[Model], document: Document, value: Any, languages: Languages | None
    ) -> Model | None:
        """The instance that the values make; else every problem is among the findings."""
        model, problems = validated(kind, value, languages, document.label)
        for problem in problems:
            if not document.is_refused(problem.place):
                self.findings.append(document.error(problem.place, problem.found, problem.wanted))
        return model

    def read_framework(self, path: Path) -> None:
        if (document := self.document(path)) is None:
            return
        self.framework = self.valid(Framework, document, document.value, _declared(document))
        if self.framework is not None:
            self.heads.append((self.framework, document))
            self.findings += check_framework(self.framework, document)
            self.findings += check_names(self.framework, document)

    def read_folder(self, folder: Path, is_shipped: bool) -> None:
        with self.readable(folder):
            if not folder.is_dir():
                wanted = said("name a bank's folder, or a folder of banks")
                self.error(folder, said("there is no such folder"), wanted)
            elif _is_there(folder / BANK_FILE):
                self.read_bank(folder, is_shipped)
            else:
                self.read_banks(folder, is_shipped)

    def read_banks(self, folder: Path, is_shipped: bool) -> None:
        if not is_shipped and _is_there(folder / FRAMEWORK_FILE):
            wanted = said("take it out: the shipped one counts")
            self.error(folder / FRAMEWORK_FILE, said("a second framework"), wanted)
        seen = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
        inner = [path for path in seen if path.is_dir() or path.is_symlink()]
        if not inner:
            wanted = said("give it banks, each a folder with {name}", name=BANK_FILE)
            self.error(folder, said("the folder is empty"), wanted)
        for path in inner:
            with self.readable(path):
                self.read_inner(path, folder, is_shipped)

    def read_inner(self, path: Path, folder: Path, is_shipped: bool) -> None:
        if (wrong := misplaced(path, folder)) is not None:
            self.error(path, *wrong)
        elif not path.is_dir():
            return
        elif path.name == ROLES_FOLDER:
            self.read_roles(path, is_shipped)
        elif _is_there(path / BANK_FILE):
            self.read_bank(path, is_shipped)
        else:
            found = said("the folder holds no {name}", name=BANK_FILE)
            self.error(path, found, said("write it, or take the folder away"))

    def files(self, folder: Path, inside: Path) -> Iterator[Path]:
        """The YAML files of a folder; anything else in it but dotfiles is an error."""
        for path in sorted(folder.iterdir()):
            if path.name.startswith("."):
                continue
            if (wrong := misplaced(path, inside)) is not None:
                self.error(path, *wrong)
            elif not path.is_file():
                self.error(path, said("this is no file"), said("keep only YAML files here"))
            elif path.suffix != ".yaml":
                self.error(path, said("this is no YAML file"), said("name it .yaml, or take it away"))
            else:
                yield path

    def read_bank(self, folder: Path, is_shipped: bool) -> None:
        if not is_shipped:
            self.further.add(folder)
        if folder in self.left_out:
            self.absent.add(real(folder).name)
            for path in folder.glob(f"{ITEMS_FOLDER}/*.yaml"):
                left = read_document(path)[0]
                self.seen |= {path.stem, *sibling_ids(None if left is None else left.value)}
            return
        path = folder / BANK_FILE
        if (wrong := misplaced(path, folder)) is not None:
            self.error(path, *wrong)
            return
        if (document := self.document(path)) is None:
            bank = None
        else:
            bank = self.valid(Bank, document, document.value, _declared(document))
            ident, name = document.value.get("id"), real(folder).name
            if isinstance(ident, str) and ident != name:
                found = said("the bank's id {ident!r} is not its folder's name", ident=ident)
                wanted = said("use {name}", name=name)
                self.findings.append(document.error(("id",), found, wanted))
        if bank is None or document is None:
            self.broken.add(real(folder).name)
        else:
            self.findings += check_names(bank, document)
            self.keep_bank(bank, document)
        self.read_items(folder, bank, None if document is None else _declared(document))

    def keep_bank(self, bank: Bank, document: Document) -> None:
        if bank.id in self.banks:
            found = said(
                "the bank id {ident!r} is taken by {path}", ident=bank.id, path=self.bank_files[bank.id]
            )
            self.findings.append(document.error(("id",), found, said("give this bank another id")))
            return
        areas = () if self.framework is None else tuple(area.id for area in self.framework.areas)
        if bank.id in areas:
            found = said("the bank id {ident!r} is an area of the framework", ident=bank.id)
            self.findings.append(document.error(("id",), found, said("give this bank another id")))
        if self.framework is not None:
            self.findings += check_actions(bank.competencies, ("competencies",), self.framework, document)
        self.heads.append((bank, document))
        self.banks[bank.id] = bank
        self.bank_files[bank.id] = document.path

    def read_items(self, folder: Path, bank: Bank | None, languages: Languages | None) -> None:
        items = folder / ITEMS_FOLDER
        if not items.is_dir():
            found = said("the bank has no {name} folder", name=ITEMS_FOLDER)
            self.error(folder, found, said("give it one, with an item a file"))
            return
        paths = list(self.files(items, folder))
        if not paths:
            self.error(items, said("the folder holds no item"), said("write one, or take the bank away"))
        bank_id = real(folder).name if bank is None else bank.id
        for path in paths:
            self.read_item(path, bank_id, languages)

    def read_item(self, path: Path, bank_id: str, languages: Languages | None) -> None:
        self.seen.add(path.stem)
        if (document := self.document(path)) is None:
            return
        if is_family(document.value):
            self.read_siblings(document, bank_id, languages)
            return
        ident = document.value.get("id")
        if isinstance(ident, str) and ident != path.stem:
            found = said("the id {ident!r} is not the file's name", ident=ident)
            wanted = said("use {name}, or rename the file", name=path.stem)
            self.findings.append(document.error(("id",), found, wanted))
        self.keep_item(document, bank_id, languages)

    def read_siblings(self, document: Document, bank_id: str, languages: Languages | None) -> None:
        """Every situation of a family as an item of its own."""
        siblings, found = read_family(document)
        self.findings += found
        self.seen |= set(sibling_ids(document.value))
        name = document.value.get(FAMILY)
        if isinstance(name, str) and name != document.path.stem:
            wanted = said("use {name}, or rename the file", name=document.path.stem)
            told = said("the family {ident!r} is not the file's name", ident=name)
            self.findings.append(document.error((FAMILY,), told, wanted))
        if isinstance(name, str) and name in self.families:
            told = said("the family {ident!r} is taken by {path}", ident=name, path=self.families[name])
            wanted = said("give this family a name of its own")
            self.findings.append(document.error((FAMILY,), told, wanted))
        elif isinstance(name, str):
            self.families[name] = document.path
        for sibling in siblings:
            self.keep_item(sibling, bank_id, languages)

    def keep_item(self, document: Document, bank_id: str, languages: Languages | None) -> None:
        """The item that the file's values make, unless its id is taken."""
        book_values = {key: value for key, value in document.value.items() if key in Bookkeeping.model_fields}
        rest = {key: value for key, value in document.value.items() if key not in Bookkeeping.model_fields}
        content = self.content(document, rest, languages)
        book = self.valid(Bookkeeping, document, book_values, None)
        ident = document.value.get("id")
        if isinstance(ident, str) and ident in self.documents:
            found = said("the id {ident!r} is taken by {path}", ident=ident, path=self.documents[ident].path)
            self.findings.append(document.error(("id",), found, said("give this item an id of its own")))
            return
        if isinstance(ident, str):
            self.documents[ident] = document
        if content is not None:
            self.findings += check_parts(content, document)
        if content is not None and book is not None:
            self.items[content.id] = Item(content, content.digest(), bank_id, book)

    def content(
        self, document: Document, values: Mapping[str, Any], languages: Languages | None
    ) -> Content | None:
        kind = values.get("type")
        if not isinstance(kind, str) or kind not in ITEM_TYPES:
            if not document.is_refused(("type",)):
                near = nearest(kind, tuple(ITEM_TYPES)) if isinstance(kind, str) else ""
                found = said("the type {kind} is unknown", kind=described(kind))
                if "type" not in values:
                    found = said("{label} is missing", label="type")
                wanted = said("use one of {known}{near}", known=", ".join(ITEM_TYPES), near=near)
                self.findings.append(document.error(("type",), found, wanted))
            return None
        return self.valid(ITEM_TYPES[kind].Schema, document, values, languages)

    def read_roles(self, folder: Path, is_shipped: bool) -> None:
        found = list(self.files(folder, folder))
        self.further |= set() if is_shipped else set(found)
        self.role_files += [(path, is_shipped) for path in found if path not in self.left_out]

    def read_role(self, path: Path, is_shipped: bool) -> None:
        if (document := self.document(path)) is None:
            return
        role = self.valid(
            RoleProfile, document, document.value, self.role_languages(document.value.get("domain"))
        )
        ident = document.value.get("id")
        if isinstance(ident, str) and ident != path.stem:
            found = said("the id {ident!r} is not the file's name", ident=ident)
            wanted = said("use {name}, or rename the file", name=path.stem)
            self.findings.append(document.error(("id",), found, wanted))
        if isinstance(ident, str) and ident in self.role_documents:
            found = said(
                "the id {ident!r} is taken by {path}", ident=ident, path=self.role_documents[ident].path
            )
            self.findings.append(document.error(("id",), found, said("give this role an id of its own")))
            return
        if isinstance(ident, str):
            self.role_documents[ident] = document
        if role is not None:
            self.heads.append((role, document))
            self.roles[role.id] = role
            self.tied |= {role.id} if is_shipped else set()

    def role_languages(self, domain_id: Any) -> Languages | None:
        """A role speaks the languages that its domain's bank and the framework share."""
        bank = self.banks.get(domain_id) if isinstance(domain_id, str) else None
        if bank is None or self.framework is None:
            return None
        shared = tuple(language for language in self.framework.languages if language in bank.languages)
        return Languages(shared, self.framework.languages)

    def close(self) -> Loaded:
        """Read the roles, now that every bank is known, follow every reference, and hand over."""
        for path, is_shipped in self.role_files:
            self.read_role(path, is_shipped)
        gone = self.absent - self.banks.keys()
        self.roles = {ident: role for ident, role in self.roles.items() if role.domain not in gone}
        if self.framework is not None:
            known = Library(self.framework, "", self.banks, self.items, self.roles)
            self.items, found = check_items(known, self.documents, self.seen, self.broken)
            self.findings += found
            self.findings += check_roles(known, self.role_documents, self.tied, self.broken)
        findings = _in_order(self.findings)
        if self.framework is None or any(finding.severity == "error" for finding in findings):
            return Loaded(None, findings, self.documents, self.bank_files)
        return Loaded(self.library(), findings, self.documents, self.bank_files, self.heads)

    def library(self) -> Library:
        """Everything that was kept, checked against the framework, which there must be."""
        assert self.framework is not None
        return Library(self.framework, digest_of(self.framework), self.banks, self.items, self.roles)


def _is_there(path: Path) -> bool:
    """Whether the folder has an entry of that name, wherever a link may lead."""
    return path.exists() or path.is_symlink()


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: (str(finding.path), finding.line)))


def _declared(document: Document) -> Languages | None:
    """The languages that a file declares for itself, if it does so soundly."""
    declared = document.value.get("languages")
    if not isinstance(declared, list) or not declared or not all(isinstance(code, str) for code in declared):
        return None
    return Languages(tuple(declared), tuple(declared))
