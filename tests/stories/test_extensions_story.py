"""Commands, buttons and hooks of others in the bot, as the page about them shows it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lines_bot.settings import BadSettings
from tests.hosts.process import write_examples
from tests.story import Story


@pytest.fixture
def extension(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of the example, as a module that can be imported."""
    folder = tmp_path / "modules"
    folder.mkdir()
    write_examples(folder)
    monkeypatch.syspath_prepend(folder)
    yield "acme_support"
    sys.modules.pop("acme_support", None)


async def test_a_command_of_an_extension_is_a_command_like_ours(story: Story, extension: str) -> None:
    await story.restart(extensions=(extension,))
    answer = await story.ask(story.operator, "/ticket printer is on fire", story.team)
    assert answer.text == "A ticket for Oleg Operator: printer is on fire"
    assert "Only operators can do this" in (await story.ask(story.viewer, "/ticket it", story.team)).text
    helped = await story.ask(story.operator, "/help")
    await story.press(story.operator, "More", helped)
    assert "/ticket [what] — Open a ticket" in helped.text
    assert "More" not in (await story.ask(story.viewer, "/help")).buttons
    audit = await story.ask(story.lead, "/audit oleg")
    assert "Extension" in audit.text
    assert "/ticket" in audit.text
    assert "printer is on fire" in audit.text
    assert "vera" not in (await story.ask(story.lead, "/audit extension")).text.casefold()


async def test_an_extension_speaks_the_language_of_the_bot(story: Story, extension: str) -> None:
    await story.restart(extensions=(extension,), language="ru")
    helped = await story.ask(story.operator, "/help ticket")
    assert "Завести заявку" in helped.text
    assert {each.description for each in story.app.lines.commands["en"]} >= {"Open a ticket"}


async def test_cards_bear_the_buttons_of_an_extension(calm: Story, extension: str) -> None:
    await calm.restart(extensions=(extension,))
    calm.break_channel("Shop Telegram")
    await calm.poll(times=3)
    card = await calm.team.wait_for("Shop Telegram")
    runbook = card.key("Runbook")
    assert runbook is not None
    assert runbook["url"] == "https://example.com/runbook"
    await calm.press(calm.viewer, "Call an engineer", card)
    assert calm.team.find("An engineer is called about Shop Telegram.") is not None
    await calm.restart(extensions=())
    await calm.press(calm.viewer, "Call an engineer", card)
    assert calm.team.find("not installed any more") is not None


async def test_an_installed_package_announces_its_extension(story: Story, extension: str) -> None:
    told = story.folder / "modules" / "acme-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[lines_bot.extensions]\nsupport = {extension}\n")
    await story.restart()
    assert "A ticket" in (await story.ask(story.operator, "/ticket it")).text


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
        ("x = 1", "it has no setup(lines)"),
        (
            "def setup(lines): lines.add_command('help', print, {'en': 'x'})",
            "no command can be called 'help'",
        ),
        ("def setup(lines): lines.add_command('a', print, {'en': 'x'})", "no command can be called 'a'"),
    ],
)
async def test_a_broken_extension_is_named_in_one_sentence(
    story: Story, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    (story.folder / "acme_broken.py").write_text(code)
    monkeypatch.syspath_prepend(story.folder)
    with pytest.raises(BadSettings) as told:
        await story.restart(extensions=("acme_broken",))
    sys.modules.pop("acme_broken", None)
    assert str(told.value) == f"The extension acme_broken cannot be used: {reason}."
