"""What a check comes back with. Whatever is not well names its remedy."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    WELL = "well"
    MEND = "mend"
    """Something does not work, or soon will not."""
    UNSURE = "unsure"
    """It cannot be told from here, or not yet; no fault, but a person should know."""


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    """A name for scripts; it stays."""
    state: State
    what: str
    """For the operator, in Vietnamese, as all commands speak; errors of the program and of platforms as they are."""
    remedy: str = ""


def well(check: str, what: str) -> Finding:
    return Finding(check, State.WELL, what)


def mend(check: str, what: str, remedy: str) -> Finding:
    return Finding(check, State.MEND, what, remedy)


def unsure(check: str, what: str, remedy: str) -> Finding:
    return Finding(check, State.UNSURE, what, remedy)
