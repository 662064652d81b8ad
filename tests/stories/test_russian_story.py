"""A team whose bot speaks Russian."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from lines_bot.lines import SessionState
from lines_bot.operations.ledger import Verb
from lines_bot.queries.audit import read_audit
from lines_bot.queries.search import read_search
from lines_bot.telegram.views.audit import name_verbs
from lines_bot.telegram.views.commands import give_example
from lines_bot.vocabulary import read_length
from tests.story import Story


@pytest.fixture
async def russian(story: Story) -> Story:
    await story.restart(language="ru")
    return story


@pytest.fixture
async def calm(russian: Story) -> Story:
    """The same team, whose company is well."""
    russian.make_well()
    await russian.poll()
    return russian


async def test_help_tells_a_lead_in_russian_what_they_may_do(russian: Story) -> None:
    answer = await russian.ask(russian.lead, "/help")
    assert answer.text.splitlines()[0] == "Anna Lead, ваша роль в этом личном чате: руководитель."
    assert answer.buttons == [
        "Каналы",
        "Очередь и сессии",
        "Клиенты и сообщения",
        "Оповещения",
        "Статистика и аудит",
        "Люди",
    ]
    await russian.press(russian.lead, "Очередь и сессии", answer)
    assert "/assign [сессия] [оператор, группа, бот или я] — Назначить сессию" in answer.text
    assert "\n/assign 4f2a91 анна\n" in answer.text


async def test_a_slip_is_asked_about_in_russian(russian: Story) -> None:
    answer = await russian.ask(russian.lead, "/chanels")
    assert answer.text == "🤔 Команды /chanels нет. Возможно, нужна /channels?"


async def test_the_examples_are_understood_as_they_are_written_in_russian(russian: Story) -> None:
    with russian.app.language.speak():
        sessions = read_search(give_example("sessions").partition(" ")[2])
        _command, _space, words = give_example("audit").partition(" ")
        audit = read_audit(words, name_verbs(), russian.clock.now(), ZoneInfo("UTC"))
        _command, _space, length = give_example("maintenance").partition(" ")
    assert (sessions.text, sessions.states) == ("магазин", {SessionState.WAITING})
    assert sessions.older == timedelta(hours=2)
    assert (audit.who, set(audit.verbs)) == ("анна", {Verb.CLOSE})
    assert audit.since == russian.clock.now() - timedelta(days=7)
    assert read_length(length) == timedelta(hours=2)


async def test_channels_are_listed_counted_and_turned_in_russian(russian: Story) -> None:
    answer = await russian.ask(russian.lead, "/channels", russian.team)
    assert answer.text.splitlines()[:2] == ["Каналы", "🔴 1 не работает · ⚪ 1 отключён · 🟢 12 работают"]
    assert answer.text.endswith("Обновлено 22.11 09:30 UTC")
    russian.pass_time(3)
    await russian.press(russian.lead, "Обновить", answer)
    assert answer.text.endswith("Обновлено 22.11 09:30 UTC")


async def test_reconnect_acts_and_is_told_in_russian_to_both_who_asked(russian: Story) -> None:
    offer = await russian.ask(russian.lead, "/reconnect", russian.team)
    assert "Не в работе: 2 канала" in offer.text
    await russian.press(russian.lead, "Переподключить Shop Instagram", offer)
    assert offer.text.startswith("🟢 Shop Instagram #")
    assert offer.text.endswith(": снова работает.")
    again = await russian.ask(russian.admin, "/reconnect Shop Instagram", russian.team)
    assert "Уже сделано: Anna Lead, 22.11 09:30 UTC." in again.text


async def test_an_alert_opens_is_taken_muted_and_ends_in_russian(calm: Story) -> None:
    calm.break_channel("Чат на сайте")
    await calm.poll(times=4)
    (card,) = calm.team.answers
    assert card.text.startswith("🔴 Чат на сайте #")
    assert card.buttons == ["Переподключить", "🙋 Беру", "🔕 Тишина…", "Почему"]
    await calm.press(calm.lead, "Беру", card)
    assert "🙋 Занимается Anna Lead до 22.11 10:31 UTC" in card.text
    await calm.press(calm.lead, "Тишина…", card)
    await calm.press(calm.lead, "Тишина 1 ч", card)
    assert "🔕 Без звука (Anna Lead), закончится 22.11 10:31 UTC" in card.text
    await calm.press(calm.viewer, "Почему", card)
    assert "🔴 Не работает, оповещение открыто." in card.text
    calm.heal_channel("Чат на сайте")
    await calm.poll(times=6)
    assert card.text.startswith("🟢 Чат на сайте #")
    assert ": снова работает" in card.text
    assert "Длилось 1 мин" in card.text


async def test_several_channels_share_a_card_whose_words_agree_with_their_number(calm: Story) -> None:
    names = ["Чат на сайте", "Shop Telegram", "Опт Viber"]
    for name in names:
        calm.break_channel(name)
    await calm.poll(times=3)
    (card,) = calm.team.answers
    assert card.text.startswith("🔴 Не работают 3 из 3 каналов\nShop: 2 · ")
    assert "Переподключить все (3)" in card.buttons
    for name in names:
        calm.heal_channel(name)
    await calm.poll(times=6)
    assert card.text.startswith("🟢 Снова работают 3 канала")


async def test_a_growing_queue_alerts_in_russian_with_words_that_agree_with_the_number(calm: Story) -> None:
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 21)
    await calm.poll(times=6)
    card = await calm.team.wait_for("🔴 Shop #")
    assert "в очереди 21, лимит 10" in card.text


async def test_lengths_and_hours_are_understood_as_a_russian_writes_them(calm: Story) -> None:
    told = await calm.ask(calm.lead, "/mute Чат на сайте 2ч")
    assert told.text == "🔕 Чат на сайте: без звука, закончится 22.11 11:30 UTC."
    told = await calm.ask(calm.lead, "/maintenance 30 мин", calm.team)
    assert told.text == "🌙 Техработы закончатся 22.11 10:00 UTC · Anna Lead"
    told = await calm.ask(calm.lead, "/quiet 22:00–8:00", calm.team)
    assert told.text == "🌙 Тихие часы, каждый день 22:00–08:00 · Anna Lead"
    wrong = await calm.ask(calm.lead, "/quiet ночью", calm.team)
    assert wrong.text == "⚠️ «ночью» — не часы. Они пишутся так: 22:00-8:00. Ничего не изменено."


async def test_a_role_is_given_by_its_russian_name_too(russian: Story) -> None:
    answer = await russian.ask(russian.admin, "/grant 103 оператор")
    assert answer.text == "✅ Роль выдана: Vera Viewer (103) — оператор."
    wrong = await russian.ask(russian.admin, "/grant 103 царь")
    assert "Роли: наблюдатель, оператор, руководитель, администратор. Ничего не изменено." in wrong.text
