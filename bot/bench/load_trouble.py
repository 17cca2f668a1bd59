"""What becomes of messages in trouble, ours and the peer's: the model stopped, messages doubled, bursts, a server killed in the middle."""

import asyncio
import random
import re
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from .conversation import STEPS, said
from .figures import percentile
from .ground import NO_WAIT, Contender, Ground
from .load_figures import Table, ms
from .peer import Peer
from .wires import Answer, Http, RasaWire, WebWire, Wire

WEBHOOKS = 32
NEVER = 10_000.0
PATIENCE = 8.0


def wire(contender: Contender, number: int, token: str | None = None) -> WebWire | RasaWire:
    """A citizen of this part, by number."""
    url = contender.urls[0]
    if contender.kind == "rasa":
        return RasaWire(url, f"trouble-{number}")
    return WebWire(url, f"127.254.{1 + number // 250}.{1 + number % 250}", token)


async def webhooks(ground: Ground) -> Table:
    """So many messages at the same moment that need the model, while it takes questions and never answers."""
    stopped = await ground.made_model(NEVER, 1)
    served = await ground.serve(ground.database("sqlite"), {"NLU_URL": stopped, **NO_WAIT})
    here = Contender("", "web", [served])
    wires = [wire(here, number) for number in range(WEBHOOKS)]
    chance = random.Random(WEBHOOKS)  # noqa: S311  # repeatable on purpose
    for one in wires:
        await one.open()
    took: list[float] = []
    replied: list[float] = []

    async def one_of(which: Wire) -> None:
        assert isinstance(which, WebWire)
        began = time.perf_counter()
        await which.post(said(STEPS[2], chance), "message-0")
        took.append(1000 * (time.perf_counter() - began))
        async with asyncio.timeout(30):
            await which.hear(1)
        replied.append(1000 * (time.perf_counter() - began))

    await asyncio.gather(*map(one_of, wires))
    for one in wires:
        await one.close()
    await served.end()
    row = (str(WEBHOOKS), *(f"{ms(percentile(sorted(times), 0.5))} / {ms(max(times))}" for times in (took, replied)))
    text = "Cùng một lúc, mỗi người một câu phải hỏi mô hình, mà mô hình nhận câu rồi không bao giờ trả lời."
    return Table("Mô hình đứng", text, ("tin", "nhận (202): p50 / lâu nhất ms", "lời đáp: p50 / lâu nhất ms"), [row])


async def doubled(contender: Contender, citizens: int) -> str:
    """Every message is sent twice under one key, as who got no answer in time does. How many conversations go rightly on."""

    async def one(number: int) -> bool:
        here, chance, right = wire(contender, number), random.Random(number), True  # noqa: S311  # repeatable on purpose
        await here.open()
        for place, step in enumerate(STEPS[:4]):
            text, key = said(step, chance), f"{number}-message-{place}"
            answer = await here.say(text, key, contender.expected[place][0])
            right = right and (answer.count, answer.digest) == tuple(contender.expected[place])
            await (here.post(text, key) if isinstance(here, WebWire) else here.say(text, key, None))
        await here.close()
        return right

    return f"{sum([await one(number) for number in range(citizens)])} / {citizens}"


async def bursts(contender: Contender, citizens: int, messages: int, order: Callable[[WebWire | RasaWire], Awaitable[list[int]]]) -> str:
    """Messages of one citizen 2 ms apart, each over a connection of its own. How many citizens' were kept in order."""
    kept = 0
    for number in range(1000, 1000 + citizens):
        here = wire(contender, number)
        await here.open()
        await asyncio.gather(*(_one_of_burst(here, place) for place in range(messages)))
        await asyncio.sleep(0.3)
        kept += await order(here) == list(range(messages))
        await here.close()
    return f"{kept} / {citizens}"


async def _one_of_burst(here: WebWire | RasaWire, place: int) -> None:
    await asyncio.sleep(0.002 * place)
    text = f"tin thứ {place} nhé"
    if isinstance(here, RasaWire):
        once: WebWire | RasaWire = RasaWire(here.url, here.sender)
        await once.say(text, uuid4().hex, None)
    else:
        once = WebWire(here.url, here.source, here.token)
        await once.post(text, uuid4().hex)
    await once.close()


