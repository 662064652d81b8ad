"""/me and /link_me: which platform user a Telegram person is."""

from collections.abc import Sequence

from aiogram import Bot, Router
from aiogram.utils.i18n import gettext as _

from lines_bot.pagination import Page, paginate
from lines_bot.people import Action, People, Person
from lines_bot.queries.matching import is_same
from lines_bot.queries.models import OperatorSummary
from lines_bot.queries.queries import Queries
from lines_bot.references import EVERYONE, References
from lines_bot.telegram.callbacks import PickAccount
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.request import Request
from lines_bot.telegram.user_errors import NameNotFound, UserError
from lines_bot.telegram.views import accounts as views
from lines_bot.telegram.views.view import clip, fill
from lines_bot.vocabulary import NOBODY, is_word
from lines_bot_handlers.arguments import find_meant
from lines_bot_handlers.people import find_answered, is_number, name_person, offer_people


async def tell_me(request: Request, queries: Queries) -> None:
    user = request.person.user
    operator = await queries.company.get_operator(user) if user else None
    await request.reply.answer(views.render_me(request.person, operator))


async def link_me(
    request: Request, bot: Bot, people: People, queries: Queries, references: References
) -> None:
    """The first word is a number, or the person is the author of the answered message."""
    first, _space, rest = request.words.partition(" ")
    answered = find_answered(request)
    if not first and answered is None:
        return await offer_people(0, people, references, request)
    if is_number(first):
        person, wanted = await people.find(int(first), await name_person(int(first), bot)), rest.strip()
    elif answered is not None:
        person, wanted = await people.find(*answered), request.words
    else:
        raise UserError(
            _(
                "Write who is who: /link_me 123456 Kate Brown, or reply to a message of that person with "
                "/link_me Kate Brown. A dash instead of the name ends it."
            )
        )
    if not wanted:
        return await _offer_operators(person, await queries.company.list_operators(), "", references, request)
    # A dash is a part of many names, and the whole name of nobody.
    named = await queries.company.find_operators(wanted)
    if is_word(wanted, NOBODY) and not any(is_same(wanted, each.name) for each in named):
        if not await people.unlink(person.id):
            raise UserError(_("This person is linked with nobody. Nothing was changed."))
        return await request.reply.answer(views.render_unlinked(person))
    operators = await _find_operators(wanted, queries)
    if len(operators) > 1:
        return await _offer_operators(person, paginate(operators, 0), wanted, references, request)
    await people.link(person.id, operators[0].id, by=request.person)
    return await request.reply.answer(views.render_linked(person, operators[0]))


async def turn_operators(
    request: Request,
    callback_data: PickAccount,
    bot: Bot,
    people: People,
    queries: Queries,
    references: References,
) -> None:
    person = await people.find(callback_data.person, await name_person(callback_data.person, bot))
    page = await queries.company.list_operators(callback_data.page)
    await _offer_operators(person, page, "", references, request)


async def _find_operators(wanted: str, queries: Queries) -> Sequence[OperatorSummary]:
    """The operators meant by a reference or a name. Raises UserError if there are none."""
    company = queries.company
    operators = await find_meant(
        wanted, company.find_operators, company.open_operator, lambda each: each.name
    )
    if not operators:
        raise NameNotFound(
            fill(_("No operator “{query}”. Nothing was changed."), query=clip(wanted)),
            wanted,
            await company.find_operators_near(wanted),
        )
    return operators


async def _offer_operators(
    person: Person, operators: Page[OperatorSummary], query: str, references: References, request: Request
) -> None:
    words = views.list_account_words(person, operators.items)
    refs = await references.refs_of_texts(words, EVERYONE)
    await request.reply.answer(views.render_operators(person, operators, refs, query))


def make_router() -> Router:
    router = Router(name="accounts")
    router.message.register(tell_me, command("me"), flags={"action": Action.HELP})
    router.message.register(link_me, command("link_me"), flags={"action": Action.GRANT})
    router.callback_query.register(turn_operators, PickAccount.filter(), flags={"action": Action.GRANT})
    return router
