"""Reads a message: `glance` finds what exact lists can say at once; `understand` asks the model, or the keywords while it is away."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Protocol, runtime_checkable

from .. import metrics
from ..model import clock as clocks
from ..model.clock import Clock, today
from ..model.meaning import Heard, Meaning
from ..model.message import Edited, Kind, Tap
from . import commands, figures, keywords, places, safety, shortcuts, speaker, text
from .parts import questions
from .places import Places
from .question import LIMIT, question
from .rasa import NluAway
from .terms import Terms, asks_word
from .text import fold, normalise

UNDER_WAY = 64
"""Messages whose glance is remembered: as many as are under way, for nobody's words should linger."""


class Model(Protocol):
    """What the reader needs of a language model's client."""

    async def parse(self, text: str) -> Meaning:
        """Raises NluAway."""


@runtime_checkable
class Remembers(Protocol):
    """A model's client that keeps what it was asked for a while."""

    def forget(self) -> None: ...


class Reader:
    """`nlu` is None where no model is to be asked; `known` are the intents that keywords may name; `clock` tells what "hôm qua" was."""

    def __init__(
        self, nlu: Model | None, known: Collection[str], places: Places | None = None, clock: Clock = clocks.now, terms: Terms | None = None
    ) -> None:
        self._clock = clock
        self._nlu = nlu
        self._known = frozenset(known)
        self._places = places
        self._terms = terms
        self._glance = lru_cache(UNDER_WAY)(self._read)

    def glance(
        self,
        kind: Kind,
        text: str = "",
        tap: Tap | None = None,
        masked: tuple[str, ...] = (),
        cut: bool = False,
        edited: Edited | None = None,
        code: str | None = None,
    ) -> Heard:
        """All that can be said of a message without the model. A yes is a yes only here: the model's "affirm" never answers a step.

        The door asks, and before long the turn asks the same again: what was just read is remembered.
        """
        return self._glance(kind, text, tap, masked, cut, edited, code, today(self._clock()))

    def _read(
        self,
        kind: Kind,
        text: str,
        tap: Tap | None,
        masked: tuple[str, ...],
        cut: bool,
        edited: Edited | None,
        code: str | None,
        date: date,
    ) -> Heard:
        folded, command = fold(text), commands.read(text)
        became = self._places.what_became(text) if self._places and not command else ()
        places = became or (self._places.named(text) if self._places and not command else ())
        return Heard(
            kind=kind,
            text=text,
            folded=folded,
            spelt_out=fold(normalise(text)),
            tap=tap,
            number=shortcuts.number(text),
            figure=figures.figure(text, date),
            day=figures.day(text, date),
            yes=None if command else shortcuts.yes(text),
            act=command.act if command else shortcuts.act(text),
            urgent=safety.urgent(fold(normalise(text))) or safety.urgent(folded),
            besides=safety.besides(folded),
            calm=safety.calm(folded),
            places=places,
            places_if_asked=places or (self._places.named(text, expected=True) if self._places and not command else ()),
            only_place=bool(places) and self._places is not None and (self._places.is_all(text) or self._places.tells_home(text)),
            term=self._terms.asked(folded) if self._terms and not command else None,
            asks_word=asks_word(folded) and not command,
            at_step=shortcuts.at_step(text),
            asks_of_place=bool(became),
            introduces=speaker.introduces(text),
            remind=figures.reminder(text, date),
            offers_secret=safety.offers_secret(folded),
            masked=masked,
            cut=cut,
            edited=edited,
            link=command.link if command else None,
            code=code,
        )

    async def understand(self, heard: Heard) -> Heard:
        """The same with its meaning. Never raises for want of a model: then keywords read, and the meaning says why."""
        if self._nlu is None:
            return heard.understood(_counted(self._by_keywords(heard.text, "no model")))
        try:
            whole, *parts = await asyncio.gather(*map(self._nlu.parse, (heard.text, *questions(heard.text))))
            return heard.understood(_counted(replace(whole, parts=tuple(parts))))
        except NluAway as away:
            return heard.understood(_counted(self._by_keywords(heard.text, away.why)))

    def forget(self) -> None:
        """Nothing that anybody wrote stays remembered here: somebody asked for theirs to be deleted."""
        self._glance.cache_clear()
        text.forget()
        places.forget()
        if isinstance(self._nlu, Remembers):
            self._nlu.forget()

    def _by_keywords(self, text: str, away: str) -> Meaning:
        asked = question(text[: 8 * LIMIT])
        if asked is None:
            return Meaning(ranking=(), by="none", away=away)
        return keywords.read(fold(normalise(asked)), self._known, away)


def _counted(meaning: Meaning) -> Meaning:
    metrics.READINGS.labels(meaning.by).inc()
    if meaning.by == "model" and meaning.top is not None:
        metrics.CONFIDENCE.observe(meaning.top.confidence)
    return meaning
