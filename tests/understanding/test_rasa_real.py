"""The client and the process against the real Rasa with the real model: the traps of its server stay shut."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import yaml

from bot.model.catalogue import catalogue
from bot.model.errors import NluError
from bot.understanding.process import NluProcess
from bot.understanding.rasa import Nlu, NluAway
from tests.understanding.conftest import ROOT, TOKEN

KNOWN = catalogue(yaml.safe_load((ROOT / "content/catalogue.yml").read_text())).intents


@pytest.fixture
async def nlu(rasa: str, model: Path) -> AsyncIterator[Nlu]:
    client = Nlu([rasa], TOKEN, KNOWN, model.name)
    yield client
    await client.close()


@pytest.mark.parametrize("text", ["làm sao để đăng ký định danh mức 2", "dang ky dinh danh muc 2 the nao", "đk định danh mức 2 ntn"])
async def test_the_first_question_of_all_is_understood(nlu: Nlu, text: str) -> None:
    top = (await nlu.parse(text)).top
    assert top is not None
    assert top.intent == "eid_level_2"
    assert top.confidence > 0.6


async def test_it_serves_the_expected_model(nlu: Nlu) -> None:
    assert await nlu.ready()


async def test_another_expected_model_is_refused(rasa: str) -> None:
    client = Nlu([rasa], TOKEN, KNOWN, "nlu-another.tar.gz")
    with pytest.raises(NluAway, match="wrong model"):
        await client.parse("chào")
    await client.close()


@pytest.mark.parametrize("text", ["???", "😀", "漢字", "", " "])
async def test_a_text_of_nothing_known_is_not_believed_even_when_asked(rasa: str, text: str) -> None:
    """Beside our client: should such a text ever get through, the model itself is unsure."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = (await http.post(f"{rasa}/model/parse", params={"token": TOKEN}, json={"text": text})).json()
    assert answer["intent"]["confidence"] < 0.2


async def test_a_slash_does_not_choose_the_intent(nlu: Nlu) -> None:
    for text in ("/eid_otp", '/eid_otp{"a": 1}'):
        top = (await nlu.parse(text)).top
        assert top is None or top.confidence < 1.0


async def test_a_story_of_a_megabyte_is_answered(nlu: Nlu) -> None:
    assert (await nlu.parse("tôi quên mật khẩu vneid " * 45_000)).top is not None


async def test_nothing_is_open_without_the_token(rasa: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(f"{rasa}/model/parse", json={"text": "chào"})).status_code == 401
        assert (await http.get(f"{rasa}/status")).status_code == 401
        assert (await http.post(f"{rasa}/webhooks/rest/webhook", json={"sender": "a", "message": "chào"})).status_code == 404


def test_a_missing_model_is_said_not_replaced(tmp_path: Path) -> None:
    process = NluProcess(ROOT, tmp_path / "nlu-missing.tar.gz", TOKEN)
    with pytest.raises(NluError, match="danloi train"):
        asyncio.run(process.start())


@pytest.mark.parametrize("server", ["light", "rasa"])
async def test_it_is_started_again_when_it_dies_and_its_token_is_nowhere_to_read(model: Path, server: str) -> None:
    died = asyncio.Event()
    process = NluProcess(ROOT, model, TOKEN, note=lambda event: died.set(), server=server)
    await process.start()
    try:
        await process.ready()
        first = process.pid
        assert first is not None
        assert TOKEN not in cmdline(first)
        os.kill(first, signal.SIGKILL)
        await died.wait()
        await process.ready()
        assert process.pid != first
    finally:
        await process.stop()


def cmdline(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


@pytest.mark.parametrize("server", ["light", "rasa"])
def test_nobody_survives_the_death_of_the_parent(model: Path, tmp_path: Path, server: str) -> None:
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom bot.understanding.process import NluProcess\n"
        "async def main():\n"
        "    process = NluProcess(Path(sys.argv[1]), Path(sys.argv[2]), 'a token made up for tests', server=sys.argv[3])\n"
        "    await process.start()\n    print(process.pid, flush=True)\n    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(ROOT), str(model), server], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    descriptor = os.pidfd_open(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    try:
        assert _ends(descriptor)
    finally:
        os.close(descriptor)


def _ends(descriptor: int) -> bool:
    ready, _, _ = select.select([descriptor], [], [], 60)
    return bool(ready)
