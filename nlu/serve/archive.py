"""The classifier out of a model archive, as `rasa train nlu` packs it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import joblib

from nlu.classifier import Classifier

FILE = "classifier.joblib"


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
            classifier = joblib.load(io.BytesIO(packed.read()))
    except (OSError, tarfile.TarError, EOFError) as error:
        raise NoModel(f"{path.name} cannot be read ({type(error).__name__})") from error
    if not isinstance(classifier, Classifier):
        raise NoModel(f"{path.name} holds a {type(classifier).__name__} instead of our classifier")
    return classifier
