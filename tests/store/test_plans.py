"""The queues are found by their indexes on SQLite too, however much history lies around them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.model.conversation import Conversation, Owner, OwnerKind
from bot.model.grouping import Grouping
from bot.model.message import Address
from bot.store import deliveries, messages, recovery, turns
from bot.store.database import Database, Transaction

from ..databases import migrated_sqlite

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TALK = Conversation(1, Address("web", "an"), Owner(OwnerKind.BOT, None), 0, 0, 0, {}, True, None)


@pytest.fixture
def sqlite(tmp_path: Any) -> Any:
    opened = migrated_sqlite(tmp_path / "danloi.db")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("work", "indexes"),
    [
        (lambda tx: turns.claim(tx, "me", ["web", "zalo"], NOW, NOW, 4), ["ix_conversation_due"]),
        (lambda tx: messages.waiting(tx, [1, 2]), ["ix_message_open_of"]),
        (lambda tx: turns.finished(tx, 1, Grouping(1, 4)), ["ix_message_open_of"]),
        (lambda tx: messages.show_replies(tx, TALK, 1, 0, [], NOW), ["ix_message_open_of"]),
        (lambda tx: turns.next_due(tx, ["web", "zalo"]), ["ix_conversation_due"]),
        (lambda tx: deliveries.claim(tx, "web", "me", NOW, NOW, 32, [7]), ["ix_message_open", "ix_message_open_of"]),
        (lambda tx: deliveries.overdue(tx, "web", NOW), ["ix_message_open"]),
        (lambda tx: recovery.after_set_back(tx, NOW, timedelta()), ["ix_conversation_due"]),
    ],
    ids=[
        "claim a turn",
        "what waits",
        "what came meanwhile",
        "what is unsent",
        "next due",
        "claim a reply",
        "what is late",
        "what waits too long",
    ],
)
async def test_the_queues_are_found_by_their_indexes(sqlite: Database, work: Transaction[Any], indexes: list[str]) -> None:
    plan = await sqlite.run(lambda tx: planned(tx, work))
    assert [line for line in plan if line.startswith("SCAN")] == []
    assert [index for index in indexes if not any(f"INDEX {index} (" in line for line in plan)] == []


def planned(tx: Connection, work: Transaction[Any]) -> list[str]:
    """How SQLite would run the first statement of a transaction."""
    run: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        run.append((statement, parameters))

    event.listen(tx, "before_cursor_execute", note)
    work(tx)
    event.remove(tx, "before_cursor_execute", note)
    statement, parameters = run[0]
    return [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
