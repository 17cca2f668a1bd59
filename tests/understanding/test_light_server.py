"""Our small server says what Rasa's says: every held-out line and every odd text, one by one and thirty-two at a time."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.understanding.evaluation.examples import read_examples
from tests.understanding.conftest import ROOT, TOKEN

LINES = [example.text for example in read_examples(sorted((ROOT / "nlu").glob("*/*.tsv")))]
ODD = [
    "",
    "   ",
    "😀",
    "???",
    "漢字",
    "/",
    "//",
    "/ greet",
    "/greet",
    '/greet{"a":1}',
    "/greet@0.5",
    "/no such intent",
    "a" * 500,
    "đăng ký " * 60,
]
AT_ONCE = 32
CLOSE = 1e-6


async def asked(url: str, texts: list[str], at_once: int) -> list[Any]:
    async with httpx.AsyncClient(base_url=url, params={"token": TOKEN}, timeout=60, trust_env=False) as http:
        room = asyncio.Semaphore(at_once)

        async def ask(text: str) -> Any:
            async with room:
                response = await http.post("/model/parse", json={"text": text})
            assert response.status_code == 200
            return response.json()

        return await asyncio.gather(*map(ask, texts))


def same(one: Any, other: Any) -> bool:
    ours, theirs = one.get("intent_ranking", []), other.get("intent_ranking", [])
    if [row["name"] for row in ours] != [row["name"] for row in theirs] or one["intent"]["name"] != other["intent"]["name"]:
        return False
    return all(abs(a["confidence"] - b["confidence"]) < CLOSE for a, b in zip(ours, theirs, strict=True))


@pytest.mark.timeout(300)
async def test_it_says_what_rasa_says(rasa: str, light: str) -> None:
    texts = [*ODD, *LINES]
    assert len(texts) > 300
    theirs = await asked(rasa, texts, 1)
    for at_once in (1, AT_ONCE):
        ours = await asked(light, texts, at_once)
        assert [text for text, one, other in zip(texts, ours, theirs, strict=True) if not same(one, other)] == []


async def call(url: str, method: str, path: str, **more: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as http:
        return await http.request(method, path, **{"params": {"token": TOKEN}, **more})


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
async def test_who_has_no_token_is_refused(light: str, token: str) -> None:
    for method, path in (("GET", "/status"), ("POST", "/model/parse"), ("PUT", "/model")):
        assert (await call(light, method, path, params={"token": token})).status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"text":null}', b'{"text":5}', b"{}", b"\xff"])
async def test_what_is_no_question_is_refused_and_the_next_is_answered(light: str, body: bytes) -> None:
    assert (await call(light, "POST", "/model/parse", content=body)).status_code == 400
    assert (await call(light, "POST", "/model/parse", json={"text": "chào"})).status_code == 200


async def test_a_huge_text_is_refused(light: str) -> None:
    assert (await call(light, "POST", "/model/parse", json={"text": "a" * 100_000})).status_code == 413


async def test_other_ways_in_are_closed(light: str) -> None:
    assert (await call(light, "GET", "/model/parse")).status_code == 405
    assert (await call(light, "POST", "/webhooks/rest/webhook", json={"message": "x"})).status_code == 404
    assert (await call(light, "GET", "/", params={})).status_code == 200


async def test_models_are_exchanged_while_people_ask(light: str, model: Path) -> None:
    texts = LINES[:100]
    before = await asked(light, texts, 8)
    asking = asyncio.create_task(asked(light, texts * 4, 8))
    for _ in range(3):
        assert (await call(light, "PUT", "/model", json={"model_file": model.name})).status_code == 204
    assert all(same(one, other) for one, other in zip((await asking)[: len(texts)], before, strict=True))
    assert (await call(light, "GET", "/status")).json()["model_file"] == model.name


@pytest.mark.parametrize("file", ["nlu-there-is-none.tar.gz", "../../etc/passwd", "", None])
async def test_what_is_no_model_changes_nothing(light: str, model: Path, file: str | None) -> None:
    assert (await call(light, "PUT", "/model", json={"model_file": file})).status_code == 400
    assert (await call(light, "GET", "/status")).json()["model_file"] == model.name
