"""What can go wrong, and who can mend it.

DanLoiError
├── SettingsError        the operator: an environment variable is wrong
├── WrittenError         a writer: a guide, words or facts cannot be used; names file, line, remedy
├── StoreError           the operator
│   ├── StoreBusy        the database did not answer in time; nothing was stored, try again
│   ├── StoreFull        no room left on the disk; nothing was stored
│   └── AlreadyRunning   another `danloi serve` holds this SQLite file
├── ClaimLost            nobody: another worker has the conversation, this turn's work is dropped
├── NluError             the operator: the language model's process does not run or does not fit
└── DeskError            a volunteer: what they wanted can not be done
    ├── TooLate          somebody was faster, or the case is no longer as it was
    ├── NotYours         only who has the case may do that
    └── Unsafe           the words must not reach a citizen
"""

from dataclasses import dataclass


class DanLoiError(Exception):
    """Everything of ours that is raised on purpose; its text tells the one who can act what to do."""


class SettingsError(DanLoiError):
    pass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in what a writer wrote, and how to mend it. `line` counts from 1."""

    file: str
    line: int | None
    what: str
    remedy: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.what} → {self.remedy}"


class WrittenError(DanLoiError):
    """Something written (guides, words, facts) cannot be used. Carries every fault found, not just the first."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class StoreError(DanLoiError):
    pass


class StoreBusy(StoreError):
    pass


class StoreFull(StoreError):
    pass


class AlreadyRunning(StoreError):
    pass


class ClaimLost(DanLoiError):
    pass


class NluError(DanLoiError):
    pass


class DeskError(DanLoiError):
    """What a volunteer wanted can not be done; the text, in Vietnamese, says why and what can. Nothing has changed."""


class TooLate(DeskError):
    """Somebody was faster, or the case is no longer as it was."""


class NotYours(DeskError):
    """Only who has the case may do that."""


class Unsafe(DeskError):
    """What was written must not reach a citizen: it asks for a secret, or holds one."""
