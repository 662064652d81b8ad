import asyncio
from collections.abc import Callable

import pytest

from lines_bot.lines import (
    AppItem,
    BadAnswer,
    Channel,
    Client,
    LinesClient,
    NotFound,
    NotReconnectable,
    OutcomeUnknown,
    Session,
    SessionState,
    SpamNotAllowed,
    UnsupportedContract,
    User,
    UserGroup,
    WrongState,
)
from tests.lines.scripted_server import Call, Server, document

FULL = 10_000


def listing(*identifiers: object, total: object = None) -> Callable[[list[Call]], object]:
    result = {"result": [{"__id": str(identifier)} for identifier in identifiers], "total": total}
    return lambda calls: {"id": calls[0]["id"], "result": result}


def stored(many: int, most: int = FULL, total: int | None = None) -> Callable[[list[Call]], object]:
    """A collection of `many` items, served by `from` and `size`, but never more than `most` in one page."""

    def serve(calls: list[Call]) -> object:
        params = calls[0]["params"]
        numbers = range(many)[params["from"] : params["from"] + min(params["size"], most)]
        result = {"result": [{"__id": str(number)} for number in numbers], "total": total}
        return {"id": calls[0]["id"], "result": result}

    return serve


def contract(version: int) -> Callable[[list[Call]], object]:
    now = "2026-11-22T09:30:00.000Z"
    user = {"__id": "u", "__name": "Support desk"}
    told = {"contract": version, "bridge": "9", "now": now, "methods": ["system.describe"], "user": user}
    return lambda calls: {"id": calls[0]["id"], "result": told}


async def test_describe_tells_who_answers_and_for_whom(lines: LinesClient, server: Server) -> None:
    server.will(document(contract(1)))
    description = await lines.describe()
    assert (description.contract, description.bridge, description.methods) == (1, "9", ["system.describe"])
    assert description.user == User(id="u", name="Support desk")


@pytest.mark.parametrize(("version", "side"), [(2, "update the bot"), (0, "update the bridge")])
async def test_another_version_of_the_contract_is_refused_and_the_side_to_update_named(
    lines: LinesClient, server: Server, version: int, side: str
) -> None:
    server.will(document(contract(version)))
    with pytest.raises(UnsupportedContract, match=side) as caught:
        await lines.describe()
    assert caught.value.contract == version


async def test_get_leaves_deleted_items_out_and_says_what_is_missing(
    lines: LinesClient, server: Server
) -> None:
    server.will(document(listing()))
    with pytest.raises(NotFound, match="no s9 among the sessions") as caught:
        await lines.sessions.get("s9")
    assert (caught.value.collection, caught.value.id) == ("sessions", "s9")
    assert server.bodies[0]["params"]["where"] == {
        "and": [{"eq": ["__id", "s9"]}, {"eq": ["__deletedAt", None]}]
    }


@pytest.mark.parametrize("many", [0, 1, FULL - 1, FULL, FULL + 1, 2 * FULL])
async def test_all_means_all(lines: LinesClient, server: Server, many: int) -> None:
    server.will(*[document(stored(many, total=many))] * 3)
    found = await lines.clients.search().all()
    assert [client.id for client in found] == [str(number) for number in range(many)]
    assert len(server.bodies) == many // FULL + 1


@pytest.mark.parametrize("total", [None, 57, 60, 0, -5])
@pytest.mark.parametrize("most", [1, 7, 10, 1000])
async def test_a_short_page_is_not_taken_for_all(
    lines: LinesClient, server: Server, most: int, total: int | None
) -> None:
    server.will(*[document(stored(57, most, total))] * 60)
    found = await lines.clients.search().all()
    assert [client.id for client in found] == [str(number) for number in range(57)]
    server.answers.clear()
    server.will(*[document(stored(57, most, total))] * 60)
    found = await lines.clients.search().offset(40).size(12).all()
    assert [client.id for client in found] == [str(number) for number in range(40, 52)]


async def test_a_count_that_ends_with_the_page_is_not_taken_for_all(
    lines: LinesClient, server: Server
) -> None:
    server.will(*[document(stored(FULL + 5, total=FULL))] * 3)
    assert len(await lines.clients.search().all()) == FULL + 5


async def test_a_short_page_that_repeats_is_the_last(lines: LinesClient, server: Server) -> None:
    server.will(*[document(listing(*range(7)))] * 3)
    found = await lines.clients.search().all()
    assert [client.id for client in found] == [str(number) for number in range(7)]
    assert len(server.bodies) == 2


