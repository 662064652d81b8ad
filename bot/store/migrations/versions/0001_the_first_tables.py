"""the first tables"""

import sqlalchemy as sa
from alembic import op

import bot.store.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conditions",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("at", bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("family", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("since", bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("well_since", bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_key"), ["key"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=255), nullable=False),
        sa.Column("object", sa.String(length=255), nullable=False),
        sa.Column("argument", sa.String(length=255), nullable=True),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("person_name", sa.String(length=255), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("intended_at", bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=255), nullable=True),
        sa.Column("finished_at", bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index("ledger_by_object", ["object", "id"], unique=False)

    op.create_table(
        "mutes",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("until", bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("person_name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=255), nullable=False),
        sa.Column("granted_by", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "references",
        sa.Column("short", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("short"),
        sa.UniqueConstraint("target"),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident"],
            ["incidents.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index("card_of_incident", ["incident", "chat", "topic"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index("card_of_incident")

    op.drop_table("cards")
    op.drop_table("references")
    op.drop_table("persons")
    op.drop_table("mutes")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index("ledger_by_object")

    op.drop_table("ledger")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incidents_key"))

    op.drop_table("incidents")
    op.drop_table("facts")
    op.drop_table("conditions")
