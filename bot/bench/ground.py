"""The ground that the load is measured on: databases of its own, real `danloi serve` processes on them, the crowd in another process."""

import asyncio
import json
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path

from ..model.errors import DanLoiError
from ..opening import open_database
from ..settings import ROOT, Settings
from ..store import scratch
from ..understanding import model_files
from ..understanding.process import NluProcess
from .child import free_port
from .conversation import STEPS
from .crowd import Errand, Seen, lanes
from .machine import resident, worked
from .peer import Peer
from .served import Served

KEYS = ("data_key", "address_key", "visitor_key", "session_key", "nlu_token")
NO_WAIT = {"GROUP_PAUSE": "0", "GROUP_LIMIT": "0"}
ONE_LINE = 2**26


@dataclass
class Contender:
    """What is loaded. `kind`: which wire reaches it. `processes`: whose processor time a turn costs; `model` runs beside them.

    `invite`: so many people who come back, each to be met once; without, everybody is new.
    """

    name: str
    kind: str
    processes: Sequence[Served | Peer]
    model: NluProcess | None = None
    pause: float = 0.0
    expected: Sequence[tuple[int, str]] = ()
    invite: Callable[[int], Awaitable[list[str]]] | None = None

    async def people(self, number: int) -> Sequence[str]:
        return () if self.invite is None else await self.invite(number)

    @property
    def urls(self) -> list[str]:
        return [process.url for process in self.processes]

    def worked(self) -> float:
        return sum(worked(process.pid) for process in self.processes)

    def memory(self) -> float:
        return sum(resident(process.pid) for process in self.processes)


class Ground:
    """Everything that is started here ends with `stack`, which each part exchanges for its own; the crowd and the real model outlast it.

    `server`: the URL of a PostgreSQL server on which databases may be made.
    """

    def __init__(self, settings: Settings, folder: Path, server: str | None, stack: AsyncExitStack, note: Callable[[str], None]) -> None:
        self.settings = settings
        self.folder = folder
        self.server = server
        self.stack = stack
        self._lasting = stack
        self.note = note
        self.keys = {name: secrets.token_urlsafe(32) for name in KEYS}
        self._numbers = count(1)
        self._crowd: asyncio.subprocess.Process | None = None
        self._one_errand = asyncio.Lock()
        self._model: NluProcess | None = None

    def place(self, name: str) -> Path:
        folder = self.folder / f"{next(self._numbers)}-{name}"
        folder.mkdir(mode=0o700)
        return folder

    def database(self, engine: str) -> str:
        """The URL of a new database, migrated, gone afterwards. `engine`: sqlite or postgresql."""
        if engine == "sqlite":
            return f"sqlite:///{self.place('sqlite')}/bench.db"
        assert self.server is not None, "needs a PostgreSQL server"
        name = f"danloi_bench_{secrets.token_hex(6)}"
        url = scratch.make_database(self.server, name)
        self.stack.callback(scratch.drop_database, self.server, name)
        open_database(self.settings_of(url)).close()
        return url

    def settings_of(self, database_url: str) -> Settings:
        """Ours, on that database, with the keys of this measurement."""
        return replace(self.settings, database_url=database_url, secrets={**self.settings.secrets, **self.keys}, telegram=None)

    async def model(self) -> NluProcess:
        """The one real language model that all ask."""
        if self._model is None:
            model = model_files.current(self.settings.root, self.settings.models)
            if model is None:
                raise DanLoiError("There is no language model to measure with: run `danloi train`.")
            self._model = NluProcess(self.settings.root, model, self.keys["nlu_token"])
            await self._model.start()
            self._lasting.push_async_callback(self._model.stop)
            await self._model.ready()
        return self._model

    async def made_model(self, delay: float, at_once: int) -> str:
        """The address of a made-up one: so slow, so many questions at once."""
        model = model_files.current(self.settings.root, self.settings.models)
        name = (model or model_files.expected(self.settings.root, self.settings.models)).name
        port = free_port()
        command = (sys.executable, "-m", "bot.bench.made_model", str(port), str(delay), str(at_once), name)
        child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL)

        async def end() -> None:
            child.terminate()
            await child.wait()

        self.stack.push_async_callback(end)
        return f"http://127.0.0.1:{port}"

    async def serve(self, database_url: str, environment: Mapping[str, str], root: Path = ROOT) -> Served:
        """One more real process on that database, with the real model unless told otherwise."""
        keys = {name.upper(): key for name, key in self.keys.items()}
        told = {"NLU_URL": (await self.model()).url} if "NLU_URL" not in environment else {}
        models = {"DANLOI_MODELS": str(self.settings.models)}
        served = Served(self.place("serve"), database_url, {**keys, **models, **told, **environment}, root)
        await served.start()
        self.stack.push_async_callback(served.end)
        return served

    async def ours(self, name: str, engine: str, environment: Mapping[str, str], processes: int = 1, root: Path = ROOT) -> Contender:
        """So many processes of ours on a fresh database; what they rightly answer is found out."""
        url = self.database(engine)
        first = await self.serve(url, environment, root)  # publishes what is written, before another would
        served = [first, *await asyncio.gather(*(self.serve(url, environment, root) for _ in range(processes - 1)))]
        real = None if "NLU_URL" in environment else await self.model()
        pause = float(environment.get("GROUP_PAUSE", self.settings.group_pause))
        return await self.known(Contender(name, "web", served, real, pause))

    async def known(self, contender: Contender) -> Contender:
        """With what it answers to each step when nobody else is there."""
        one = await contender.people(1)
        seen = await self.errand(Errand(contender.kind, contender.urls[:1], seed=next(self._numbers), people=one))
        contender.expected = seen.answers
        return contender

    async def load(self, contender: Contender, rate: float, seconds: float, warm_up: float = 3.0) -> Seen:
        think = 2.0 + contender.pause / 2
        lasts = think + warm_up + contender.pause + seconds
        people = await contender.people(lanes(rate, think) * (2 + int(lasts / (len(STEPS) * think))))
        return await self.errand(
            Errand(
                contender.kind,
                contender.urls,
                rate,
                seconds,
                warm_up + contender.pause,
                think,
                contender.pause,
                contender.expected,
                seed=next(self._numbers),
                people=people,
            )
        )

    async def errand(self, errand: Errand) -> Seen:
        """Have the crowd do it. Raises DanLoiError where it cannot."""
        async with self._one_errand:
            return await self._done(errand)

    async def _done(self, errand: Errand) -> Seen:
        if self._crowd is None:
            self._crowd = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.bench.crowd"),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=ONE_LINE,
            )
            self._lasting.push_async_callback(self._send_home)
        assert self._crowd.stdin is not None
        assert self._crowd.stdout is not None
        self._crowd.stdin.write(json.dumps(asdict(errand)).encode() + b"\n")
        await self._crowd.stdin.drain()
        line = await self._crowd.stdout.readline()
        if not line:
            raise DanLoiError("The crowd's process ended: see what it wrote above.")
        return Seen(**json.loads(line))

    async def _send_home(self) -> None:
        assert self._crowd is not None
        if self._crowd.returncode is None:
            self._crowd.kill()
        await self._crowd.wait()
