"""Guides are published: which version is begun now, what it calls, which words it says; timers may be about a topic."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Id, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timer", sa.Column("topic", sa.String(length=60), nullable=True))
    op.add_column("guide_version", sa.Column("calls", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("guide_version", sa.Column("blocks", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("guide_version", sa.Column("is_current", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "publication",
        sa.Column("number", Id, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_publication"),
    )


def downgrade() -> None:
    op.drop_table("publication")
    for column in ("is_current", "blocks", "calls"):
        op.drop_column("guide_version", column)
    op.drop_column("timer", "topic")
