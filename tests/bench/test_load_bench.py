"""The bench of the load: real processes for a few seconds, a crowd that waits for nobody, figures that own up to what failed."""

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.bench import load_pictures
from bot.bench.conversation import STEPS, said
from bot.bench.crowd import Crowd, Errand, Seen
from bot.bench.ground import NO_WAIT, Ground
from bot.bench.load import Wanted, measured
from bot.bench.load_figures import Point, Report, Table, most, point
from bot.bench.load_sizes import IN_ONE, fill
from bot.bench.machine import worked
from bot.bench.made_model import MadeModel
from bot.bench.peer import ANSWER, ASKS, GUIDE, domain, rules
from bot.bench.wires import RasaWire, answered
from bot.model.errors import SettingsError
from bot.settings import Settings
from bot.store.database import Database
from bot.understanding.rasa import Nlu


def quiet(_line: str) -> None:
    pass


class Slow:
    """A peer that speaks Rasa's REST channel; it answers one after the other, each after so many seconds."""

    def __init__(self, seconds: float, texts: Sequence[str] = ("đáp",)) -> None:
        self.seconds = seconds
        self.texts = texts
        self.heard: list[str] = []
        self._one = asyncio.Lock()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                size = int(head.split("content-length:")[1].split("\r\n")[0])
                self.heard.append(json.loads(await reader.readexactly(size))["message"])
                async with self._one:
                    await asyncio.sleep(self.seconds)
                body = json.dumps([{"text": text} for text in self.texts]).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()


Talks = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talks: Talks) -> AsyncIterator[str]:
    """Its address; over when all who came have gone."""
    running: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talks(reader, writer)
        await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.create_task(one(reader, writer)))

    async with await asyncio.start_server(begin, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*running)


@pytest.fixture
async def slow() -> AsyncIterator[tuple[Slow, str]]:
    peer = Slow(0.05)
    async with listening(peer.serve) as url:
        yield peer, url


EXPECTED = [(1, answered(["đáp"]).digest)] * len(STEPS)


async def test_waiting_is_counted_from_the_moment_that_was_meant(slow: tuple[Slow, str]) -> None:
    """Forty messages a second to who answers twenty: a crowd that waited for its answers would see 50 ms for ever."""
    _, url = slow
    seen = await Crowd(Errand("rasa", [url], rate=40, seconds=1, warm_up=0, think=0.2, expected=EXPECTED)).run()
    assert seen.lost == seen.wrong == 0
    assert len(seen.took) == seen.intended > 20
    assert max(seen.took) > 500
    assert not point("", 40, seen, 1, 0, 0, 0).holds


async def test_what_is_answered_otherwise_is_wrong_and_what_breaks_is_lost(slow: tuple[Slow, str]) -> None:
    peer, url = slow
    peer.seconds, peer.texts = 0.0, ("khác",)
    seen = await Crowd(Errand("rasa", [url], rate=20, seconds=0.4, warm_up=0, think=0.1, expected=EXPECTED)).run()
    assert seen.wrong == seen.all == sum(seen.why.values()) > 0
    assert seen.why["'1': 1 for 1, 'khác'"] > 0
    lost = await Crowd(Errand("rasa", ["http://127.0.0.1:1"], rate=20, seconds=0.2, warm_up=0, think=0.1, expected=EXPECTED)).run()
    assert lost.lost == sum(lost.why.values()) > 0
    assert lost.all == 0


async def test_a_conversation_alone_finds_out_what_is_right(slow: tuple[Slow, str]) -> None:
    peer, url = slow
    seen = await Crowd(Errand("rasa", [url])).run()
    assert seen.answers == EXPECTED
    assert [text.split(" ạ ")[0] for text in peer.heard] == [step.text for step in STEPS]


async def test_a_wire_tells_a_refusal(slow: tuple[Slow, str]) -> None:
    wire = RasaWire("http://127.0.0.1:1", "an")
    with pytest.raises(OSError, match=r"."):
        await wire.say("chào", "1", None)


def test_texts_for_the_model_are_hardly_ever_the_same() -> None:
    chance = random.Random(1)
    assert len({said(STEPS[0], chance) for _ in range(200)}) > 190
    assert said(STEPS[1], chance) == "1"


