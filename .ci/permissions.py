"""Write docs/permissions.md: the table of permissions, for people. A test compares the two."""

from __future__ import annotations

from pathlib import Path

from assessor.services.actors import Role
from assessor.services.permissions import HELD, RIGHTS, ROLE_NAMES, held_by

PAGE = Path(__file__).parent.parent / "docs" / "permissions.md"
HEAD = """# What members of a workspace may do

Drawn from the table that decides (`assessor/services/permissions.py`), by `python .ci/permissions.py`.
A member may hold several roles, and may then do what any of them may. What does not stand here, no role may
do: whoever asks for it is answered as if it were not there. What visitors, candidates and the command line
may do stands in [architecture.md](architecture.md).
"""


def page() -> str:
    """The page, in English."""
    names = [ROLE_NAMES[role] for role in Role]
    rows = [["", *names], ["---"] * (len(names) + 1)]
    rows += [
        [says, *("yes" if right in HELD[role] else "no" for role in Role)] for right, says in RIGHTS.items()
    ]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    told = "\n".join(
        f"- **{ROLE_NAMES[role]}**: {'; '.join(RIGHTS[right] for right in held_by(role))}." for role in Role
    )
    return f"{HEAD}\n{table}\n\n## Role by role\n\n{told}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
