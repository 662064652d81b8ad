"""/client, /link, /unlink, /new and /lines, as people use them."""

from lines_bot.pagination import PAGE_SIZE
from lines_bot.sandbox.faults import Fault
from tests.driver import Message
from tests.sessions import CLIENT, ask_about, take_session
from tests.story import Story

SITE = "Чат на сайте"


async def ask_new(story: Story, account: str = "kate_m", channel: str = SITE) -> Message:
    """Written, and the question answered."""
    answer = await story.ask(story.lead, f"/new {channel} {account}", story.team)
    await story.press(story.lead, "Write first", answer)
    return answer


async def test_a_client_is_found_in_every_channel_with_their_sessions(story: Story) -> None:
    session = take_session(story)
    values = {"__name": CLIENT, "_username": "zoya2", "_channel": story.channel(SITE)["__id"]}
    story.servers.simulation.world.add("clients", None, values)
    found = await ask_about(story, "client")
    assert "Clients: 2" in found.text
    await story.press(story.lead, "Shop Telegram", found)
    assert "Sessions: 1" in found.text
    assert "zoya" in found.text
    await story.press(story.lead, "1 · Shop Telegram", found)
    card = story.team.answers[-1]
    assert card.id != found.id
    assert "Copy id" in card.buttons
    assert session["__id"]


async def test_a_client_is_linked_and_the_link_is_taken_back(story: Story) -> None:
    session = take_session(story)
    client = story.servers.simulation.world.get("clients", session["_clients"][0])
    linked = await ask_about(story, "link", "shop/orders/77")
    assert "Linked with shop/orders/77." in linked.text
    assert client["_applicationItem"] == {"namespace": "shop", "code": "orders", "id": "77"}
    again = await ask_about(story, "link", "shop/orders/77")
    assert "Already done by Anna Lead" in again.text
    await story.press(story.lead, "↩️ Undo", linked)
    assert client["_applicationItem"] is None


async def test_answering_a_clients_card_links_that_client_and_unlinks_it(story: Story) -> None:
    session = take_session(story)
    client = story.servers.simulation.world.get("clients", session["_clients"][0])
    client["_applicationItem"] = {"namespace": "shop", "code": "orders", "id": "1"}
    card = await ask_about(story, "client")
    await story.reply(story.lead, card, "/link shop/orders/78")
    assert client["_applicationItem"]["id"] == "78"
    ended = await story.reply(story.lead, card, "/unlink")
    assert "Not linked." in ended.text
    assert client["_applicationItem"] is None


async def test_an_app_that_the_line_does_not_allow_is_refused(story: Story) -> None:
    take_session(story)
    answer = await ask_about(story, "link", "other/app/1")
    assert "do not allow this app to be linked" in answer.text


async def test_a_bad_link_changes_nothing(story: Story) -> None:
    take_session(story)
    for rest in ("", "shop/orders", "shop//77"):
        assert "Nothing was changed." in (await ask_about(story, "link", rest)).text
    assert not story.count_calls("clients.save")


async def test_a_written_new_asks_before_it_opens_a_session(story: Story) -> None:
    answer = await story.ask(story.lead, f"/new {SITE} kate_m", story.team)
    assert answer.text == f"Write to kate_m in {SITE} first? It cannot be undone."
    await story.press(story.operator, "Write first", answer)
    assert not story.count_calls("sessions.create")
    await story.press(story.lead, "Cancel", answer)
    assert answer.text == "✖️ Cancelled. Nothing was changed."


async def test_a_channel_whose_account_was_forgotten_opens_nothing(story: Story) -> None:
    answer = await story.ask(story.lead, f"/new {SITE}", story.team)
    assert "Write first" not in answer.buttons
    assert SITE in answer.text
    assert not story.count_calls("sessions.create")


async def test_a_session_is_opened_first_and_pressed_twice_only_once(story: Story) -> None:
    answer = await ask_new(story)
    assert "The session is open." in answer.text
    again = await ask_new(story)
    assert "Already done by Anna Lead" in again.text
    assert story.count_calls("sessions.create") == 1


async def test_an_open_session_is_told_before_the_call(story: Story) -> None:
    take_session(story)
    answer = await ask_new(story, "zoya", "Shop Telegram")
    assert "A session with this client is open already." in answer.text
    assert not story.count_calls("sessions.create")


