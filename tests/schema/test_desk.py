"""Schemathesis at every page and form of the desk: as a person of each role, without the form's own token, and as a stranger."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from schemathesis.specs.openapi.schemas import OpenApiSchema

from bot.desk.pages.access import ASKS, PUBLIC
from bot.model.people import POWERS, Role

from .hall import Hall, Knock
from .knocking import DRAWN, doors, knock_at

pytestmark = [pytest.mark.hypothesis, pytest.mark.timeout(300)]

TURNS = (Role.ADMIN, Role.VOLUNTEER, Role.ADMIN, Role.COACH, Role.ADMIN, Role.COORDINATOR)


class Turns:
    """Who knocks: each of them at a page; at a form one after the other, and the same again where the same is tried again."""

    def __init__(self) -> None:
        self._next: dict[str, Iterator[Role]] = defaultdict(lambda: cycle(TURNS))
        self._known: dict[tuple[str, str], Role] = {}
        self.came: dict[str, set[Role]] = defaultdict(set)

    def of(self, case: Knock) -> Iterable[Role]:
        door = case.operation.label
        if not usual(case):
            return (Role.ADMIN,)
        if case.method == "POST" and (door, repr(case)) not in self._known:
            self._known[door, repr(case)] = next(self._next[door])
        roles = (self._known[door, repr(case)],) if case.method == "POST" else tuple(Role)
        self.came[door].update(roles)
        return roles


def usual(case: Knock) -> bool:
    """By a method that the door has."""
    return str(case.method).upper() == str(case.operation.method).upper()


def asked(app: Litestar) -> dict[str, Any]:
    """What each door asks for."""
    found = [route for route in app.routes if isinstance(route, HTTPRoute)]
    return {
        f"{method} {route.path_format}": one.opt.get(ASKS) for route in found for one in route.route_handlers for method in one.http_methods
    }


def test_each_role_is_answered_as_described(hall: Hall, description: OpenApiSchema) -> None:
    turns, wanted, desk = Turns(), asked(hall.app), doors(description, desk=True)

    def knock(case: Knock) -> None:
        for role in turns.of(case):
            hall.about(case, role)
            answer = hall.knocks(case, **hall.signed_in(role))
            power = wanted[case.operation.label]
            if usual(case) and power != PUBLIC and power not in POWERS[role]:
                assert 400 <= answer.status_code < 500, (role, answer.status_code)
            else:
                assert answer.status_code != 403 or not usual(case), role
                case.validate_response(answer)

    knock_at(desk, knock, times=3)
    assert {door: roles for door, roles in turns.came.items() if roles != set(Role)} == {}
    assert set(turns.came) == {door.label for door in desk}


def test_no_form_does_anything_without_its_token(hall: Hall, description: OpenApiSchema) -> None:
    cookies = hall.signed_in(Role.ADMIN)["cookies"]
    before = hall.everything()

    def knock(case: Knock) -> None:
        answer = hall.knocks(case, cookies=cookies)
        assert 400 <= answer.status_code < 500, answer.status_code

    forms = [door for door in doors(description, desk=True) if door.method.upper() == "POST"]
    assert len(forms) > 25
    knock_at(forms, knock, times=2, phases=DRAWN)
    assert hall.everything() == before


def test_a_stranger_sees_no_more_than_the_sign_in(hall: Hall, description: OpenApiSchema) -> None:
    wanted, token = asked(hall.app), hall.token()
    before = hall.everything()

    def knock(case: Knock) -> None:
        answer = hall.knocks(case, **token)
        led = answer.headers.get("location", [""])[0].startswith("/desk/sign-in")
        assert led or 400 <= answer.status_code < 500, answer.status_code

    closed = [door for door in doors(description, desk=True) if wanted[door.label] != PUBLIC]
    assert len(closed) > 50
    knock_at(closed, knock, times=2, phases=DRAWN)
    assert hall.everything() == before
