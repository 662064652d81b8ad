"""/start, /help, and what is neither a command nor a button that is known."""

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.utils.i18n import gettext as _

from lines_bot.people import Action
from lines_bot.queries.matching import find_slip
from lines_bot.references import References
from lines_bot.telegram.board import Boards
from lines_bot.telegram.callbacks import ShowHelp, ShowSubject
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import NameNotFound, UserError
from lines_bot.telegram.views.commands import find_commands
from lines_bot.telegram.views.help import (
    render_command,
    render_help,
    render_start,
    render_subject,
    render_unknown_command,
)
from lines_bot.telegram.views.view import clip, fill
from lines_bot_handlers.suggestions import offer_repeats


async def greet(request: Request, boards: Boards) -> None:
    await request.reply.answer(render_start(request.person, await boards.gather()))


async def help_person(request: Request) -> None:
    """With words, about that command."""
    commands = find_commands()
    asked = request.words.removeprefix("/").casefold().removeprefix(commands.prefix)
    known = [each.name for each in commands.chosen if each.action in request.allowed]
    if asked in known:
        return await request.reply.answer(render_command(asked))
    if asked:
        raise NameNotFound(
            fill(_("No command /{query} for you."), query=clip(asked)),
            request.words,
            find_slip(asked, known),
        )
    return await request.reply.answer(render_help(request.person, request.context, request.allowed))


async def press_help(request: Request) -> None:
    await request.reply.answer(render_help(request.person, request.context, request.allowed))


async def open_subject(request: Request, callback_data: ShowSubject) -> None:
    await request.reply.answer(render_subject(callback_data.subject, request.allowed))


async def wonder(request: Request, bot: Bot, references: References) -> None:
    """In a group others may be meant; in private it can only be the bot."""
    written = await _read_command(request, bot)
    if written is None:
        if request.context.is_private:
            raise UserError(_("I did not understand. /help shows what I can do."))
        return
    known = [each.name for each in find_commands().chosen if each.action in request.allowed]
    meant = find_slip(written.command, known)
    if meant or written.mentioned or request.context.is_private:
        repeats = [(name, written.args or "") for name in meant]
        buttons = await offer_repeats(request, repeats, references)
        await request.reply.answer(render_unknown_command(written.command, meant, buttons))


async def refuse_button(request: Request) -> None:
    raise UserError(_("This button is from an older version and no longer works. Send the command again."))


async def _read_command(request: Request, bot: Bot) -> CommandObject | None:
    """The command in a message, unless another bot is named in it."""
    if not request.text.startswith("/"):
        return None
    written = Command.extract_command(request.text)
    me = await bot.me()
    is_foreign = written.mention and written.mention.lower() != (me.username or "").lower()
    return None if is_foreign or not written.command else written


def make_router() -> Router:
    """Included last: it takes the buttons that nobody else took."""
    router = Router(name="help")
    flags = {"action": Action.HELP}
    router.message.register(help_person, command("help"), flags=flags)
    router.callback_query.register(press_help, ShowHelp.filter(), flags=flags)
    router.callback_query.register(open_subject, ShowSubject.filter(), flags=flags)
    router.callback_query.register(refuse_button, flags=flags)
    return router


def make_standalone_router() -> Router:
    """For a bot that is nothing else: it answers everything that is written to it."""
    router = Router(name="standalone")
    flags = {"action": Action.HELP}
    router.message.register(greet, CommandStart(ignore_case=True), flags=flags)
    router.message.register(wonder, F.text, flags=flags)
    return router
