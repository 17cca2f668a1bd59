"""What this process counts, for Prometheus. Numbers, and the names of our own parts: never a word, a name or an address of anybody.

What the database knows for all processes together (what waits, how old it is) is not counted but looked up: see `health.py`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from math import nan

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from .model.clock import now

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each counter began: a series more for each, which nobody asks for

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TENTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)

TURNS = Counter("danloi_turns", "Turns by how they ended: answered, left_to_person, dead, failed, claim_lost.", ["outcome"])
STAGE = Histogram(
    "danloi_turn_stage_seconds",
    "Where a turn's time goes: claim (from due until a worker has it), understand, commit, first_send (from committed until shown).",
    ["stage"],
    buckets=_SECONDS,
)
CONFIDENCE = Histogram("danloi_nlu_confidence", "How sure the language model was of its first reading.", buckets=_TENTHS)
READINGS = Counter("danloi_nlu_readings", "Texts by who read them: the model, the keywords while it is away, none.", ["by"])
RECEIVED = Counter("danloi_messages_received", "Messages that came: new ones, and repetitions, which change nothing.", ["account", "kind"])
DEAD = Counter("danloi_messages_dead", "Messages given up after five tries; each has a case.")
SENDS = Counter(
    "danloi_sends",
    "Sends: sent, queued (tried again), unknown, failed, lost (its process died: unknown, or tried again).",
    ["account", "outcome"],
)
PROMISES_MISSED = Counter("danloi_promises_missed", "Times by which a person was to answer a citizen, and nobody did.")
OFFICE = Gauge("danloi_office_held", "Whether this process holds an office of which there is one in all (a sender, a poller).", ["office"])
LOOP_FAILURES = Counter("danloi_loop_failures", "Rounds of a background loop that failed; it goes on.", ["loop"])
PAGES = Gauge("danloi_pages_open", "Streams to open web pages of citizens.")
TOKEN_EXPIRES = Gauge(
    "danloi_token_expires_seconds", "Until a platform's token runs out; below 0 it has. Only for tokens that do.", ["account"]
)

for _outcome in ("answered", "left_to_person", "dead", "failed", "claim_lost"):
    TURNS.labels(_outcome)
for _stage in ("claim", "understand", "commit", "first_send"):
    STAGE.labels(_stage)
for _by in ("model", "keywords", "none"):
    READINGS.labels(_by)


def announce(account: str) -> None:
    """A channel account is served here. From its first moment it is counted at 0: what begins at 1 is no increase to Prometheus."""
    for kind in ("new", "repeated"):
        RECEIVED.labels(account, kind)
    for outcome in ("sent", "queued", "unknown", "failed", "lost"):
        SENDS.labels(account, outcome)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Measure one stage of a turn that comes to its end."""
    began = time.perf_counter()
    yield
    STAGE.labels(name).observe(time.perf_counter() - began)


def token_expires(account: str, when: Callable[[], datetime | None]) -> None:
    """Have the time until that account's token runs out told; `when` is asked at each look, and None means that it is not known."""

    def left() -> float:
        moment = when()
        return nan if moment is None else (moment - now()).total_seconds()

    TOKEN_EXPIRES.labels(account).set_function(left)
