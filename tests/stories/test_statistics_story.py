"""A team that asks how its queues went."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from aiogram.methods import SendMessage, SendPhoto
from sqlalchemy import func, insert, select

from lines_bot.sandbox.faults import Fault
from lines_bot.statistics.summary import EVERY_LINE
from lines_bot.store.database import Database
from lines_bot.store.tables import SampleRow
from lines_bot.telegram.charts import Chart, Panel, draw
from tests.driver import Message
from tests.story import Story


@pytest.fixture(scope="module", autouse=True)
def _import_what_draws() -> None:
    """The first import takes seconds, which belong to no wait of a story."""
    draw(Chart([Panel("", "", "#ffffff", [1])], [], ""))


@pytest.fixture
async def calm(story: Story) -> Story:
    """A story whose queues are empty, looked at once."""
    story.drain_queues()
    await story.poll()
    return story


async def serve_five(story: Story, line: str = "Shop") -> None:
    """Five people come and an operator takes each two minutes later."""
    line_id = story.line(line)["__id"]
    story.servers.simulation.flood(line_id, 5)
    await story.poll()
    await story.poll(times=7)
    story.servers.simulation.drain(line_id)
    await story.poll()


def see_picture(story: Story, answer: Message) -> bytes:
    """What the chat page loads for the picture of a message."""
    return story.servers.telegram.chats.uploads[answer.raw["photo"][-1]["file_id"]].content


async def store(story: Story, rows: Iterable[dict[str, object]]) -> None:
    database = Database(story.settings.database_url)
    async with database.begin() as session:
        await session.execute(insert(SampleRow), list(rows))
    await database.close()


async def count_samples(story: Story) -> int | None:
    database = Database(story.settings.database_url)
    async with database.begin() as session:
        count = await session.scalar(select(func.count()).where(SampleRow.line == EVERY_LINE))
    await database.close()
    return count


async def test_stats_tell_what_was_seen_and_show_it(calm: Story) -> None:
    await serve_five(calm)
    answer = await calm.ask(calm.viewer, "/stats", calm.team)
    told = answer.text.splitlines()
    assert told[0] == "📊 All lines · 24 h"
    assert told[1].startswith("Waiting: 0 now")
    assert told[1].endswith("5 at peak")
    assert told[3] == "New: 5 · taken: 5 · left: 0"
    assert told[4] == "Median wait for an operator: 2 min"
    assert told[5] == "Data for 2 min of 24 h."
    assert told[7] == "09:00 +5 −5 · 2 min"
    assert see_picture(calm, answer).startswith(b"\x89PNG")
    assert answer.raw["reply_to_message"]["text"] == "/stats"


async def test_a_line_has_figures_of_its_own(calm: Story) -> None:
    await serve_five(calm)
    shop = await calm.ask(calm.viewer, "/stats Shop 7d")
    assert shop.text.startswith("📊 Shop · 7 d\n")
    assert "New: 5 ·" in shop.text
    other = await calm.ask(calm.viewer, "/stats wholesale")
    assert other.text.startswith("📊 Опт / Wholesale · 24 h\n")
    assert "New: 0 ·" in other.text


async def test_a_button_shows_another_period_of_the_same_line_beside_the_first(calm: Story) -> None:
    await serve_five(calm)
    first = await calm.ask(calm.viewer, "/stats shop", calm.team)
    assert first.buttons == ["1 h", "7 d", "30 d"]
    before = first.text
    await calm.press(calm.viewer, "30 d", first)
    second = calm.team.answers[-1]
    assert second.text.startswith("📊 Shop · 30 d\n")
    assert see_picture(calm, second) != see_picture(calm, first)
    assert first.text == before


async def test_what_left_the_queue_without_an_operator_is_told_apart(calm: Story) -> None:
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 1)
    await calm.poll()
    (session,) = calm.sessions("Waiting")
    await calm.ask(calm.lead, f"/spam {session['__id']}", calm.team)
    calm.servers.simulation.world.change(session, None, {"_state": "Closed"})
    await calm.poll()
    answer = await calm.ask(calm.viewer, "/stats")
    assert "New: 1 · taken: 0 · left: 1" in answer.text
    assert "Median" not in answer.text


async def test_a_restart_keeps_what_was_seen(calm: Story) -> None:
    await serve_five(calm)
    before = await calm.ask(calm.viewer, "/stats")
    await calm.restart()
    after = await calm.ask(calm.viewer, "/stats")
    assert after.text == before.text
    assert see_picture(calm, after) == see_picture(calm, before)


async def test_an_outage_is_a_gap_and_nothing_seems_to_happen_at_its_end(calm: Story) -> None:
    calm.servers.lines.faults.inject(Fault.DOWN)
    calm.servers.simulation.flood(calm.line("Shop")["__id"], 3)
    await calm.poll(times=8)
    calm.servers.lines.faults.clear()
    await calm.poll(times=2)
    answer = await calm.ask(calm.viewer, "/stats 1h")
    assert answer.text.splitlines()[1].endswith("3 at peak")
    assert "New: 0 ·" in answer.text
    assert "Data for 15 s of 1 h." in answer.text


async def test_stats_need_no_lines(calm: Story) -> None:
    await serve_five(calm)
    calm.servers.lines.faults.inject(Fault.DOWN)
    answer = await calm.ask(calm.viewer, "/stats")
    assert "New: 5 ·" in answer.text


async def test_a_reading_that_fails_costs_only_who_took_the_sessions(calm: Story) -> None:
    line = calm.line("Shop")["__id"]
    calm.servers.simulation.flood(line, 2)
    await calm.poll()
    calm.servers.simulation.drain(line)
    calm.pass_time(15)
    await calm.app.jobs.monitor.poll()
    calm.servers.lines.faults.inject(Fault.DOWN)
    await calm.app.samples.take()
    calm.servers.lines.faults.clear()
    answer = await calm.ask(calm.viewer, "/stats")
    assert "taken: 0 · left: 2" in answer.text


async def test_before_anything_was_seen_there_are_words_and_no_picture(story: Story) -> None:
    answer = await story.ask(story.viewer, "/stats")
    assert "No data for this time." in answer.text
    assert "photo" not in answer.raw


async def test_no_time_at_all_is_refused_with_examples(calm: Story) -> None:
    answer = await calm.ask(calm.viewer, "/stats 0h")
    assert answer.text.startswith("⚠️ “0h” is no length of time. Write a length like 30m, 2h")


@pytest.mark.parametrize("asked", ["59m", "91d"])
async def test_a_period_that_is_not_kept_is_refused_with_an_example(calm: Story, asked: str) -> None:
    answer = await calm.ask(calm.viewer, f"/stats {asked}")
    assert answer.text == "⚠️ From 1 hour to 90 days, for example: /stats 7d"


async def test_a_line_nobody_knows_is_told(calm: Story) -> None:
    answer = await calm.ask(calm.viewer, "/stats zzzz 7d")
    assert answer.text == "⚠️ No line “zzzz”. All of them: /queue"


async def test_of_several_lines_one_is_chosen_and_the_period_is_kept(calm: Story) -> None:
    world = calm.servers.simulation.world
    for line in list(world.items("lines"))[:2]:
        world.change(line, None, {"__name": f"Store {line['__name']}"})
    await calm.poll()
    choice = await calm.ask(calm.viewer, "/stats store 7d", calm.team)
    assert "fits several lines" in choice.text
    await calm.press(calm.viewer, "Store Shop", choice)
    assert calm.team.answers[-1].text.startswith("📊 Store Shop · 7 d\n")


async def test_a_chat_that_forbids_pictures_gets_the_words(calm: Story) -> None:
    refusal = "Bad Request: not enough rights to send photos to the chat"
    calm.servers.telegram.faults.fail(SendPhoto, code=400, description=refusal)
    answer = await calm.ask(calm.viewer, "/stats", calm.team)
    assert answer.text.startswith("📊 All lines · 24 h\n")
    assert "photo" not in answer.raw
    assert answer.buttons == ["1 h", "7 d", "30 d"]


async def test_words_too_long_for_a_caption_follow_the_picture(calm: Story) -> None:
    figures = {"watched": 3600, "waiting": 1, "oldest": 1, "departures": 0, "waits": [86_399] * 9}
    await store(
        calm,
        (
            {
                "line": EVERY_LINE,
                "at": calm.clock.now() - timedelta(hours=hour),
                "arrivals": 10**12,
                **figures,
            }
            for hour in range(1, 24)
        ),
    )
    await calm.ask(calm.viewer, "/stats", calm.team)
    picture, words = calm.team.answers
    assert (picture.text, "photo" in picture.raw) == ("", True)
    assert len(words.text) > 1024
    assert len(calm.servers.telegram.calls(SendMessage)) == 1


async def test_old_samples_are_thinned_and_the_figures_stay(calm: Story) -> None:
    await serve_five(calm)
    before = (await calm.ask(calm.viewer, "/stats 30d")).text.splitlines()[3:5]
    calm.pass_time(timedelta(days=20).total_seconds())
    samples = await count_samples(calm)
    await calm.app.samples.thin()
    assert (samples, await count_samples(calm)) == (10, 1)
    after = (await calm.ask(calm.viewer, "/stats 30d")).text.splitlines()
    assert after[1:5] == ["Waiting: 5 at peak", "Longest wait: 2 min at peak", *before]
    calm.pass_time(timedelta(days=71).total_seconds())
    await calm.app.samples.thin()
    assert await count_samples(calm) == 0


async def test_the_russian_team_reads_russian(calm: Story) -> None:
    await serve_five(calm)
    await calm.restart(language="ru")
    answer = await calm.ask(calm.viewer, "/stats", calm.team)
    told = answer.text.splitlines()
    assert told[0] == "📊 Все линии · 24 ч"
    assert told[3] == "Пришло 5 · взято 5 · ушло 0"
    assert told[4] == "Медиана ожидания оператора: 2 мин"
    assert answer.buttons == ["1 ч", "7 дн.", "30 дн."]
