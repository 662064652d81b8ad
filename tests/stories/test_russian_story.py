"""A team whose bot speaks Russian."""

import pytest

from tests.story import Story


@pytest.fixture
async def russian(story: Story) -> Story:
    await story.restart(language="ru")
    return story


async def test_help_tells_a_lead_in_russian_what_they_may_do(russian: Story) -> None:
    answer = await russian.ask(russian.lead, "/help")
    assert answer.text.splitlines()[0] == "Anna Lead, ваша роль в этом личном чате: руководитель."
    assert "/assign [сессия] [оператор] — Назначить сессию оператору" in answer.text
    assert answer.buttons == ["Каналы", "Очередь", "Переподключить", "Назначить"]


async def test_channels_are_listed_counted_and_turned_in_russian(russian: Story) -> None:
    answer = await russian.ask(russian.lead, "/channels", russian.team)
    assert answer.text.splitlines()[:2] == ["Каналы", "🔴 Ошибка 1 · ⚪ Отключён 1 · 🟢 Активен 12"]
    assert answer.text.endswith("Обновлено только что")
    russian.pass_time(3)
    await russian.press(russian.lead, "Обновить", answer)
    assert answer.text.endswith("Обновлено 3 с назад")


async def test_reconnect_acts_and_is_told_in_russian_to_both_who_asked(russian: Story) -> None:
    offer = await russian.ask(russian.lead, "/reconnect", russian.team)
    assert "Не в работе: 2 канала" in offer.text
    await russian.press(russian.lead, "Переподключить Shop Instagram", offer)
    assert offer.text.startswith("🟢 Канал Shop Instagram #")
    assert offer.text.endswith("снова активен.")
    again = await russian.ask(russian.admin, "/reconnect Shop Instagram", russian.team)
    assert "Уже сделано: Anna Lead, 22.11 09:30 UTC." in again.text


async def test_an_alert_opens_is_muted_and_ends_in_russian(russian: Story) -> None:
    for line in list(russian.servers.simulation.world.items("lines")):
        russian.servers.simulation.drain(line["__id"])
    russian.heal_channel("Shop Instagram")
    russian.break_channel("Чат на сайте")
    await russian.poll(times=4)
    (card,) = russian.team.answers
    assert card.text.startswith("🔴 Ошибка в канале Чат на сайте #")
    assert card.buttons == ["Переподключить", "🔕 Заглушить на 1 ч", "Подробности"]
    await russian.press(russian.lead, "Заглушить", card)
    assert "🔕 Заглушено (Anna Lead), закончится 22.11 10:31 UTC" in card.text
    russian.heal_channel("Чат на сайте")
    await russian.poll(times=6)
    assert card.text.startswith("🟢 Канал Чат на сайте #")
    assert "снова работает" in card.text
    assert "Длилось 1 мин" in card.text


async def test_a_growing_queue_alerts_in_russian_with_words_that_agree_with_the_number(
    russian: Story,
) -> None:
    shop = russian.line("Shop")["__id"]
    russian.servers.simulation.drain(shop)
    russian.servers.simulation.flood(shop, 21)
    await russian.poll(times=6)
    card = await russian.team.wait_for("🔴 Очередь линии Shop #")
    assert "21 ждёт, первый пришёл" in card.text


async def test_a_role_is_given_by_its_russian_name_too(russian: Story) -> None:
    answer = await russian.ask(russian.admin, "/grant 103 оператор")
    assert answer.text == "✅ Роль выдана: 103 (103) — оператор."
    wrong = await russian.ask(russian.admin, "/grant 103 царь")
    assert "Роли: наблюдатель, оператор, руководитель, администратор. Ничего не изменено." in wrong.text
