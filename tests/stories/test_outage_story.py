"""Lines is known to be down: everybody is answered at once, from the last reading or with the reason."""

from lines_bot.sandbox.faults import Fault
from tests.driver import Message
from tests.sessions import take_session
from tests.story import Story

REASONS = {
    Fault.DOWN: "Lines answers with an error (HTTP 503)",
    Fault.HTML: "Lines answers with an error (HTTP 200)",
    Fault.DROP: "Lines answers with an error; it may be restarting",
    Fault.QUOTA: "Lines asks for a pause of 120 s",
}


def tell_time(story: Story) -> str:
    """How a list says that it was read now."""
    return f"Read {story.clock.at:%d.%m %H:%M} UTC"


async def go_down(story: Story, fault: Fault, polls: int = 1) -> str:
    """Let the bot see Lines well, and find out later that it is not; returns how it tells the first time."""
    await story.poll()
    told = tell_time(story)
    story.pass_time(300)
    story.servers.lines.faults.retry_after = 120
    story.servers.lines.faults.inject(fault)
    await story.poll(times=polls)
    return told


async def ask_at_once(story: Story, text: str) -> Message:
    """The answer to a command that neither waited nor asked Lines."""
    asked, waited = len(story.servers.lines.requests), story.waiting.passed
    answer = await story.ask(story.lead, text, story.team)
    assert (len(story.servers.lines.requests), story.waiting.passed) == (asked, waited), text
    return answer


async def come_back(story: Story) -> None:
    """Let Lines be well again, and the bot see it."""
    story.servers.lines.faults.clear()
    story.waiting.passed += 120
    await story.poll()


async def test_lists_show_the_last_reading_with_its_age_and_the_reason(story: Story) -> None:
    for fault, reason in REASONS.items():
        told = await go_down(story, fault)
        for command, content in (("/channels", "Shop Instagram"), ("/queue", "Shop")):
            answer = await ask_at_once(story, command)
            assert content in answer.text
            assert told in answer.text
            assert reason in answer.text
        await come_back(story)


async def test_what_needs_lines_says_so_at_once_and_leaves_nothing_behind(story: Story) -> None:
    session = take_session(story)
    shown = await story.ask(story.lead, "/queue", story.team)
    ref = next(line for line in shown.text.splitlines() if "Zoya" in line).partition("#")[2][:6]
    for fault in (Fault.DOWN, Fault.QUOTA):
        await go_down(story, fault)
        for command in (
            f"/session #{ref}",
            f"/assign #{ref} Kate Brown",
            "/assign Zoya Unlike Others Kate Brown",
            f"/spam #{ref}",
            "/reconnect Shop Instagram",
            "/lines",
            "/sessions Zoya",
        ):
            assert REASONS[fault] in (await ask_at_once(story, command)).text, command
        await come_back(story)
    assert await story.entries(session["__id"]) == []
    assert await story.entries(story.channel("Shop Instagram")["__id"]) == []


async def test_a_queue_is_shown_however_long_the_outage_lasts(story: Story) -> None:
    await story.ask(story.lead, "/queue", story.team)
    told = await go_down(story, Fault.DOWN)
    story.pass_time(6 * 60 * 60)
    answer = await ask_at_once(story, "/queue")
    assert told in answer.text
    assert "Shop" in answer.text


async def test_the_next_look_finds_lines_again_and_then_everybody_does(story: Story) -> None:
    await go_down(story, Fault.DOWN, polls=3)
    story.servers.lines.faults.clear()
    await story.poll()
    answer = await story.ask(story.lead, "/channels", story.team)
    assert answer.text.endswith(tell_time(story))
    assert "is back." in (await story.ask(story.lead, "/reconnect Shop Instagram", story.team)).text


async def test_before_anything_was_read_the_reason_is_all_there_is(story: Story) -> None:
    story.servers.lines.faults.inject(Fault.DOWN)
    await story.poll()
    for command in ("/channels", "/queue"):
        assert REASONS[Fault.DOWN] in (await ask_at_once(story, command)).text
