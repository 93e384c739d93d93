"""Sessions: what is refused, what becomes Unavailable, and how each engine is set up (RE3, RE4)."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import stat
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from assessor.banks.schema import Library
from assessor.store import embedded, migrate
from assessor.store.db import Database, Unavailable, WriteSession, open_database
from assessor.store.unavailable import OPERATING, Patience
from tests.fixtures.sittings import LATER, Held, begin, responses
from tests.fixtures.store import run_outside

#: Waits for nothing that a test would have to wait for.
HURRIED = Patience(lock=0.1, connect=2, pool=0.1, statement=0.5, reply=1)

TOUCH = text("UPDATE attempt SET saved_at = saved_at")


def pragma(database: Database, name: str) -> object:
    with database.reading() as session:
        return session.scalar(text(f"PRAGMA {name}"))


def test_sqlite_is_set_up_to_keep_what_it_acknowledges(sqlite_database: Database) -> None:
    newest = embedded.sqlite_module().sqlite_version_info >= embedded.WAL_SAFE
    assert pragma(sqlite_database, "journal_mode") == ("wal" if newest else "truncate")
    assert pragma(sqlite_database, "synchronous") == 2
    assert pragma(sqlite_database, "foreign_keys") == 1
    assert pragma(sqlite_database, "secure_delete") == 1
    assert pragma(sqlite_database, "busy_timeout") == OPERATING.lock * 1000


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "truncate"), ((3, 51, 2), "truncate"), ((3, 51, 3), "wal")]
)
def test_a_sqlite_that_may_lose_answers_in_wal_is_not_run_in_wal(
    version: tuple[int, int, int],
    mode: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    named = {name: getattr(sqlite3, name) for name in dir(sqlite3) if not name.startswith("__")}
    module = SimpleNamespace(
        **named | {"sqlite_version_info": version, "sqlite_version": ".".join(map(str, version))}
    )
    monkeypatch.setattr(embedded, "sqlite_module", lambda: module)
    opened = open_database(f"sqlite:///{tmp_path / 'new' / 'assessor.db'}")
    assert pragma(opened, "journal_mode") == mode
    assert ("older than 3.51.3" in caplog.text) == (mode == "truncate")
    opened.close()


def test_a_reading_session_cannot_write(held: Held) -> None:
    with held.database.reading() as session, pytest.raises(RuntimeError, match="asked to write"):
        session.execute(TOUCH)
    opened = held.database.open(writing=False)
    with pytest.raises(RuntimeError, match="asked to write"):
        opened.session.execute(TOUCH)
    opened.close()
    held.save(0, None)


def test_an_exception_in_a_writing_session_leaves_nothing(held: Held) -> None:
    def switch_and_fail() -> None:
        with held.database.writing() as session:
            session.execute(text("UPDATE attempt SET language = 'en'"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        switch_and_fail()
    assert held.view().language == "fr"


def test_a_session_that_is_closed_without_a_commit_leaves_nothing(held: Held) -> None:
    opened = held.database.open(writing=True)
    opened.session.execute(text("UPDATE attempt SET language = 'en'"))
    opened.close()
    opened.close()
    assert held.view().language == "fr"


def test_a_broken_rule_is_not_taken_for_a_database_that_is_away(held: Held) -> None:
    """503 says "wait and try again": that would never end."""
    with pytest.raises(IntegrityError), held.database.writing() as session:
        session.execute(text("UPDATE attempt SET epoch = 0"))


def test_a_locked_database_is_unavailable_and_saves_nothing(held: Held, address: str) -> None:
    held.save(0, None)
    patient = open_database(address, HURRIED)
    hurried = Held(patient, held.ref, held.token)
    view = held.view()
    with held.database.writing() as session:
        session.execute(TOUCH)
        with pytest.raises(Unavailable):
            hurried.save(1, responses(view, 1)[0])
        assert hurried.view() == view
    hurried.save(1, responses(view, 1)[0])
    assert set(held.view().answers) == {view.items[0].id, view.items[1].id}
    patient.close()


def test_threads_queue_for_their_turn_and_give_up_in_time(sqlite_database: Database) -> None:
    def begun() -> WriteSession:
        """A session that has its turn."""
        opened = WriteSession(sqlite_database)
        try:
            opened.session.execute(TOUCH)
        except Unavailable:
            opened.close()
            raise
        return opened

    first = begun()
    sqlite_database.patience = HURRIED
    with pytest.raises(Unavailable, match="busy"):
        begun()
    got: list[WriteSession] = []
    sqlite_database.patience = OPERATING
    waiting = threading.Thread(target=lambda: got.append(begun()))
    waiting.start()
    first.close()
    waiting.join(timeout=120)
    first.close()  # a second close must not take the turn from whoever holds it now
    sqlite_database.patience = HURRIED
    with pytest.raises(Unavailable, match="busy"):
        begun()
    got[0].close()


def test_a_full_disk_is_unavailable_and_keeps_exactly_what_was_acknowledged(
    sqlite_database: Database, library: Library
) -> None:
    held = begin(sqlite_database, library)
    given = responses(held.view(), 0)
    with sqlite_database.writing() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        # The pool hands the same connection to the next one who asks in this thread.
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    acknowledged = []

    def save_without_end() -> None:
        for seq in range(1, 1000):
            acknowledged.append(held.save(0, given[seq % len(given)], seq=seq, now=LATER))

    with pytest.raises(Unavailable, match="full"):
        save_without_end()
    kept = len(acknowledged)
    assert kept > 0
    with sqlite_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM response")) == kept
        session.execute(text("PRAGMA max_page_count = 1000000"))
    assert held.view().answers[held.view().items[0].id].seq == kept
    held.save(0, given[0], seq=kept + 1)


def replaced(file: Path) -> None:
    other = file.with_name("other.db")
    shutil.copyfile(file, other)
    other.replace(file)


def without_log(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


@pytest.mark.parametrize("change", [Path.unlink, replaced, without_log])
def test_a_database_file_that_was_removed_or_replaced_acknowledges_nothing(
    held: Held, address: str, change: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    if not held.database.is_sqlite:
        pytest.skip("a server keeps its own files")
    if change is without_log and pragma(held.database, "journal_mode") != "wal":
        pytest.skip("this SQLite is not run with a log")
    held.save(0, None)
    held.database.check()
    change(Path(address.removeprefix("sqlite:///")))
    for seq in (2, 3):
        with pytest.raises(Unavailable, match="removed or replaced"):
            held.save(0, None, seq=seq)
    with pytest.raises(Unavailable, match="removed or replaced"):
        held.database.check()
    assert len(caplog.records) == 1


def test_a_file_that_goes_while_it_is_written_is_not_acknowledged(sqlite_database: Database) -> None:
    assert sqlite_database.folder is not None
    opened = sqlite_database.open(writing=True)
    opened.session.execute(TOUCH)
    event.listen(
        sqlite_database.engine,
        "commit",
        lambda _connection: (Path(str(sqlite_database.folder)) / "assessor.db").unlink(),
    )
    with pytest.raises(Unavailable, match="removed or replaced"):
        opened.commit()
    opened.close()


def test_the_database_of_another_application_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("PRAGMA application_id = 7")
        other.execute("CREATE TABLE attempt (id)")
    opened = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(Unavailable, match="another application"):
        opened.check()
    opened.close()


def rights(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.fixture
def open_umask() -> Iterator[None]:
    former = os.umask(0o022)
    yield
    os.umask(former)


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("form", ["sqlite:///{path}", "sqlite:///file:{path}?uri=true"])
def test_nobody_else_reads_a_database_file_wherever_it_lies(tmp_path: Path, form: str) -> None:
    """Other people's folders are open to all who have an account on the machine."""
    folder = tmp_path / "elsewhere"
    folder.mkdir(mode=0o755)
    with closing(open_database(form.format(path=folder / "assessor.db"))) as made:
        migrate.upgrade(made)
        with made.writing() as session:
            session.execute(TOUCH)
        found = rights(folder)
        assert found == dict.fromkeys(found, 0o600)
        assert "assessor.db" in found
        assert embedded.sqlite_module().sqlite_version_info < embedded.WAL_SAFE or len(found) == 3


