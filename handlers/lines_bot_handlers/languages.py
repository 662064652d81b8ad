"""/language and its buttons: each person's own, and a group's by a lead."""

from aiogram import Router

from lines_bot.people import Action, NotAllowed, may
from lines_bot.telegram.callbacks import SetGroupLanguage, SetLanguage
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
            return await _choose(request, request.chat.chat, locale, languages)
    raise UserError(" · ".join(f"/language {locale} ({name})" for locale, name in NAMES.items()))


async def press_own(request: Request, callback_data: SetLanguage, languages: Languages) -> None:
    await _choose(request, request.person.id, callback_data.locale, languages)


async def press_group(request: Request, callback_data: SetGroupLanguage, languages: Languages) -> None:
    await _choose(request, request.chat.chat, callback_data.locale, languages)


async def _choose(request: Request, chat: int, locale: str, languages: Languages) -> None:
    """A private chat has the person's number; a group speaks as a lead says."""
    is_own = chat == request.person.id
    if not is_own and not may(request.person, Action.RULE, request.context):
        raise NotAllowed(request.person, Action.RULE)
    await languages.choose(chat, locale, request.person.name)
    with languages.find(chat).speak():
        await request.reply.answer(render_language_set(is_own))


def make_router() -> Router:
    router = Router(name="languages")
    own, group = {"action": Action.HELP}, {"action": Action.RULE}
    router.message.register(ask_language, command("language"), flags=own)
    router.callback_query.register(press_own, SetLanguage.filter(), flags=own)
    router.callback_query.register(press_group, SetGroupLanguage.filter(), flags=group)
    return router
