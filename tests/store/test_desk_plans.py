"""The desk's pages are found by indexes, on each engine, among two thousand cases of which most are closed: no question tries them all."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from bot.bench.desk_fill import fill
from bot.bench.desk_visits import HELPER, Known
from bot.model.case import CaseStatus
from bot.store import case_search, cases, desk, people
from bot.store.case_search import Reach, Wanted
from bot.store.database import Database, Transaction, connect
from bot.store.migrate import upgrade
from bot.store.scratch import code_of
from bot.written import Written

from ..databases import KEYRING, fresh_postgres

CASES, MESSAGES = 2000, 20_000
SMALL = {"ix_cases_waiting", "ix_cases_taken", "uq_cases_unclosed"}
"""Indexes of what is unclosed, which may be gone through whole."""


@dataclass(frozen=True)
class Filled:
    database: Database
    known: Known
    me: Reach
    stranger: Reach
    """Has had no case and is offered none."""
    oversees: Reach

    def case(self, status: CaseStatus = CaseStatus.CLOSED) -> Any:
        """One of long ago."""
        return next(one for one in self.known.planned[CASES // 4 :] if one.status is status)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, written: Written) -> Iterator[Filled]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('desk') / 'danloi.db'}"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres_server"))
    database = connect(url, KEYRING)
    upgrade(database.engine)
    known = asyncio.run(fill(database, written, CASES, MESSAGES, "made up", lambda line: None))
    with database.engine.connect() as tx:
        who = people.by_code(tx, code_of("bench", HELPER))
        assert who is not None
        around = people.around(tx, who.team.commune or "")
    me = Reach(who.id, who.team.id, own=frozenset({who.team.commune or ""}), wider=around)
    stranger = Reach(who.id + 1, 1, own=frozenset({"xa_khong_co"}))
    yield Filled(database, known, me, stranger, Reach(who.id + 1, 1, everything=True))
    database.close()


def searches(filled: Filled) -> dict[str, tuple[Wanted, Reach]]:
    one, month = filled.case(), timedelta(days=30)
    keys = KEYRING.word_key
    phone = next(other.phone for other in filled.known.planned if other.phone is not None)
    communes = frozenset(place.id for place in filled.known.gazetteer.places.values() if place.district == "huyện Đồng Văn")
    wanted = {
        "nothing": Wanted(),
        "topic": Wanted(topic=one.topic),
        "commune": Wanted(communes=frozenset({one.commune})),
        "district": Wanted(communes=communes),
        "open": Wanted(status=CaseStatus.OPEN),
        "taken": Wanted(status=CaseStatus.TAKEN),
        "who had it": Wanted(volunteer_id=filled.me.volunteer_id),
        "days": Wanted(since=one.opened_at, until=one.opened_at + month),
        "phone": Wanted(phone_key=KEYRING.phone_key(phone or "")),
        "person": Wanted(conversation_id=one.conversation),
        "common word": Wanted(note_words=(keys("hen"),)),
        "rare word": Wanted(note_words=(keys("hen"), keys(filled.known.rare[0]))),
        "topic, commune, days": Wanted(
            topic=one.topic, communes=frozenset({one.commune}), since=one.opened_at, until=one.opened_at + month
        ),
        "rare word, days": Wanted(note_words=(keys(filled.known.rare[0]),), since=one.opened_at),
    }
    within = {"nothing of mine": (Wanted(), filled.me), "nothing for me": (Wanted(), filled.stranger)}
    within["topic, nothing for me"] = (Wanted(topic=one.topic), filled.stranger)
    return {name: (asked, filled.oversees) for name, asked in wanted.items()} | within


ASKED = (
    *("nothing", "topic", "commune", "district", "open", "taken", "who had it", "days", "phone", "person", "common word", "rare word"),
    *("topic, commune, days", "rare word, days", "nothing of mine", "nothing for me", "topic, nothing for me"),
)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("page", [1, 2])
def test_a_search_passes_by_most_cases(filled: Filled, name: str, page: int) -> None:
    asked = searches(filled)
    assert set(asked) == set(ASKED)
    wanted, reach = asked[name]
    before = None if page == 1 else filled.known.planned[CASES * 9 // 10].id
    assert tried_all(filled.database, lambda tx: case_search.search(tx, wanted, reach, before), walks=name == "nothing") == []


def test_the_queue_and_what_one_has(filled: Filled) -> None:
    who = filled.me.volunteer_id
    for reach in (filled.me, filled.stranger, filled.oversees, Reach(who, 1, province=True)):
        assert tried_all(filled.database, partial(case_search.queue, reach=reach)) == []
        assert tried_all(filled.database, partial(case_search.queue, reach=reach, topic="eid_level_2")) == []
        assert tried_all(filled.database, partial(case_search.waiting_count, reach=reach)) == []
    assert tried_all(filled.database, lambda tx: cases.holding(tx, who)) == []
    assert tried_all(filled.database, lambda tx: cases.held(tx, who)) == []


def test_one_conversation(filled: Filled) -> None:
    one = filled.case()
    for work in (
        lambda tx: desk.lines(tx, one.conversation),
        lambda tx: desk.lines(tx, one.conversation, after=10),
        lambda tx: desk.unread(tx, {one.conversation: 0}),
        lambda tx: desk.statuses(tx, one.conversation),
        lambda tx: desk.notes(tx, one.id),
        lambda tx: desk.person_name(tx, one.conversation),
        lambda tx: cases.get(tx, one.id),
        lambda tx: cases.unclosed(tx, one.conversation),
    ):
        assert tried_all(filled.database, work) == []


def test_a_question_that_tries_every_case_is_seen(filled: Filled) -> None:
    assert tried_all(filled.database, lambda tx: tx.execute(text("SELECT id FROM cases WHERE step = 'none' ORDER BY id DESC LIMIT 3")))
    assert tried_all(filled.database, lambda tx: tx.execute(text("SELECT count(*) FROM message WHERE block = 'none'")))


def tried_all(database: Database, work: Transaction[Any], walks: bool = False) -> list[str]:
    """What in a transaction's statements goes through a whole table. `walks`: along it, until enough is found."""
    with database.engine.connect() as tx:
        run: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            run.append((statement, parameters))

        event.listen(tx, "before_cursor_execute", note)
        work(tx)
        event.remove(tx, "before_cursor_execute", note)
        assert run
        faults = _sqlite_faults if tx.dialect.name == "sqlite" else _postgres_faults
        return [fault for statement, parameters in run for fault in faults(tx, statement, parameters, walks)]


def _sqlite_faults(tx: Connection, statement: str, parameters: Any, walks: bool) -> list[str]:
    plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    whole = [line for line in plan if line.split()[:2] in (["SCAN", "cases"], ["SCAN", "message"], ["SCAN", "note_word"])]
    return [line for line in whole if line.split()[-1] not in SMALL and not walks]


def _postgres_faults(tx: Connection, statement: str, parameters: Any, walks: bool) -> list[str]:
    """Counted while it runs: how many rows of a table were looked at."""
    explained = tx.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    plan = explained if isinstance(explained, list) else json.loads(explained)
    most = {"cases": CASES // 2, "message": MESSAGES // 20, "note_word": CASES}
    return [
        f"{node['Node Type']} {node['Relation Name']}: {looked}"
        for node in _nodes(plan[0]["Plan"])
        if (looked := _looked_at(node)) > most.get(node.get("Relation Name", ""), looked)
    ]


def _looked_at(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
