"""How Schemathesis knocks: with examples, with what the description's bounds ask for, with what is drawn, and by other methods.

Its plugin for pytest is left out (`-p no:schemathesis`): it makes every start of pytest slower, and a description that comes from a fixture
does not run under pytest 9.2.
"""

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import HealthCheck, settings
from schemathesis import APIOperation
from schemathesis.core.result import Ok
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.specs.openapi.schemas import OpenApiSchema

from .hall import Knock

Door = APIOperation[Any, Any, Any, Any]
ALL_PHASES = tuple(HypothesisTestMode)
DRAWN = (HypothesisTestMode.FUZZING,)

CONFIG: dict[str, Any] = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", 303, 404, 409, 410]},
        "negative_data_rejection": {"expected-statuses": [400, 404, 405, 409, 410, 413, 415]},
    },
    "operations": [
        {"include-path-regex": "^/(channels|desk)/", "checks": {"negative_data_rejection": {"enabled": False}}},
        {"include-path": "/desk/sign-in", "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 303, 401]}}},
    ],
}
"""What a platform brings is taken, whatever it is; and a form's text is read for what it may mean."""


def doors(description: OpenApiSchema, *, desk: bool) -> list[Door]:
    found = [one.ok() for one in description.get_all_operations() if isinstance(one, Ok)]
    return [door for door in found if door.path.startswith("/desk") is desk]


def knock_at(doors: Iterable[Door], knock: Callable[[Knock], None], times: int, phases: Iterable[HypothesisTestMode] = ALL_PHASES) -> None:
    """`times`: how many are drawn for each door."""
    drawn = settings(max_examples=times, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    for door in doors:
        knocked = False

        def each(case: Knock) -> None:
            nonlocal knocked
            knocked = True
            knock(case)

        config = HypothesisTestConfig(project=door.schema.config, modes=list(phases), explicit_settings=drawn)
        create_test(operation=door, test_func=each, config=config)()
        assert knocked, door.label
