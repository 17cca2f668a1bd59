"""What the law asks to be kept: who agreed to what, who asked for what concerning their data and by when, and breaches."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Hidden, Id, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNDONE = sa.text("done_at IS NULL")
REFUSAL = "consent_log: a line is never changed"


def upgrade() -> None:
    op.create_table(
        "consent_log",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("block", sa.String(length=100), nullable=True),
        sa.Column("words_hash", sa.String(length=64), nullable=True),
        sa.Column("version", sa.String(length=20), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent_log"),
    )
    op.create_index("ix_consent_log_subject", "consent_log", ["subject", "purpose", "id"], unique=False)
    op.create_index("ix_consent_log_at", "consent_log", ["at"], unique=False)
    op.create_table(
        "data_request",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("note", Hidden(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("answer_by", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("outcome", Hidden(), nullable=True),
        sa.Column("done_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_data_request_conversation_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_data_request"),
    )
    op.create_index("ix_data_request_conversation_id", "data_request", ["conversation_id"], unique=False)
    op.create_index("ix_data_request_undone", "data_request", ["due_at"], unique=False, sqlite_where=UNDONE, postgresql_where=UNDONE)
    op.create_table(
        "breach",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("what", Hidden(), nullable=False),
        sa.Column("noticed_at", Moment(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("done", Hidden(), nullable=False),
        sa.Column("report_by", Moment(), nullable=False),
        sa.Column("reported_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_breach"),
    )
    _lines_stay_as_they_are()


def _lines_stay_as_they_are() -> None:
    """The database itself refuses to change a line of the log."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER consent_log_stays BEFORE UPDATE ON consent_log BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    op.execute(
        "CREATE FUNCTION consent_log_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'check_violation'; END $$"
    )
    op.execute("CREATE TRIGGER consent_log_stays BEFORE UPDATE ON consent_log FOR EACH ROW EXECUTE FUNCTION consent_log_stays()")


def downgrade() -> None:
    op.drop_table("breach")
    op.drop_table("data_request")
    op.drop_table("consent_log")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION consent_log_stays()")
