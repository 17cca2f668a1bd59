"""The classifier out of a model archive, as `rasa train nlu` packs it."""

from __future__ import annotations

import io
import pickle
import tarfile
from pathlib import Path

from nlu.classifier import Classifier

FILE = "classifier.pkl.gz"


UNREADABLE = (OSError, tarfile.TarError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, TypeError)
"""What reading raises of a file that is damaged, or was made by other code."""


class NoModel(Exception):
    """The file is no model of ours; says why."""


def read(path: Path) -> Classifier:
    """Raises NoModel. A model is code when it is read: read only what we trained ourselves."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            member = next((member for member in archive if member.isfile() and member.name.endswith(f"/{FILE}")), None)
            packed = archive.extractfile(member) if member is not None else None
            if packed is None:
                raise NoModel(f"{path.name} holds no {FILE}")
            return Classifier.load(io.BytesIO(packed.read()))
    except UNREADABLE as error:
        raise NoModel(f"{path.name} cannot be read ({type(error).__name__})") from error
