"""A guide as it was published: what citizens who began it go on with, whatever is written since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version of a topic."""

    topic: str
    version: str
    body: str
    """The file under flows/, in one spelling: the loader reads it again."""
    calls: Mapping[str, str]
    """The version of each guide that it calls."""
    blocks: tuple[str, ...]
    """The blocks of words that it says."""
    is_current: bool
    """It is the one that is begun now."""
    published_at: datetime
