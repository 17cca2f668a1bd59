"""The round: which checks there are, and how they run side by side, each within its own limit."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from ..channels import telegram as telegram_channel
from ..channels import zalo_bot as zalo_bot_channel
from ..channels import zalo_oa as zalo_oa_channel
from ..dialogue.versions import Library
from ..model import clock as clocks
from ..model.clock import Clock
from ..model.errors import DanLoiError
from ..settings import UNMADE, Settings
from ..store.crypto import Keyring
from ..store.look import Look, file_of
from ..store.look import look as look_at_database
from . import clock, database, house, model, public, served, words
from .finding import Finding, mend, well
from .telegram import telegram
from .zalo_bot import zalo_bot
from .zalo_oa import zalo_oa

Findings = Awaitable[Sequence[Finding]]
Asks = Callable[[], Coroutine[Any, Any, tuple[list[Finding], datetime | None]]]
"""A channel's check: what is found, and what time it is at the platform."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a check may take."""

    usual: float = 20.0
    """Whoever is asked has ten; some checks ask three times."""
    reading: float = 90.0
    """Everything written is read and worded once; a slow machine shares its cores with the assistant."""
    model: float = 75.0
    """The model may have to be started: seconds for our server, half a minute for Rasa's."""


USUAL = Limits()


class Round:
    """One look over everything. What several checks want (the database, the running assistant) is looked at once."""

    def __init__(self, settings: Settings, environment: Mapping[str, str], now: Clock = clocks.now, limits: Limits = USUAL) -> None:
        self._settings = settings
        self._environment = environment
        self._now = now
        self._limits = limits

    async def findings(self) -> list[Finding]:
        """Everything that was found, in the order of the checks."""
        async with asyncio.TaskGroup() as group:
            self._looked = group.create_task(self._look())
            self._running = group.create_task(served.look(self._settings, self._settings.port))
            self._read = group.create_task(self._written())
            self._told = {name: group.create_task(self._asked(name, run)) for name, run in self._channels().items()}
            checks = [group.create_task(self._within(name, limit, check())) for name, limit, check in self._checks()]
        return [well("settings", "đọc được"), *(finding for check in checks for finding in check.result())]

    def _checks(self) -> Iterator[tuple[str, float | None, Callable[[], Findings]]]:
        """Those without a limit wait for what has one of its own."""
        limits = self._limits
        yield "folder", limits.usual, self._folder
        yield "disk", limits.usual, self._disk
        yield "database", None, self._database
        yield "model", limits.usual, self._model
        yield "nlu", limits.model, self._nlu
        yield "written", None, self._proofread
        yield "published", None, self._published
        yield "serve", None, self._serve
        yield "public_url", limits.usual, self._public
        yield "certificate", limits.usual, self._certificate
        for name in self._told:
            yield name, None, partial(self._channel, name)
        yield "clock", None, self._clock

    async def _within(self, name: str, limit: float | None, check: Findings) -> Sequence[Finding]:
        """A check that hangs or stumbles is a finding of its own, and stops no other."""
        try:
            async with asyncio.timeout(limit):
                return await check
        except TimeoutError:
            return [mend(name, f"soát chưa xong sau {limit or 0:.0f} giây", "xem máy có quá tải, mạng có đứt; rồi soát lại")]
        except Exception as error:
            remedy = "soát lại; còn nguyên thì báo người phụ trách chương trình tên lỗi này"
            return [mend(name, f"phép soát này bị vấp ({type(error).__name__})", remedy)]

    # --- what several checks want

    async def _look(self) -> Look | DanLoiError | None:
        settings, secrets = self._settings, self._settings.secrets
        account = zalo_oa_channel.account(settings.zalo_oa.oa) if settings.zalo_oa else None
        try:
            keyring = Keyring(secrets["data_key"], secrets["address_key"])
            async with asyncio.timeout(self._limits.usual):
                return await asyncio.to_thread(look_at_database, settings.database_url, keyring, account)
        except DanLoiError as error:
            return error
        except TimeoutError:
            return DanLoiError("no answer in time")
        except Exception as error:
            return DanLoiError(type(error).__name__)

    async def _written(self) -> tuple[Sequence[Finding], Library | None]:
        try:
            async with asyncio.timeout(self._limits.reading):
                return await asyncio.to_thread(words.written, self._settings)
        except Exception as error:
            remedy = "chạy danloi check để xem lỗi đầy đủ"
            return [mend("written", f"không đọc hết được hướng dẫn và lời ({type(error).__name__})", remedy)], None

    async def _asked(self, name: str, run: Asks) -> "_Told":
        found: datetime | None = None

        async def check() -> Sequence[Finding]:
            nonlocal found
            findings, found = await run()
            return findings

        return _Told(await self._within(name, self._limits.usual, check()), found)

    async def _runs(self) -> bool:
        return (await asyncio.shield(self._running)).runs

    # --- the checks

    async def _folder(self) -> Sequence[Finding]:
        file = file_of(self._settings.database_url)
        stored = file is not None and file.exists()
        return [*house.folder(self._settings), *house.secrets(self._settings, stored, house.given(self._environment))]

    async def _disk(self) -> Sequence[Finding]:
        return house.disk(self._settings)

    async def _database(self) -> Sequence[Finding]:
        return database.database(self._settings.database_url, await asyncio.shield(self._looked))

    async def _model(self) -> Sequence[Finding]:
        return await asyncio.to_thread(model.model, self._settings)

    async def _nlu(self) -> Sequence[Finding]:
        return await model.nlu(self._settings, (await asyncio.shield(self._running)).nlu)

    async def _proofread(self) -> Sequence[Finding]:
        return (await asyncio.shield(self._read))[0]

    async def _published(self) -> Sequence[Finding]:
        return database.published(await asyncio.shield(self._looked), (await asyncio.shield(self._read))[1])

    async def _serve(self) -> Sequence[Finding]:
        return served.served(await self._running, self._settings.port, accounts(self._settings))

    async def _public(self) -> Sequence[Finding]:
        return await public.reached(self._settings.public_url, await self._runs())

    async def _certificate(self) -> Sequence[Finding]:
        return await public.certificate(self._settings.public_url, self._now())

    async def _channel(self, name: str) -> Sequence[Finding]:
        return (await asyncio.shield(self._told[name])).findings

    async def _clock(self) -> Sequence[Finding]:
        began, looked = self._now(), await asyncio.shield(self._looked)
        others = {TITLES[name]: (await asyncio.shield(told)).time for name, told in self._told.items()}
        if isinstance(looked, Look) and file_of(self._settings.database_url) is None:
            others["cơ sở dữ liệu"] = looked.time
        return clock.compare(began, others)

    def _channels(self) -> dict[str, Asks]:
        """Those that are configured."""
        settings = self._settings
        found: dict[str, Asks] = {}
        if (on_telegram := settings.telegram) is not None:

            async def ask_telegram() -> tuple[list[Finding], datetime | None]:
                return await telegram(on_telegram, settings.public_url, await self._runs(), self._now())

            found["telegram"] = ask_telegram
        if (bot := settings.zalo_bot) is not None:

            async def ask_zalo_bot() -> tuple[list[Finding], datetime | None]:
                return await zalo_bot(bot, settings.public_url, await self._runs())

            found["zalo_bot"] = ask_zalo_bot
        if (oa := settings.zalo_oa) is not None:

            async def ask_zalo_oa() -> tuple[list[Finding], datetime | None]:
                return await zalo_oa(oa, settings.public_url or "", await asyncio.shield(self._looked), await self._runs(), self._now())

            found["zalo_oa"] = ask_zalo_oa
        return found


