"""what people typed, apart from the references and kept for a while; changes of rules that were shown"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import lines_bot.store.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BETWEEN = "\x1f"  # what a change of a rule was held together by while it was a reference


def upgrade() -> None:
    texts = op.create_table(
        "texts",
        sa.Column("short", sa.String(length=255), nullable=False),
        sa.Column("reader", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("short"),
    )
    changes = op.create_table(
        "rule_changes",
        sa.Column("short", sa.String(length=255), nullable=False),
        sa.Column("scope", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", lines_bot.store.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("short"),
    )
    keys = op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.bulk_insert(keys, [{"name": "texts", "value": secrets.token_hex(32)}])
    references = sa.table("references", sa.column("short"), sa.column("kind"), sa.column("target"))
    now, connection = datetime.now(UTC), op.get_bind()

    def list_stored(kind: str) -> list[tuple[str, str]]:
        rows = connection.execute(sa.select(references).where(references.c.kind == kind))
        return [(row.short, row.target.partition(":")[2]) for row in rows]

    op.bulk_insert(
        texts,
        [{"short": short, "reader": 0, "text": text, "at": now} for short, text in list_stored("text")],
    )
    names = ("scope", "subject", "title", "name", "value")
    op.bulk_insert(
        changes,
        [
            {"short": short, "at": now, **dict(zip(names, change.split(_BETWEEN), strict=True))}
            for short, change in list_stored("rule")
        ],
    )
    op.execute(references.delete().where(references.c.kind.in_(["text", "rule"])))


def downgrade() -> None:
    for name in ("texts", "rule_changes", "secrets"):
        op.drop_table(name)
