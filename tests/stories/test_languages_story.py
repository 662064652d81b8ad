"""Each person and each group is spoken to in a language of their own."""

from dataclasses import replace

from lines_bot.sandbox.embedded import TEAM
from tests.driver import Actor
from tests.story import Story


def speak_in_telegram(story: Story, who: Actor, language: str) -> None:
    """Set the language of somebody's Telegram."""
    persons = story.servers.telegram.chats.persons
    persons[who.id] = replace(persons[who.id], language=language)


async def test_a_person_is_answered_in_the_language_of_their_telegram(story: Story) -> None:
    speak_in_telegram(story, story.lead, "ru-RU")
    assert "Каналы" in (await story.ask(story.lead, "/channels")).text
    assert "Channels" in (await story.ask(story.lead, "/channels", story.team)).text
    speak_in_telegram(story, story.lead, "de")
    assert "Channels" in (await story.ask(story.lead, "/channels")).text


async def test_what_was_chosen_stays_over_a_restart(story: Story) -> None:
    chosen = await story.ask(story.viewer, "/language")
    assert chosen.text == "English\nI speak this language to you."
    await story.press(story.viewer, "Русский", chosen)
    assert chosen.text == "✅ Теперь я говорю с вами по-русски."
    await story.restart()
    assert "Каналы" in (await story.ask(story.viewer, "/channels")).text
    back = await story.ask(story.viewer, "/language EN")
    assert back.text == "✅ From now on I speak English to you."


async def test_a_language_nobody_speaks_is_refused_with_those_that_are(story: Story) -> None:
    assert "/language ru (Русский)" in (await story.ask(story.viewer, "/language fr")).text


async def test_a_group_speaks_as_a_lead_says_alerts_included(calm: Story) -> None:
    await calm.ask(calm.viewer, "/language ru", calm.team)
    assert "Channels" in (await calm.ask(calm.lead, "/channels", calm.team)).text
    told = await calm.ask(calm.lead, "/language ru", calm.team)
    assert told.text == "✅ Теперь я говорю здесь по-русски."
    calm.break_channel("Shop Telegram")
    await calm.poll(times=4)
    (card,) = [each for each in calm.team.answers if "не работает" in each.text]
    assert "Shop Telegram" in card.text
    assert "Channels" in (await calm.ask(calm.lead, "/channels")).text


async def test_a_board_speaks_the_language_of_its_group(calm: Story) -> None:
    await calm.ask(calm.lead, "/language ru", calm.team)
    await calm.lead.send("/board", calm.team)
    await calm.driver.quiet()
    board = calm.team.answers[-1]
    assert "работают" in board.text
    calm.break_channel("Shop Telegram")
    await calm.poll(times=2)
    assert "не работа" in board.text


async def test_the_menu_is_published_in_each_language(story: Story) -> None:
    await story.app.menu.publish()
    menus = story.servers.telegram.chats.commands
    purposes = {
        language: [each.description for each in commands if each.command == "channels"]
        for (scope, language), commands in menus.items()
        if str(TEAM) in scope
    }
    assert purposes["ru"] == ["Каналы: состояние, тип, последнее изменение"]
    assert purposes["en"] == purposes[""] == ["Channels: state, type, last change"]