TITLES = {"telegram": "Telegram", "zalo_bot": "Zalo Bot", "zalo_oa": "Zalo"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What a channel's check found, and what time it is at the platform."""

    findings: Sequence[Finding]
    time: datetime | None


def accounts(settings: Settings) -> list[str]:
    """The names of the accounts of the channels that are configured."""
    found = []
    if settings.telegram is not None:
        found.append(telegram_channel.account(settings.telegram.token))
    if settings.zalo_oa is not None:
        found.append(zalo_oa_channel.account(settings.zalo_oa.oa))
    if settings.zalo_bot is not None:
        found.append(zalo_bot_channel.account(settings.zalo_bot.token))
    return found


def secrets(settings: Settings) -> list[str]:
    """Everything that must never be shown, the password within DATABASE_URL too."""
    found = [*settings.secrets.values(), *(key.strip() for key in settings.secrets["data_key"].split(","))]
    if settings.telegram is not None:
        found += [settings.telegram.token, settings.telegram.secret or ""]
    if settings.zalo_bot is not None:
        found += [settings.zalo_bot.token, settings.zalo_bot.secret or ""]
    if settings.zalo_oa is not None:
        found += [settings.zalo_oa.app_secret, settings.zalo_oa.secret]
    password = urlsplit(settings.database_url).password or ""
    found += [password, unquote(password)]
    return [secret for secret in found if len(secret) > 3 and secret != UNMADE]
