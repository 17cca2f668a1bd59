"""The desk: teams and volunteers, who has a case and how far it has climbed, notes, what was done and seen, pictures for a day."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Hidden, HiddenBytes, Id, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("object", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["at"], unique=False)
        batch_op.create_index("ix_audit_object", ["object"], unique=False)

    op.create_table(
        "team",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("commune", sa.String(length=60), nullable=True),
        sa.Column("parent_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["team.id"], name=op.f("fk_team_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("code", name=op.f("uq_team_code")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index("ix_team_commune", ["commune"], unique=False)
        batch_op.create_index("ix_team_parent_id", ["parent_id"], unique=False)

    op.create_table(
        "volunteer",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("team_id", Id, nullable=False),
        sa.Column("name", Hidden(), nullable=False),
        sa.Column("phone", Hidden(), nullable=True),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.Column("on_until", Moment(), nullable=True),
        sa.Column("off_until", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_volunteer_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("code", name=op.f("uq_volunteer_code")),
    )
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.create_index("ix_volunteer_team_id", ["team_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("data", HiddenBytes(), nullable=True),
        sa.Column("reference", Hidden(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_attachment_message_id", ["message_id"], unique=False)

    op.create_table(
        "desk_action",
        sa.Column("volunteer_id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_desk_action_volunteer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("volunteer_id", "key", name=op.f("pk_desk_action")),
    )
    with op.batch_alter_table("desk_action", schema=None) as batch_op:
        batch_op.create_index("ix_desk_action_at", ["at"], unique=False)

    op.create_table(
        "shift",
        sa.Column("volunteer_id", Id, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_shift_volunteer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("volunteer_id", "weekday", "starts", name=op.f("pk_shift")),
    )
    op.create_table(
        "case_note",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("volunteer_id", Id, nullable=True),
        sa.Column("text", Hidden(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_note_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_case_note_volunteer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.create_index("ix_case_note_case_id", ["case_id"], unique=False)

    op.create_table(
        "looking",
        sa.Column("case_id", Id, nullable=False),
        sa.Column("volunteer_id", Id, nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_looking_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_looking_volunteer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "volunteer_id", name=op.f("pk_looking")),
    )
    op.create_table(
        "note_word",
        sa.Column("word", sa.String(length=32), nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_note_word_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("word", "case_id", name=op.f("pk_note_word")),
    )
    with op.batch_alter_table("note_word", schema=None) as batch_op:
        batch_op.create_index("ix_note_word_case_id", ["case_id"], unique=False)

    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("labelled_by", Id, nullable=True))
        batch_op.add_column(sa.Column("approved_at", Moment(), nullable=True))
        batch_op.create_foreign_key("fk_candidate_labelled_by", "volunteer", ["labelled_by"], ["id"])

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("commune", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("rung", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("team_id", Id, nullable=True))
        batch_op.add_column(sa.Column("volunteer_id", Id, nullable=True))
        batch_op.add_column(sa.Column("lease_until", Moment(), nullable=True))
        batch_op.add_column(sa.Column("promised_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("breached", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("waiting_since", Moment(), nullable=True))
        batch_op.add_column(sa.Column("first_reply_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("rating", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("phrase", Hidden(), nullable=True))
        batch_op.add_column(sa.Column("phone", Hidden(), nullable=True))
        batch_op.add_column(sa.Column("phone_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("read_to", Id, server_default="0", nullable=False))
        batch_op.create_index("ix_cases_commune", ["commune", "id"], unique=False)
        batch_op.create_index("ix_cases_conversation_id", ["conversation_id"], unique=False)
        batch_op.create_index("ix_cases_opened_at", ["opened_at"], unique=False)
        batch_op.create_index("ix_cases_phone_key", ["phone_key"], unique=False)
        batch_op.create_index(
            "ix_cases_taken",
            ["volunteer_id"],
            unique=False,
            sqlite_where=sa.text("status = 'taken'"),
            postgresql_where=sa.text("status = 'taken'"),
        )
        batch_op.create_index("ix_cases_topic", ["topic", "id"], unique=False)
        batch_op.create_index(
            "ix_cases_waiting",
            ["urgent", "opened_at"],
            unique=False,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.create_foreign_key("fk_cases_volunteer_id", "volunteer", ["volunteer_id"], ["id"])
        batch_op.create_foreign_key("fk_cases_team_id", "team", ["team_id"], ["id"])
        batch_op.drop_column("taken_by")


def downgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_by", sa.VARCHAR(length=100), nullable=True))
        batch_op.drop_constraint("fk_cases_team_id", type_="foreignkey")
        batch_op.drop_constraint("fk_cases_volunteer_id", type_="foreignkey")
        batch_op.drop_index("ix_cases_waiting", sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
        batch_op.drop_index("ix_cases_topic")
        batch_op.drop_index("ix_cases_taken", sqlite_where=sa.text("status = 'taken'"), postgresql_where=sa.text("status = 'taken'"))
        batch_op.drop_index("ix_cases_phone_key")
        batch_op.drop_index("ix_cases_opened_at")
        batch_op.drop_index("ix_cases_conversation_id")
        batch_op.drop_index("ix_cases_commune")
        batch_op.drop_column("read_to")
        batch_op.drop_column("phone_key")
        batch_op.drop_column("phone")
        batch_op.drop_column("phrase")
        batch_op.drop_column("rating")
        batch_op.drop_column("first_reply_at")
        batch_op.drop_column("waiting_since")
        batch_op.drop_column("breached")
        batch_op.drop_column("promised_at")
        batch_op.drop_column("lease_until")
        batch_op.drop_column("volunteer_id")
        batch_op.drop_column("team_id")
        batch_op.drop_column("rung")
        batch_op.drop_column("language")
        batch_op.drop_column("commune")

    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_constraint("fk_candidate_labelled_by", type_="foreignkey")
        batch_op.drop_column("approved_at")
        batch_op.drop_column("labelled_by")

    with op.batch_alter_table("note_word", schema=None) as batch_op:
        batch_op.drop_index("ix_note_word_case_id")

    op.drop_table("note_word")
    op.drop_table("looking")
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.drop_index("ix_case_note_case_id")

    op.drop_table("case_note")
    op.drop_table("shift")
    with op.batch_alter_table("desk_action", schema=None) as batch_op:
        batch_op.drop_index("ix_desk_action_at")

    op.drop_table("desk_action")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_message_id")
        batch_op.drop_index("ix_attachment_expires_at")

    op.drop_table("attachment")
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.drop_index("ix_volunteer_team_id")

    op.drop_table("volunteer")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index("ix_team_parent_id")
        batch_op.drop_index("ix_team_commune")

    op.drop_table("team")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_object")
        batch_op.drop_index("ix_audit_at")

    op.drop_table("audit")
