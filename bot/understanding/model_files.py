"""Which trained model fits this checkout, and how one is made. A model's name carries the fingerprint of all it was made from."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ..model.errors import NluError
from ..settings import SECRETS

PYTHON = Path("nlu/.venv/bin/python")
"""What trains: Rasa with everything it brings along."""
SERVERS = {"light": (Path("nlu/serve/.venv/bin/python"), "nlu.serve"), "rasa": (PYTHON, "nlu.serve_rasa")}
"""What may answer for a trained model: our own small server, or Rasa's. They speak the same protocol and say the same."""
TRAINING_TIME = 1800.0
"""Seconds that training may take: minutes on a machine of its own, far longer on one that others use too."""
CURRENT = "current"
"""The file beside the models that names the one to serve."""
_QUIET = {
    "LOG_LEVEL": "INFO",  # at DEBUG Rasa writes every text it reads
    "OMP_NUM_THREADS": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",  # Rasa's cache knows nothing of the modules a component imports: it would keep an old model
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
_OURS = frozenset({"DATABASE_URL", *(name.upper() for name in SECRETS)})


def environment(**more: str) -> dict[str, str]:
    """What Rasa's processes get of our environment: not our secrets, and what keeps them quiet and single-threaded."""
    return {**{name: value for name, value in os.environ.items() if name not in _OURS}, **_QUIET, **more}


def fingerprint(root: Path) -> str:
    """Of the configuration, the examples, the code that learns from them and the libraries it uses."""
    hashed = hashlib.sha256()
    for path in _ingredients(root):
        content = path.read_bytes()
        hashed.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        hashed.update(content)
    return hashed.hexdigest()[:16]


def expected(root: Path, models: Path) -> Path:
    """Where the model of this checkout lies, or would lie."""
    return models / f"nlu-{fingerprint(root)}.tar.gz"


def fits(root: Path, models: Path) -> Path | None:
    """The trained model that fits this checkout, if there is one."""
    model = expected(root, models)
    return model if model.is_file() and model.stat().st_size > 0 else None


def current(root: Path, models: Path) -> Path | None:
    """The model to serve: the one that was promoted last; where none was, the one that fits this checkout."""
    try:
        promoted = models / Path((models / CURRENT).read_text(encoding="utf-8").strip()).name
    except OSError:
        return fits(root, models)
    return promoted if promoted.is_file() else fits(root, models)


def promote(model: Path) -> None:
    """From now on this one is served; running services see it within seconds. The note appears whole or not at all."""
    note = model.parent / f".{CURRENT}-{os.getpid()}"
    note.write_text(f"{model.name}\n", encoding="utf-8")
    os.replace(note, model.parent / CURRENT)


def train(root: Path, models: Path, say: Callable[[str], None] = lambda line: None) -> Path:
    """Train the model of this checkout (some minutes). It appears whole or not at all. Raises NluError saying what to do."""
    if not (root / PYTHON).exists():
        raise NluError(f"The language model's environment {PYTHON} is missing: run `make setup`.")
    model = expected(root, models)
    models.mkdir(parents=True, exist_ok=True)
    say("Đang huấn luyện mô hình ngôn ngữ, mất vài phút …")
    with tempfile.TemporaryDirectory(dir=models, prefix=".training-") as folder:
        rasa_train(root, model.name, Path(folder))
        made = Path(folder) / model.name
        if not made.is_file():
            raise NluError("Rasa ended well but wrote no model: run `danloi train` again and look at its output.")
        os.replace(made, model)
    say(f"Đã có mô hình {model.name}.")
    return model


def rasa_train(root: Path, name: str, out: Path, config: str = "config.yml", within: float = TRAINING_TIME) -> None:
    """Have Rasa train a model of that name into a folder. Raises NluError; `within`: seconds."""
    stem = name.removesuffix(".tar.gz")
    command = [str(root / PYTHON), "-m", "rasa", "train", "nlu", "--config", config, "--nlu", "nlu/data", "--fixed-model-name", stem]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, "--out", str(out)],
            cwd=root,
            env=environment(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=within,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NluError(
            f"Training did not end within {within:.0f} seconds: see whether the machine is busy, then run `danloi train`."
        ) from error
    if done.returncode:
        raise NluError("Training failed. Rasa's last lines:\n" + last_lines(done.stdout + done.stderr))


def last_lines(output: str, count: int = 15) -> str:
    return "\n".join(f"  {line}" for line in output.splitlines()[-count:] if line.strip())


def _ingredients(root: Path) -> Iterator[Path]:
    yield root / "config.yml"
    yield from sorted((root / "nlu/data").glob("*.yml"))
    yield from sorted((root / "nlu").glob("*.py"))
    yield root / "nlu/requirements.lock"
