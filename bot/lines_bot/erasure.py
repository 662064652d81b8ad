"""A person's or client's data, taken out of the bot's memory; what was done stays on record, without them."""

import json
from collections.abc import Callable, Collection, Mapping

from sqlalchemy import CursorResult, Delete, Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from lines_bot.lines import Client, LinesClient, Session
from lines_bot.operations.ledger import Verb
from lines_bot.references import Kind
from lines_bot.store.database import Database
from lines_bot.store.tables import (
    AccountRow,
    BoardRow,
    InboxRow,
    IncidentRow,
    LanguageRow,
    LedgerRow,
    MuteRow,
    PersonRow,
    PrivateAnswersRow,
    ReferenceRow,
    RuleRow,
    SentAlertRow,
    TextRow,
    WindowRow,
)

NOBODY = 0
FORGOTTEN = "—"
SIGNED = (
    MuteRow.person_name,
    RuleRow.person_name,
    WindowRow.person_name,
    PrivateAnswersRow.person_name,
    LanguageRow.person_name,
    IncidentRow.owner_name,
)
SETTINGS_OF_A_CHAT = (WindowRow, PrivateAnswersRow, LanguageRow, SentAlertRow, BoardRow)
_LEAST_WORD = 3


async def forget_person(database: Database, person: int) -> int:
    """Forget a person of Telegram by their number; returns how many rows were about them.

    Their role, their account, what they typed and what is set for their private chat are deleted.
    """
    async with database.begin() as session:
        granted = select(PersonRow.name).where(PersonRow.id == person)
        acted = select(LedgerRow.person_name).where(LedgerRow.person == person)
        names = {*await session.scalars(granted), *await session.scalars(acted)}
        signed = [update(name.class_).where(name.in_(names)).values({name: FORGOTTEN}) for name in SIGNED]
        statements: list[Delete | Update] = [
            *signed,
            delete(PersonRow).where(PersonRow.id == person),
            delete(AccountRow).where(AccountRow.person == person),
            delete(TextRow).where(TextRow.reader == person),
            *(delete(table).where(table.chat == person) for table in SETTINGS_OF_A_CHAT),
            update(PersonRow).where(PersonRow.granted_by == person).values(granted_by=NOBODY),
            update(AccountRow).where(AccountRow.linked_by == person).values(linked_by=NOBODY),
            update(LedgerRow)
            .where(LedgerRow.chat == person)
            .values(chat=NOBODY, request_message_id=None, answer_message_id=None),
            update(LedgerRow)
            .where(LedgerRow.person == person)
            .values(person=NOBODY, person_name=FORGOTTEN, user=None),
        ]
        changed = [await _change(session, statement) for statement in statements]
        return sum(changed) + await _empty_updates(session, lambda body: _find_sender(body) == person)


async def forget_client(database: Database, lines: LinesClient, client_id: str) -> int:
    """Forget a client by their id in Lines, which is asked for their name and sessions.

    Texts that bear their name, what was written to them and with what they are linked is deleted; returns
    how many rows were about them. Raises LinesError; NotFound if Lines does not know the client any more.
    """
    client = await lines.clients.get(client_id)
    theirs = await lines.sessions.search().where(Session.f.clients.has(client_id)).all()
    sessions, words = [each.id for each in theirs], _list_words(client)
    targets = [f"{Kind.CLIENT}:{client_id}", *(f"{Kind.SESSION}:{each}" for each in sessions)]

    def is_about(text: str) -> bool:
        return any(word in text.casefold() for word in words)

    async with database.begin() as session:
        rows = await session.execute(select(TextRow.short, TextRow.text))
        about = [short for short, text in rows if is_about(text)]
        ended = update(LedgerRow).where(LedgerRow.outcome.is_not(None))
        said = ended.where(LedgerRow.verb == Verb.SAY, LedgerRow.object.in_(sessions))
        opened = ended.where(LedgerRow.verb == Verb.CREATE, LedgerRow.argument == client.username)
        linked = ended.where(LedgerRow.object == client_id)
        statements: list[Delete | Update] = [
            delete(TextRow).where(TextRow.short.in_(about)),
            delete(ReferenceRow).where(ReferenceRow.target.in_(targets)),
            said.values(argument=FORGOTTEN),
            opened.values(argument=FORGOTTEN),
            linked.values(argument=FORGOTTEN, before={}),
        ]
        changed = [await _change(session, statement) for statement in statements]
        about_them = await _empty_updates(
            session, lambda body: is_about(json.dumps(body, ensure_ascii=False))
        )
        return sum(changed) + about_them


def _list_words(client: Client) -> Collection[str]:
    """What a text about the client bears; short words would match others too."""
    return [word.casefold() for word in (client.name, client.username) if word and len(word) >= _LEAST_WORD]


async def _change(session: AsyncSession, statement: Delete | Update) -> int:
    result = await session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


async def _empty_updates(session: AsyncSession, is_about: Callable[[Mapping[str, object]], bool]) -> int:
    """Updates keep their numbers, so that Telegram's next ones are known as new."""
    rows = (await session.scalars(select(InboxRow))).all()
    found = [row for row in rows if is_about(json.loads(row.body))]
    for row in found:
        row.body, row.done = json.dumps({"update_id": row.id}), True
    return len(found)


def _find_sender(body: Mapping[str, object]) -> object:
    for content in body.values():
        if isinstance(content, dict) and isinstance(sender := content.get("from"), dict):
            return sender.get("id")
    return None
