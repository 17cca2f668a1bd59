"""The crowd of `danloi bench load`, in a process of its own: `python -m bot.bench.crowd`. An errand a line in (JSON), what was seen out.

Open loop: each message has a moment at which it is to be sent, fixed before anything is known of the answers, and its time runs from that
moment. A server that stalls does not make the crowd wait with it unseen: what should have been sent meanwhile is late, and counts as late.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .conversation import STEPS, said
from .wires import RasaWire, WebWire, Wire

COMES_EARLY, COMES_BACK_EARLY = 0.5, 1.0
"""Seconds before the first message at which a page is opened; who comes back is first shown what was."""
PATIENCE = 30.0
"""Seconds after which a message without its whole answer is lost, and its conversation ends."""


@dataclass(frozen=True, slots=True)
class Errand:
    """`rate` messages a second for `seconds`, after `warm_up`; each conversation says its next every `think` seconds.

    `pause`: seconds that a text is known to wait for what is typed next; they are not counted.
    `expected`: the answer to each step, [replies, digest]; empty: to be found out by one conversation alone. `urls` in turn.
    `people`: who come back, each met once (the token of a page, the name of a sender); empty: everybody is new.
    """

    kind: str
    urls: Sequence[str]
    rate: float = 1.0
    seconds: float = 5.0
    warm_up: float = 2.0
    think: float = 2.0
    pause: float = 0.0
    expected: Sequence[tuple[int, str]] = ()
    seed: int = 1
    people: Sequence[str] = ()

    @property
    def early(self) -> float:
        """Seconds before their first message at which somebody opens the page."""
        return min(COMES_BACK_EARLY if self.people else COMES_EARLY, self.think / 2)


@dataclass(slots=True)
class Seen:
    """Milliseconds from the intended moment to the last reply, of messages meant for the measured time; and what went wrong.

    `late`: by how many milliseconds the crowd itself sent what nothing held back. `ended`: answers that came within the measured time.
    `all`: answers with those of the warm-up and after. `why`: what went wrong, and how often.
    """

    took: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    intended: int = 0
    ended: int = 0
    all: int = 0
    wrong: int = 0
    lost: int = 0
    why: dict[str, int] = field(default_factory=dict)

    def blame(self, what: str) -> None:
        self.why[what] = self.why.get(what, 0) + 1


def lanes(rate: float, think: float) -> int:
    """How many conversations go on at any moment, one citizen after the other in each."""
    return max(1, round(rate * think))


class Crowd:
    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._chance = random.Random(f"{errand.seed}")  # noqa: S311  # repeatable on purpose
        self._people = 0
        self.seen = Seen()

    async def run(self) -> Seen:
        errand = self._errand
        if not errand.expected:
            await self._alone()
            return self.seen
        side_by_side = lanes(errand.rate, errand.think)
        self._begin = time.perf_counter() + errand.think
        self._from = self._begin + errand.warm_up
        self._until = self._from + errand.seconds
        await asyncio.gather(*(self._lane(lane, self._begin + lane * errand.think / side_by_side) for lane in range(side_by_side)))
        return self.seen

    async def _alone(self) -> None:
        """One conversation with nobody else there: what is rightly answered."""
        wire = self._wire()
        await wire.open()
        await asyncio.sleep(self._errand.early if self._errand.people else 0)
        for number, step in enumerate(STEPS):
            async with asyncio.timeout(PATIENCE):
                answer = await wire.say(said(step, self._chance), f"message-{number}", None)
            self.seen.answers.append((answer.count, answer.digest))
        await wire.close()

    async def _lane(self, lane: int, moment: float) -> None:
        """One citizen after the other; the first stays for some messages only, so that all steps are met at any moment."""
        steps = 1 + lane % len(STEPS)
        while moment < self._until:
            wire = self._wire()
            try:
                await self._sleep_until(moment - self._errand.early)
                await wire.open()
                await self._conversation(wire, moment, steps)
            except (OSError, EOFError, TimeoutError, ValueError) as error:
                self.seen.lost += 1
                self.seen.blame(f"{type(error).__name__}: {error}"[:200])
            finally:
                await wire.close()
            moment, steps = moment + steps * self._errand.think, len(STEPS)

    async def _conversation(self, wire: Wire, moment: float, steps: int) -> None:
        free = time.perf_counter()
        for number, step in enumerate(STEPS[:steps]):
            intended = moment + number * self._errand.think
            if intended >= self._until:
                return
            await self._sleep_until(intended)
            counts = self._from <= intended
            self.seen.intended += counts
            if counts and free < intended:
                self.seen.late.append(1000 * (time.perf_counter() - intended))
            count, digest = self._errand.expected[number]
            try:
                async with asyncio.timeout(PATIENCE):
                    answer = await wire.say(said(step, self._chance), f"message-{number}", count)
            except TimeoutError as error:
                raise TimeoutError(f"{step.text!r}: {len(wire.heard)} of {count}, {wire.heard[-1:]}") from error
            free = time.perf_counter()
            self.seen.all += 1
            self.seen.ended += self._from <= free < self._until
            if (answer.count, answer.digest) != (count, digest):
                self.seen.wrong += 1
                self.seen.blame(f"{step.text!r}: {answer.count} for {count}, {answer.ends!r}")
            if counts:
                waited = self._errand.pause if step.model else 0.0
                self.seen.took.append(1000 * (free - intended - waited))

    async def _sleep_until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))

    def _wire(self) -> Wire:
        """Somebody new, or the next who comes back; each from a network address of their own, for so many of one are too many."""
        errand, number = self._errand, self._people
        url, known = errand.urls[number % len(errand.urls)], errand.people[number] if errand.people else None
        self._people += 1
        if errand.kind == "rasa":
            return RasaWire(url, known or f"{errand.seed}-{number}")
        return WebWire(url, f"127.{2 + errand.seed % 250}.{1 + number // 250 % 250}.{1 + number % 250}", known)


def errand_of(plain: dict[str, Any]) -> Errand:
    return Errand(**plain | {"expected": [tuple(one) for one in plain.get("expected", ())]})


def main() -> None:
    for line in sys.stdin:
        seen = asyncio.run(Crowd(errand_of(json.loads(line))).run())
        sys.stdout.write(json.dumps(asdict(seen)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
