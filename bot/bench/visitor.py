"""Who visits the desk's pages while they are measured, in a process of its own: `python -m bot.bench.visitor`.

Reads from its input what to do (`Errand`, as JSON), signs in as the console's own form does, asks for one page after the other, and writes
what it saw. The server tells with each answer how long it was at work; the visitor's own clock runs until the whole answer has come.
"""

import itertools
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

import httpx

PATIENCE = 30.0
WARM_UP = 5
"""Requests of a row that are not counted."""
TIMING = "server-timing"
_TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')
_TOOK = re.compile(r"app;dur=([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Visit:
    """One row. `paths` are asked for in turn, in a circle, or `once` each.

    With `text` it is a form that is sent, else a page that must show `shows`. `then`: the form that is sent after it, which is a row of
    its own: the row's name, and the last part of the form's address.
    """

    name: str
    who: str
    paths: Sequence[str]
    shows: str = ""
    text: str | None = None
    once: bool = False
    then: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    url: str
    password: str
    seconds: float
    visits: Sequence[Visit]


@dataclass(slots=True)
class Seen:
    """Milliseconds of the server and of the whole answer, of each request that went well; and what went wrong with others."""

    name: str
    server: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, answer: httpx.Response, took: float, expected: Sequence[int], shows: str) -> None:
        told = _TOOK.search(answer.headers.get(TIMING, ""))
        if answer.status_code not in expected or told is None or shows not in answer.text:
            self.wrong.append(f"{answer.status_code} {answer.request.url.path}")
            return
        self.server.append(float(told[1]))
        self.whole.append(1000 * took)

    def forget(self) -> None:
        self.server.clear()
        self.whole.clear()


class Visitor:
    """Somebody of the desk with a browser: cookies, and the token that forms bring back."""

    def __init__(self, url: str, code: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=PATIENCE, follow_redirects=False)
        token = self._token("/desk/sign-in")
        answer = self._http.post("/desk/sign-in", data={"_csrf_token": token, "code": code, "password": password, "next": ""})
        if answer.status_code != 303 or answer.headers["location"] != "/desk/cases":
            raise SystemExit(f"{code} could not sign in: {answer.status_code}")
        self._csrf = self._token("/desk/cases")

    def _token(self, path: str) -> str:
        found = _TOKEN.search(self._http.get(path).text)
        if found is None:
            raise SystemExit(f"{path} has no form")
        return found[1]

    def ask(self, seen: Seen, path: str, shows: str) -> None:
        began = time.perf_counter()
        answer = self._http.get(path)
        seen.note(answer, time.perf_counter() - began, (200,), shows)

    def send(self, seen: Seen, path: str, text: str = "") -> None:
        form = {"_csrf_token": self._csrf, "key": uuid4().hex, "text": text}
        began = time.perf_counter()
        answer = self._http.post(path, data=form)
        seen.note(answer, time.perf_counter() - began, (303,), "")


def run(errand: Errand) -> list[Seen]:
    people = {who: Visitor(errand.url, who, errand.password) for who in dict.fromkeys(visit.who for visit in errand.visits)}
    return [seen for visit in errand.visits for seen in _rows(people[visit.who], visit, errand.seconds)]


def _rows(visitor: Visitor, visit: Visit, seconds: float) -> list[Seen]:
    """What was seen of one visit after its warm-up; what went wrong during it counts all the same."""
    first, second = Seen(visit.name), Seen(visit.then[0] if visit.then else "")
    warm_up = min(WARM_UP, len(visit.paths) // 2) if visit.once else WARM_UP
    ends = float("inf")
    for number, path in enumerate(visit.paths if visit.once else itertools.cycle(visit.paths)):
        if number == warm_up:
            first.forget()
            second.forget()
            ends = time.perf_counter() + seconds
        if time.perf_counter() > ends:
            break
        if visit.text is None:
            visitor.ask(first, path, visit.shows)
            continue
        visitor.send(first, path, visit.text)
        if visit.then is not None:
            visitor.send(second, f"{path.rpartition('/')[0]}/{visit.then[1]}")
    return [first, second] if visit.then else [first]


def errand_of(plain: Mapping[str, Any]) -> Errand:
    return Errand(**{**plain, "visits": tuple(Visit(**visit) for visit in plain["visits"])})


if __name__ == "__main__":
    json.dump([asdict(seen) for seen in run(errand_of(json.load(sys.stdin)))], sys.stdout)
