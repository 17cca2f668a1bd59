"""Rasa's own pipeline with DIET, trained on the same lines: what our model and server are measured against."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ..understanding import model_files

CONFIG = "nlu/judging/stock.yml"


def stock_model(root: Path, models: Path, note: Callable[[str], None]) -> tuple[Path, float | None]:
    """The model of these lines and that configuration, trained now unless it is there; and how many seconds that took. Raises NluError."""
    made_of = hashlib.sha256(
        (root / CONFIG).read_bytes() + b"".join(path.read_bytes() for path in sorted((root / "nlu/data").glob("*.yml")))
    )
    model = models / f"stock-{made_of.hexdigest()[:16]}.tar.gz"
    if model.is_file():
        return model, None
    note("huấn luyện Rasa với DIET trên cùng các câu (mười phút trở lên) …")
    models.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=models, prefix=".training-") as folder:
        model_files.rasa_train(root, model.name, Path(folder), CONFIG, within=3600.0)
        os.replace(Path(folder) / model.name, model)
    return model, time.monotonic() - began
