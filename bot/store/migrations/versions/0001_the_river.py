"""The river: conversations, messages as their own queue, cases, timers, ownership, elections, sessions, guide versions."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Hidden, HiddenJson, Id, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("address", Hidden(), nullable=False),
        sa.Column("name", Hidden(), nullable=True),
        sa.Column("owner_kind", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.String(length=100), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", HiddenJson(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("claimed_by", sa.String(length=100), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("claim_no", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(length=20), nullable=True),
        sa.Column("consented_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_inbound_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("channel", "address_key", name=op.f("uq_conversation_channel_address_key")),
    )
    op.create_index(
        "ix_conversation_due",
        "conversation",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "election",
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_election")),
    )
    op.create_table(
        "guide_version",
        sa.Column("guide", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("guide", "version", name=op.f("pk_guide_version")),
    )
    op.create_table(
        "session_item",
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_session_item")),
    )
    op.create_index("ix_session_item_expires", "session_item", ["expires_at"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("step", sa.String(length=60), nullable=True),
        sa.Column("note", HiddenJson(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("taken_by", sa.String(length=100), nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_cases_conversation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(
        "uq_cases_unclosed",
        "cases",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_table(
        "event",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=True),
        sa.Column("step", sa.String(length=60), nullable=True),
        sa.Column("detail", sa.String(length=200), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_event_conversation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_at", "event", ["at"], unique=False)
    op.create_index("ix_event_conversation", "event", ["conversation_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", Hidden(), nullable=False),
        sa.Column("data", HiddenJson(), nullable=True),
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=100), nullable=True),
        sa.Column("block", sa.String(length=100), nullable=True),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("quick", sa.Boolean(), nullable=False),
        sa.Column("after_id", Id, nullable=True),
        sa.Column("sent_id", sa.String(length=200), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("sender", sa.String(length=100), nullable=True),
        sa.Column("deadline", Moment(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("intent", sa.String(length=60), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("aspect", sa.String(length=20), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("conversation_id", "external_id", name=op.f("uq_message_conversation_id_external_id")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
    )
    op.create_index("ix_message_conversation", "message", ["conversation_id", "id"], unique=False)
    op.create_index("ix_message_created_at", "message", ["created_at"], unique=False)
    op.create_index(
        "ix_message_open",
        "message",
        ["channel", "status", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
        postgresql_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
    )
    op.create_index(
        "ix_message_open_of",
        "message",
        ["conversation_id", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
        postgresql_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
    )
    op.create_table(
        "owner_event",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("from_kind", sa.String(length=10), nullable=False),
        sa.Column("from_id", sa.String(length=100), nullable=True),
        sa.Column("to_kind", sa.String(length=10), nullable=False),
        sa.Column("to_id", sa.String(length=100), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_owner_event_conversation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_event")),
        sa.UniqueConstraint("conversation_id", "epoch", name=op.f("uq_owner_event_conversation_id_epoch")),
    )
    op.create_table(
        "timer",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("fired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_timer_conversation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("kind", "conversation_id", "turn", name=op.f("uq_timer_kind_conversation_id_turn")),
    )
    op.create_index(
        "ix_timer_due",
        "timer",
        ["at"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_timer_due", table_name="timer", sqlite_where=sa.text("fired_at IS NULL"), postgresql_where=sa.text("fired_at IS NULL")
    )
    op.drop_table("timer")
    op.drop_table("owner_event")
    op.drop_index(
        "ix_message_open_of",
        table_name="message",
        sqlite_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
        postgresql_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
    )
    op.drop_index(
        "ix_message_open",
        table_name="message",
        sqlite_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
        postgresql_where=sa.text("status IN ('waiting', 'queued', 'sending')"),
    )
    op.drop_index("ix_message_conversation", table_name="message")
    op.drop_index("ix_message_created_at", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_event_conversation", table_name="event")
    op.drop_index("ix_event_at", table_name="event")
    op.drop_table("event")
    op.drop_index(
        "uq_cases_unclosed", table_name="cases", sqlite_where=sa.text("status <> 'closed'"), postgresql_where=sa.text("status <> 'closed'")
    )
    op.drop_table("cases")
    op.drop_index("ix_session_item_expires", table_name="session_item")
    op.drop_table("session_item")
    op.drop_table("guide_version")
    op.drop_table("election")
    op.drop_index(
        "ix_conversation_due",
        table_name="conversation",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("conversation")
