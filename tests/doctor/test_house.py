"""The folder, its secrets, the disk, the clock, the model and the words: each check well, and seen failing with its remedy."""

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.dialogue.versions import Library
from bot.doctor import clock, database, house, model, words
from bot.doctor.report import HIDDEN, as_json, hidden, text, to_mend
from bot.doctor.round import accounts, secrets
from bot.settings import SECRETS, UNMADE, Settings, load
from bot.understanding import model_files
from bot.written import Written

from ..fakes.telegram import TOKEN
from .findings import states, the

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def test_a_fresh_installation_is_well(settings: Settings) -> None:
    assert states(house.folder(settings)) == {"folder": "well"}
    assert states(house.secrets(settings, stored=True, given=[])) == {"secrets": "well"}
    assert states(house.disk(settings)) == {"disk": "well"}


def test_before_the_first_start_nothing_is_made(tmp_path: Path) -> None:
    unmade = load({"DANLOI_VAR": str(tmp_path / "var")}, make=False)
    assert unmade.secrets["data_key"] == UNMADE
    assert states(house.folder(unmade)) == {"folder": "unsure"}
    assert states(house.secrets(unmade, stored=False, given=[])) == {"secrets": "unsure"}
    assert states(house.disk(unmade)) == {"disk": "well"}
    assert not (tmp_path / "var").exists()


def test_a_folder_that_others_may_enter(settings: Settings) -> None:
    settings.var.chmod(0o755)
    found = the("folder", house.folder(load({"DANLOI_VAR": str(settings.var)}, make=False)))
    assert (found.state, found.remedy) == ("mend", f"chmod 700 {settings.var}")


