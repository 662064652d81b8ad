"""Our bot within any aiogram dispatcher: `LinesBot(settings, prefix="l_").setup(dispatcher)`."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, timedelta

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.handler import CallableObject
from aiogram.types import BotCommand
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from lines_bot.alerts.hooks import AlertHook
from lines_bot.alerts.policy import Policy
from lines_bot.clock import Clock
from lines_bot.lines import LinesClient
from lines_bot.operations.ledger import Verb
from lines_bot.people import Role
from lines_bot.services import make_alerting, make_core, make_queries, make_watch
from lines_bot.settings import BadSettings, Settings
from lines_bot.telegram.alerts.trials import AlertTrials
from lines_bot.telegram.charts import Charts
from lines_bot.telegram.command_menu import CommandMenu, describe_commands
from lines_bot.telegram.command_set import Described
from lines_bot.telegram.incoming.absence import Absence
from lines_bot.telegram.incoming.access import AccessMiddleware, PermissionMiddleware
from lines_bot.telegram.incoming.command_arguments import CommandArgumentsMiddleware
from lines_bot.telegram.incoming.command_buttons import CommandButtonMiddleware
from lines_bot.telegram.incoming.commands import command
from lines_bot.telegram.incoming.entrance import EntranceMiddleware, Recognizer
from lines_bot.telegram.incoming.flood_control import FloodControl, FloodLimits
from lines_bot.telegram.incoming.intake import Intake
from lines_bot.telegram.incoming.polling import UpdateLoop
from lines_bot.telegram.incoming.request import Request, RequestMiddleware
from lines_bot.telegram.language import Languages
from lines_bot.telegram.outgoing.delivery import Delivery
from lines_bot.telegram.outgoing.rate_limiter import RateLimits
from lines_bot.telegram.views.commands import choose_commands
from lines_bot.telegram.views.models import CardButton
from lines_bot.telegram.views.status import Status
from lines_bot_handlers import routers
from lines_bot_handlers.alerts import PressHook
from lines_bot_handlers.errors import ErrorMiddleware

_HANDLERS_FINISH = 6.0
_CARDS_FINISH = 2.0


class LinesBot:
    """The commands of `only`, all by default, each with the prefix; the buttons, the alerts and the board.

    `standalone`: the bot is nothing else, so it answers everything and publishes its menu. ValueError for a
    prefix that no command can begin with and for an unknown command. Raises DatabaseTrouble, BadSettings.
    """

    def __init__(
        self,
        settings: Settings,
        prefix: str = "",
        only: Collection[str] | None = None,
        *,
        standalone: bool = False,
        clock: Clock | None = None,
        rate_limits: RateLimits | None = None,
        policy: Policy | None = None,
        lines: LinesClient | None = None,
        flood_limits: FloodLimits | None = None,
    ) -> None:
        self._settings, self._standalone = settings, standalone
        self._commands = choose_commands(prefix, only)
        clock = clock or Clock(settings.timezone)
        self._core = make_core(settings, clock, rate_limits or RateLimits(), lines)
        self._languages = Languages(self._core.database, settings.language, settings.timezone, self._commands)
        self.language = self._languages.default
        self._absence = Absence(self._core.references)
        self.menu = CommandMenu(self._core.bot, settings, self._core.database, self._languages, clock)
        self._alerting = make_alerting(self._core, policy)
        self._watch = make_watch(self._core, self._alerting, self.language, self._count_unreadable)
        self.sdk, self.operations, self.people = self._core.lines, self._core.operations, self._core.people
        self.bot, self.notifier = self._core.bot, self._alerting.notifier
        self.samples, self.expiring_buttons = self._watch.samples, self._watch.expiring_buttons
        self.jobs, self.health = self._watch.jobs, self._watch.health
        self._card_buttons: dict[str, PressHook] = {}
        self._handlers, self._extensions = Router(name=f"{prefix}lines handlers"), Router(name="extensions")
        self._handlers.include_routers(self._extensions, *routers.make_routers(standalone=standalone))
        recognizer = None if standalone else Recognizer(self.language, self._handlers)
        self._entrance = EntranceMiddleware(self.bot, self._languages, recognizer, self._list_services())
        self._router = self._make_router(FloodControl(flood_limits or FloodLimits(), clock))
        self._scheduler: AsyncIOScheduler | None = None
        self._beside: list[asyncio.Task[None]] = []
        self._updates: UpdateLoop | None = None
        self._is_open = False

    @property
    def commands(self) -> Mapping[str, Sequence[BotCommand]]:
        """The chosen commands for a menu, by language."""
        return {each.default_locale: describe_commands(each) for each in self._languages.list()}

    def add_command(
        self,
        name: str,
        handler: Callable[..., Awaitable[object]],
        purpose: Mapping[str, str],
        role: Role = Role.OPERATOR,
        *,
        usage: str = "",
        example: str = "",
    ) -> None:
        """A command of yours for the role and those above: in the help, within the limits, on record.

        The handler takes a `Request` and, by their names, what ours take. `purpose` says what it does, by
        language, "en" at least. ValueError for a name that is none or is taken.
        """
        self._commands.add(Described(name, role, "more", purpose["en"], usage, example), purpose)
        ledger, call = self._core.ledger, CallableObject(handler).call

        async def perform(request: Request, **given: object) -> object:
            words = request.words or None
            await ledger.record(Verb.EXTENSION, name, request.person, request.context, words)
            return await call(request, **given)

        self._extensions.message.register(perform, command(name), flags={"action": role})

    def add_card_button(self, label: str, target: str | PressHook) -> None:
        """A button on every open alert: the target is an address, or takes a `Request` and the incidents."""
        extra = CardButton(label, target if isinstance(target, str) else "")
        self._alerting.content.extras.append(extra)
        if not isinstance(target, str):
            self._card_buttons[extra.mark] = target

    def on_alert(self, hook: AlertHook) -> None:
        """Have it called with what became of each alert and its incident; see `AlertHooks`."""
        self._alerting.hooks.add(hook)

    def setup(self, dispatcher: Dispatcher, name: str = "lines") -> None:
        """Put our handlers behind those that the dispatcher has, and begin and end with it.

        The dispatcher's handlers find this under the name. ValueError if something else has it.
        """
        if name in dispatcher.workflow_data:
            raise ValueError(f"The dispatcher has a “{name}” already: give this another name.")
        dispatcher[name] = self
        dispatcher.include_router(self._router)

    def listen(self, dispatcher: Dispatcher, bot: Bot | None = None) -> UpdateLoop:
        """The loop that confirms nothing before it is handled or written down; handlers know the `bot`."""
        intake = Intake(dispatcher, bot or self.bot, self._router, self.language)
        self._updates = UpdateLoop(
            self.bot,
            intake,
            self._watch.inbox,
            self._watch.administrators,
            self._absence,
            self._core.clock,
        )
        return self._updates

    async def poll(self, dispatcher: Dispatcher, bot: Bot | None = None) -> None:
        """Run the dispatcher until cancelled, and lose no update of it. Raises if the token is refused."""
        bot = bot or self.bot
        updates = self._updates or self.listen(dispatcher, bot)
        try:
            await dispatcher.emit_startup(**dispatcher.workflow_data, dispatcher=dispatcher, bot=bot)
            await updates.run()
        finally:
            if self._scheduler is not None:
                self._scheduler.pause()
            await updates.finish(_HANDLERS_FINISH)
            await dispatcher.emit_shutdown(**dispatcher.workflow_data, dispatcher=dispatcher, bot=bot)

    async def open(self) -> None:
        """Open the memory; done at the start if it was not done before."""
        if not self._is_open:
            await self._core.open()
            await self._languages.load()
            self._is_open = True

    async def aclose(self) -> None:
        """Finish what runs, flush the cards and close everything; done at the end of the dispatcher too."""
        if self._scheduler is not None and self._scheduler.running:
            self._scheduler.pause()
            await self._entrance.finish(_HANDLERS_FINISH)
            with self.language.speak():
                await self.notifier.flush(_CARDS_FINISH)
            for task in self._beside:
                task.cancel()
            self._scheduler.shutdown(wait=False)
        await self._core.close()
        self._is_open = False

    async def _start(self, bot: Bot) -> None:
        if bot.id != self.bot.id:
            raise BadSettings("BOT_TOKEN is another bot's than the dispatcher's: give both the same.")
        await self.open()
        self._scheduler = scheduler = AsyncIOScheduler(timezone=UTC)
        self.jobs.schedule(scheduler, self._settings.poll_seconds)
        with self.language.speak():
            self._beside = [
                asyncio.create_task(self.notifier.run()),
                asyncio.create_task(self.jobs.follow_clock(scheduler)),
                asyncio.create_task(self._alerting.hooks.run()),
            ]
            if self._standalone:
                self._beside.append(asyncio.create_task(self.menu.publish()))
            scheduler.start()

    def _make_router(self, flood_control: FloodControl) -> Router:
        """What every update passes on its way to the handlers, in this order."""
        core, expiring_buttons = self._core, self.expiring_buttons
        access = AccessMiddleware(
            core.people, core.chats, flood_control, expiring_buttons, self._absence, core.clock
        )
        router = Router(name=f"{self._commands.prefix}lines")
        for observer in (router.message, router.callback_query, router.my_chat_member):
            for outer in (self._entrance, ErrorMiddleware(core.references), access):
                observer.outer_middleware(outer)
        router.callback_query.outer_middleware(CommandButtonMiddleware(core.references, self._handlers))
        permission = PermissionMiddleware(core.chats, expiring_buttons)
        for observer in (router.message, router.callback_query):
            observer.middleware(permission)
        router.message.middleware(CommandArgumentsMiddleware(core.references))
        for observer in (router.message, router.callback_query):
            observer.middleware(RequestMiddleware())
        router.include_router(self._handlers)
        router.startup.register(self._start)
        router.shutdown.register(self.aclose)
        return router

    def _list_services(self) -> Mapping[str, object]:
        """Everything under the name by which our handlers ask for it."""
        core, alerting, watch = self._core, self._alerting, self._watch
        return {
            "lines": self,
            "queries": make_queries(core),
            "operations": core.operations,
            "people": core.people,
            "chats": core.chats,
            "admins": core.settings.admins,
            "references": core.references,
            "alert_actions": alerting.actions,
            "alert_reader": alerting.reader,
            "mutes": alerting.mutes,
            "rules": alerting.rules,
            "boards": watch.boards,
            "samples": watch.samples,
            "charts": Charts(),
            "read_status": self._read_status,
            "administrators": watch.administrators,
            "languages": self._languages,
            "trials": AlertTrials(
                alerting.router,
                Delivery(core.bot, core.chats),
                alerting.suppressions,
                watch.expiring_buttons,
                core.clock,
            ),
            "card_buttons": self._card_buttons,
        }

    async def _read_status(self) -> Status:
        alerting, core = self._alerting, self._core
        opened, undelivered = await asyncio.gather(
            alerting.incidents.list_open(), alerting.card_store.count_undelivered()
        )
        poll, clock = alerting.monitor.last, core.clock
        # By a clock that nobody sets: the look itself may have been taken under another time of day.
        checked_at = clock.now() - timedelta(seconds=clock.monotonic() - poll.ended_at) if poll else None
        latencies = core.lines.latency, core.rate_limiter.latency
        missed_age = core.cache.measure_missed_age()
        missed_at = None if missed_age is None else clock.now() - missed_age
        return Status(poll, checked_at, *latencies, len(opened), undelivered, missed_at)

    def _count_unreadable(self) -> int:
        return self._updates.unreadable if self._updates else 0
