"""Who lives through a round: what they write, what they wait for, and the volunteer who takes over in the midst of it.

Everything that citizens ask for by `/start topic` has an answer of its own, the same whatever came before: so what was shown tells which
message was handled, how often, and in which order. Nobody asks for the same twice.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from uuid import uuid4

import httpx
from sqlalchemy.exc import DBAPIError

from bot.desk.passwords import hash_password
from bot.model.clock import now
from bot.model.errors import DanLoiError
from bot.model.people import Role
from bot.settings import Settings
from bot.store import people
from bot.store.database import Database, Tx
from bot.written import Written

from ..conftest import Clock
from ..desk.serving import Browser
from ..talk import House
from .citizens import TROUBLE, Citizen
from .lines import OnTelegram, OnWeb, OnZalo, Someone
from .world import POISON, World

PASSWORD = "mot cau de nho, chi cho bai thu"  # made up for these rounds
GUIDE = "/start eid_level_2"
TAPS = 4
LAST = "hotline"
"""What everybody asks for at the end, when all is calm."""
PATIENCE = 60.0
"""Seconds that a volunteer tries before we call it stuck."""
TYPED = ("xã Tả Phìn giờ là xã nào", "xã Sủng Là giờ là xã nào")
_LINE = re.compile(r'<div class="line citizen".*?<p class="words">(.*?)</p>', re.DOTALL)


def letters(text: str) -> str:
    """A text without its markup, by which what was written and what was shown are compared."""
    return re.sub(r"\W+", "", unescape(re.sub(r"<[^>]+>", " ", text)))


@dataclass(frozen=True)
class Known:
    """What is said where nothing goes wrong, as letters."""

    topics: Mapping[str, tuple[str, ...]]
    first: str
    error: str
    walked: tuple[str, ...]


async def learn(settings: Settings, database: Database, written: Written) -> Known:
    """From the assistant itself, on a calm day."""
    clock = Clock()
    clock.now = now()
    house = House(settings, database, written, None, clock)
    talk = await house.talk("model")
    topics: dict[str, tuple[str, ...]] = {}
    for topic in (known.id for known in written.catalogue.topics.values() if known.kind == "answer"):
        said = await talk.says(f"/start {topic}")
        texts = tuple(letters(reply.text) for reply in said.replies)
        if said.record.flow is None and not any(set(texts) & set(others) for others in topics.values()):
            topics[topic] = texts
    walker = await house.talk("walker")
    answers = [await walker.says(GUIDE)]
    answers += [await walker.taps(walker.buttons[0].label) for _ in range(TAPS)]
    walked = tuple(letters(reply.text) for answer in answers for reply in answer.replies)
    stranger = await (await house.talk("stranger", consented=False)).says("/start eid_about")
    error = letters(_block(written, "common.error"))
    assert len(topics) > 15
    return Known(topics, letters(stranger.replies[0].text), error, walked)


def _block(written: Written, block: str) -> str:
    from bot.model.clock import today
    from bot.model.dialogue import Say

    return written.words.reply(Say(block), today(now())).text


@dataclass
class Life:
    """One citizen's round. `asked`: the topics, in order; `lines`: what they wrote to a person; `heard`: what that person wrote."""

    who: Someone
    asked: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    typed: list[tuple[str, int]] = field(default_factory=list)
    """What was left to the language model, and how much had been shown before."""
    case: int | None = None
    taken_at: int | None = None
    """How much had been shown when the take was answered."""
    poison: bool = False

    async def ask(self, topic: str) -> None:
        self.asked.append(topic)
        await self.who.says(f"/start {topic}")

    async def sees(self, wanted: str, seconds: float) -> bool:
        for _ in range(int(seconds / 0.05)):
            if wanted in map(letters, self.who.texts):
                return True
            await asyncio.sleep(0.05)
        return False