def test_a_file_in_place_of_the_folder(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert states(house.folder(replace(settings, var=tmp_path / "file"))) == {"folder": "mend"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_files_of_somebody_else(settings: Settings) -> None:
    (settings.var / "danloi.db").touch()
    os.chown(settings.var / "danloi.db", 12345, 12345)
    found = the("folder", house.folder(settings))
    assert found.state == "mend"
    assert "danloi.db" in found.what
    assert found.remedy.startswith("chown -R")


@pytest.mark.parametrize("name", [*SECRETS, "telegram_token", "zalo_bot_secret"])
def test_a_secret_that_others_may_read(settings: Settings, name: str) -> None:
    (settings.var / name).touch()
    (settings.var / name).chmod(0o640)
    found = the("secrets", house.secrets(settings, stored=False, given=[]))
    assert (found.state, found.remedy) == ("mend", f"chmod 600 {settings.var / name}")


def test_a_key_that_is_gone_while_its_data_is_there(settings: Settings) -> None:
    (settings.var / "data_key").unlink()
    found = the("secrets", house.secrets(settings, stored=True, given=[]))
    assert found.state == "mend"
    assert "sao lưu" in found.remedy
    assert states(house.secrets(settings, stored=True, given=["data_key"])) == {"secrets": "well"}


def test_keys_that_containers_are_handed_as_files(tmp_path: Path) -> None:
    names = {}
    for name in SECRETS:
        (tmp_path / name).write_text("k" * 43)
        names[f"{name.upper()}_FILE"] = str(tmp_path / name)
    loaded = load({"DANLOI_VAR": str(tmp_path / "var"), **names}, make=False)
    assert states(house.secrets(loaded, stored=True, given=house.given(names))) == {"secrets": "well"}
    assert states(house.secrets(loaded, stored=True, given=house.given({**names, "DATA_KEY_FILE": ""}))) == {"secrets": "mend"}


def test_a_full_disk(settings: Settings) -> None:
    found = the("disk", house.disk(settings, least=shutil.disk_usage(settings.var).total * 2))
    assert found.state == "mend"
    assert "dọn đĩa" in found.remedy


@pytest.mark.parametrize(("off", "state"), [(0, "well"), (90, "well"), (-90, "well"), (200, "mend"), (-5 * 3600, "mend")])
def test_the_clock(off: float, state: str) -> None:
    found = clock.compare(NOW + timedelta(seconds=off), {"Telegram": NOW, "Zalo": None})
    assert states(found) == {"clock": state}
    if state == "mend":
        assert ("nhanh" if off > 0 else "chậm") in found[0].what
        assert "timedatectl" in found[0].remedy


def test_a_clock_that_nothing_can_be_compared_with() -> None:
    assert states(clock.compare(NOW, {"Zalo": None})) == {"clock": "unsure"}


# --- the model


def test_a_model_is_there_and_of_these_lines(settings: Settings, tmp_path: Path) -> None:
    here = replace(settings, models=tmp_path)
    found = the("model", model.model(here))
    assert found.state == "mend"
    assert found.remedy.startswith("danloi train")
    old, fitting = tmp_path / "nlu-0000000000000000.tar.gz", model_files.expected(here.root, tmp_path)
    old.write_bytes(b"x")
    model_files.promote(old)
    assert states(model.model(here)) == {"model": "mend"}
    fitting.write_bytes(b"x")
    assert states(model.model(here)) == {"model": "unsure"}
    model_files.promote(fitting)
    assert states(model.model(here)) == {"model": "well"}
    assert states(model.model(replace(here, nlu_url=("http://127.0.0.1:9",)))) == {"model": "well"}


async def test_a_model_that_does_not_load(settings: Settings, tmp_path: Path) -> None:
    here = replace(settings, models=tmp_path)
    assert states(await model.nlu(here, answers=False)) == {"nlu": "unsure"}
    model_files.expected(here.root, tmp_path).write_bytes(b"no archive")
    found = the("nlu", await model.nlu(here, answers=False))
    assert found.state == "mend"
    assert "danloi train" in found.remedy


async def test_nobody_answers_at_the_address_of_the_model(settings: Settings) -> None:
    found = the("nlu", await model.nlu(replace(settings, nlu_url=("http://127.0.0.1:9",)), answers=False))
    assert found.state == "mend"
    assert "NLU_TOKEN" in found.remedy


async def test_the_model_of_this_checkout_answers(settings: Settings, trained: Path) -> None:
    here = replace(settings, models=trained.parent)
    assert states(await model.nlu(here, answers=False)) == {"nlu": "well"}
    assert states(await model.nlu(replace(settings, nlu_url=("http://127.0.0.1:9",)), answers=True)) == {"nlu": "well"}


# --- what is written


def test_what_is_written_passes(settings: Settings) -> None:
    found, library = words.written(settings)
    assert states(found) == {"written": "well"}
    assert library is not None


def test_a_fault_in_what_is_written_names_its_file(settings: Settings, tmp_path: Path) -> None:
    for folder in ("flows", "content", "nlu"):
        shutil.copytree(settings.root / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".venv", "data", "heldout"))
    shutil.copy(settings.root / "config.yml", tmp_path / "config.yml")
    guide = tmp_path / "flows" / "account" / "eid_level_2.yml"
    guide.write_text(guide.read_text(encoding="utf-8") + "\nnonsense: 1\n", encoding="utf-8")
    found, _ = words.written(replace(settings, root=tmp_path))
    assert states(found) == {"written": "mend"}
    assert "eid_level_2.yml" in found[0].what
    assert "danloi check" in found[0].remedy


def test_guides_that_are_not_published(written: Written) -> None:
    library: Library = written.library
    assert states(database.published(None, library)) == {"published": "unsure"}


# --- the report


def test_no_secret_is_shown(tmp_path: Path) -> None:
    environment = {"DANLOI_VAR": str(tmp_path), "TELEGRAM_TOKEN": TOKEN, "DATABASE_URL": "postgresql://danloi:m%40t-khau@127.0.0.1/x"}
    loaded = load(environment)
    known = secrets(loaded)
    assert {TOKEN, "m@t-khau", "m%40t-khau", *loaded.secrets.values()} <= set(known)
    assert hidden(f"x {TOKEN} y m@t-khau", known) == f"x {HIDDEN} y {HIDDEN}"
    assert accounts(loaded) == ["telegram:4242"]


def test_the_report_counts_what_is_to_mend(settings: Settings) -> None:
    settings.var.chmod(0o755)
    found = [*house.folder(load({"DANLOI_VAR": str(settings.var)}, make=False)), *house.disk(settings)]
    assert to_mend(found) == 1
    assert "✗ Thư mục riêng" in text(found, [])
    assert "→ chmod 700" in text(found, [])
    assert '"well": false' in as_json(found, [])
