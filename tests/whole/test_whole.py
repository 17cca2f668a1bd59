"""Tests of the whole, against forgetting: each first sees that it found something to look at."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from typer.main import get_command

from bot.__main__ import cli
from bot.model.errors import WrittenError
from bot.settings import ROOT, load
from bot.understanding import thresholds
from bot.written import Written, read_written

from ..faults.process import Served
from ..sources import SETTINGS

README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    group = get_command(cli)
    found = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found += [f"{name} {sub}" for sub in command.commands] if hasattr(command, "commands") else [name]
    return found


def test_every_command_is_in_the_readme() -> None:
    assert len(commands()) >= 9
    assert [name for name in commands() if f"danloi {name}" not in README] == []


def test_every_setting_is_in_the_readme() -> None:
    names = set(re.findall(r'environment(?:\.get\(|, )"([A-Z_]+)"', SETTINGS))
    assert {"DATABASE_URL", "PORT"} <= names
    assert sorted(name for name in names if f"`{name}`" not in README) == []


def test_every_name_in_the_glossary_exists() -> None:
    glossary = README.split("## Glossary")[1].split("## Decisions")[0]
    files = re.findall(r"`((?:\w+/)*\w+\.(?:py|yml))`", glossary)
    assert len(files) > 10
    assert [f for f in files if not ((ROOT / "bot" / f).exists() or (ROOT / f).exists())] == []


def test_every_topic_the_model_knows_can_be_spoken_of(written: Written) -> None:
    intents = set(re.findall(r"- intent: (\w+)", "".join(p.read_text(encoding="utf-8") for p in (ROOT / "nlu/data").glob("*.yml"))))
    assert len(intents) >= 35
    unknown = intents - written.catalogue.intents
    assert unknown == set()
    topics = intents - set(written.catalogue.acts)
    assert set(written.library.topics) <= topics
    assert all(written.library.is_known(topic) and written.library.title(topic) for topic in topics)


def speaks_in(folder: str) -> set[str]:
    """The topics that speak in the transcripts of one folder; a word in passing in another topic's is no transcript."""
    said = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/conversations" / folder).glob("*.yml"))
    return set(re.findall(r"[\[ ](\w+)\.\w+[,\]]", said))


def test_every_topic_of_the_catalogue_is_trained_held_out_routed_worded_and_transcribed(written: Written) -> None:
    trained = set(re.findall(r"- intent: (\w+)", "".join(p.read_text(encoding="utf-8") for p in (ROOT / "nlu/data").glob("*.yml"))))
    held_out = {line.split("\t")[0] for p in (ROOT / "nlu/heldout").glob("*.tsv") for line in p.read_text(encoding="utf-8").splitlines()}
    missing = {
        topic: [
            where
            for where, there in (
                ("nlu/data", topic in trained),
                ("nlu/heldout", topic in held_out),
                ("flows", written.library.has(topic)),
                ("content", all(written.words.has(topic, aspect) for aspect in written.catalogue.aspects)),
                ("tests/conversations", topic in speaks_in(topic)),
                ("menu", any(topic in section.topics for section in written.library.menu)),
            )
            if not there
        ]
        for topic in written.catalogue.topics
    }
    assert len(missing) == 66
    assert {topic: where for topic, where in missing.items() if where} == {}


@pytest.mark.parametrize("what", ["quay lại", "common.corrected", "later:", "common.failed_thrice", "desk.handed_over", "nói lại"])
def test_the_transcripts_of_every_guide_show_real_life(written: Written, what: str) -> None:
    """Back, corrected, silent and resumed, three failures, a person and on again; and an aspect asked on the way."""
    lacking = []
    for name, topic in written.library.topics.items():
        if topic.is_guide:
            said = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/conversations" / name).glob("*.yml"))
            aside = any(f"{name}.{aspect}" in said for aspect in written.catalogue.aspects)
            lacking += [name] if what not in said or not aside else []
    assert lacking == []


def test_every_answer_offers_something_to_do_next(written: Written) -> None:
    answers = [topic for topic in written.library.topics.values() if not topic.is_guide]
    assert len(answers) > 20
    assert [one.id for one in answers if not (one.offer or one.offer_person or one.urgent)] == []


def test_thresholds_were_measured() -> None:
    found = thresholds.load(ROOT)
    assert 0 < found.maybe < found.sure < 1


SECRETS = [rb"pyp[i]\.or[g]", rb"pythonhoste[d]", rb"npmj[s]\.", rb"/[w]ork/"]


