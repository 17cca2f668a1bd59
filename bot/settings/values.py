"""One setting out of the environment: its text read and looked over. All raise SettingsError naming the variable and what it accepts."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..model.errors import SettingsError


class OrFromFile(Mapping[str, str]):
    """The environment, where NAME_FILE may name a file that holds NAME's value, as secrets are handed to containers."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        file = self._environment.get(f"{name}_FILE")
        if self._environment.get(name) or not file:
            return self._environment[name]
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise SettingsError(f"{name}_FILE={file!r} cannot be read ({type(error).__name__}): name a file that holds {name}.") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def number(environment: Mapping[str, str], name: str, default: float, most: float) -> float:
    text = environment.get(name)
    try:
        number = float(text) if text else default
    except ValueError:
        number = 0.0
    if not 0 < number <= most:
        raise SettingsError(f"{name}={text!r} is no such number: give one above 0, up to {most:g}.")
    return number


def choice(environment: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """One of the known words; the first where nothing is set."""
    chosen = environment.get(name) or known[0]
    if chosen not in known:
        raise SettingsError(f"{name}={chosen!r} is unknown: use {' or '.join(known)}.")
    return chosen


def port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT") or "8000"
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise SettingsError(f"PORT={text!r} is no port: give a number from 1 to 65535, or 0 for any free one.")
    return int(text)


def whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int, unit: str = "") -> int:
    """`unit`: "days", "hours", where it is a time."""
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise SettingsError(f"{name}={text!r} will not do: give a whole number{unit and f' of {unit}'} from {least} to {most}.")
    return int(text)


def codes(environment: Mapping[str, str], name: str, default: frozenset[int]) -> frozenset[int]:
    """Numbers with commas; "none" for none."""
    text = environment.get(name)
    if not text:
        return default
    codes = [] if text == "none" else [code.strip() for code in text.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,6}", code) for code in codes):
        raise SettingsError(f"{name}={text!r} will not do: give error codes with commas, or none.")
    return frozenset(map(int, codes))


_ORIGIN = re.compile(r"https://(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}(:[0-9]{1,5})?|http://127\.0\.0\.1:[0-9]{1,5}")


def origins(environment: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """Where something may be fetched from, with commas; "none" for nowhere. Without https only this machine, for tests."""
    text = environment.get(name)
    if not text:
        return default
    given = () if text.strip() == "none" else tuple(text.replace(",", " ").split())
    if not all(_ORIGIN.fullmatch(one) for one in given):
        raise SettingsError(f"{name}={text!r} will not do: give https://host or https://*.host with commas, or none.")
    return given


def seconds(environment: Mapping[str, str], name: str, default: float, least: float = 0.001) -> float:
    text = environment.get(name)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not least <= seconds <= 3600:
        raise SettingsError(f"{name}={text!r} is no time: give seconds from {least:g} to 3600.")
    return seconds


def level(environment: Mapping[str, str]) -> str:
    level = (environment.get("LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingsError(f"LOG_LEVEL={level!r} is unknown: use DEBUG, INFO, WARNING or ERROR.")
    return level
