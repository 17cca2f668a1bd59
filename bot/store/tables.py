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
    false,
    literal_column,
    text,
)

from .types import Hidden, HiddenBytes, HiddenJson, Id, Moment

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
    Column("doubts", Integer, nullable=False, server_default="0"),
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


team = Table(
    "team",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("code", String(60), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("level", String(10), nullable=False),
    Column("commune", String(60)),
    Column("parent_id", Id, ForeignKey("team.id")),
)
Index("ix_team_commune", team.c.commune)
Index("ix_team_parent_id", team.c.parent_id)

volunteer = Table(
    "volunteer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("code", String(60), nullable=False, unique=True),
    Column("team_id", Id, ForeignKey("team.id"), nullable=False),
    Column("name", Hidden, nullable=False),
    Column("phone", Hidden),
    Column("role", String(12), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("most_open", Integer, nullable=False),
    Column("password", String(200)),
    Column("must_change", Boolean, nullable=False),
    Column("stamp", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("on_until", Moment),
    Column("off_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("removed_at", Moment),
)
Index("ix_volunteer_team_id", volunteer.c.team_id)

shift = Table(
    "shift",
    metadata,
    Column("volunteer_id", Id, ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True),
    Column("weekday", Integer, primary_key=True),
    Column("starts", Integer, primary_key=True),
    Column("ends", Integer, nullable=False),
)

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
    Column("taken_at", Moment),
    Column("closed_at", Moment),
    Column("outcome", String(40)),
    Column("commune", String(60)),
    Column("language", String(20)),
    Column("rung", Integer, nullable=False, server_default="0"),
    Column("team_id", Id, ForeignKey("team.id", name="fk_cases_team_id")),
    Column("volunteer_id", Id, ForeignKey("volunteer.id", name="fk_cases_volunteer_id")),
    Column("lease_until", Moment),
    Column("promised_at", Moment),
    Column("breached", Boolean, nullable=False, server_default=false()),
    Column("waiting_since", Moment),
    Column("first_reply_at", Moment),
    Column("rating", Integer),
    Column("phrase", Hidden),
    Column("phone", Hidden),
    Column("phone_key", String(64)),
    Column("read_to", Id, nullable=False, server_default="0"),
)
_unclosed = "status <> 'closed'"
Index("uq_cases_unclosed", case.c.conversation_id, unique=True, sqlite_where=text(_unclosed), postgresql_where=text(_unclosed))
_waiting = "status = 'open'"
Index("ix_cases_waiting", case.c.urgent, case.c.opened_at, sqlite_where=text(_waiting), postgresql_where=text(_waiting))
_taken = "status = 'taken'"
Index("ix_cases_taken", case.c.volunteer_id, sqlite_where=text(_taken), postgresql_where=text(_taken))
Index("ix_cases_conversation_id", case.c.conversation_id)
Index("ix_cases_topic", case.c.topic, case.c.id)
Index("ix_cases_commune", case.c.commune, case.c.id)
Index("ix_cases_opened_at", case.c.opened_at)
Index("ix_cases_volunteer", case.c.volunteer_id, case.c.id)
Index("ix_cases_phone_key", case.c.phone_key)


def is_status(wanted: str) -> ColumnElement[bool]:
    """The condition of the indexes of cases, word for word: SQLite uses them only for a statement that repeats it."""
    return case.c.status == literal_column(repr(str(wanted)))


case_note = Table(
    "case_note",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("volunteer_id", Id, ForeignKey("volunteer.id")),
    Column("text", Hidden, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("ix_case_note_case_id", case_note.c.case_id)

note_word = Table(
    "note_word",
    metadata,
    Column("word", String(32), primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
)
Index("ix_note_word_case_id", note_word.c.case_id)

looking = Table(
    "looking",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("volunteer_id", Id, ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True),
    Column("until", Moment, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("message_id", Id, ForeignKey("message.id", ondelete="CASCADE"), nullable=False),
    Column("media_type", String(60), nullable=False),
    Column("data", HiddenBytes),
    Column("reference", Hidden),
    Column("expires_at", Moment, nullable=False),
)
Index("ix_attachment_message_id", attachment.c.message_id)
Index("ix_attachment_expires_at", attachment.c.expires_at)

desk_action = Table(
    "desk_action",
    metadata,
    Column("volunteer_id", Id, ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("outcome", String(40), nullable=False),
    Column("at", Moment, nullable=False),
)
Index("ix_desk_action_at", desk_action.c.at)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("actor", String(60), nullable=False),
    Column("verb", String(30), nullable=False),
    Column("object", String(60), nullable=False),
    Column("detail", String(200)),
    Column("at", Moment, nullable=False),
)
Index("ix_audit_object", audit.c.object)
Index("ix_audit_at", audit.c.at)

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

move_code = Table(
    "move_code",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("told_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended", String(10)),
    Column("to_id", Id),
)
Index("ix_move_code_conversation_id", move_code.c.conversation_id)
Index("ix_move_code_until", move_code.c.until)

move_try = Table(
    "move_try",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="SET NULL")),
    Column("at", Moment, nullable=False),
)
Index("ix_move_try_at", move_try.c.at)
Index("ix_move_try_conversation_id", move_try.c.conversation_id)

election = Table(
    "election",
    metadata,
    Column("name", String(150), primary_key=True),
    Column("holder", String(100), nullable=False),
    Column("until", Moment, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("account", String(100), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("access", Hidden),
    Column("refresh", Hidden),
    Column("access_until", Moment),
    Column("refresh_until", Moment),
    Column("saved_at", Moment),
    Column("asked_at", Moment),
    Column("trouble", String(200)),
    Column("state", Hidden),
    Column("verifier", Hidden),
    Column("state_by", Id),
    Column("state_until", Moment),
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
    Column("labelled_by", Id, ForeignKey("volunteer.id", name="fk_candidate_labelled_by")),
    Column("approved_at", Moment),
)
Index("ix_candidate_conversation", candidate.c.conversation_id, candidate.c.turn)
Index("ix_candidate_created_at", candidate.c.created_at)

consent_log = Table(
    "consent_log",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subject", String(64), nullable=False),
    Column("channel", String(100), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("act", String(12), nullable=False),
    Column("block", String(100)),
    Column("words_hash", String(64)),
    Column("version", String(20)),
    Column("at", Moment, nullable=False),
)
Index("ix_consent_log_subject", consent_log.c.subject, consent_log.c.purpose, consent_log.c.id)
Index("ix_consent_log_at", consent_log.c.at)

data_request = Table(
    "data_request",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(12), nullable=False),
    Column("subject", String(64)),
    Column("conversation_id", Id, ForeignKey("conversation.id", ondelete="SET NULL")),
    Column("channel", String(100), nullable=False),
    Column("note", Hidden),
    Column("made_at", Moment, nullable=False),
    Column("answer_by", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("done_at", Moment),
    Column("outcome", Hidden),
    Column("done_by", String(60)),
)
Index("ix_data_request_conversation_id", data_request.c.conversation_id)
_undone = "done_at IS NULL"
Index("ix_data_request_undone", data_request.c.due_at, sqlite_where=text(_undone), postgresql_where=text(_undone))

breach = Table(
    "breach",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("what", Hidden, nullable=False),
    Column("noticed_at", Moment, nullable=False),
    Column("people", Integer),
    Column("done", Hidden, nullable=False),
    Column("report_by", Moment, nullable=False),
    Column("reported_at", Moment),
    Column("created_at", Moment, nullable=False),
)

pause = Table(
    "pause",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("reason", Hidden, nullable=False),
    Column("by", String(60), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("running", Boolean, unique=True),
)
"""`running` is true for the one that holds now and NULL for those that are over, so there is at most one."""
