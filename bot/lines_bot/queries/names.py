"""What people and sessions are called, as far as Lines tells."""

from collections.abc import Mapping

from lines_bot.lines import Client, Session, User


def name_clients(session: Session, clients: Mapping[str, Client]) -> str:
    names = [name_client(clients.get(each)) for each in session.clients]
    return ", ".join(filter(None, names)) or session.external_chat_name or session.name or session.id


def name_client(client: Client | None) -> str:
    return (client.name or client.username or "") if client else ""


def name_user(users: Mapping[str, User], user_id: str | None) -> str:
    user = users.get(user_id or "")
    return (user.name if user else None) or user_id or ""
