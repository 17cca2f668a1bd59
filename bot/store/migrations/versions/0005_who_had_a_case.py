"""An index of who had which cases, closed ones too: a coordinator searches by it, and whoever searches their own."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_volunteer", "cases", ["volunteer_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_cases_volunteer", table_name="cases")
