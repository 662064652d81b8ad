"""A shop's own bot, with all that such bots have: dialogues, users, payments, errors, texts, and Lines in it.

Without LINES in the environment it is the same bot before anybody put Lines into it.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import (
    CallbackQuery,
    ErrorEvent,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    PreCheckoutQuery,
    TelegramObject,
)

shop, talk = Router(), Router()


class Order(StatesGroup):
    what = State()
    where = State()


class Customers(BaseMiddleware):
    """The host's own users, under names that we use too."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        person = data["event_from_user"].id
        self._seen[person] = self._seen.get(person, 0) + 1
        data["request"] = f"visit {self._seen[person]}"
        return await handler(event, data)


@shop.message(CommandStart())
async def welcome(message: Message, request: str, people: str) -> None:
    keys = [[InlineKeyboardButton(text="Basket", callback_data="cl1:basket")]]
    keys.append([InlineKeyboardButton(text="Surprise", callback_data="surprise")])
    markup = InlineKeyboardMarkup(inline_keyboard=keys)
    await message.answer(f"Welcome to the shop of {people}, {request}.", reply_markup=markup)


@shop.callback_query(F.data == "surprise")
async def surprise(_query: CallbackQuery) -> None:
    raise RuntimeError("sold out")


@shop.message(Command("order"))
async def order(message: Message, state: FSMContext) -> None:
    await state.set_state(Order.what)
    await message.answer("What shall it be?")


@shop.message(Order.what)
async def choose(message: Message, state: FSMContext) -> None:
    await state.update_data(what=message.text)
    await state.set_state(Order.where)
    await message.answer("Where to?")


@shop.message(Order.where)
async def send(message: Message, state: FSMContext) -> None:
    what = (await state.get_data())["what"]
    await state.clear()
    await message.answer(f"{what} goes to {message.text}.")


@shop.pre_checkout_query()
async def check_out(query: PreCheckoutQuery) -> None:
    await query.answer(ok=True)


@talk.message(F.chat.type == "private")
async def repeat(message: Message) -> None:
    await message.answer(f"You wrote: {message.text}")


@talk.callback_query()
async def take_tap(query: CallbackQuery) -> None:
    await query.answer(f"The shop knows {query.data}")


async def apologize(event: ErrorEvent) -> None:
    query = event.update.callback_query
    if query is not None:
        await query.answer(f"Sorry: {event.exception}")


def main() -> None:
    dispatcher = Dispatcher(people="good people")
    dispatcher.update.outer_middleware(Customers())
    dispatcher.errors.register(apologize)
    dispatcher.include_router(shop)
    if "LINES" in os.environ:
        from lines_bot import LinesBot, LinesSettings

        LinesBot(LinesSettings(), prefix="l_").setup(dispatcher)
    dispatcher.include_router(talk)
    dispatcher.run_polling(Bot(os.environ["BOT_TOKEN"]))


main()
