"""The switch that hands every message to people: when it was on, why, and by whom."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Hidden, Id, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("reason", Hidden(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("running", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pause"),
        sa.UniqueConstraint("running", name="uq_pause_running"),
    )


def downgrade() -> None:
    op.drop_table("pause")
