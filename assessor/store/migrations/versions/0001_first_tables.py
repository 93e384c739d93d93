"""The first tables: versions, forms, attempts, answers, profiles. Guards stand in store/guards.py."""

import sqlalchemy as sa
from alembic import op

from assessor.store.models import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "version",
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("first_seen", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('item', 'bank', 'framework', 'role')", name=op.f("ck_version_kind")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_version")),
    )
    op.create_index(op.f("ix_version_kind"), "version", ["kind"])
    op.create_index(op.f("ix_version_name"), "version", ["name"])
    op.create_table(
        "form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("domain", sa.String(60), nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("length", sa.String(16), nullable=False),
        sa.Column("pool", sa.String(8), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
    )
    op.create_index(op.f("ix_form_digest"), "form", ["digest"])
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("notice_digest", sa.String(71), nullable=False),
        sa.Column("notice_language", sa.String(8), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('self')", name=op.f("ck_attempt_kind")),
        sa.CheckConstraint("state IN ('open', 'finished', 'erasing')", name=op.f("ck_attempt_state")),
        sa.CheckConstraint(
            "(state = 'open') = (finished_at IS NULL) OR state = 'erasing'", name=op.f("ck_attempt_finished")
        ),
        sa.CheckConstraint("epoch >= 1", name=op.f("ck_attempt_epoch")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_attempt_form_id_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("code", name=op.f("uq_attempt_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_attempt_ref")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_attempt_token_hash")),
    )
    op.create_index(op.f("ix_attempt_expires_at"), "attempt", ["expires_at"])
    op.create_index(op.f("ix_attempt_form_id"), "attempt", ["form_id"])
    op.create_table(
        "response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("item_digest", sa.String(71), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_response_seq")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_response_attempt_id_attempt")),
        sa.ForeignKeyConstraint(
            ["item_digest"], ["version.digest"], name=op.f("fk_response_item_digest_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint(
            "attempt_id", "item_digest", "seq", name=op.f("uq_response_attempt_id_item_digest_seq")
        ),
    )
    op.create_index(op.f("ix_response_attempt_id"), "response", ["attempt_id"])
    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_profile_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("attempt_id", "role", name=op.f("uq_profile_attempt_id_role")),
    )
    op.create_index(op.f("ix_profile_attempt_id"), "profile", ["attempt_id"])


def downgrade() -> None:
    for table in ("profile", "response", "attempt", "form", "version"):
        op.drop_table(table)
