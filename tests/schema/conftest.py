from collections.abc import Iterator

import pytest
import schemathesis
from schemathesis.specs.openapi.schemas import OpenApiSchema

from bot.channels import webchat_limits
from bot.desk import console, sign_in
from bot.settings import Settings
from bot.store.database import Database
from bot.written import Written

from ..conftest import Clock
from ..desk.conftest import sqlite  # noqa: F401
from .description import described
from .hall import Hall, open_hall
from .knocking import CONFIG

COUNTED = ("PER_VISITOR", "PICTURES", "LOOKS", "PER_ADDRESS", "PER_ADDRESS_NEW", "PER_ADDRESS_HOOK", "PER_ADDRESS_READY")


@pytest.fixture
def hall(
    settings: Settings,
    sqlite: Database,  # noqa: F811
    written: Written,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Hall]:
    """Where nobody asks too often, and no password takes its time."""
    for name in COUNTED:
        monkeypatch.setattr(webchat_limits, name, 10**9)
    monkeypatch.setattr(console, "SIGN_INS", 10**9)
    monkeypatch.setattr(sign_in, "verify", lambda hashed, text: False)
    monkeypatch.setattr(sign_in, "hash_password", lambda text: "no hash at all")
    with open_hall(settings, sqlite, written, clock) as opened:
        yield opened


@pytest.fixture
def description(hall: Hall) -> OpenApiSchema:
    return schemathesis.openapi.from_dict(described(hall.app), config=schemathesis.Config.from_dict(CONFIG))
