"""what an undo needs, and who is which platform user"""

import sqlalchemy as sa
from alembic import op

import lines_bot.store.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.alter_column("argument", existing_type=sa.String(length=255), type_=sa.Text())
        batch_op.add_column(sa.Column("before", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("user", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("asked", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.BigInteger(), nullable=True))
    op.create_table(
        "accounts",
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user", sa.String(length=255), nullable=False),
        sa.Column("linked_by", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )


def downgrade() -> None:
    op.drop_table("accounts")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_column("answer")
        batch_op.drop_column("asked")
        batch_op.drop_column("user")
        batch_op.drop_column("before")
        batch_op.alter_column("argument", existing_type=sa.Text(), type_=sa.String(length=255))
