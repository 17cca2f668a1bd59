"""The schema for editors: what is committed is what the language is now, every guide fits it, and mistakes do not."""

import json
from typing import Any

import jsonschema
import pytest
import yaml

from bot.settings import ROOT, Settings
from bot.writing import editor_schema

from .test_going_on import FIRST
from .test_questions import GUIDE
from .village import CARD, HEAD

FILE = ROOT / "flows" / "schema.json"


class Plain(yaml.SafeLoader):
    """As editors read YAML: days stay text, and so do yes and no."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool")) or first not in "yYnNoO0123456789"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    return yaml.load(text, Loader=Plain)


@pytest.fixture(scope="module")
def checker() -> jsonschema.Draft202012Validator:
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_what_is_committed_is_the_language_as_it_is_now(settings: Settings) -> None:
    assert FILE.read_text(encoding="utf-8") == editor_schema(settings), "run: danloi schema --to flows/schema.json"


@pytest.mark.parametrize("path", sorted(ROOT.glob("flows/*/*.yml")), ids=lambda path: path.stem)
def test_every_guide_fits(checker: jsonschema.Draft202012Validator, path: Any) -> None:
    assert [error.message for error in checker.iter_errors(read(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize("steps", [GUIDE, CARD, FIRST])
def test_every_part_of_the_language_fits(checker: jsonschema.Draft202012Validator, steps: str) -> None:
    assert [error.message for error in checker.iter_errors(read(HEAD.format(title="Thử") + steps))] == []


@pytest.mark.parametrize(
    "steps",
    [
        "steps: [{shout: x}]",
        "steps: [{ask: x, kind: colour}]",
        "steps: [{ask: x, choices: {a: A}}]",
        "steps: [{do: Bước một}]",
        "steps: [{do: x, remind: 0}]",
        "steps: [{do: x, colour: red}]",
        "steps: [{ask: x, choices: {a: A, b: B}, next: {a: {guide: no_such_topic}}}]",
        "steps: [{end: x}]\nanswer: [y]",
        "steps: [{end: x, offer: [no_such_topic]}]",
        "steps: [{call: eid_login, with: {}}]",
        "answer: [y]\noffer: [no_such_topic]",
    ],
)
def test_mistakes_do_not_fit(checker: jsonschema.Draft202012Validator, steps: str) -> None:
    assert list(checker.iter_errors(read(f"{HEAD.format(title='Thử')}{steps}\n")))