def test_no_committed_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    assert len(files) > 100
    found = [
        f"{path.name}: {pattern!r}" for path in files if path.is_file() for pattern in SECRETS if re.search(pattern, path.read_bytes())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["serve"], {"PORT": "harbour"}, "PORT='harbour' is no port"),
        (["serve"], {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD' is unknown"),
        (["serve"], {"DATABASE_URL": "mysql://x/y"}, "use sqlite:///file or postgresql://"),
        (["serve"], {"CLAIM_TIME": "soon"}, "CLAIM_TIME='soon' is no time"),
        (["serve"], {"GROUP_PAUSE": "-1"}, "GROUP_PAUSE='-1' is no time"),
        (["serve"], {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "The database server does not answer"),
        (["serve"], {"DATABASE_URL": "sqlite:////proc/no/such/folder/x.db"}, "cannot be used"),
        (["serve"], {"HOST": "192.0.2.1"}, "Cannot listen on 192.0.2.1:8000"),
        (["draw", "no_such_guide"], {}, "Không có chủ đề «no_such_guide»"),
        (["case", "show", "7"], {}, "Không có ca số 7"),
    ],
)
def test_a_wrong_command_ends_with_what_to_do(tmp_path: Path, arguments: list[str], environment: dict[str, str], says: str) -> None:
    done = run(tmp_path, arguments, **environment)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_second_serve_on_the_same_file_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    first = Served(var, f"sqlite:///{var / 'danloi.db'}")
    await first.start()
    second = run(tmp_path, ["serve", "--port", "0"])
    assert second.returncode == 2
    assert "Another danloi serve" in second.stderr
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{first.url}/readyz")).json() == {"store": "ok", "nlu": "away"}
    assert await first.stop() == 0


class Listening(Served):
    """Started as soon as something can connect to it."""

    async def _until_healthy(self) -> None:
        while self.lives:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0)
            else:
                writer.close()
                return


async def test_who_is_told_to_stop_as_soon_as_it_listens_stops_in_order(tmp_path: Path) -> None:
    served = Listening(tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}")
    await served.start()
    assert await served.stop() == 0


async def test_a_broken_guide_stops_the_start_with_file_line_and_remedy(tmp_path: Path) -> None:
    for name in ("flows", "content", "nlu"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    guide = tmp_path / "flows/account/eid_level_2.yml"
    guide.write_text(guide.read_text(encoding="utf-8").replace("choices:", "coices:", 1), encoding="utf-8")
    settings = replace(load({"DANLOI_VAR": str(tmp_path / "var")}), root=tmp_path)
    with pytest.raises(WrittenError, match=r"flows/account/eid_level_2.yml:\d+: không có mục «coices» → "):
        read_written(settings)


def test_secrets_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    run(tmp_path, ["migrate"])
    var = tmp_path / "var"
    made = {path.name: path.read_text() for path in var.iterdir() if path.suffix == "" and path.is_file()}
    assert {"data_key", "address_key", "visitor_key", "session_key", "nlu_token"} <= made.keys()
    assert var.stat().st_mode & 0o777 == 0o700
    assert all((var / name).stat().st_mode & 0o777 == 0o600 for name in made)
    run(tmp_path, ["migrate"])
    assert {name: (var / name).read_text() for name in made} == made


def test_drawing_and_previewing(tmp_path: Path) -> None:
    assert "flowchart TD" in run(tmp_path, ["draw", "eid_level_2"]).stdout
    assert "1. Từ 14 tuổi trở lên" in run(tmp_path, ["preview", "eid_level_2"]).stdout
    assert "Không thấy lỗi" in run(tmp_path, ["check"]).stdout


def run(tmp_path: Path, arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**os.environ, "DANLOI_VAR": str(tmp_path / "var"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_however_serve_ends_the_model_ends_with_it(tmp_path: Path, model: Path, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C stop both in order; after a kill -9 the kernel ends the model's process."""
    served = Served(tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", NLU_URL="", DANLOI_MODELS=str(model.parent))
    await served.start()
    async with httpx.AsyncClient() as http, asyncio.timeout(90):
        while (await http.get(f"{served.url}/readyz", timeout=10)).json()["nlu"] != "ok":
            await asyncio.sleep(0.1)
    children = nlu_processes(served.pid)
    assert len(children) == 1
    assert await served.end(number) == (-9 if number is signal.SIGKILL else 0)
    async with asyncio.timeout(20):
        while any(map(alive, children)):
            await asyncio.sleep(0.05)


def nlu_processes(parent: int) -> list[str]:
    """The children of a process, as the kernel lists them."""
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def alive(pid: str) -> bool:
    """Whether it runs; one that has ended but was not waited for has no command line any more."""
    line = Path(f"/proc/{pid}/cmdline")
    return line.exists() and line.read_bytes() != b""
