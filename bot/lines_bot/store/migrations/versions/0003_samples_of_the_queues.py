"""samples of the queues"""

import sqlalchemy as sa
from alembic import op

import lines_bot.store.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "samples",
        sa.Column("line", sa.String(length=255), nullable=False),
        sa.Column("at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("watched", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("oldest", sa.Integer(), nullable=False),
        sa.Column("arrivals", sa.Integer(), nullable=False),
        sa.Column("departures", sa.Integer(), nullable=False),
        sa.Column("waits", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("line", "at"),
    )


def downgrade() -> None:
    op.drop_table("samples")
