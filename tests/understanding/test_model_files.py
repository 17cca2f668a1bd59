"""The right model for this checkout and no other; a training that fails says what to do and leaves nothing behind."""

import shutil
from pathlib import Path

import pytest

from bot.model.errors import NluError
from bot.understanding.model_files import environment, expected, fingerprint, fits, train
from tests.understanding.conftest import ROOT

SMALL = ROOT / "tests/understanding/small/examples.yml"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with little to learn: our code and configuration, Rasa's environment, a handful of examples."""
    (tmp_path / "nlu/data").mkdir(parents=True)
    shutil.copy(ROOT / "config.yml", tmp_path)
    for path in (*(ROOT / "nlu").glob("*.py"), ROOT / "nlu/requirements.lock"):
        shutil.copy(path, tmp_path / "nlu")
    (tmp_path / "nlu/.venv").symlink_to(ROOT / "nlu/.venv")
    shutil.copy(SMALL, tmp_path / "nlu/data")
    return tmp_path


@pytest.mark.parametrize("changed", ["config.yml", "nlu/data/examples.yml", "nlu/text.py", "nlu/classifier.py", "nlu/requirements.lock"])
def test_whatever_a_model_is_made_from_changes_its_name(checkout: Path, changed: str) -> None:
    before = fingerprint(checkout)
    assert fingerprint(checkout) == before
    with (checkout / changed).open("a") as file:
        file.write("\n# another line\n")
    assert fingerprint(checkout) != before


def test_a_new_data_file_changes_it_and_a_note_does_not(checkout: Path) -> None:
    before = fingerprint(checkout)
    (checkout / "nlu/thresholds.yml").write_text("sure: 0.5\n")
    assert fingerprint(checkout) == before
    shutil.copy(SMALL, checkout / "nlu/data/more.yml")
    assert fingerprint(checkout) != before


def test_a_model_is_trained_once_and_then_fits(checkout: Path) -> None:
    models = checkout / "models"
    assert fits(checkout, models) is None
    configuration = (checkout / "config.yml").read_text()
    said: list[str] = []
    model = train(checkout, models, said.append)
    assert model == expected(checkout, models) == fits(checkout, models)
    assert [path.name for path in models.iterdir()] == [model.name]
    assert (checkout / "config.yml").read_text() == configuration
    assert len(said) == 2


def test_an_empty_file_is_no_model(checkout: Path) -> None:
    models = checkout / "models"
    models.mkdir()
    expected(checkout, models).touch()
    assert fits(checkout, models) is None


def test_a_training_that_fails_says_why_and_leaves_nothing(checkout: Path) -> None:
    (checkout / "config.yml").write_text(
        "recipe: default.v1\nlanguage: vi\nassistant_id: danloi\npipeline:\n  - name: nlu.components.Missing\n"
    )
    with pytest.raises(NluError, match=r"Missing"):
        train(checkout, checkout / "models")
    assert list((checkout / "models").iterdir()) == []


def test_without_its_environment_the_remedy_is_named(checkout: Path) -> None:
    (checkout / "nlu/.venv").unlink()
    with pytest.raises(NluError, match="make setup"):
        train(checkout, checkout / "models")


def test_rasas_processes_do_not_inherit_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_KEY", "a key made up for tests")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    given = environment(NLU_TOKEN="for it")
    assert "DATA_KEY" not in given
    assert (given["LOG_LEVEL"], given["NLU_TOKEN"], given["OMP_NUM_THREADS"]) == ("INFO", "for it", "1")
    assert "PATH" in given