async def order_of_ours(here: WebWire | RasaWire) -> list[int]:
    """As a page that is opened now shows it."""
    assert isinstance(here, WebWire)
    page = Http(here.url, here.source)
    reader, writer = await page.streams()
    writer.write(f"GET /chat/events HTTP/1.1\r\nHost: page\r\nAuthorization: Bearer {here.token}\r\n\r\n".encode())
    shown = b""
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.5):
                shown += await reader.read(65536)
    await page.close()
    return _places(line for line in shown.decode(errors="replace").splitlines() if '"mine": true' in line)


def order_of(peer: Peer) -> Callable[[WebWire | RasaWire], Awaitable[list[int]]]:
    async def order(here: WebWire | RasaWire) -> list[int]:
        assert isinstance(here, RasaWire)
        with sqlite3.connect(peer.tracker) as tracker:
            rows = tracker.execute("SELECT data FROM events WHERE sender_id = ? AND type_name = 'user' ORDER BY id", (here.sender,))
            found = _places(row[0].encode().decode("unicode_escape") for row in rows)
        tracker.close()
        return found

    return order


def _places(lines: Iterable[str]) -> list[int]:
    found = [re.search(r"tin th\S+ (\d+) nh", line) for line in lines]
    return [int(match[1]) for match in found if match is not None]


@dataclass(frozen=True, slots=True)
class Killed:
    """Of messages under way at a kill -9: answered before it, answered after the restart by themselves, rightly after sending again."""

    before: int
    by_itself: int
    again: int
    of: int

    def __str__(self) -> str:
        return f"{self.before} trước khi giết, {self.by_itself} tự đến sau khi bật lại, {self.again} sau khi gửi lại; của {self.of}"


async def killed(contender: Contender, citizens: int, after: float) -> Killed:
    """All send at once; the server is killed in the middle, started again, heard without a word, then sent the same once more."""
    (server,) = contender.processes
    people = [wire(contender, 2000 + number) for number in range(citizens)]
    chance = random.Random(citizens)  # noqa: S311  # repeatable on purpose
    texts = [said(STEPS[0], chance) for _ in people]
    count, digest = contender.expected[0]
    for one in people:
        await one.open()
    sending = [asyncio.create_task(_say(one, text, "message-0", count)) for one, text in zip(people, texts, strict=True)]
    await asyncio.sleep(after)
    await server.end(signal.SIGKILL)
    before = [_is(answer, count, digest) for answer in await asyncio.gather(*sending)]
    for one in people:
        await one.close()
    await server.start()
    by_itself, again = 0, 0
    for number, (one, text, had) in enumerate(zip(people, texts, before, strict=True)):
        if had:
            continue
        back = wire(contender, 2000 + number, one.token if isinstance(one, WebWire) else None)
        await back.open()
        if isinstance(back, WebWire):
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE / 4):
                    came = await back.hear(count)
                    by_itself += 1
                    again += _is(came, count, digest)
                    await back.close()
                    continue
        again += _is(await _say(back, text, "message-0", count), count, digest)
        await back.close()
    return Killed(sum(before), by_itself, again, citizens)


async def _say(one: WebWire | RasaWire, text: str, key: str, count: int) -> Answer | None:
    with suppress(OSError, EOFError, TimeoutError, ValueError):
        async with asyncio.timeout(PATIENCE):
            return await one.say(text, key, count)
    return None


def _is(answer: Answer | None, count: int, digest: str) -> bool:
    return answer is not None and (answer.count, answer.digest) == (count, digest)


async def troubles(ground: Ground, ours: Contender, peer: tuple[Peer, Contender] | None, citizens: int) -> Table:
    """Beside each other what becomes of what is sent."""
    rows: list[Sequence[str]] = []
    for contender, order in ((ours, order_of_ours), *(((peer[1], order_of(peer[0])),) if peer else ())):
        ground.note(f"{contender.name}: gửi đôi, dồn, giết")
        twice = await doubled(contender, citizens)
        burst = await bursts(contender, citizens, 8, order)
        after = await killed(contender, 4 * citizens, 0.15)
        rows.append((contender.name, twice, burst, str(after)))
    said_ = (
        "Gửi đôi: mỗi tin hai lần cùng một khóa, cuộc trò chuyện vẫn đúng. Dồn: tám tin cách nhau 2 ms, "
        "mỗi tin một kết nối, giữ đúng thứ tự. "
        "kill -9: mọi người cùng gửi, 0,15 giây sau thì giết."
    )
    return Table("Khi có sự cố", said_, ("bên", "gửi đôi", "dồn", "kill -9"), rows)
