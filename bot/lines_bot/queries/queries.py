"""What handlers read from, in one hand."""

from dataclasses import dataclass

from lines_bot.queries.alert_subjects import AlertSubjectQueries
from lines_bot.queries.audit import Audit
from lines_bot.queries.channels import CompanyQueries
from lines_bot.queries.clients import ClientQueries
from lines_bot.queries.sessions import SessionQueries
from lines_bot.queries.transcripts import Transcripts


@dataclass(frozen=True)
class Queries:
    """All reading for people: what Lines says, as plain rows with short references."""

    company: CompanyQueries
    sessions: SessionQueries
    clients: ClientQueries
    audit: Audit
    alert_subjects: AlertSubjectQueries
    transcripts: Transcripts
