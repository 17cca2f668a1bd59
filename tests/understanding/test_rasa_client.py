"""The client against a server that hangs, fails, lies: every turn goes on, and says why it had to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from bot.understanding.question import LIMIT, question
from bot.understanding.rasa import Nlu, NluAway
from bot.understanding.redact import MASKS
from tests.conftest import Clock
from tests.fakes.rasa_server import RasaServer, rasa_server

KNOWN = frozenset({"eid_otp", "affirm", "greet"})
Make = Callable[..., Nlu]


@pytest.fixture
async def server() -> AsyncIterator[RasaServer]:
    async with rasa_server() as fake:
        yield fake


@pytest.fixture
async def make(clock: Clock) -> AsyncIterator[Make]:
    async with AsyncExitStack() as closing:

        def made(*servers: RasaServer, timeout: float = 5.0) -> Nlu:
            nlu = Nlu(
                [s.url for s in servers],
                "a token made up for tests",
                KNOWN,
                "nlu-expected.tar.gz",
                timeout=timeout,
                clock=lambda: clock().timestamp(),
            )
            closing.push_async_callback(nlu.close)
            return nlu

        yield made


async def why(nlu: Nlu, text: str) -> str:
    with pytest.raises(NluAway) as away:
        await nlu.parse(text)
    assert "token" not in str(away.value)
    return away.value.why


async def test_it_reads(server: RasaServer, make: Make) -> None:
    meaning = await make(server).parse("không nhận được mã otp hết bao nhiêu tiền")
    assert meaning.top is not None
    assert (meaning.top.intent, meaning.top.confidence, meaning.by, meaning.aspect) == ("eid_otp", 0.9, "model", "fee")


async def test_the_same_question_is_asked_once(server: RasaServer, make: Make) -> None:
    nlu = make(server)
    await nlu.parse("ko nhận đc mã")
    assert (await nlu.parse("Không nhận được MÃ!")).ranking == (await nlu.parse("ko nhận đc mã")).ranking
    assert len(server.asked) == 1


async def test_only_known_intents_are_accepted(server: RasaServer, make: Make) -> None:
    server.answer = {
        "intent_ranking": [{"name": "start", "confidence": 1.0}, {"name": "greet", "confidence": 0.4}, {"name": "affirm", "confidence": 7}]
    }
    assert [reading.intent for reading in (await make(server).parse("x y")).ranking] == ["greet"]


@pytest.mark.parametrize(
    "answer", [b"<html>", [], {}, {"intent_ranking": [1]}, {"intent_ranking": [{"name": "greet", "confidence": "sure"}]}, None]
)
async def test_nonsense_is_no_answer(server: RasaServer, make: Make, answer: object) -> None:
    server.answer = answer
    assert await why(make(server), "chào") in ("unreadable answer", "down")


async def test_another_model_is_not_trusted(server: RasaServer, make: Make) -> None:
    server.model_file = "models/nlu-older.tar.gz"
    nlu = make(server)
    assert await why(nlu, "chào") == "wrong model nlu-older.tar.gz"
    assert server.asked == []
    assert not await nlu.ready()


async def test_a_path_before_the_model_name_does_not_matter(server: RasaServer, make: Make) -> None:
    server.model_file = "/srv/models/nlu-expected.tar.gz"
    assert (await make(server).parse("chào")).top is not None


async def test_a_wrong_token_is_said_without_the_token(server: RasaServer, make: Make) -> None:
    server.token = "another"
    assert await why(make(server), "chào") == "status 401"


async def test_three_failures_open_the_breaker_and_one_probe_closes_it(server: RasaServer, make: Make, clock: Clock) -> None:
    nlu = make(server)
    server.status = 500
    for text in ("một", "hai", "ba"):
        assert await why(nlu, text) == "status 500"
    assert await why(nlu, "bốn") == "breaker open: status 500"
    assert len(server.asked) == 3
    clock.forward(5)
    assert await why(nlu, "năm") == "status 500"
    assert await why(nlu, "sáu") == "breaker open: status 500"
    clock.forward(5)
    server.status = 200
    assert (await nlu.parse("bảy")).top is not None
    assert (await nlu.parse("tám")).top is not None


async def test_half_open_asks_a_single_question(server: RasaServer, make: Make, clock: Clock) -> None:
    nlu = make(server)
    server.status = 500
    for text in ("một", "hai", "ba"):
        await why(nlu, text)
    clock.forward(5)
    server.status, server.hangs = 200, True
    probe = asyncio.create_task(nlu.parse("bốn"))
    await server.holds(1)
    assert (await why(nlu, "năm")).startswith("breaker open")
    server.go_on.set()
    assert (await probe).top is not None


async def test_a_server_that_hangs_is_left_after_the_timeout(server: RasaServer, make: Make) -> None:
    server.hangs = True
    assert await why(make(server, timeout=0.05), "chào") == "timeout"


async def test_a_server_that_is_gone(make: Make) -> None:
    gone = RasaServer()
    gone.url = "http://127.0.0.1:9"
    assert await why(make(gone), "chào") == "down"


async def test_without_servers(make: Make) -> None:
    assert await why(make(), "chào") == "no model"


async def test_the_other_process_answers_for_one_that_fails(server: RasaServer, make: Make) -> None:
    async with rasa_server() as other:
        server.status = 500
        nlu = make(server, other)
        for text in ("một", "hai", "ba", "bốn", "năm", "sáu"):
            assert (await nlu.parse(text)).top is not None
        assert len(other.asked) == 6
        assert len(server.asked) == 3


async def test_questions_go_round(server: RasaServer, make: Make) -> None:
    async with rasa_server() as other:
        nlu = make(server, other)
        for text in ("một", "hai", "ba", "bốn"):
            await nlu.parse(text)
        assert len(server.asked) == len(other.asked) == 2


async def test_a_process_gets_four_questions_at_once(server: RasaServer, make: Make) -> None:
    nlu = make(server)
    await nlu.parse("trước")
    server.hangs = True
    asking = [asyncio.create_task(nlu.parse(f"câu {number}")) for number in range(12)]
    await server.holds(4)
    server.go_on.set()
    await asyncio.gather(*asking)
    assert server.at_once == 4


@pytest.mark.parametrize(
    "text", ["", "   ", "???", "😀😀", "123 456", "\u200b\u202e", "/", MASKS["otp"], f"{MASKS['id_number']}, {MASKS['phone']}"]
)
async def test_what_holds_no_letters_is_not_asked(server: RasaServer, make: Make, text: str) -> None:
    meaning = await make(server).parse(text)
    assert (meaning.ranking, meaning.by) == ((), "none")
    assert server.asked == []


@pytest.mark.parametrize("text", ['/affirm{"a":1}', "  //affirm", "\u200b/affirm", "\\/affirm"])
async def test_no_question_begins_with_a_slash(server: RasaServer, make: Make, text: str) -> None:
    await make(server).parse(text)
    assert [asked[0] for asked in server.asked] == ["a"]


def test_of_a_long_story_its_beginning_and_its_end_are_asked() -> None:
    asked = question("đầu tiên " + "chuyện dài lắm " * 300 + "quên mật khẩu thì sao")
    assert asked is not None
    assert len(asked) <= LIMIT
    assert asked.startswith("đầu tiên chuyện")
    assert asked.endswith("dài lắm quên mật khẩu thì sao")


def test_a_story_without_spaces_is_cut_too() -> None:
    assert len(question("a" * 100_000) or "") <= LIMIT
