"""The model of this checkout, for the one check that asks it."""

from pathlib import Path

import pytest

from bot.understanding import model_files

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_files.fits(ROOT, ROOT / "models") or model_files.train(ROOT, tmp_path_factory.mktemp("models"))
