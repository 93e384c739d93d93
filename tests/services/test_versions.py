"""A sitting and its profile rest on the versions they began with, whatever happens to the banks (RE5)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from assessor.banks.schema import Library
from assessor.errors import Invalid
from assessor.profile import document
from assessor.services import profiles, versions
from assessor.services.sittings import life
from assessor.store.db import Database
from tests.core.small_library import TODAY, bank, booked, item, small_library, text, with_items, without_items
from tests.fixtures.sittings import LATER, NOW, Held, begin
from tests.fixtures.store import everything_in, statements_of


@pytest.fixture(autouse=True)
def nothing_read_yet() -> Iterator[None]:
    """As after a restart: texts come from the database, not from this process's memory."""
    versions._READ.clear()
    yield
    versions._READ.clear()


def load(database: Database, library: Library) -> int:
    with database.writing() as session:
        return versions.load(session, library, NOW)


def test_every_version_is_loaded_once_under_the_digest_of_its_text(
    database: Database, library: Library
) -> None:
    roles = {role.id for domain in library.domain_ids for role in library.roles_of(domain)}
    assert load(database, library) == len(library.items) + len(library.banks) + len(roles) + 1
    assert load(database, library) == 0
    for digest, _kind, _name, canonical, _seen in everything_in(database)["version"]:
        assert digest == "sha256:" + hashlib.sha256(str(canonical).encode()).hexdigest()


def test_an_edited_item_is_one_more_version(database: Database, library: Library) -> None:
    load(database, library)
    old = library.items["core-01"]
    edited = with_items(library, item("core-01", "rank", old.content.competency))
    assert load(database, edited) == 1
    assert load(database, with_items(library, booked(old, status="retired"))) == 0


def test_a_sitting_may_begin_before_anything_was_loaded(database: Database, library: Library) -> None:
    """The general role is no file of any bank; a server may have been started on older banks."""
    held = begin(database, library)
    held.answer_all()
    assert held.finish().answered == len(held.view().items)


def test_a_thawed_library_is_the_one_that_was_frozen(database: Database, library: Library) -> None:
    view = begin(database, library, domain="museum").view()
    thawed = view.library
    assert thawed.framework == library.framework
    assert thawed.framework.digest() == thawed.framework_digest
    assert dict(thawed.banks) == {name: library.banks[name] for name in ("core", "museum")}
    assert thawed.roles_of("museum") == library.roles_of("museum")
    assert thawed.languages("museum") == library.languages("museum")
    assert view.items == tuple(library.items[one.id] for one in view.items)
    assert all(one.content.digest() == one.digest for one in view.items)


def retired(library: Library) -> Library:
    return with_items(library, *(booked(one, status="retired") for one in library.items.values()))


def removed(library: Library) -> Library:
    return replace(without_items(library, *library.items), roles={}, banks={"core": library.banks["core"]})


def rewritten(library: Library) -> Library:
    """Other contents, types and keys under the same ids; other texts of framework, banks and roles."""
    items = [
        item(one.id, "best", one.content.competency, one.bank, keys=(1.0, 2.0, 5.0, 3.0))
        for one in library.items.values()
    ]
    framework = library.framework.model_copy(update={"version": "2", "cuts": (10.0, 20.0, 30.0)})
    banks = {name: bank(name, one.kind, languages=("en",)) for name, one in library.banks.items()}
    roles = {name: one.model_copy(update={"title": text("New")}) for name, one in library.roles.items()}
    changed = replace(
        library, framework=framework, framework_digest=framework.digest(), banks=banks, roles=roles
    )
    return with_items(changed, *items)


@pytest.mark.parametrize("edit", [retired, removed, rewritten])
def test_no_edit_of_a_bank_changes_a_sitting_or_a_profile(
    database: Database, edit: Callable[[Library], Library]
) -> None:
    library = small_library()
    running, done = begin(database, library), begin(database, library)
    running.save(0, None)
    done.answer_all()
    done.finish()
    before = running.view(), done.view()
    profile = document(profiles.profile_of(before[1], "baker"))
    load(database, edit(library))
    versions._READ.clear()
    after = running.view(), done.view()
    assert after == before
    assert document(profiles.profile_of(after[1], "baker")) == profile
    running.answer_left()
    assert running.finish(LATER).answered == len(before[0].items) - 1


def test_new_sittings_take_the_edited_bank(database: Database, library: Library) -> None:
    old = begin(database, library)
    edited = rewritten(library)
    edited = replace(edited, banks=library.banks)
    new = begin(database, edited)
    assert {one.content.type for one in new.view().items} == {"best"}
    assert new.view().library.framework.version == "2"
    assert old.view().library.framework.version == "1"


def test_what_is_known_of_a_key_is_frozen_with_the_form(database: Database, library: Library) -> None:
    held = begin(database, library)
    name = held.view().items[0].id
    load(database, with_items(library, booked(library.items[name], status="calibrated", minutes=9.0)))
    book = held.view().items[0].book
    assert (book.status, book.as_of) == ("author-keyed", TODAY)
    assert book == library.items[name].book


def test_two_servers_that_start_together_load_the_same_versions(database: Database, library: Library) -> None:
    load(database, library)
    names = ("digest", "kind", "name", "canonical")
    rows = [
        dict(zip(names, row[:4], strict=True)) | {"first_seen": LATER}
        for row in everything_in(database)["version"]
    ]
    with database.writing() as session:
        session.execute(versions._insert_unless_there(session), rows)
    assert {row[4] for row in everything_in(database)["version"]} == {NOW}


def test_texts_are_read_once_for_all_sittings(database: Database, library: Library) -> None:
    sittings = [begin(database, library) for _ in range(3)]
    for held in sittings:
        held.view()
    with statements_of(database) as sent:
        for held in sittings:
            held.view()
    assert not [statement for statement in sent if "canonical" in statement]
    assert len(sent) == 3 * len(sittings)


def test_a_sitting_is_never_offered_outside_its_languages(database: Database, library: Library) -> None:
    english = replace(
        library, banks={**library.banks, "museum": bank("museum", "domain", ("show",), ("en",))}
    )
    held: Held = begin(database, english, domain="museum", language="en")
    assert held.view().library.languages("museum") == ("en",)
    with database.writing() as session, pytest.raises(Invalid):
        life.switch_language(session, held.holder, held.ref, "fr", now=NOW)