async def test_a_channel_that_is_down_and_an_offline_operator_are_told_before_the_call(story: Story) -> None:
    down = await ask_new(story, channel="Shop Instagram")
    assert "cannot be done in the state" in down.text
    story.user("Support desk")["presence"] = "offline"
    assert "offline" in (await ask_new(story)).text
    assert not story.count_calls("sessions.create")


async def test_a_bot_may_not_write_first_and_lines_says_so(story: Story) -> None:
    answer = await ask_new(story, "nobody_wrote", "Wholesale Telegram")
    assert "never wrote to that bot" in answer.text


async def test_a_lost_answer_to_a_new_session_finds_the_session(story: Story) -> None:
    story.servers.lines.faults.inject(Fault.DROP, times=1, method="sessions.create")
    answer = await ask_new(story)
    assert "Done (confirmed by re-reading Lines)." in answer.text
    assert story.count_calls("sessions.create") == 1


async def test_an_ambiguous_channel_is_asked_for(story: Story) -> None:
    answer = await story.ask(story.lead, "/new viber kate_m", story.team)
    assert "Which channel to write to kate_m from?" in answer.text
    await story.press(story.lead, "Поддержка Viber", answer)
    await story.press(story.lead, "Write first", answer)
    assert "The session is open." in answer.text


async def test_a_client_who_wrote_before_is_written_to_by_taps_alone(story: Story) -> None:
    world, channel = story.servers.simulation.world, story.channel(SITE)["__id"]
    world.add("clients", None, {"__name": "Kate M", "_username": "kate m@example.com", "_channel": channel})
    world.add("clients", None, {"__name": "Nameless", "_channel": channel})
    choice = await story.ask(story.operator, "/new", story.team)
    assert "Shop Instagram" not in " ".join(choice.buttons)
    while not any(SITE in text for text in choice.buttons):
        await story.press(story.operator, "▶️", choice)
    await story.press(story.operator, SITE, choice)
    assert f"Whom do we write to in {SITE}?" in choice.text
    assert "Nameless" not in " ".join(choice.buttons)
    await story.press(story.operator, "Kate M · kate m@example.com", choice)
    assert f"Write to kate m@example.com in {SITE} first?" in choice.text
    assert story.count_calls("sessions.create") == 0
    await story.press(story.lead, "Write first", choice)
    assert "Only the person who asked can answer this." in story.team.answers[-1].text
    assert story.count_calls("sessions.create") == 0
    await story.press(story.operator, "Write first", choice)
    assert "The session is open." in choice.text
    assert story.count_calls("sessions.create") == 1


async def test_the_clients_of_a_channel_are_turned_page_by_page(story: Story) -> None:
    world, channel = story.servers.simulation.world, story.channel(SITE)["__id"]
    for number in range(2 * PAGE_SIZE):
        values = {"__name": f"Visitor {number:02}", "_username": f"visitor{number:02}", "_channel": channel}
        world.add("clients", None, values)
    choice = await story.ask(story.operator, f"/new {SITE.split()[0]}")
    first = set(choice.buttons[:PAGE_SIZE])
    await story.press(story.operator, "2/", choice)
    assert len(set(choice.buttons[:PAGE_SIZE]) - first) == PAGE_SIZE
    await story.press(story.operator, choice.buttons[0], choice)
    await story.press(story.operator, "Write first", choice)
    assert "The session is open." in choice.text


async def test_a_client_who_is_not_listed_is_an_answer_to_the_list(story: Story) -> None:
    choice = await story.ask(story.operator, f"/new {SITE.split()[0]}", story.team)
    answer = await story.reply(story.operator, choice, "/new kate_m")
    await story.press(story.operator, "Write first", answer)
    assert "The session is open." in answer.text
    assert SITE in answer.text


async def test_of_channels_that_are_called_alike_one_is_pressed_before_the_client(story: Story) -> None:
    choice = await story.ask(story.operator, "/new viber", story.team)
    assert "Which channel?" in choice.text
    await story.press(story.operator, "Поддержка Viber", choice)
    assert "Whom do we write to in Поддержка Viber?" in choice.text
    await story.press(story.operator, "All channels", choice)
    assert len(choice.buttons) > 2


async def test_lines_show_channels_queue_and_operators(story: Story) -> None:
    answer = await story.ask(story.viewer, "/lines", story.team)
    for part in ("Shop", "Поддержка", "🔴 1 down", "waiting", "Support desk 1"):
        assert part in answer.text
    await story.press(story.viewer, "Shop", answer)
    assert "Queue" in answer.text
