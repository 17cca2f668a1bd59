"""Codes by which a guide moves from one channel to another, as keyed hashes, and the wrong ones that were tried."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Id, Moment

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "move_code",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended", sa.String(length=10), nullable=True),
        sa.Column("to_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_move_code_conversation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_move_code")),
    )
    op.create_index("ix_move_code_conversation_id", "move_code", ["conversation_id"])
    op.create_index("ix_move_code_until", "move_code", ["until"])
    op.create_table(
        "move_try",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_move_try_conversation_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_try")),
    )
    op.create_index("ix_move_try_at", "move_try", ["at"])
    op.create_index("ix_move_try_conversation_id", "move_try", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("move_try")
    op.drop_table("move_code")
