"""A new model takes the old one's place only where it reads no worse, and a running service changes over without losing a question."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.language import Language
from bot.model.meaning import Reading
from bot.settings import Settings, load
from bot.understanding import model_files, promotion
from bot.understanding.evaluation.examples import Example
from bot.understanding.evaluation.judged import Judged
from bot.written import Written
from tests.understanding.conftest import ROOT, TOKEN

SMALL = ROOT / "tests/understanding/small/examples.yml"
JUDGED_BY = """intent\taspect\tvariant\ttext
eid_otp\t-\tplain\tmã otp chờ mãi không thấy về
eid_password\t-\tplain\tquên mất mật khẩu vneid rồi
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with little to learn, and lines to judge by."""
    shutil.copytree(ROOT / "nlu", tmp_path / "nlu", ignore=shutil.ignore_patterns(".venv", "data", "heldout", "__pycache__"))
    (tmp_path / "nlu/.venv").symlink_to(ROOT / "nlu/.venv")
    (tmp_path / "nlu/serve/.venv").symlink_to(ROOT / "nlu/serve/.venv")
    (tmp_path / "nlu/data").mkdir()
    (tmp_path / "nlu/heldout").mkdir()
    (tmp_path / "nlu/heldout/lines.tsv").write_text(JUDGED_BY * 20, encoding="utf-8")
    shutil.copy(ROOT / "config.yml", tmp_path)
    shutil.copy(SMALL, tmp_path / "nlu/data")
    return tmp_path


def taught(checkout: Path, *lines: str) -> None:
    body = "".join(f"    - {line}\n" for line in lines)
    (checkout / "nlu/data/more.yml").write_text(f"nlu:\n- intent: greet\n  examples: |\n{body}", encoding="utf-8")


def judged(meant: str, read: str, variant: str = "plain", confidence: float = 0.9) -> Judged:
    return Judged(Example(meant, f"câu {meant}", variant=variant), (Reading(read, confidence),))


def test_what_is_read_worse_is_said() -> None:
    good = [judged("a", "a")] * 40 + [judged("b", "b", "teen")] * 40
    bad = [judged("a", "a")] * 40 + [judged("b", "a", "teen")] * 20 + [judged("b", "b", "teen")] * 20
    assert promotion.worse(good, good, 0.5) == []
    assert promotion.worse(bad, good, 0.5) == []
    assert promotion.worse(good, bad, 0.5) == [
        "hiểu kém hơn nói chung: 100.0% còn 75.0%",
        "hiểu kém hơn với câu viết tắt: 100.0% còn 50.0%",
    ]


def test_what_does_harm_is_said_however_good_the_rest_is() -> None:
    then = [judged("a", "b")] * 40 + [judged("scam_victim", "greet")]
    now = [judged("a", "a")] * 40 + [judged("scam_victim", "scam_suspected")]
    assert promotion.worse(then, now, 0.5) == ["hiểu nhầm gây hại: «câu scam_victim» (scam_victim) thành scam_suspected"]
    assert promotion.worse(then, now, 0.95) == []


def test_what_is_no_longer_found_is_said() -> None:
    then = [judged("a", "a")] * 40 + [judged("out_of_scope", "out_of_scope", "near")] * 10
    now = [judged("a", "a")] * 40 + [judged("out_of_scope", "a", "near", 0.9)] * 10
    assert promotion.worse(then, now, 0.5)[-1] == "nhận ra câu ngoài phạm vi, gần kém hơn: 100.0% còn 0.0%"


@pytest.mark.timeout(300)
def test_a_worse_model_is_refused_and_a_better_one_promoted(checkout: Path) -> None:
    models = checkout / "models"
    said: list[str] = []
    first = promotion.train(checkout, models, said.append)
    assert first.promoted
    assert model_files.current(checkout, models) == first.model

    taught(checkout, *[f"mã otp chờ mãi không thấy về {word}" for word in ("ạ", "nhé", "đi", "hả", "chứ", "à", "ơi", "nha")] * 3)
    worse = promotion.train(checkout, models, said.append)
    assert not worse.promoted
    assert any("hiểu kém hơn" in reason for reason in worse.reasons)
    assert model_files.current(checkout, models) == first.model

    taught(checkout, "chào buổi trưa cả nhà")
    better = promotion.train(checkout, models, said.append)
    assert better.promoted
    assert better.reasons == ()
    assert model_files.current(checkout, models) == better.model

    taught(checkout, *["mã otp chờ mãi không thấy về"] * 30)
    assert promotion.train(checkout, models, said.append, anyway=True).promoted


def test_a_promoted_model_that_is_gone_leaves_the_one_that_fits(checkout: Path) -> None:
    models = checkout / "models"
    models.mkdir()
    assert model_files.current(checkout, models) is None
    fitting = model_files.expected(checkout, models)
    fitting.write_bytes(b"a model")
    other = models / "nlu-other.tar.gz"
    other.write_bytes(b"another")
    model_files.promote(other)
    assert model_files.current(checkout, models) == other
    other.unlink()
    assert model_files.current(checkout, models) == fitting


@pytest.fixture
def settings(tmp_path: Path, model: Path) -> Settings:
    models = tmp_path / "models"
    models.mkdir()
    for name in ("nlu-one.tar.gz", "nlu-two.tar.gz"):
        shutil.copy(model, models / name)
    model_files.promote(models / "nlu-one.tar.gz")
    loaded = load({"DANLOI_VAR": str(tmp_path / "var")})
    return replace(loaded, models=models, secrets={**loaded.secrets, "nlu_token": TOKEN})


@pytest.mark.timeout(120)
async def test_a_running_service_changes_over_while_people_ask(settings: Settings, written: Written) -> None:
    language = Language(settings, written.catalogue)
    await language.start()
    try:
        await language.ready()
        stop = asyncio.Event()

        async def asking(number: int) -> int:
            count = 0
            while not stop.is_set():
                meaning = await language.nlu.parse(f"quên mật khẩu vneid lần {number} {count}")
                assert meaning.top is not None
                count += 1
            return count

        people = [asyncio.create_task(asking(number)) for number in range(8)]
        await language.follow()
        for name in ("nlu-two.tar.gz", "nlu-one.tar.gz", "nlu-two.tar.gz"):
            model_files.promote(settings.models / name)
            await language.follow()
            assert await language.nlu.ready()
        stop.set()
        assert min(await asyncio.gather(*people)) > 0
    finally:
        await language.stop()


@pytest.mark.timeout(120)
async def test_what_is_no_model_is_not_taken(settings: Settings, written: Written) -> None:
    language = Language(settings, written.catalogue)
    await language.start()
    try:
        await language.ready()
        (settings.models / "nlu-broken.tar.gz").write_bytes(b"no model")
        model_files.promote(settings.models / "nlu-broken.tar.gz")
        await language.follow()
        assert (await language.nlu.parse("quên mật khẩu vneid")).top is not None
        assert await language.nlu.ready()
    finally:
        await language.stop()
