"""Schemathesis at every door outside the desk: the platforms' webhooks, the web chat, and what tells how we are."""

import pytest
from schemathesis.specs.openapi.schemas import OpenApiSchema

from .description import HOOKS
from .hall import Hall, Knock
from .knocking import DRAWN, doors, knock_at

pytestmark = [pytest.mark.hypothesis, pytest.mark.timeout(300)]


def test_who_is_trusted_is_answered_as_described(hall: Hall, description: OpenApiSchema) -> None:
    hall.with_person()

    def knock(case: Knock) -> None:
        case.validate_response(hall.knocks(case, auth=hall.trusted))

    knock_at(doors(description, desk=False), knock, times=4)


def test_a_stranger_brings_nothing_in(hall: Hall, description: OpenApiSchema) -> None:
    """Zalo itself asks with an empty object whether somebody is here."""
    closed = {"/chat/messages", "/chat/pictures", "/chat/events", "/chat/shown/{message}", *HOOKS}
    before = hall.everything()

    def knock(case: Knock) -> None:
        answer = hall.knocks(case)
        assert answer.status_code in (401, 403) or (answer.status_code == 404 and case.path_parameters), answer.status_code

    chosen = [door for door in doors(description, desk=False) if door.path in closed]
    assert len(chosen) == len(closed)
    knock_at(chosen, knock, times=3, phases=DRAWN)
    assert hall.everything() == before