@pytest.mark.usefixtures("open_umask")
def test_a_database_file_is_never_open_to_others_not_even_at_its_birth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_keep_private", lambda _path: None)
    with closing(open_database(f"sqlite:///{tmp_path / 'assessor.db'}")) as made:
        made.check()
        assert set(rights(tmp_path).values()) == {0o600}


def test_a_file_that_others_may_read_is_mended_at_the_start(sqlite_database: Database) -> None:
    path = Path(str(sqlite_database.url.database))
    for one in path.parent.glob(f"{path.name}*"):
        one.chmod(0o664)
    with closing(open_database(str(sqlite_database.url))) as again:
        again.check()
    assert {mode for name, mode in rights(path.parent).items() if name.startswith(path.name)} == {0o600}


def test_a_file_whose_rights_are_another_s_to_change_is_told_of(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(str(sqlite_database.url.database))
    path.chmod(0o644)

    def refused(_path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refused)
    with closing(open_database(str(sqlite_database.url))) as again:
        again.check()
    assert "others may read" in caplog.text


def test_the_file_says_whose_it_is(sqlite_database: Database) -> None:
    assert pragma(sqlite_database, "application_id") == embedded.APPLICATION_ID


@pytest.mark.parametrize("kept", ["synchronous", "foreign_keys", "secure_delete", "journal_mode"])
def test_a_setting_that_does_not_hold_is_refused(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf(sqlite3.Cursor):
        def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
            if statement.startswith(f"PRAGMA {kept}="):
                return super().execute(f"PRAGMA {kept}=OFF")
            return super().execute(statement, *given)

    class Connection(sqlite3.Connection):
        def cursor(self, *given: Any) -> Any:
            return super().cursor(*(given or (Deaf,)))

    named = {name: getattr(sqlite3, name) for name in dir(sqlite3) if not name.startswith("__")}
    connect = partial(sqlite3.connect, factory=Connection)
    monkeypatch.setattr(embedded, "sqlite_module", lambda: SimpleNamespace(**named | {"connect": connect}))
    opened = open_database(f"sqlite:///{tmp_path / 'assessor.db'}")
    with pytest.raises(Unavailable, match="a saved answer could be lost"):
        opened.check()
    opened.close()


def test_a_file_that_is_no_database_and_a_folder_that_is_away_are_unavailable(tmp_path: Path) -> None:
    (tmp_path / "assessor.db").write_bytes(b"something else entirely, and long enough to be read" * 100)
    broken = open_database(f"sqlite:///{tmp_path / 'assessor.db'}")
    absent = Database(f"sqlite:///{tmp_path / 'nowhere' / 'assessor.db'}")
    for database in (broken, absent):
        with pytest.raises(Unavailable):
            database.check()
        database.close()


def test_a_healthy_database_passes_its_check(database: Database) -> None:
    database.check()


@pytest.mark.postgres
def test_every_postgresql_connection_commits_durably_whatever_it_was_told(postgresql_address: str) -> None:
    for told, kept in (("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")):
        opened = open_database(f"{postgresql_address}&options=-csynchronous_commit%3D{told}")
        with opened.writing() as session:
            assert session.scalar(text("SHOW synchronous_commit")) == kept
        opened.close()


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_postgresql_that_may_lose_answers_is_refused_with_the_reason(
    postgresql_address: str, name: str
) -> None:
    opened = open_database(postgresql_address)
    run_outside(postgresql_address, "ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()")
    try:
        eventually(opened.require_durable)
        run_outside(postgresql_address, f"ALTER SYSTEM SET {name} = off", "SELECT pg_reload_conf()")
        eventually_refused(opened, f"{name} is off: a saved answer could be lost")
    finally:
        off = "ALTER SYSTEM SET fsync = off"
        run_outside(postgresql_address, off, "ALTER SYSTEM RESET full_page_writes", "SELECT pg_reload_conf()")
        opened.close()


def eventually_refused(database: Database, reason: str) -> None:
    with pytest.raises(Unavailable, match=f"^{reason}"):
        asked_for_a_while(database.require_durable)


def asked_for_a_while(ask: Callable[[], None]) -> None:
    latest = time.monotonic() + 120
    while time.monotonic() < latest:
        ask()
        time.sleep(0.02)


def eventually(refuses: Callable[[], None]) -> None:
    """A PostgreSQL reads its settings again in its own time."""
    latest = time.monotonic() + 120
    while True:
        try:
            return refuses()
        except Unavailable:
            if time.monotonic() > latest:
                raise
            time.sleep(0.02)


@pytest.mark.postgres
def test_a_postgresql_that_is_stopped_where_it_stands_is_unavailable_in_time_and_found_again(
    postgresql_address: str,
) -> None:
    database = open_database(postgresql_address, HURRIED)
    with database.reading() as session:
        stopped = session.scalar(text("SELECT pg_backend_pid()"))
        os.kill(stopped, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            with pytest.raises(Unavailable, match="did not answer in time"):
                session.scalar(text("SELECT 1"))
            assert time.monotonic() - begun < 15
            with pytest.raises(Unavailable, match="a moment ago"):
                database.open(writing=True)
        finally:
            os.kill(stopped, signal.SIGCONT)
    database.check()
    database.close()


@pytest.mark.postgres
def test_a_server_that_takes_a_connection_and_says_nothing_is_unavailable_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        database = open_database(f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing", HURRIED)
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            database.check()
        assert time.monotonic() - begun < 20
        database.close()


@pytest.mark.postgres
def test_a_restarted_postgresql_is_unavailable_in_the_middle_and_found_again_after(
    postgresql_address: str, library: Library
) -> None:
    database, other = open_database(postgresql_address), open_database(postgresql_address)
    held = begin(database, library)
    end_all = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    opened = database.open(writing=True)
    opened.session.execute(text("UPDATE attempt SET language = 'en'"))
    with other.reading() as session:
        session.execute(end_all)
    with pytest.raises(Unavailable):
        opened.commit()
    opened.close()
    assert held.view().language == "fr"
    database.close()
    other.close()


@pytest.mark.postgres
def test_a_postgresql_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    away = open_database(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
    with pytest.raises(Unavailable):
        away.check()
    away.close()


def test_no_error_and_no_log_repeats_an_answer_or_a_name(
    held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    private = secrets.token_hex(6)
    with pytest.raises(IntegrityError) as refused, held.database.writing() as session:
        session.execute(text("UPDATE attempt SET code = :code, epoch = 0"), {"code": private})
    shown = "".join(traceback.format_exception(refused.value))
    assert "epoch" in shown
    assert private not in shown + caplog.text
