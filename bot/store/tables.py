"""Every table. A migration under `migrations/` must agree with what stands here; a test compares the two.

`message` is its own queue: inbound rows go waiting > handled | dead, outbound rows queued > sending > sent | unknown | failed | stale.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from .types import Hidden, HiddenJson, Id, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("channel", String(100), nullable=False),
    Column("address_key", String(64), nullable=False),
    Column("address", Hidden, nullable=False),
    Column("name", Hidden),
    Column("owner_kind", String(10), nullable=False),
    Column("owner_id", String(100)),
    Column("epoch", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("state", HiddenJson, nullable=False),
    Column("due_at", Moment),
    Column("claimed_by", String(100)),
    Column("claimed_until", Moment),
    Column("claim_no", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("consent", String(20)),
    Column("consented_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("last_inbound_at", Moment),
    Column("closed_at", Moment),
    UniqueConstraint("channel", "address_key"),
)
Index("ix_conversation_due", conversation.c.due_at, sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"))

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("status", String(10), nullable=False),
    Column("author", String(10), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", Hidden, nullable=False),
    Column("data", HiddenJson),
    Column("channel", String(100), nullable=False),
    Column("external_id", String(200)),
    Column("turn", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("dedupe_key", String(100), unique=True),
    Column("block", String(100)),
    Column("critical", Boolean, nullable=False),
    Column("quick", Boolean, nullable=False),
    Column("after_id", Id),
    Column("sent_id", String(200)),
    Column("tries", Integer, nullable=False),
    Column("not_before", Moment),
    Column("sender", String(100)),
    Column("deadline", Moment),
    Column("error", Text),
    Column("intent", String(60)),
    Column("confidence", Float),
    Column("aspect", String(20)),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    UniqueConstraint("conversation_id", "external_id"),
)
Index("ix_message_created_at", message.c.created_at)
Index("ix_message_conversation", message.c.conversation_id, message.c.id)
_OPEN = ("waiting", "queued", "sending")
_open = f"status IN ({', '.join(map(repr, _OPEN))})"
Index("ix_message_open", message.c.channel, message.c.status, message.c.id, sqlite_where=text(_open), postgresql_where=text(_open))
Index("ix_message_open_of", message.c.conversation_id, message.c.id, sqlite_where=text(_open), postgresql_where=text(_open))


def is_open(status: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition of the indexes of what is open, word for word: SQLite uses them only for a statement that repeats it."""
    return status.in_([literal_column(repr(name)) for name in _OPEN])


case = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("status", String(10), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("topic", String(60)),
    Column("step", String(60)),
    Column("note", HiddenJson, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("taken_by", String(100)),
    Column("taken_at", Moment),
    Column("closed_at", Moment),
    Column("outcome", String(40)),
)
_unclosed = "status <> 'closed'"
Index("uq_cases_unclosed", case.c.conversation_id, unique=True, sqlite_where=text(_unclosed), postgresql_where=text(_unclosed))

owner_event = Table(
    "owner_event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("from_kind", String(10), nullable=False),
    Column("from_id", String(100)),
    Column("to_kind", String(10), nullable=False),
    Column("to_id", String(100)),
    Column("by", String(100), nullable=False),
    Column("reason", String(100)),
    Column("at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "epoch"),
)

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("flow", String(60)),
    Column("step", String(60)),
    Column("detail", String(200)),
    Column("at", Moment, nullable=False),
)
Index("ix_event_at", event.c.at)
Index("ix_event_conversation", event.c.conversation_id)

timer = Table(
    "timer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("fired_at", Moment),
    Column("topic", String(60)),
    UniqueConstraint("kind", "conversation_id", "turn"),
)
Index("ix_timer_due", timer.c.at, sqlite_where=text("fired_at IS NULL"), postgresql_where=text("fired_at IS NULL"))

election = Table(
    "election",
    metadata,
    Column("name", String(150), primary_key=True),
    Column("holder", String(100), nullable=False),
    Column("until", Moment, nullable=False),
)

session_item = Table(
    "session_item",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("expires_at", Moment),
)
Index("ix_session_item_expires", session_item.c.expires_at)

guide_version = Table(
    "guide_version",
    metadata,
    Column("guide", String(60), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("calls", JSON, nullable=False),
    Column("blocks", JSON, nullable=False),
    Column("is_current", Boolean, nullable=False),
)

publication = Table(
    "publication",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
)

candidate = Table(
    "candidate",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE")),
    Column("turn", Integer, nullable=False),
    Column("doubt", String(20), nullable=False),
    Column("text", Hidden, nullable=False),
    Column("guess", String(60)),
    Column("confidence", Float),
    Column("guess_aspect", String(20)),
    Column("hint", String(60)),
    Column("intent", String(60)),
    Column("aspect", String(20)),
    Column("created_at", Moment, nullable=False),
    Column("exported_at", Moment),
)
Index("ix_candidate_conversation", candidate.c.conversation_id, candidate.c.turn)
Index("ix_candidate_created_at", candidate.c.created_at)
