"""What people are answered about alerts in Russian, word for word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiogram.utils.formatting import Text

from lines_bot.alerts.engine import Change, Condition, HistoryEntry, Phase
from lines_bot.alerts.flapping import Flapping
from lines_bot.alerts.mutes import Window, WindowKind
from lines_bot.alerts.policy import EVERYTHING, Policy, Scope
from lines_bot.alerts.rule_book import RuleChange, RuleValue, SetRule
from lines_bot.alerts.rules import RULES
from lines_bot.pagination import paginate
from lines_bot.telegram.language import Language
from lines_bot.telegram.views import alerts
from lines_bot.telegram.views import mutes as mute_views
from lines_bot.telegram.views import rules as rule_views
from lines_bot.telegram.views.cards import render_refused
from lines_bot.telegram.views.digests import render_quiet_over
from lines_bot.telegram.views.incidents import describe_details
from lines_bot.telegram.views.models import Explanation
from lines_bot.telegram.views.reminders import render_end, render_reminder, render_worsening
from lines_bot.telegram.views.view import View
from tests.samples import (
    BEGAN,
    CHAT,
    MUTE,
    NOW,
    QUEUE,
    TO_THE_END,
    list_buttons,
    make_incident,
    make_shown,
    read,
)
from tests.test_russian_views import find_foreign_words

QUIET = Window(-1, WindowKind.QUIET, "Анна", 22 * 60, 8 * 60 + 30)
MAINTENANCE = Window(-1, WindowKind.MAINTENANCE, "Анна", until=NOW + timedelta(hours=2))
# The names of rules and the values they take are written alike in every language.
SHOP = Scope("line", "3")
NOTATION = frozenset(re.findall(r"[A-Za-z]{2,}", " ".join([*RULES, "on off default"])))


@pytest.fixture(autouse=True)
def _speak_russian() -> Iterator[None]:
    with Language("ru", ZoneInfo("Europe/Moscow")).speak():
        yield


def make_reason(phase: Phase | None, **changes: Any) -> Explanation:
    trail = tuple(HistoryEntry(NOW, change) for change in Change)
    condition = Condition(phase, BEGAN, NOW, NOW, Flapping(1499.7, NOW), trail=trail) if phase else None
    return replace(Explanation("Чат", "channel", condition, None, None, [], Policy()), **changes)


CHANNEL_RULE = "Оповещение через 20 с в ошибке (проверок: 2); закрывается через 1 мин без ошибки."


def show_change(change: RuleChange, after: RuleValue) -> View:
    return rule_views.render_rule_change(change, RuleValue("10", None), after, {SHOP: "Опт"}, "4f2a91")


def render_answers() -> Sequence[tuple[View, str]]:
    """Each answer about alerts, and its words."""
    change = show_change(RuleChange(EVERYTHING, "", "queue_limit", "15"), RuleValue("15", EVERYTHING))
    return [
        (
            render_reminder([make_incident(CHAT)], NOW),
            "⏰ Не починено уже 10 мин, никто не занимается.",
        ),
        (
            render_end([make_incident(CHAT, ending=Change.REMOVED)], timedelta(minutes=12)),
            "⚪ Удалено из Линий через 12 мин.",
        ),
        (
            render_end(
                [make_incident(CHAT, ending=each) for each in (Change.CLOSED, Change.REMOVED)],
                timedelta(hours=2),
            ),
            "⚪ Всё закончилось (2), часть удалена из Линий; самое долгое — 2 ч 0 мин.",
        ),
        (
            render_end([make_incident(CHAT)], timedelta(minutes=12)),
            "🟢 Починилось за 12 мин.",
        ),
        (
            render_end([make_incident(CHAT)] * 7, timedelta(minutes=12)),
            "🟢 Всё починилось (7); самое долгое — 12 мин.",
        ),
        (
            render_refused(-1, "???", stands=True),
            "⚠️ Telegram не принял вид оповещения в чате -1: там оно стоит простым текстом без кнопок.\n"
            "Ответ Telegram: ???",
        ),
        (
            render_refused(-1, "???", stands=False),
            "⚠️ Telegram не принял оповещение в чате -1: там его не видно. Его покажет /alerts.\n"
            "Ответ Telegram: ???",
        ),
        (
            render_quiet_over([make_incident(CHAT)] * 2, [make_shown()], BEGAN, NOW),
            "☀️ Тихие часы закончились.\nОповещений с 22.11 12:20 MSK: 2, ещё открыто: 2\n\n"
            "🔴 Чат #4f2a91 · 22.11 12:20 MSK\n…и ещё 1",
        ),
        (render_worsening([make_incident(CHAT)] * 5), "🔺 Хуже: проблем уже 5."),
        (
            View(describe_details(paginate([make_shown()], 0), NOW)),
            "🔴 Чат #4f2a91 не работает (ошибка)\nМагазин · Чат на сайте\nНачалось 22.11 12:20 MSK\n\n"
            "Оповещение №1, открыто 22.11 12:20 MSK\nДлительность: 10 мин\nОповещений сегодня: 1",
        ),
        (alerts.render_alerts(paginate([], 0), NOW), "🟢 Открытых оповещений нет."),
        (
            alerts.render_alerts(paginate([make_shown(mute=MUTE), make_shown(QUEUE)], 0), NOW),
            "Открытых оповещений: 2\n\n🔴 Чат #4f2a91 · 22.11 12:20 MSK\n    🔕 Анна\n"
            "🔴 Магазин #4f2a91: в очереди 21, лимит 10 · 22.11 12:20 MSK",
        ),
        (mute_views.render_mutes({}, []), "Без звука\nВсё со звуком."),
        (
            mute_views.render_mutes(
                {"4f2a91": ("Чат", MUTE), "4f2a92": ("Опт", TO_THE_END)}, [QUIET, MAINTENANCE]
            ),
            "Без звука\nЧат (Анна), закончится 22.11 13:30 MSK\nОпт (Анна), закончится после починки\n"
            "🌙 Тихие часы, каждый день 22:00–08:30 · Анна\n"
            "🌙 Техработы закончатся 22.11 14:30 MSK · Анна",
        ),
        (mute_views.render_window_ended(WindowKind.QUIET), "🔔 Тихие часы завершены"),
        (mute_views.render_window_ended(WindowKind.MAINTENANCE), "🔔 Техработы завершены"),
        (mute_views.render_muted("Чат", MUTE.until), "🔕 Чат: без звука, закончится 22.11 13:30 MSK."),
        (mute_views.render_muted("Чат", None), "🔕 Чат: без звука, закончится после починки."),
        (mute_views.render_unmuted("Чат", True), "🔔 Чат: звук снова включён."),
        (mute_views.render_unmuted("Чат", False), "🔔 Чат: звук и так включён."),
        (change, "queue_limit (везде):\n10 (по умолчанию) → 15"),
        (
            show_change(RuleChange(SHOP, "Опт", "early", "default"), RuleValue("on", EVERYTHING)),
            "early (Опт):\n10 (по умолчанию) → on (везде)",
        ),
        (
            rule_views.render_rule_applied(RuleChange(SHOP, "Опт", "queue_limit", "15")),
            "✅ queue_limit (Опт): теперь 15.",
        ),
        (
            rule_views.render_rule_applied(RuleChange(SHOP, "Опт", "queue_limit", "default")),
            "✅ queue_limit (Опт): больше не задано.",
        ),
        (
            alerts.render_why(make_reason(None)),
            f"Чат\n🟢 Работает, поэтому оповещения нет.\n{CHANNEL_RULE}",
        ),
        (
            alerts.render_why(make_reason(None, family="queue", mute=TO_THE_END, windows=[QUIET])),
            "Чат\n🟢 Очередь в норме, поэтому оповещения нет.\n"
            "Оповещение, когда 10 и больше ждут 1 мин или один клиент ждёт 5 мин.\n"
            "Без звука (Анна), закончится после починки\n"
            "🌙 Тихие часы, каждый день 22:00–08:30 · Анна",
        ),
        (
            alerts.render_why(make_reason(Phase.BAD, incident=make_incident(CHAT))),
            "Чат\n🔴 Не работает, оповещение открыто. · 22.11 12:30 MSK\n"
            f"{CHANNEL_RULE}\nПоследнее оповещение: №1, открыто 22.11 12:20 MSK\n"
            "Нестабильность: 1500 из 3000\n"
            "    начато переподключение 22.11 12:30 MSK\n    переподключение помогло 22.11 12:30 MSK\n"
            "    оповещение открыто 22.11 12:30 MSK\n    стало лучше, наблюдение 22.11 12:30 MSK\n"
            "    снова хуже 22.11 12:30 MSK\n    оповещение закрыто 22.11 12:30 MSK\n"
            "    удалено из Линий 22.11 12:30 MSK",
        ),
    ]


def test_an_answer_about_alerts_is_told_in_russian() -> None:
    answers = render_answers()
    assert [read(view) for view, _text in answers] == [text for _view, text in answers]
    words = {word for view, _text in answers for word in find_foreign_words(view)}
    assert words <= NOTATION


def test_why_names_every_phase_in_words_of_its_own() -> None:
    told = [read(alerts.render_why(make_reason(phase))).splitlines()[1] for phase in Phase]
    assert len(set(told)) == len(Phase)
    assert [word for text in told for word in find_foreign_words(View(Text(text)))] == []


def test_the_rules_are_listed_in_russian_with_their_notation() -> None:
    rules = [
        SetRule(EVERYTHING, "queue_limit", "15", "Анна", NOW),
        SetRule(Scope("line", "3"), "early", "off", "Олег", NOW),
    ]
    values = {"queue_limit": RuleValue("15", EVERYTHING), "early": RuleValue("on", None)}
    view = rule_views.render_rules(values, rules, {Scope("line", "3"): "Магазин"})
    assert read(view).startswith(
        "Правила\nqueue_limit · 15 (везде)\nearly · on (по умолчанию)\n\nМагазин: early = off · Олег\n\n"
    )
    assert list_buttons(view) == ["queue_limit", "early"]
    assert "Все правила — по умолчанию." in read(rule_views.render_rules(values, [], {}))
    assert set(find_foreign_words(view)) <= NOTATION


def test_the_buttons_of_an_answer_are_russian() -> None:
    mutes = mute_views.render_mutes({"4f2a91": ("Чат", MUTE)}, [QUIET, MAINTENANCE])
    assert list_buttons(mutes) == ["🔔 Чат", "🔔 Тихие часы", "🔔 Техработы"]
    assert list_buttons(mute_views.render_window(QUIET)) == ["🔔 Завершить сейчас"]
    change = show_change(RuleChange(SHOP, "Опт", "early", "off"), RuleValue("off", SHOP))
    assert list_buttons(change) == ["✅ Применить"]
