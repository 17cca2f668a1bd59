"""Fills an empty database with the whole list of teams and people, two years of cases, and three people who can sign in."""

import random
from collections.abc import Callable, Sequence
from functools import partial

from ..desk.passwords import hash_password
from ..model.clock import now
from ..model.people import Role
from ..store import desk, people, scratch
from ..store.database import Database, Tx
from ..understanding.text import fold
from ..written import Written
from .citizen import SEED
from .desk_visits import COORDINATOR, DESK, HELPER, MANY, Known
from .made_up import person, staff
from .past import Past, Poured
from .planned import Plan


async def fill(database: Database, written: Written, cases: int, messages: int, password: str, note: Callable[[str], None]) -> Known:
    """What is worth asking for; `password` is that of all three."""
    chance, today = random.Random(SEED), now()  # noqa: S311  # repeatable on purpose
    province = (await database.run(people.province_desk)).id
    made = staff(written.places.gazetteer, province, chance, today)
    ground, hashed = made.communes[2], hash_password(password)
    home = next(team["id"] for team in made.teams if team["commune"] == ground and team["level"] == "village")
    helper = person(made, HELPER, "Mẫu Thị Mận", home, Role.VOLUNTEER, today, hashed)
    person(made, DESK, "Thử Văn Lê", province, Role.VOLUNTEER, today, hashed)
    person(made, COORDINATOR, "Thử Thị Đào", province, Role.COORDINATOR, today, hashed)

    def words(text: str) -> Sequence[str]:
        return desk.word_keys(database.keyring, fold(text))

    topics = tuple(written.catalogue.topics)
    planned, done = Plan(made, topics, cases, messages, helper, ground, today, chance).cases_of_two_years(), 0
    past = Past(database.keyring, words, today, chance)
    await database.run(lambda tx: _pour_staff(tx, made.teams, made.people))
    for poured in past.rows(planned):
        await database.run(partial(_pour, poured))
        done += len(poured.cases)
        note(f"Đang dựng dữ liệu: {done}/{cases} ca …")
    await database.run(scratch.settle)
    rare = chance.sample(past.rare, min(MANY, len(past.rare)))
    return Known(planned, helper, written.places.gazetteer, topics, rare)


def _pour_staff(tx: Tx, teams: Sequence[dict[str, object]], members: Sequence[dict[str, object]]) -> None:
    scratch.pour(tx, "team", teams)
    scratch.pour(tx, "volunteer", members)


def _pour(some: Poured, tx: Tx) -> None:
    for table in ("conversation", "cases", "case_note", "note_word", "message"):
        scratch.pour(tx, table, getattr(some, table))
