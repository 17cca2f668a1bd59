"""Tokens that a platform gives us for a while, encrypted, with the marker of a renewal that was begun."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Hidden, Id, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("access", Hidden(), nullable=True),
        sa.Column("refresh", Hidden(), nullable=True),
        sa.Column("access_until", Moment(), nullable=True),
        sa.Column("refresh_until", Moment(), nullable=True),
        sa.Column("saved_at", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.Column("state", Hidden(), nullable=True),
        sa.Column("verifier", Hidden(), nullable=True),
        sa.Column("state_by", Id, nullable=True),
        sa.Column("state_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_token")),
    )


def downgrade() -> None:
    op.drop_table("token")
