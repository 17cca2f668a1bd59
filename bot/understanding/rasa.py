"""The one place that talks to the language model: Rasa's `/model/parse` on loopback or elsewhere, asked so that its traps stay shut.

    parse ─► question (letters? no slash? short enough?) ─► seen before? ─► a peer that may be asked ─► reading

A peer is one Rasa process: single-threaded, so few questions at once; trusted only while its status names the model we expect; left alone
for a while after it failed, then probed with a single question. Whatever goes wrong is one exception, `NluAway`, and says why.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Any

import httpcore

from ..model.errors import NluError
from ..model.meaning import Meaning, Reading
from .peer import Peer
from .question import question
from .text import normalise
from .wire import BadStatus, Unanswered, Wire, json_object

CACHE_SIZE = 2048


class NluAway(NluError):
    """The language model could not be asked: "down", "timeout", "busy", "breaker open", "wrong model ...", "no model"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The language model did not answer ({why}).")


class Nlu:
    """One client for all Rasa processes. `token`: empty where none is asked for. `model`: the file that each must serve; None: any."""

    def __init__(
        self,
        urls: Sequence[str],
        token: str,
        known_intents: Collection[str],
        model: str | None,
        *,
        timeout: float = 2.0,
        at_once: int = 4,
        rest: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._known = frozenset(known_intents)
        self._models = frozenset({model} if model else ())
        self._timeout = timeout
        share = timeout / min(2, max(1, len(urls)))  # one that hangs leaves time to ask another
        self._wire = Wire(token, share, at_once * len(urls) + 2)
        self._peers = [Peer(url, at_once, rest, clock) for url in urls]
        self._next = 0
        self._seen: OrderedDict[str, Meaning] = OrderedDict()

    @property
    def known_intents(self) -> frozenset[str]:
        return self._known

    async def parse(self, text: str) -> Meaning:
        """The model's reading of a text; empty where the text holds nothing to read. Raises NluAway."""
        asked = question(text)
        if asked is None:
            return Meaning(ranking=(), by="none")
        key = normalise(asked)
        meaning = self._seen.get(key)
        if meaning is None:
            meaning = await self._ask(asked)
            self._seen[key] = meaning
            if len(self._seen) > CACHE_SIZE:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(key)
        return meaning

    def forget(self) -> None:
        """Remember no question any more."""
        self._seen.clear()

    async def ready(self) -> bool:
        """Whether some peer serves the expected model now."""
        return any([await self._serves_our_model(peer) for peer in self._peers])

    def breakers(self) -> list[bool]:
        """For each peer in order, whether it is left alone after failures."""
        return [peer.rests for peer in self._peers]

    def expect(self, *models: str) -> None:
        """From now on these model files are the right ones: two while they are exchanged. What the old one said is forgotten."""
        self._models = frozenset(models)
        self._seen.clear()

    async def close(self) -> None:
        await self._wire.close()

    async def _ask(self, asked: str) -> Meaning:
        """Ask the peers in turn until one answers, all within one timeout."""
        why = "down" if self._peers else "no model"
        try:
            async with asyncio.timeout(self._timeout):
                for peer in self._in_turn():
                    if not peer.may_be_asked():
                        why = f"breaker open: {peer.trouble}"
                        continue
                    async with peer.asked():
                        why = await self._trouble(peer)
                        if not why:
                            try:
                                answer = await self._post(peer, asked)
                                peer.works()
                                return answer
                            except (*Unanswered, BadStatus, ValueError, KeyError, TypeError) as error:
                                why = _why(error)
                        peer.failed(why)
        except TimeoutError:
            why = "timeout"
        raise NluAway(why)

    async def _trouble(self, peer: Peer) -> str:
        """Why the peer must not be asked, or nothing."""
        if peer.trusted:
            return ""
        try:
            served = await self._served(peer)
        except (*Unanswered, BadStatus, ValueError) as error:
            return _why(error)
        if self._models and served not in self._models:
            return f"wrong model {served}"
        peer.trusted = True
        return ""

    async def _served(self, peer: Peer) -> str:
        status = await self._wire.get(f"{peer.url}/status")
        return str(status.get("model_file")).replace("\\", "/").rsplit("/", 1)[-1]

    async def _serves_our_model(self, peer: Peer) -> bool:
        try:
            async with asyncio.timeout(self._timeout):
                served = await self._served(peer)
        except (*Unanswered, BadStatus, ValueError, TimeoutError):
            return False
        return not self._models or served in self._models

    async def _post(self, peer: Peer, asked: str) -> Meaning:
        answer = await self._wire.post(f"{peer.url}/model/parse", {"text": asked})
        readings = [Reading(str(row["name"]), float(row["confidence"])) for row in map(json_object, answer["intent_ranking"])]
        known = [reading for reading in readings if reading.intent in self._known and 0.0 <= reading.confidence <= 1.0]
        return Meaning(tuple(sorted(known, key=lambda reading: -reading.confidence)), _aspect(answer))

    def _in_turn(self) -> list[Peer]:
        self._next = (self._next + 1) % max(1, len(self._peers))
        return self._peers[self._next :] + self._peers[: self._next]


def _aspect(answer: dict[str, Any]) -> str | None:
    """What about the topic is asked: the entity "aspect"."""
    entities = map(json_object, answer.get("entities", ()))
    return next((str(entity["value"]) for entity in entities if entity.get("entity") == "aspect"), None)


def _why(error: Exception) -> str:
    """A short reason. Never the error's own text: it holds the URL, and the URL holds the token."""
    if isinstance(error, httpcore.TimeoutException):
        return "timeout"
    if isinstance(error, BadStatus):
        return str(error)
    return "down" if isinstance(error, Unanswered) else "unreadable answer"