@pytest.mark.parametrize(("many", "most"), [(0, 500), (1, 500), (499, 500), (500, 500), (1201, 500), (57, 7)])
async def test_a_conversation_is_read_in_pages_until_nothing_new_comes(
    lines: LinesClient, server: Server, many: int, most: int
) -> None:
    session = await lines.sessions.create("c", "anna")
    server.will(*[document(stored(many, most))] * 20)
    messages = await session.read_conversation()
    assert [message.id for message in messages] == [str(number) for number in range(many)]
    asked = [body["params"] for body in server.bodies[1:]]
    assert {params["size"] for params in asked} == {500}
    assert [params["from"] for params in asked] == [*range(0, many, most), *([many] if many else [0])]


async def test_messages_that_repeat_are_a_bad_answer_or_the_end(lines: LinesClient, server: Server) -> None:
    session = await lines.sessions.create("c", "anna")
    server.will(*[document(listing(*range(7)))] * 2)
    assert len(await session.read_conversation()) == 7
    server.will(*[document(listing(*range(500)))] * 3)
    with pytest.raises(BadAnswer, match="repeats the same page of messages"):
        await session.read_conversation()


@pytest.mark.parametrize("size", [1, 7, FULL, FULL + 5])
async def test_a_size_is_the_most_that_comes(lines: LinesClient, server: Server, size: int) -> None:
    server.will(*[document(stored(FULL * 2))] * 3)
    found = await lines.clients.search().offset(3).size(size).all()
    assert [client.id for client in found] == [str(number) for number in range(3, 3 + size)]
    assert sum(body["params"]["size"] for body in server.bodies) == size


async def test_rows_that_move_between_pages_come_once(lines: LinesClient, server: Server) -> None:
    server.will(document(listing(*range(FULL))), document(listing(FULL - 1, FULL)))
    found = await lines.clients.search().all()
    assert [client.id for client in found] == [str(number) for number in range(FULL + 1)]


async def test_a_page_that_repeats_is_a_bad_answer(lines: LinesClient, server: Server) -> None:
    server.will(*[document(listing(*range(FULL)))] * 3)
    with pytest.raises(BadAnswer, match="repeats the same page of clients"):
        await lines.clients.search().all()
    assert len(server.bodies) == 2


