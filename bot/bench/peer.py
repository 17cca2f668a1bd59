"""The peer: Rasa's own server with Rasa's own dialogue, made from our lines, for `danloi bench load` to measure beside ours.

`rasa run` with the REST channel, the stock pipeline with DIET, RulePolicy with a rule for every intent and a form for one guide, a tracker
store in SQLite: what one would put up instead of this program. It is nobody's assistant: its answers are bare titles.
"""

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import yaml

from ..model.errors import NluError
from ..understanding.model_files import PYTHON, environment, last_lines
from .child import Child
from .stock import CONFIG

GUIDE = "eid_level_2"
ASKS = ("age", "card", "sim", "go")
"""The guide's steps on the measured way, each a slot of the form."""
ANSWER = "answer"
NUMBERS = ("1", "2", "3", "số 1", "số 2", "cái thứ nhất", "cái thứ hai", "một", "hai")
"""What a citizen answers a step with. Ours reads it by exact lists; the peer has nothing but its model for that, so it learns them."""
START_TIME = 240.0


class Peer(Child):
    """A trained model of the peer. `tracker`: the SQLite file that keeps its conversations, over restarts too."""

    def __init__(self, root: Path, model: Path, folder: Path) -> None:
        super().__init__()
        self._root = root
        self._model = model
        self._folder = folder
        self.tracker = folder / "tracker.db"

    async def start(self) -> None:
        """Back once it answers. Raises NluError where it does not."""
        endpoints, credentials = self._folder / "endpoints.yml", self._folder / "credentials.yml"
        endpoints.write_text(yaml.safe_dump({"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(self.tracker)}}), "utf-8")
        credentials.write_text("rest:\n", "utf-8")
        files = ("--endpoints", str(endpoints), "--credentials", str(credentials))
        with (self._folder / "peer.log").open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *(str(self._root / PYTHON), "-m", "rasa", "run", "-m", str(self._model), "-i", "127.0.0.1", "-p", str(self._port), *files),
                cwd=self._folder,
                env=environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await self._until_it_answers()

    async def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)
            await self._child.wait()

    async def _until_it_answers(self) -> None:
        assert self._child is not None
        ends = time.monotonic() + START_TIME
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as http:
            while time.monotonic() < ends and self._child.returncode is None:
                with suppress(httpx.HTTPError):
                    if (await http.get(self.url)).status_code == 200:
                        return
                await asyncio.sleep(0.2)
        await self.end(signal.SIGKILL)
        raise NluError(f"Rasa's own server did not start:\n{last_lines((self._folder / 'peer.log').read_text('utf-8', 'replace'))}")


def peer_model(root: Path, kept: Path, epochs: int, intents: Sequence[str], note: Callable[[str], None]) -> tuple[Path, float | None]:
    """The peer's model of these lines, trained now unless `kept` has it; and how many seconds that took. Raises NluError.

    `epochs` of DIET: fewer learn sooner and read worse, but answer no faster.
    """
    lines = sorted((root / "nlu/data").glob("*.yml"))
    made = yaml.safe_dump([domain(intents), rules(intents), NUMBERS, epochs], allow_unicode=True).encode()
    parts = (made, (root / CONFIG).read_bytes(), *(path.read_bytes() for path in lines))
    model = kept.resolve() / f"peer-{hashlib.sha256(b''.join(parts)).hexdigest()[:16]}.tar.gz"
    if model.is_file():
        return model, None
    note(f"huấn luyện Rasa để so, DIET {epochs} vòng (vài phút trở lên) …")
    kept.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        project = Path(folder)
        _write(project, root, epochs, intents, lines)
        name = model.name.removesuffix(".tar.gz")
        command = [str(root / PYTHON), "-m", "rasa", "train", "--fixed-model-name", name, "--out", str(project / "out")]
        done = subprocess.run(  # noqa: S603
            command, cwd=project, env=environment(), capture_output=True, text=True, errors="replace", timeout=3600, check=False
        )
        out = project / "out" / model.name
        if done.returncode or not out.is_file():
            raise NluError("Rasa could not train the peer. Its last lines:\n" + last_lines(done.stdout + done.stderr))
        shutil.copy(out, model.with_suffix(".part"))
        os.replace(model.with_suffix(".part"), model)
    return model, time.monotonic() - began


def _write(project: Path, root: Path, epochs: int, intents: Sequence[str], lines: Sequence[Path]) -> None:
    (project / "data").mkdir()
    for path in lines:
        shutil.copy(path, project / "data" / path.name)
    examples = "".join(f"- {number}\n" for number in NUMBERS)
    _dump(project / "data" / "answer.yml", {"version": "3.1", "nlu": [{"intent": ANSWER, "examples": examples}]})
    _dump(project / "data" / "rules.yml", {"version": "3.1", "rules": rules(intents)})
    _dump(project / "domain.yml", domain(intents))
    config = yaml.safe_load((root / CONFIG).read_text("utf-8"))
    for component in config["pipeline"]:
        if component["name"] == "DIETClassifier":
            component["epochs"] = epochs
    _dump(project / "config.yml", config | {"policies": [{"name": "RulePolicy"}]})


def domain(intents: Sequence[str]) -> dict[str, Any]:
    """A form for the guide, and an answer for every other intent."""
    topics = [intent for intent in intents if intent != ANSWER]
    slots = {
        step: {
            "type": "text",
            "influence_conversation": False,
            "mappings": [{"type": "from_text", "not_intent": topics, "conditions": [{"active_loop": "guide", "requested_slot": step}]}],
        }
        for step in ASKS
    }
    said = {f"utter_ask_{step}": [{"text": f"hỏi: {step}"}] for step in ASKS}
    said |= {f"utter_{intent}": [{"text": f"đáp: {intent}"}] for intent in topics} | {"utter_done": [{"text": "đáp: done"}]}
    return {
        "version": "3.1",
        "intents": [*topics, ANSWER],
        "slots": slots,
        "forms": {"guide": {"required_slots": list(ASKS)}},
        "responses": said,
        "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
    }


def rules(intents: Sequence[str]) -> list[dict[str, Any]]:
    begins = [{"intent": GUIDE}, {"action": "guide"}, {"active_loop": "guide"}]
    ends = [{"action": "guide"}, {"active_loop": None}, {"slot_was_set": [{"requested_slot": None}]}, {"action": "utter_done"}]
    answers = [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in intents
        if intent not in (GUIDE, ANSWER)
    ]
    done = {"rule": "done", "condition": [{"active_loop": "guide"}], "steps": ends}
    return [{"rule": "begin", "steps": begins}, done, *answers]


def _dump(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
