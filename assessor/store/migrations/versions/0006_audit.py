"""Who did what, and when: chained entries, and how far each chain goes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_audit_head_number")),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("chain", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("capacity", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(16), nullable=True),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("object", sa.String(16), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_entry_number")),
        sa.ForeignKeyConstraint(
            ["chain"], ["audit_head.chain"], name=op.f("fk_audit_entry_chain_audit_head")
        ),
        sa.PrimaryKeyConstraint("chain", "number", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_chain_object", "audit_entry", ["chain", "object"])
    op.create_index("ix_audit_entry_chain_actor", "audit_entry", ["chain", "actor"])


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.drop_table("audit_head")
