"""Which browsers may open a sitting: rights that the server itself can end."""

import sqlalchemy as sa
from alembic import op

from assessor.store.models import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("given_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_access_grant_attempt_id_attempt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_access_grant_secret_hash")),
    )
    op.create_index(op.f("ix_access_grant_attempt_id"), "access_grant", ["attempt_id"])
    op.create_index(op.f("ix_access_grant_ends_at"), "access_grant", ["ends_at"])


def downgrade() -> None:
    op.drop_table("access_grant")
