"""Who is speaking: the word that a citizen calls themselves by, and for whom they are doing it."""

from dataclasses import dataclass

UNKNOWN = "bà con"
"""How citizens are addressed while they have told nothing of themselves."""
YOUNGER = "bạn"
"""How those are addressed who call themselves cháu, em or con: the assistant is nobody's elder."""
ELDERS = ("bác", "cô", "chú", "ông", "bà")
PEERS = ("anh", "chị")


@dataclass(frozen=True, slots=True)
class Speaker:
    """What a citizen has shown of themselves so far; nothing is known at first."""

    you: str | None = None
    """The word to address them by."""
    told: bool = False
    """They asked to be called so: what later sounds otherwise is no reason to change it."""
    helps: str | None = None
    """Whom they do it for: "mẹ", "ông nội"; None while they do it for themselves."""

    @property
    def addressed(self) -> str:
        return self.you or UNKNOWN

    @property
    def assistant(self) -> str:
        """What the assistant calls itself before them."""
        return "cháu" if self.you in ELDERS else "em" if self.you in PEERS else "mình"

    @property
    def whom(self) -> str:
        """The one whose papers it is about."""
        return self.helps or self.addressed


@dataclass(frozen=True, slots=True)
class Introduces:
    """What one message shows of its speaker; None where it shows nothing of that kind."""

    you: str | None = None
    told: bool = False
    helps: str | None = None
    own: bool = False
    """It is for themselves, they say: an end of helping."""

    def seen_in(self, before: Speaker) -> Speaker:
        """What is known of the speaker after that message."""
        keeps = self.you is None or (before.told and not self.told)
        helps = None if self.own else self.helps if self.helps is not None else before.helps
        return Speaker(before.you if keeps else self.you, before.told or self.told, helps)
