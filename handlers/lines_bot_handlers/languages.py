"""/language and its buttons: each person's own, and a group's by a lead."""

from aiogram import Router

from lines_bot.people import Action, NotAllowed, may
from lines_bot.telegram.callbacks import SetLanguage
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.language import Languages, find_locale
from lines_bot.telegram.user_errors import UserError
from lines_bot.telegram.views.languages import NAMES, render_language_choice, render_language_set


async def ask_language(request: Request, languages: Languages) -> None:
    wanted = request.words.strip().casefold()
    if not wanted:
        view = render_language_choice(find_locale(), request.chat.is_private)
        return await request.reply.answer(view)
    for locale, name in NAMES.items():
        if wanted in (locale, name.casefold()):
            return await _choose(request, locale, languages)
    raise UserError(" · ".join(f"/language {locale} ({name})" for locale, name in NAMES.items()))


async def press_language(request: Request, callback_data: SetLanguage, languages: Languages) -> None:
    await _choose(request, callback_data.locale, languages)


async def _choose(request: Request, locale: str, languages: Languages) -> None:
    """A group speaks as a lead says."""
    if not request.chat.is_private and not may(request.person, Action.RULE, request.context):
        raise NotAllowed(request.person, Action.RULE)
    await languages.choose(request.chat.chat, locale, request.person.name)
    with languages.find(request.chat.chat).speak():
        await request.reply.answer(render_language_set(request.chat.is_private))


def make_router() -> Router:
    router = Router(name="languages")
    flags = {"action": Action.HELP}
    router.message.register(ask_language, command("language"), flags=flags)
    router.callback_query.register(press_language, SetLanguage.filter(), flags=flags)
    return router
