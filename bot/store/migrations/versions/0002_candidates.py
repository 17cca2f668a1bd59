"""What was not understood waits to be labelled and learnt."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Hidden, Id, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.String(length=20), nullable=False),
        sa.Column("text", Hidden(), nullable=False),
        sa.Column("guess", sa.String(length=60), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("guess_aspect", sa.String(length=20), nullable=True),
        sa.Column("hint", sa.String(length=60), nullable=True),
        sa.Column("intent", sa.String(length=60), nullable=True),
        sa.Column("aspect", sa.String(length=20), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("exported_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_candidate_conversation_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_candidate"),
    )
    op.create_index("ix_candidate_conversation", "candidate", ["conversation_id", "turn"], unique=False)
    op.create_index("ix_candidate_created_at", "candidate", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_candidate_created_at", table_name="candidate")
    op.drop_index("ix_candidate_conversation", table_name="candidate")
    op.drop_table("candidate")
