"""What viewers are not shown: how clients can be reached."""

import re
from dataclasses import replace
from typing import TypeVar

from lines_bot.people import Action, ChatContext, Person, may
from lines_bot.queries.models import QueueSummary, SessionList, SessionSummary

Listing = TypeVar("Listing", QueueSummary, SessionList)

_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-‐-―/]*\d){6,}")


def mask_contacts(text: str) -> str:
    """The text with its phones and e-mail addresses cut down to what tells two of them apart."""
    visible = "".join(char for char in text if char.isprintable() or char.isspace())
    without_emails = _EMAIL.sub(lambda found: f"{found[0][0]}…@…", visible)
    return _PHONE.sub(lambda found: f"…{found[0][-2:]}", without_emails)


def may_see_contacts(person: Person, context: ChatContext) -> bool:
    """Whoever may read talks there is shown how to reach the client; nobody else."""
    return may(person, Action.READ, context)


def mask_for(person: Person, context: ChatContext, shown: Listing) -> Listing:
    """The sessions as this person may see them there."""
    masked = [mask_session(person, context, session) for session in shown.page.items]
    return replace(shown, page=shown.page.carry(masked))


def mask_session(person: Person, context: ChatContext, session: SessionSummary) -> SessionSummary:
    """One session, as `mask_for`."""
    if may_see_contacts(person, context):
        return session
    return replace(session, client=mask_contacts(session.client))
