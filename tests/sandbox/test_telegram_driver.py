"""The user driver tells a story: a person asks, taps, and sees what the bot did."""

import asyncio

import pytest
from aiogram.methods import SendMessage

from tests.driver import OverdueError, RefusedError, open_driver
from tests.sandbox.telegram import LEAD, TEAM, open_bot, open_echo_bot, open_telegram


async def test_a_person_asks_taps_and_sees_the_message_change() -> None:
    async with open_telegram() as server, open_echo_bot(server), open_driver(server.url) as driver:
        lead, team = driver.person("lead"), driver.chat("Support team")
        card = await lead.ask("/channels", team)
        assert (card.text, card.buttons) == ("You said: /channels", ["Count"])
        assert card.entities[0] == {"type": "bold", "offset": 10, "length": 9}
        toast = await lead.press("Count")
        assert (toast.text, toast.alert) == ("Counted 1", False)
        await team.wait_for("Taps: 1")
        await lead.press("Count", card)
        await driver.quiet()
        assert (card.text, card.edited) == ("Taps: 2", True)
        assert lead.toasts == ["Counted 1", "Counted 2"]
        assert driver.person("operator").toasts == []


async def test_a_first_private_message_opens_the_conversation() -> None:
    async with open_telegram() as server, open_echo_bot(server), open_driver(server.url) as driver:
        stranger = driver.person("stranger")
        answer = await stranger.ask("/start")
        assert answer.text == "You said: /start"
        again = await stranger.reply(answer, "thanks")
        assert again.text == "You said: thanks"
        assert stranger.private.messages[2].raw["reply_to_message"]["message_id"] == answer.id


async def test_quiet_waits_for_an_answer_that_hangs() -> None:
    async with open_telegram() as server, open_echo_bot(server), open_driver(server.url) as driver:
        hold = server.faults.hang(SendMessage)
        await driver.person("lead").send("/slow", driver.chat("Support team"))
        await hold.arrived.wait()
        assert not server.is_quiet()
        hold.release()
        await driver.quiet()
        assert server.is_quiet()
        assert driver.chat("Support team").answers[-1].text == "You said: /slow"


async def test_an_overdue_wait_prints_the_conversation() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_driver(server.url) as driver:
        await bot.send_message(TEAM, "The queue grows.")
        await driver.quiet()
        driver.deadline = 0.0
        with pytest.raises(
            OverdueError, match=r"(?s)'Resolved' in Support team.*1 Lines bot: The queue grows\."
        ):
            await driver.chat("Support team").wait_for("Resolved")


async def test_a_stranger_cannot_write_into_the_group() -> None:
    async with open_telegram() as server, open_driver(server.url) as driver:
        with pytest.raises(RefusedError, match="Sam Stranger is not a member of Support team"):
            await driver.person("stranger").send("/channels", driver.chat("Support team"))
        assert server.chats.chats[TEAM].messages == {}


async def test_a_group_message_that_is_not_for_the_bot_gets_no_answer() -> None:
    async with open_telegram() as server, open_echo_bot(server), open_driver(server.url) as driver:
        team = driver.chat("Support team")
        await driver.person(LEAD.role).send("good morning", team)
        await driver.quiet()
        assert [message.text for message in team.messages] == ["good morning"]


async def test_the_server_is_not_quiet_while_the_bot_writes_on_its_own() -> None:
    async with open_telegram() as server, open_bot(server) as bot:
        hold = server.faults.hang(SendMessage)
        alert = asyncio.create_task(bot.send_message(TEAM, "A channel broke."))
        await hold.arrived.wait()
        assert not server.is_quiet()
        hold.release()
        await alert
        assert server.is_quiet()


async def test_a_deleted_message_is_gone_for_everybody() -> None:
    async with open_telegram() as server, open_bot(server) as bot, open_driver(server.url) as driver:
        sent = await bot.send_message(TEAM, "A channel broke.")
        team = driver.chat("Support team")
        card = await team.wait_for("broke")
        await bot.delete_message(TEAM, sent.message_id)
        await team.wait_until_gone("broke")
        assert not card.exists
        with pytest.raises(AssertionError, match="message 1 was deleted"):
            _ = card.text
