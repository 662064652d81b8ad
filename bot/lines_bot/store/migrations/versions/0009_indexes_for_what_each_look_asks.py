"""indexes for what is asked again and again, so that a long history costs nothing"""

from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (
    ("ledger_by_outcome", "ledger", ["outcome", "verb"]),
    ("ledger_by_time", "ledger", ["intended_at"]),
    ("ix_incidents_closed_at", "incidents", ["closed_at"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _columns in INDEXES:
        op.drop_index(name, table)
