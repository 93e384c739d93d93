"""How often something was begun: the counts behind soft limits."""

import sqlalchemy as sa
from alembic import op

from assessor.store.models import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "subject", "since", name=op.f("pk_tally")),
    )
    op.create_index(op.f("ix_tally_since"), "tally", ["since"])


def downgrade() -> None:
    op.drop_table("tally")