async def test_real_processes_are_loaded_and_say_the_right_things(settings: Settings, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        ground = Ground(settings, tmp_path, None, stack, quiet)
        url = await ground.made_model(0.0, 4)
        ours = await ground.ours("ta", "sqlite", {**NO_WAIT, "NLU_URL": url})
        assert [count for count, _ in ours.expected] == [2, 1, 1, 1, 1, 1, 2, 1]
        seen = await ground.load(ours, 4, 2, warm_up=0.5)
        assert (seen.lost, seen.wrong, seen.why) == (0, 0, {})
        assert len(seen.took) == seen.intended >= 4
        assert ours.worked() > 0
        assert ours.memory() > 50
        ours.expected = [(1, answered([]).digest), *ours.expected[1:]]
        assert next(iter((await ground.load(ours, 4, 1, warm_up=0)).why)).startswith("'tôi muốn làm định danh mức 2': 1 for 1, '")


async def test_a_part_that_there_is_not_is_refused(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="no part 'speed'"):
        await measured(settings, Wanted(parts=["speed"]), quiet)


async def test_the_made_model_is_believed(settings: Settings) -> None:
    model = MadeModel(0.0, 2, "made.tar.gz")
    async with listening(model.serve) as url:
        nlu = Nlu([url], "t", {"eid_otp", "eid_level_2"}, "made.tar.gz", timeout=20)
        assert await nlu.ready()
        top = (await nlu.parse(STEPS[4].text)).top
        await nlu.close()
    assert top is not None
    assert top.intent == "eid_otp"


async def test_what_is_stored_before_is_as_much_as_was_asked_for(database: Database) -> None:
    await fill(database, 80)

    async def count(what: str) -> int:
        return int(await database.read(lambda tx: tx.scalar(text(f"SELECT count(*) FROM {what}"))) or 0)

    found = [await count(what) for what in ("message", "conversation", "message WHERE status = 'sent'")]
    assert found == [80, 80 // IN_ONE, 40]


def test_the_peer_has_a_rule_for_everything_and_a_form_for_the_guide() -> None:
    intents = [GUIDE, "greet", "eid_otp"]
    made, known = rules(intents), domain(intents)
    assert {step["intent"] for rule in made for step in rule["steps"] if "intent" in step} == set(intents)
    assert known["forms"]["guide"]["required_slots"] == list(ASKS)
    said_there = {step["action"] for rule in made for step in rule["steps"] if "action" in step} - {"guide"}
    assert said_there <= set(known["responses"])
    assert ANSWER in known["intents"]


def a_point(rate: float, p95: float, **more: float) -> Point:
    usual = {"meant": rate, "answered": rate, "p50": 1.0, "late": 0.1, "cpu": 1.0, "model": 0.0, "memory": 100.0, "wrong": 0, "lost": 0}
    return Point(name="ta", rate=rate, p95=p95, machine_load=1.0, **{**usual, **more})  # type: ignore[arg-type]


def test_a_rate_is_held_only_with_nothing_lost_wrong_or_left_behind() -> None:
    assert a_point(10, 900).holds
    assert not a_point(10, 1000).holds
    assert not a_point(10, 10, wrong=1).holds
    assert not a_point(10, 10, lost=1).holds
    assert not a_point(10, 10, answered=7.9).holds
    best = most([a_point(10, 5), a_point(30, 5), a_point(20, 2000)], "ta")
    assert best is not None
    assert best.rate == 10


def test_milliseconds_of_the_processor_are_shared_by_all_answers() -> None:
    found = point("ta", 10, Seen(took=[1.0, 3.0], late=[0.1], intended=2, ended=20, all=40), 2.0, 0.4, 0.2, 10.0)
    assert (found.answered, found.p50, found.p95, found.cpu, found.model) == (10.0, 1.0, 3.0, 10.0, 5.0)


def test_the_report_is_tables_and_a_picture() -> None:
    report = Report({"nhân": 2}, [Table("Lượt", "đo vậy", ("bên", "lượt"), [("ta", "10")])], [a_point(10, 5), a_point(20, 2000)])
    assert "| ta | 10 |" in report.markdown()
    assert json.loads(json.dumps(report.as_json()))["points"][1]["holds"] is False
    drawn = load_pictures.rates(report.points)
    assert drawn.startswith("<svg")
    assert "p95" in drawn


def test_the_time_of_the_processor_is_read() -> None:
    before, ends = worked(os.getpid()), time.process_time() + 0.05
    while time.process_time() < ends:
        pass
    assert worked(os.getpid()) > before
    assert worked(0) == 0.0
