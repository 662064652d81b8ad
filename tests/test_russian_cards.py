"""What alert cards say in Russian, word for word: one and many, every state."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from lines_bot.alerts.engine import Change
from lines_bot.operations.ledger import Outcome
from lines_bot.people import Person, Role
from lines_bot.telegram.language import Language
from lines_bot.telegram.views.cards import render_card, render_mute_choice, render_people_choice
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
        "🔴 Чат #4f2a91 не работает (ошибка)\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK",
    ),
    "disconnected": (
        make_card(make_shown(CHAT.model_copy(update={"state": "disconnected"}))),
        "🔴 Чат #4f2a91 не работает (отключён)\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK",
    ),
    "watching…": (
        make_card(make_shown(**WELL)),
        "🟡 Чат #4f2a91: снова работает, наблюдаю…\n"
        "Магазин · Чат на сайте\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "over for the third time": (
        make_card(make_shown(**OVER, today=3)),
        "🟢 Чат #4f2a91: снова работает\nМагазин · Чат на сайте\n"
        "Длилось 10 мин, закончилось 22.11 12:30 MSK\nОповещений сегодня: 3",
    ),
    "removed": (
        make_card(make_shown(closed_at=NOW, ending=Change.REMOVED)),
        "⚪ Чат #4f2a91: канал удалён из Линий\nМагазин · Чат на сайте\n"
        "Длилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "taken and muted": (
        make_card(make_shown(**TAKEN, mute=MUTE)),
        "🔴 Чат #4f2a91 не работает (ошибка)\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK\n"
        "🙋 Занимается Олег до 22.11 13:30 MSK\n"
        "🔕 Без звука (Анна), закончится 22.11 13:30 MSK",
    ),
    "muted until well": (
        make_card(make_shown(mute=TO_THE_END)),
        "🔴 Чат #4f2a91 не работает (ошибка)\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK\n"
        "🔕 Без звука до починки (Анна)",
    ),
    "flapping, pressed, late and resent": (
        make_card(make_shown(flapping=3, entry=ENTRY), happened_at=BEGAN, delivered_at=NOW, resent=True),
        "🔴 Чат #4f2a91 не работает (ошибка)\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK\n"
        "〰️ Нестабильно: 3 сбоя за час\n"
        "👉 «Переподключить» — Олег, 22.11 12:30 MSK: готово\n"
        "🕒 Доставлено с опозданием: случилось 22.11 12:20 MSK, доставлено 22.11 12:30 MSK\n"
        "(отправлено повторно)",
    ),
    "queue": (
        make_card(make_shown(QUEUE)),
        "🔴 Магазин #4f2a91: в очереди 21, лимит 10\nПервый пришёл 22.11 12:20 MSK\nНачалось 22.11 12:20 MSK",
    ),
    "queue with one who waits too long": (
        make_card(make_shown(QUEUE.model_copy(update={"waiting": 2, "is_late": True}))),
        "🔴 Магазин #4f2a91: клиент ждёт дольше лимита 5 мин · 2 ждут\nПервый пришёл 22.11 12:20 MSK\n"
        "Началось 22.11 12:20 MSK",
    ),
    "queue over both limits": (
        make_card(make_shown(QUEUE.model_copy(update={"is_late": True}))),
        "🔴 Магазин #4f2a91: в очереди 21, лимит 10 · клиент ждёт дольше 5 мин\n"
        "Первый пришёл 22.11 12:20 MSK\nНачалось 22.11 12:20 MSK",
    ),
    "queue between its limits and what is normal": (
        make_card(make_shown(QUEUE.model_copy(update={"waiting": 8}))),
        "🔴 Магазин #4f2a91: очередь спадает · 8 ждут\nПервый пришёл 22.11 12:20 MSK\n"
        "Началось 22.11 12:20 MSK",
    ),
    "queue looks well": (
        make_card(make_shown(QUEUE.model_copy(update={"waiting": 2}), **WELL)),
        "🟡 Магазин #4f2a91: очередь в норме, наблюдаю…\n"
        "2 ждут, первый — 22.11 12:20 MSK\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "queue over": (
        make_card(make_shown(QUEUE.model_copy(update={"waiting": 0, "oldest": None}), **OVER)),
        "🟢 Магазин #4f2a91: очередь в норме\n0 ждут\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "queue of a removed line": (
        make_card(make_shown(QUEUE, closed_at=NOW, ending=Change.REMOVED)),
        "⚪ Магазин #4f2a91: линия удалена из Линий\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "growth of a removed line": (
        make_card(make_shown(GROWTH, closed_at=NOW, ending=Change.REMOVED)),
        "⚪ Магазин #4f2a91: линия удалена из Линий\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "several channels over, one removed": (
        make_card(make_shown(**OVER), make_shown(OTHER, closed_at=NOW, ending=Change.REMOVED)),
        "🟢 Не работают 0 из 2 каналов\n\n🟢 Чат #4f2a91 · 10 мин\n⚪ Почта #4f2a91 · 10 мин",
    ),
    "growth": (
        make_card(make_shown(GROWTH)),
        "🟠 Магазин #4f2a91: очередь быстро растёт, 7 ждут, лимит 10\n"
        "При таком темпе достигнет лимита 22.11 12:39 MSK",
    ),
    "growth over": (
        make_card(make_shown(GROWTH, **OVER)),
        "🟢 Магазин #4f2a91: очередь больше не растёт\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "blind": (
        make_card(make_shown(BLIND)),
        "🔴 Нет связи с Линиями\nЛинии не отвечают вовремя.\n"
        "До восстановления остальные оповещения заморожены.\nНачалось 22.11 12:20 MSK",
    ),
    "blind no more": (
        make_card(make_shown(BLIND, **OVER)),
        "🟢 Связь с Линиями восстановлена\nДлилось 10 мин, закончилось 22.11 12:30 MSK",
    ),
    "several channels of several lines": (
        make_card(make_shown(**TAKEN), make_shown(OTHER), make_shown(**OVER)),
        "🔴 Не работают 2 из 3 каналов\nМагазин: 1 · Опт: 1\n\n"
        "🔴 Чат #4f2a91 · 22.11 12:20 MSK · 🙋 Олег\n🔴 Почта #4f2a91 · 22.11 12:20 MSK\n"
        "🟢 Чат #4f2a91 · 10 мин\n"
        "🙋 Занимаются: Олег",
    ),
    "several channels over": (
        make_card(*(make_shown(**OVER) for _ in range(5))),
        "🟢 Снова работают 5 каналов\n" + "\n🟢 Чат #4f2a91 · 10 мин" * 5,
    ),
    "several queues": (
        make_card(make_shown(QUEUE), make_shown(QUEUE, **OVER)),
        "🔴 Очереди сверх лимита: 1 из 2\n\n🔴 Магазин #4f2a91: в очереди 21, лимит 10 · 22.11 12:20 MSK\n"
        "🟢 Магазин #4f2a91 · 10 мин",
    ),
    "missed": (
        make_card(make_shown(**OVER), make_shown(BLIND, **OVER), is_missed=True),
        "🗒 Пропущено, пока чат был недоступен: 2\n🟢 Чат #4f2a91 · 10 мин\n🟢 Нет связи с Линиями · 10 мин",
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


LAST = ["🔕 Тишина…", "Почему"]


@pytest.mark.parametrize(
    ("facts", "buttons"),
    [
        (make_card(make_shown()), ["Переподключить", "🙋 Беру", *LAST]),
        (
            make_card(make_shown(**TAKEN), muted=True),
            ["Переподключить", "Отпустить", "Передать…", "🔔 Включить звук", "Почему"],
        ),
        (make_card(make_shown(), make_shown(OTHER)), ["Переподключить все (2)", "🙋 Беру", *LAST]),
        (
            make_card(make_shown(), make_shown(OTHER, **OVER)),
            ["Переподключить Чат", "🙋 Беру", *LAST],
        ),
        (make_card(make_shown(QUEUE)), ["Назначить", "Очередь", "🙋 Беру", *LAST]),
        (make_card(make_shown(QUEUE, **WELL)), ["Почему"]),
        (make_card(make_shown(**OVER)), ["Почему"]),
    ],
    ids=["one", "taken and muted", "several", "one of several", "queue", "watched", "over"],
)
def test_the_buttons_of_a_card_are_russian(facts: CardContent, buttons: list[str]) -> None:
    assert list_buttons(render_card(facts)) == buttons


def test_the_buttons_that_open_on_a_card_are_russian() -> None:
    content = make_card(make_shown())
    lengths = ["🔕 Тишина 30 мин", "🔕 Тишина 1 ч", "🔕 Тишина до 9:00", "🔕 До починки"]
    assert list_buttons(render_mute_choice(content)) == [*lengths, "◀️ Назад"]
    people = [Person(1, "Анна", Role.LEAD), Person(2, "Олег", Role.OPERATOR)]
    assert list_buttons(render_people_choice(content, people)) == ["🙋 Анна", "🙋 Олег", "◀️ Назад"]
    for view in (render_mute_choice(content), render_people_choice(content, people)):
        assert read(view) == read(render_card(content))


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_what_came_of_a_press_is_told_in_russian(outcome: Outcome | None) -> None:
    view = render_card(make_card(make_shown(entry=replace(ENTRY, outcome=outcome))))
    assert "«Переподключить» — Олег, 22.11 12:30 MSK: " in read(view)
    assert find_foreign_words(view) == []
