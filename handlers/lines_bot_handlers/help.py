"""/start, /help, and what is neither a command nor a button that is known."""

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from lines_bot.people import Action
from lines_bot.queries.matching import find_slip
from lines_bot.references import References
from lines_bot.telegram.board import Boards
from lines_bot.telegram.callbacks import ShowHelp, ShowSubject
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.commands import COMMANDS
from lines_bot.telegram.views.help import render_help, render_start, render_subject, render_unknown_command
from lines_bot_handlers.suggestions import offer_repeats


async def help_person(message: Message, request: Request) -> None:
    await request.reply.answer(render_help(request.person, request.context, request.allowed))


async def greet(message: Message, boards: Boards, request: Request) -> None:
    await request.reply.answer(render_start(request.person, await boards.gather()))


async def press_help(query: CallbackQuery, request: Request) -> None:
    await request.reply.answer(render_help(request.person, request.context, request.allowed))


async def open_subject(query: CallbackQuery, callback_data: ShowSubject, request: Request) -> None:
    await request.reply.answer(render_subject(callback_data.subject, request.allowed))


async def wonder(message: Message, bot: Bot, references: References, request: Request) -> None:
    """In a group others may be meant; in private it can only be the bot."""
    written = await _read_command(message, bot)
    if written is None:
        if request.context.is_private:
            raise UserError(_("I did not understand. /help shows what I can do."))
        return
    known = [each.name for each in COMMANDS if each.action in request.allowed]
    meant = find_slip(written.command, known)
    if meant or written.mentioned or request.context.is_private:
        repeats = [(name, written.args or "") for name in meant]
        buttons = await offer_repeats(message, repeats, references, request)
        await request.reply.answer(render_unknown_command(written.command, meant, buttons))


async def refuse_button(query: CallbackQuery) -> None:
    raise UserError(_("This button is from an older version and no longer works. Send the command again."))


async def _read_command(message: Message, bot: Bot) -> CommandObject | None:
    """The command in a message, unless another bot is named in it."""
    if not (message.text or "").startswith("/"):
        return None
    written = Command.extract_command(message.text or "")
    me = await bot.me()
    is_foreign = written.mention and written.mention.lower() != (me.username or "").lower()
    return None if is_foreign or not written.command else written


def make_router() -> Router:
    """Included last: it takes what nobody else took."""
    router = Router(name="help")
    flags = {"action": Action.HELP}
    router.message.register(greet, CommandStart(), flags=flags)
    router.message.register(help_person, Command("help"), flags=flags)
    router.message.register(wonder, F.text, flags=flags)
    router.callback_query.register(press_help, ShowHelp.filter(), flags=flags)
    router.callback_query.register(open_subject, ShowSubject.filter(), flags=flags)
    router.callback_query.register(refuse_button, flags=flags)
    return router
