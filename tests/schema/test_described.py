"""The sweep leaves no door out: described is what the built application has, and one that comes tomorrow is asked for by its name."""

from typing import Any

from litestar import Litestar, Request, post
from litestar.routes import HTTPRoute
from schemathesis.specs.openapi.schemas import OpenApiSchema

from .description import described, undescribed, unknown
from .hall import Hall
from .knocking import doors


def routes(app: Litestar) -> set[str]:
    """As the application runs them, whether they want to be described or not."""
    found = [route for route in app.routes if isinstance(route, HTTPRoute)]
    return {f"{method} {route.path_format or '/'}" for route in found for method in route.methods if method != "OPTIONS"}


def test_every_route_is_a_door_that_is_knocked_at(hall: Hall, description: OpenApiSchema) -> None:
    outside, desk = ({door.label for door in doors(description, desk=desk)} for desk in (False, True))
    assert outside | desk == routes(hall.app)
    assert len(outside) > 15
    assert len(desk) > 50
    assert undescribed(described(hall.app)) == set()
    assert unknown(described(hall.app)) == set()


def test_a_new_route_is_named_until_it_is_described(hall: Hall) -> None:
    @post("/channels/another")
    async def another(request: Request[Any, Any, Any]) -> None: ...

    hall.app.register(another)
    assert undescribed(described(hall.app)) == {"POST /channels/another: its body", "POST /channels/another: its answers"}


def test_nothing_is_described_to_the_public(hall: Hall) -> None:
    assert hall.app.openapi_config is None
    assert not [route for route in routes(hall.app) if "schema" in route or "openapi" in route]