@pytest.mark.parametrize("limits", [{"PAGE": 2, "MOST_PAGES": 100}, {"PAGE": 20, "MOST_ITEMS": 200}])
async def test_pages_that_never_end_are_a_bad_answer(
    lines: LinesClient, server: Server, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(f"lines_bot.lines.search.{name}", value)
    server.will(*[document(stored(1000))] * 101)
    with pytest.raises(BadAnswer, match="never stops sending clients: 200 came"):
        await lines.clients.search().all()


async def test_more_than_was_asked_for_is_a_bad_answer(lines: LinesClient, server: Server) -> None:
    server.will(document(listing(1, 2)))
    with pytest.raises(BadAnswer, match="sent 2 clients where 1 were asked for"):
        await lines.clients.search().first()


async def test_sorting_ends_with_the_id_so_that_pages_do_not_overlap(
    lines: LinesClient, server: Server
) -> None:
    search = lines.channels.search()
    await search.sort(Channel.f.state, ascending=False).sort(Channel.f.name).all()
    await search.sort(Channel.f.id, ascending=False).first()
    assert [body["params"]["sort"] for body in server.bodies] == [
        [
            {"field": "_state", "ascending": False},
            {"field": "__name", "ascending": True},
            {"field": "__id", "ascending": True},
        ],
        [{"field": "__id", "ascending": False}],
    ]


async def test_first_of_nothing_is_none(lines: LinesClient, server: Server) -> None:
    server.will(document(listing()))
    assert await lines.lines.search().first() is None


async def test_count_ignores_offset_and_size_and_brings_no_rows(lines: LinesClient, server: Server) -> None:
    server.will(document(listing(1, total=123)))
    waiting = lines.sessions.search().where(Session.f.state == SessionState.WAITING)
    assert await waiting.offset(5).size(2).count() == 123
    assert server.bodies[0]["params"] == {
        "where": {"eq": ["_state", "Waiting"]},
        "size": 1,
        "fields": ["__id"],
        "total": True,
    }


async def test_a_count_that_does_not_come_is_a_bad_answer(lines: LinesClient, server: Server) -> None:
    server.will(document(listing(1, total=None)))
    with pytest.raises(BadAnswer, match="did not count the sessions"):
        await lines.sessions.search().count()


async def test_a_search_is_not_changed_by_its_next_step(lines: LinesClient, server: Server) -> None:
    search = lines.channels.search()
    search.where(Channel.f.deleted_at.is_null()).size(1).offset(5).sort(Channel.f.name)
    await search.all()
    assert server.bodies[0]["params"] == {
        "sort": [{"field": "__id", "ascending": True}],
        "from": 0,
        "size": FULL,
        "total": True,
    }


@pytest.mark.parametrize("wrong", [0, -1])
async def test_a_size_below_one_and_a_negative_offset_are_refused(lines: LinesClient, wrong: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        lines.lines.search().size(wrong)
    with pytest.raises(ValueError, match="0 or more"):
        lines.lines.search().offset(wrong - 1)


async def test_every_operation_sends_what_the_contract_names(lines: LinesClient, server: Server) -> None:
    session = (await lines.sessions.create("c", "anna")).model_copy(update={"state": "Waiting"})
    spam = session.model_copy(update={"state": SessionState.MARKED_AS_SPAM})
    client = await lines.clients.get("1")
    group = await lines.user_groups.get("1")
    server.bodies.clear()
    user, contact = User(id="u"), AppItem(namespace="n", code="c", id="i")
    for step in (
        lines.sessions.create(Channel(id="c"), "anna"),
        client.with_application_item(contact).save(),
        client.with_application_item(None).save(),
        session.assign_to_operator(user),
        session.assign_to_operator_group(UserGroup(id="g")),
        session.assign_to_bot(silent=True),
        session.close(),
        session.mark_as_spam(Channel(id="c", type="inbox")),
        spam.unmark_as_spam(),
        session.get_last_message(),
        session.get_all_messages(5, 20),
        session.send_system_message("Hello"),
        group.users(),
    ):
        await step
    identifier = {"id": session.id}
    assert [(body["method"], body["params"]) for body in server.bodies] == [
        ("sessions.create", {"channel": "c", "account": "anna"}),
        (
            "clients.save",
            {"id": "1", "data": {"_applicationItem": {"namespace": "n", "code": "c", "id": "i"}}},
        ),
        ("clients.save", {"id": "1", "data": {"_applicationItem": None}}),
        ("sessions.assignToOperator", {**identifier, "operator": "u"}),
        ("sessions.assignToOperatorGroup", {**identifier, "userGroup": "g"}),
        ("sessions.assignToBot", {**identifier, "silent": True}),
        ("sessions.close", identifier),
        ("sessions.markAsSpam", identifier),
        ("sessions.unmarkAsSpam", identifier),
        ("sessions.getLastMessage", identifier),
        ("sessions.getAllMessages", {**identifier, "from": 5, "size": 20}),
        ("sessions.sendSystemMessage", {**identifier, "text": "Hello"}),
        ("userGroups.users", {"id": "1"}),
    ]


async def test_what_the_rules_forbid_is_not_even_sent(lines: LinesClient, server: Server) -> None:
    channel = (await lines.channels.get("1")).model_copy(update={"type": "telegram", "state": "error"})
    closed = (await lines.sessions.create("c", "anna")).model_copy(update={"state": SessionState.CLOSED})
    open_session = closed.model_copy(update={"state": SessionState.WAITING})
    server.bodies.clear()
    outcomes = await asyncio.gather(
        channel.reconnect(),
        channel.disconnect(),
        closed.assign_to_operator("u"),
        closed.assign_to_operator_group("g"),
        closed.assign_to_bot(),
        closed.close(),
        closed.mark_as_spam(),
        closed.unmark_as_spam(),
        open_session.mark_as_spam(Channel(id="c", type="support")),
        open_session.send_system_message(""),
        open_session.send_system_message("x" * 4097),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [
        NotReconnectable,
        *[WrongState] * 7,
        SpamNotAllowed,
        ValueError,
        ValueError,
    ]
    assert server.bodies == []


async def test_a_mutation_answered_without_its_item_is_unknown(lines: LinesClient, server: Server) -> None:
    client = Client.model_validate({"__id": "1"}, context=lines.clients.search().transport)
    server.will(document(lambda calls: {"id": calls[0]["id"], "result": {"item": None}}))
    with pytest.raises(OutcomeUnknown):
        await client.save()


async def test_no_message_is_none(lines: LinesClient, server: Server) -> None:
    session = (await lines.sessions.create("c", "anna")).model_copy(update={"state": "Waiting"})
    nothing = document(lambda calls: {"id": calls[0]["id"], "result": {"item": None}})
    server.will(nothing, nothing)
    assert await session.get_last_message() is None
    assert await session.send_system_message("Hello") is None
