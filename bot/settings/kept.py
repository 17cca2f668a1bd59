"""The folder `var/` with the secrets in it, made at the first start, readable by the owner alone."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ..model.errors import SettingsError

UNMADE = "not-made-yet-" * 3
"""Stands for a secret that the first start will make."""


def private_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise SettingsError(
            f"The folder {folder} cannot be made or kept private ({error.strerror}): set DANLOI_VAR to one that can."
        ) from error


def kept(var: Path, name: str, make: bool) -> str:
    """A secret from `var/`, made now if there is none. Made whole or not at all, so two first starts agree on one."""
    path = var / name
    if not path.exists():
        if not make:
            return UNMADE
        fresh = var / f".{name}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    secret = path.read_text().strip()
    if len(secret) < 32:
        raise SettingsError(f"The secret in {path} is damaged: restore it from your backup; without data_key nothing stored can be read.")
    return secret


def given(environment: Mapping[str, str], var: Path, name: str) -> str:
    """What an operator was given elsewhere: from the environment, or from the file of that name in `var/`."""
    file = var / name
    return (environment.get(name.upper()) or (file.read_text(encoding="utf-8") if file.exists() else "")).strip()
