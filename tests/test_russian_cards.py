"""What alert cards say in Russian, word for word: one and many, every state."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from lines_bot.alerts.engine import Change
from lines_bot.operations.ledger import Outcome
from lines_bot.telegram.language import Language
from lines_bot.telegram.views.cards import render_card
from lines_bot.telegram.views.models import CardContent
from tests.samples import (
    BEGAN,
    BLIND,
    CHAT,
    ENTRY,
    GROWTH,
    MUTE,
    NOW,
    OTHER,
    OVER,
    QUEUE,
    TAKEN,
    TO_THE_END,
    WELL,
    list_buttons,
    make_card,
    make_shown,
    read,
)
from tests.test_russian_views import find_foreign_words


@pytest.fixture(autouse=True)
def _speak_russian() -> Iterator[None]:
    with Language("ru", ZoneInfo("Europe/Moscow")).speak():
        yield


CARDS: dict[str, tuple[CardContent, str]] = {
    "error": (
        make_card(make_shown()),
        "🔴 Ошибка в канале Чат #4f2a91\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK",
    ),
    "disconnected": (
        make_card(make_shown(CHAT.model_copy(update={"state": "disconnected"}))),
        "🔴 Канал Чат #4f2a91 отключён\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK",
    ),
    "looks well": (
        make_card(make_shown(**WELL)),
        "🟡 Канал Чат #4f2a91, похоже, в порядке; оповещение закроется, если так и останется\n"
        "Магазин · Чат на сайте\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "over for the third time": (
        make_card(make_shown(**OVER, today=3)),
        "🟢 Канал Чат #4f2a91 снова в порядке\nМагазин · Чат на сайте\n"
        "Длилось 10 мин, закончилось 22.11 12:30 MSK\nТаких оповещений сегодня: 3",
    ),
    "removed": (
        make_card(make_shown(closed_at=NOW, ending=Change.REMOVED)),
        "⚪ Канал Чат #4f2a91 удалён из Линий\nМагазин · Чат на сайте\n"
        "Длилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "taken and muted": (
        make_card(make_shown(**TAKEN, mute=MUTE)),
        "🔴 Ошибка в канале Чат #4f2a91\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK\n"
        "🙋 Занимается Олег; снова свободно 22.11 13:30 MSK\n"
        "🔕 Заглушено (Анна), закончится 22.11 13:30 MSK",
    ),
    "muted until well": (
        make_card(make_shown(mute=TO_THE_END)),
        "🔴 Ошибка в канале Чат #4f2a91\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK\n"
        "🔕 Заглушено (Анна) до восстановления",
    ),
    "flapping, pressed, late and resent": (
        make_card(make_shown(flapping=3, entry=ENTRY), happened_at=BEGAN, delivered_at=NOW, resent=True),
        "🔴 Ошибка в канале Чат #4f2a91\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK\n"
        "〰️ Нестабильно: 3 сбоя за час\n"
        "👉 «Переподключить» — Олег, 22.11 12:30 MSK: готово\n"
        "🕒 Доставлено с опозданием: случилось 22.11 12:20 MSK, доставлено 22.11 12:30 MSK\n"
        "(отправлено повторно)",
    ),
    "queue": (
        make_card(make_shown(QUEUE)),
        "🔴 Очередь линии Магазин #4f2a91 превысила лимит\n21 ждёт, первый пришёл 22.11 12:20 MSK\n"
        "Началось 22.11 12:20 MSK",
    ),
    "queue looks well": (
        make_card(make_shown(QUEUE.model_copy(update={"waiting": 2}), **WELL)),
        "🟡 Очередь линии Магазин #4f2a91 в пределах лимита; оповещение закроется, если так и останется\n"
        "2 ждут, первый пришёл 22.11 12:20 MSK\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "queue over": (
        make_card(make_shown(QUEUE.model_copy(update={"waiting": 0, "oldest": None}), **OVER)),
        "🟢 Очередь линии Магазин #4f2a91 снова в пределах лимита\n0 ждут\n"
        "Длилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "queue of a removed line": (
        make_card(make_shown(QUEUE, closed_at=NOW, ending=Change.REMOVED)),
        "⚪ Линия Магазин #4f2a91 удалена из Линий\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "growth of a removed line": (
        make_card(make_shown(GROWTH, closed_at=NOW, ending=Change.REMOVED)),
        "⚪ Линия Магазин #4f2a91 удалена из Линий\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "several channels over, one removed": (
        make_card(make_shown(**OVER), make_shown(OTHER, closed_at=NOW, ending=Change.REMOVED)),
        "🟢 Не работают: 0, всего 2 канала\n\n🟢 Чат #4f2a91 · 10 мин\n⚪ Почта #4f2a91 · 10 мин",
    ),
    "growth": (
        make_card(make_shown(GROWTH)),
        "🟠 Очередь линии Магазин #4f2a91 растёт\n7 ждут, лимит — 10\n"
        "При таком темпе лимит будет достигнут 22.11 12:39 MSK",
    ),
    "growth over": (
        make_card(make_shown(GROWTH, **OVER)),
        "🟢 Очередь линии Магазин #4f2a91 больше не растёт\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "blind": (
        make_card(make_shown(BLIND)),
        "🔴 Нет данных из Линий\nЛинии не отвечают вовремя.\n"
        "Пока данных нет, другие оповещения не открываются и не закрываются.\nНачалось 22.11 12:20 MSK",
    ),
    "blind no more": (
        make_card(make_shown(BLIND, **OVER)),
        "🟢 Данные из Линий снова поступают\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "several channels of several lines": (
        make_card(make_shown(**TAKEN), make_shown(OTHER), make_shown(**OVER)),
        "🔴 Не работают: 2, всего 3 канала\nМагазин: 1 · Опт: 1\n\n"
        "🔴 Чат #4f2a91 · 22.11 12:20 MSK · 🙋 Олег\n🔴 Почта #4f2a91 · 22.11 12:20 MSK\n"
        "🟢 Чат #4f2a91 · 10 мин\n"
        "🙋 Кто занимается: Олег",
    ),
    "several channels over": (
        make_card(*(make_shown(**OVER) for _ in range(5))),
        "🟢 Снова в порядке: 5 каналов\n" + "\n🟢 Чат #4f2a91 · 10 мин" * 5,
    ),
    "several queues": (
        make_card(make_shown(QUEUE), make_shown(QUEUE, **OVER)),
        "🔴 Проблемные очереди: 1 из 2\n\n🔴 Магазин #4f2a91: 21 ждёт · 22.11 12:20 MSK\n"
        "🟢 Магазин #4f2a91 · 10 мин",
    ),
    "missed": (
        make_card(make_shown(**OVER), make_shown(BLIND, **OVER), is_missed=True),
        "🗒 Пока этот чат был недоступен, открылось и закрылось оповещений: 2\n"
        "🟢 Чат #4f2a91 · 10 мин\n🟢 Нет данных из Линий · 10 мин",
    ),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_in_russian_what_is_so(name: str) -> None:
    facts, text = CARDS[name]
    assert read(render_card(facts)) == text
    assert find_foreign_words(render_card(facts)) == []


@pytest.mark.parametrize(
    ("times", "told"), [(1, "1 сбой"), (2, "2 сбоя"), (5, "5 сбоев"), (11, "11 сбоев"), (21, "21 сбой")]
)
def test_flapping_agrees_with_its_number(times: int, told: str) -> None:
    text = read(render_card(make_card(make_shown(flapping=times))))
    assert text.endswith(f"\n〰️ Нестабильно: {told} за час")


MUTES = ["🔕 Глушить 30 мин", "🔕 Глушить 1 ч", "🔕 Глушить до 9:00", "🔕 Глушить до нормы"]
LAST = ["Подробности", "Почему"]


@pytest.mark.parametrize(
    ("facts", "buttons"),
    [
        (make_card(make_shown()), ["Переподключить", "🙋 Взять", *MUTES, *LAST]),
        (make_card(make_shown(**TAKEN), muted=True), ["Переподключить", "🔔 Не глушить", *LAST]),
        (
            make_card(make_shown(), make_shown(OTHER)),
            ["Переподключить все (2)", "🙋 Взять", *MUTES, *LAST],
        ),
        (make_card(make_shown(QUEUE)), ["Назначить", "Очередь", "🙋 Взять", *MUTES, *LAST]),
        (make_card(make_shown(**OVER)), ["Подробности"]),
    ],
    ids=["one", "taken and muted", "several", "queue", "over"],
)
def test_the_buttons_of_a_card_are_russian(facts: CardContent, buttons: list[str]) -> None:
    assert list_buttons(render_card(facts)) == buttons


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_what_came_of_a_press_is_told_in_russian(outcome: Outcome | None) -> None:
    view = render_card(make_card(make_shown(entry=replace(ENTRY, outcome=outcome))))
    assert "«Переподключить» — Олег, 22.11 12:30 MSK: " in read(view)
    assert find_foreign_words(view) == []
