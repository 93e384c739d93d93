"""The operator's page: banks in use, those left out and why, work that is done beside. Behind a key."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template

from assessor.banks.schema import Library
from assessor.language.catalogues import tongue
from assessor.messages import retold
from assessor.report.words import Words
from assessor.services import jobs, tasks
from assessor.services.permissions import Permission
from assessor.web.plumbing import i18n, transactions
from assessor.web.plumbing.access import behind_key, policy
from assessor.web.plumbing.server import server

blueprint = Blueprint("operator", __name__)


@blueprint.get("/operator/<key>")
@policy(behind_key(Permission.READ_BANKS))
def banks(key: str) -> str:
    """The banks in use with what they hold, and each one left out with its errors."""
    spoken = tongue(i18n.language())
    left_out = [
        {
            "place": place,
            "errors": [
                {
                    "path": finding.path,
                    "line": finding.line,
                    "found": retold(finding.found, spoken),
                    "wanted": retold(finding.wanted, spoken),
                }
                for finding in findings
            ],
        }
        for place, findings in server().left_out.items()
    ]
    rows = _in_use(server().library, Words(i18n.language()), transactions.now().date())
    return render_template("staff/banks.html", rows=rows, left_out=left_out, **_work())


def _work() -> dict[str, object]:
    """How many workers are at work, and how many jobs of each kind wait, run, or failed this week."""
    session = transactions.session()
    found = session.run(jobs.counts)
    rows = [
        [i18n.translated(kind.says)]
        + [found.get((name, state), 0) for state in (jobs.WAITING, jobs.RUNNING, jobs.FAILED)]
        for name, kind in tasks.kinds().items()
    ]
    return {"at_work": session.run(jobs.workers, now=transactions.now()), "work": rows}


def _in_use(library: Library, words: Words, today: date) -> list[list[object]]:
    """Title, id and version; items, and how many of them a new test may draw; a row a bank."""
    rows: list[list[object]] = []
    for ident, bank in sorted(library.banks.items()):
        own = [item for item in library.items.values() if item.bank == ident]
        drawable = sum(item.is_drawable(today) for item in own)
        rows.append([f"{words.text(bank.title)} ({ident} {bank.version})", len(own), drawable])
    return rows
