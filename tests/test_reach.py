"""Who reaches what: rows of somebody through the gate only, sessions in services only, one server for all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor.services.sessions import RequestSession, Sessions
from assessor.store.models import Attempt, Base, PersonRow, WorkspaceRow
from tests.test_house import PACKAGE, lines_matching, of_root, python_files

#: Who reaches rows of a sitting, a person or a workspace in another way than through store/scope.py, and why.
PAST_THE_SCOPE = {
    "assessor/store/scope.py": "the gate itself",
    "assessor/services/sittings/retention.py": "deletes many at once, which were found within reach",
    "assessor/services/grants.py": "finds out who acts: nobody's reach is known before",
    "assessor/services/people/sign_ins.py": "finds out who acts: nobody's reach is known before",
    "assessor/services/people/links.py": "finds out who acts, by a link that makes somebody a person",
    "assessor/services/people/second_factors.py": "finds out who acts: whoever shows a code is nobody before",
    "assessor/services/people/accounts.py": "makes people and workspaces, and finds whoever has an address",
    "assessor/services/jobs.py": "a job is a worker's; who may ask for one of a sitting is asked when it is",
    "assessor/services/tasks/document.py": "the file of a sitting, once the actor was found to read it",
}
#: What takes a table, or its columns, to make a statement of it.
STATEMENTS = {
    *("select", "select_from", "get", "get_one", "query", "aliased", "update", "delete", "merge", "refresh"),
    *("joinedload", "selectinload", "subqueryload"),
}
#: What takes a table first, and then on what condition.
JOINS = {"join", "outerjoin"}


def of_somebody() -> set[str]:
    """The classes of rows that are somebody's: sittings, people, workspaces, all that refers to one."""
    found = {Attempt.__table__, PersonRow.__table__, WorkspaceRow.__table__}
    # In an order in which a table comes after those that it refers to.
    for table in Base.metadata.sorted_tables:
        if any(key.column.table in found for key in table.foreign_keys):
            found.add(table)
    return {mapper.class_.__name__ for mapper in Base.registry.mappers if mapper.local_table in found}


def statements_upon(path: Path, rows: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        taken = node.args[:1] if called in JOINS else node.args
        named = {part.id for given in taken for part in ast.walk(given) if isinstance(part, ast.Name)}
        if called in STATEMENTS | JOINS and named & rows:
            yield f"{of_root(path)}:{node.lineno}: {called}"


def test_rows_of_somebody_are_reached_through_the_scope_only() -> None:
    """Whose they are is asked there, once; a statement of one's own would ask nobody."""
    rows = of_somebody()
    assert rows >= {"Attempt", "ResponseRow", "ProfileRow", "Grant", "MemberRow", "SignInRow"}
    found = [said for path in python_files(PACKAGE) for said in statements_upon(path, rows)]
    doors = {said.partition(":")[0] for said in found}
    assert [said for said in found if said.partition(":")[0] not in PAST_THE_SCOPE] == []
    assert doors == set(PAST_THE_SCOPE), "an exception that nobody needs"


def test_statements_upon_rows_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_reach.of_root", str)
    code = tmp_path / "code.py"
    code.write_text(
        "session.get(Attempt, 1)\nselect(Form.id)\nselect(Attempt.id).where(x)\nq.join(Attempt)\n"
    )
    assert len(list(statements_upon(code, {"Attempt"}))) == 3


def test_how_far_somebody_reaches_is_said_by_the_table_only() -> None:
    """A service that named a reach itself would have asked nobody."""
    doors = {"assessor/store/scope.py", "assessor/services/permissions.py"}
    rooms = [PACKAGE / name for name in ("cli", "services", "store", "web")]
    others = [path for path in python_files(*rooms) if of_root(path) not in doors]
    assert not lines_matching(r"\b(scope\.)?(Named|Linked|Everything|Within|Own)\(", others)


def test_a_holder_and_a_person_are_made_where_it_is_seen_who_they_are() -> None:
    """Whoever may say that somebody holds a sitting, or is a member, could say it of any."""
    doors = {"assessor/services/actors.py", "assessor/web/plumbing/access.py"}
    makers = [path for path in python_files(PACKAGE) if of_root(path) not in doors]
    assert not lines_matching(r"\b(holder_of|person_of|member_of)\b|\bActor\(", makers)


#: What asks a database session for rows, or gives it some.
QUERIES = {
    "execute",
    "scalars",
    "scalar",
    "query",
    "get",
    "get_one",
    "add",
    "add_all",
    "flush",
    "merge",
    "delete",
}
#: Of these, what other things are asked too: a mapping, a set, a file, the address of a request.
HOMONYMS = {"get", "add", "query", "delete", "flush"}


def queries_in(path: Path) -> Iterator[str]:
    """Calls that look as if they were made to a database session."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        asked = ast.unparse(node.func.value)
        is_session = re.search(r"\bsession\b|\bsession\(\)", asked) is not None
        if node.func.attr in QUERIES and (node.func.attr not in HOMONYMS or is_session):
            yield f"{of_root(path)}:{node.lineno}: {ast.unparse(node.func)}"


def test_no_page_and_no_command_asks_the_database_itself() -> None:
    """They hold sessions that can only be lent to a service; nothing goes round that."""
    # The browser's own session, a signed cookie, is met in one module.
    files = [path for path in python_files(PACKAGE / "web", PACKAGE / "cli") if path.name != "security.py"]
    assert len(files) > 30
    assert [said for path in files for said in queries_in(path)] == []
    assert not lines_matching(r"\bas session\b|\.session\b(?!\()|\b_held\.session\b", files)


def test_a_session_for_pages_offers_nothing_but_services() -> None:
    for held in (RequestSession, Sessions):
        offered = {name for name in vars(held) if not name.startswith("_")}
        assert not offered & QUERIES
    assert {name for name in vars(RequestSession) if not name.startswith("_")} == {"run", "commit", "close"}


def test_queries_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_reach.of_root", str)
    code = tmp_path / "code.py"
    code.write_text("session.get(x)\ntransactions.session().add(x)\nheld.scalars(x)\nrequest.form.get(x)\n")
    assert len(list(queries_in(code))) == 3


def test_what_a_server_works_with_is_typed() -> None:
    """Under a string in the application's drawer it could be anything, and nobody would know who reads it."""
    files = [path for path in python_files(PACKAGE) if of_root(path) != "assessor/web/plumbing/server.py"]
    assert not lines_matching(r"\.extensions\b", files)
