"""the first tables"""

import sqlalchemy as sa
from alembic import op

import lines_bot.store.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("chat", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat", "topic"),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family", sa.String(length=255), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("opened_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("edited_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cards_chat"), ["chat"], unique=False)
        batch_op.create_index(batch_op.f("ix_cards_state"), ["state"], unique=False)

    op.create_table(
        "conditions",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "growths",
        sa.Column("line", sa.String(length=255), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("line"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("family", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("since", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("flapping", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.String(length=255), nullable=True),
        sa.Column("owned_until", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("well_since", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("ending", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_settled"), ["settled"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=255), nullable=False),
        sa.Column("object", sa.String(length=255), nullable=False),
        sa.Column("argument", sa.String(length=255), nullable=True),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("person_name", sa.String(length=255), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("intended_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=255), nullable=True),
        sa.Column("finished_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index("ledger_by_object", ["object", "id"], unique=False)

    op.create_table(
        "moved",
        sa.Column("old", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("old"),
    )
    op.create_table(
        "mutes",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("until", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("person_name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_news_chat"), ["chat"], unique=False)

    op.create_table(
        "persons",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=255), nullable=False),
        sa.Column("granted_by", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
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
        "rules",
        sa.Column("scope", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("person_name", sa.String(length=255), nullable=False),
        sa.Column("at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "subject", "name"),
    )
    op.create_table(
        "windows",
        sa.Column("chat", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("begin", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("until", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("person_name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("chat", "kind"),
    )
    op.create_table(
        "members",
        sa.Column("card", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card"],
            ["cards.id"],
        ),
        sa.ForeignKeyConstraint(
            ["incident"],
            ["incidents.id"],
        ),
        sa.PrimaryKeyConstraint("card", "incident"),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_members_incident"), ["incident"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_members_incident"))

    op.drop_table("members")
    op.drop_table("windows")
    op.drop_table("rules")
    op.drop_table("references")
    op.drop_table("persons")
    with op.batch_alter_table("news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_news_chat"))

    op.drop_table("news")
    op.drop_table("mutes")
    op.drop_table("moved")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index("ledger_by_object")

    op.drop_table("ledger")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incidents_settled"))
        batch_op.drop_index(batch_op.f("ix_incidents_key"))

    op.drop_table("incidents")
    op.drop_table("growths")
    op.drop_table("facts")
    op.drop_table("conditions")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cards_state"))
        batch_op.drop_index(batch_op.f("ix_cards_chat"))

    op.drop_table("cards")
    op.drop_table("boards")