class Volunteer:
    """Works at /desk as a browser does, and tries again where the network or the server fails, under the same key."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    async def enters(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    if (await self._browser.signs_in("dinh", PASSWORD)).status_code == 303:
                        return
                except (*TROUBLE, AssertionError):
                    pass
                await asyncio.sleep(0.2)

    async def takes(self, case: int) -> None:
        while not await self._does(f"/desk/cases/{case}/take", uuid4().hex):
            await asyncio.sleep(0.3)

    async def says(self, case: int, text: str) -> None:
        """Whoever has lost the case meanwhile (the clock jumped) takes it again."""
        await self._owning(case, "say", text=text)

    async def gives_back(self, case: int) -> None:
        await self._owning(case, "give-back")

    async def lines(self, case: int) -> list[str]:
        """What the citizen wrote, as the page shows it."""
        await self.takes(case)
        return [unescape(line) for line in _LINE.findall(await self._browser.page(f"/desk/cases/{case}"))]

    async def _owning(self, case: int, verb: str, **fields: str) -> None:
        key = uuid4().hex
        while not await self._does(f"/desk/cases/{case}/{verb}", key, **fields):
            await self.takes(case)

    async def _does(self, path: str, key: str, **fields: str) -> bool:
        """Whether it was done; False: it can not be done now (409)."""
        answers: Counter[str] = Counter()
        try:
            async with asyncio.timeout(PATIENCE):
                while (done := await self._tries(path, key, fields, answers)) is None:
                    await asyncio.sleep(0.2)
                return done
        except TimeoutError:
            raise AssertionError(f"the desk did not do {path} for {PATIENCE:.0f} s: {dict(answers)}") from None

    async def _tries(self, path: str, key: str, fields: Mapping[str, str], answers: Counter[str]) -> bool | None:
        """Once. None: there is no saying, so it is to be tried again."""
        try:
            answer = await self._browser.post(path, fields, key=key)
        except (*TROUBLE, AssertionError) as error:
            answers[type(error).__name__] += 1
            return None
        answers[str(answer.status_code)] += 1
        if answer.status_code == 409:
            return False
        if answer.status_code == 303 and "/sign-in" not in answer.headers["location"]:
            return True
        if answer.status_code in (303, 403):
            await self.enters()
        return None


@asynccontextmanager
async def volunteer(world: World) -> AsyncIterator[Volunteer]:
    def hire(tx: Tx) -> None:
        team = people.province_desk(tx)
        people.add(
            tx, "dinh", "Giàng Thị Dính", Role.VOLUNTEER, team.id, now(), password=hash_password(PASSWORD), must_change=False, most_open=9
        )

    await world.does(hire)
    async with httpx.AsyncClient(base_url=world.front.url, timeout=10, verify=False) as client:
        one = Volunteer(Browser(client))
        yield one


@dataclass
class Cast:
    """Everybody of a round."""

    known: Known
    askers: list[Life]
    helped: list[Life]
    typers: list[Life]
    poisoned: Life
    walkers: list[Citizen]
    people: list[OnWeb] = field(default_factory=list)

    @property
    def lives(self) -> list[Life]:
        return [*self.askers, *self.helped, *self.typers, self.poisoned]

    async def leave(self) -> None:
        for one in self.people:
            await one.leaves()


def cast(world: World, known: Known, crowd: int) -> Cast:
    """`crowd`: askers on each platform."""
    on_web: list[OnWeb] = []

    def web(name: str) -> OnWeb:
        on_web.append(OnWeb(name, world.http))
        return on_web[-1]

    def telegram(name: str) -> OnTelegram:
        return OnTelegram(name, world.telegram.person(name))

    def zalo(name: str) -> OnZalo:
        return OnZalo(name, world.zalo.person())

    askers = [Life(make(f"{make.__name__} {number}")) for make in (web, telegram, zalo) for number in range(crowd)]
    helped = [Life(telegram("helped, Telegram")), Life(zalo("helped, Zalo"))]
    typers = [Life(web("types, web")), Life(telegram("types, Telegram"))]
    walkers = [Citizen(world.http, GUIDE, TAPS) for _ in range(2)]
    return Cast(known, askers, helped, typers, Life(zalo("poisoned"), poison=True), walkers, on_web)


async def live(world: World, cast: Cast, helper: Volunteer) -> None:
    """Everybody, at once, until they have written all that they wanted to."""
    topics = [topic for topic in cast.known.topics if topic != LAST]

    def dice(life: Life) -> random.Random:
        return random.Random(f"{world.seed} {life.who.name}")

    lives = [_asks(life, cast.known, topics, dice(life)) for life in cast.askers]
    lives += [_is_helped(life, world, helper, topics, dice(life)) for life in cast.helped]
    lives += [_types(life, dice(life)) for life in cast.typers]
    lives += [cast.poisoned.who.says(POISON), *(walker.live() for walker in cast.walkers)]
    await asyncio.gather(*lives)


async def _asks(life: Life, known: Known, topics: list[str], dice: random.Random) -> None:
    for topic in dice.sample(topics, 5):
        await life.ask(topic)
        if dice.random() < 0.7:  # who is impatient writes on
            await life.sees(known.topics[topic][-1], dice.uniform(1, 4))


async def _is_helped(life: Life, world: World, helper: Volunteer, topics: list[str], dice: random.Random) -> None:
    """Asks for a person while answers still queue; the person takes over, they talk."""
    for topic in dice.sample(topics, 4 if life.who.platform == "telegram" else 2):
        await life.ask(topic)
    await life.who.says("/nguoi")
    while life.case is None:
        with suppress(DBAPIError, DanLoiError):
            life.case = await world.case_of(life.who.address)
        await asyncio.sleep(0.1)
    await helper.takes(life.case)
    life.taken_at = len(life.who.texts)
    for number in range(3):
        life.lines.append(f"chuyện thứ {number} của tôi, {life.who.name}")
        await life.who.says(life.lines[-1])
        life.heard.append(f"lời thứ {number} cho {life.who.name}")
        await helper.says(life.case, life.heard[-1])
        await asyncio.sleep(dice.random())


async def _types(life: Life, dice: random.Random) -> None:
    for text in TYPED:
        life.typed.append((text, len(life.who.texts)))
        await life.who.says(text)
        seen = len(life.who.texts)
        for _ in range(200):
            if len(life.who.texts) > seen:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(1 + dice.random())
