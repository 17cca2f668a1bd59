"""The language model's server by itself, as a container runs it: nobody's child, the token from a file, the promoted model."""

import asyncio
import os
import subprocess
from pathlib import Path

import httpx
import pytest

from ..faults.process import free_port
from .conftest import ROOT, TOKEN

PYTHON = ROOT / "nlu/serve/.venv/bin/python"


def environment(**more: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith("NLU_")}, **more}


async def test_it_serves_what_was_promoted(model: Path, tmp_path: Path) -> None:
    models, token, port = tmp_path / "models", tmp_path / "token", free_port()
    models.mkdir()
    (models / model.name).symlink_to(model)
    (models / "current").write_text(f"{model.name}\n")
    token.write_text(f"{TOKEN}\n")
    served = await asyncio.create_subprocess_exec(
        *(str(PYTHON), "-m", "nlu.serve", str(models)),
        cwd=ROOT,
        env=environment(NLU_TOKEN_FILE=str(token), NLU_PORT=str(port)),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http, asyncio.timeout(60):
            while not await answers(http):
                await asyncio.sleep(0.05)
            status = await http.get("/status", params={"token": TOKEN})
            assert status.json()["model_file"] == model.name
            assert (await http.get("/status")).status_code == 401
            parsed = await http.post("/model/parse", params={"token": TOKEN}, json={"text": "đăng ký định danh mức 2"})
            assert parsed.json()["intent"]["name"] == "eid_level_2"
    finally:
        served.terminate()
        await served.wait()


async def answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(("given", "says"), [({}, "names no model"), ({"current": "x.tar.gz"}, "NLU_TOKEN is missing")])
def test_without_a_model_or_a_token_it_says_so(tmp_path: Path, given: dict[str, str], says: str) -> None:
    for name, content in given.items():
        (tmp_path / name).write_text(content)
    done = subprocess.run(
        [PYTHON, "-m", "nlu.serve", tmp_path], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert says in done.stderr
