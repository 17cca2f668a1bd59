"""The guides' language as JSON Schema, so that a writer's editor completes words and underlines mistakes while they are typed.

The loader is the judge: it knows what a schema cannot, such as whether a step leads to one that is there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .guide import Era, Question
from .load import HEAD, KEYS
from .load_steps import ENDS, LONGEST_WAIT, NAME, STEP_KEYS

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
TEXTS: Schema = {"type": "array", "items": TEXT}
IDENTIFIER: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
TARGET: Schema = {"$ref": "#/$defs/target"}
DAYS: Schema = {"type": "integer", "minimum": 1, "maximum": LONGEST_WAIT}
NUMBER: Schema = {"type": "integer", "minimum": 0}
HELP = {
    "say": "Nói một khối lời rồi đi tiếp.",
    "ask": "Hỏi rồi chờ câu trả lời.",
    "do": "Dặn một việc bà con tự làm; chờ «Xong» hoặc «Bị vướng».",
    "check": "Rẽ theo điều đã trả lời hoặc theo dữ kiện, không nói gì.",
    "call": "Chạy hướng dẫn khác rồi quay lại.",
    "hand_over": "Nói một khối lời rồi nhờ người.",
    "end": "Nói một khối lời; hết hướng dẫn.",
}


def schema(topics: Iterable[str], aspects: Iterable[str]) -> Schema:
    """The schema of a file under flows/."""
    names = sorted(topics)
    entries: Mapping[str, Schema] = {
        "title": TEXT,
        "for": TEXT,
        "reviewed": {"type": "string", "format": "date"},
        "sources": TEXTS,
        "aspects": _closed(dict.fromkeys(aspects, TEXTS)),
        "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
        "answer": {**TEXTS, "minItems": 1},
        "offer": {"type": "array", "items": {"enum": names}},
        "urgent": {"type": "boolean"},
        "offer_person": {"type": "boolean"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hướng dẫn của Dẫn Lối",
        **_closed({key: entries[key] for key in KEYS}, HEAD),
        "oneOf": [{"required": ["steps"]}, {"required": ["answer"]}],
        "$defs": {"step": {"oneOf": [_step(verb, names) for verb in STEP_KEYS]}, "target": _target(names), "answers": _answers()},
    }


def _step(verb: str, topics: list[str]) -> Schema:
    every: Mapping[str, Schema] = {
        "kind": {"enum": list(Question)},
        "choices": {"$ref": "#/$defs/answers", "minProperties": 2, "maxProperties": 6},
        "next": {"anyOf": [TARGET, {"type": "object", "additionalProperties": TARGET}]},
        "unit": TEXT,
        "least": NUMBER,
        "most": NUMBER,
        "era": {"enum": list(Era)},
        "once": {"type": "boolean"},
        "skip": TARGET,
        "remind": DAYS,
        "follow_up": DAYS,
        "stuck": {"$ref": "#/$defs/answers"},
        "when": {"type": "array", "items": _branch()},
        "else": TARGET,
        "with": {"type": "object", "minProperties": 1, "additionalProperties": TEXT},
        "offer": {"type": "array", "items": {"enum": topics}},
    }
    entries = {key: {**IDENTIFIER, "description": HELP[verb]} if key == verb else every[key] for key in STEP_KEYS[verb]}
    return _closed(entries, (verb, "when") if verb == "check" else (verb,))


def _branch() -> Schema:
    tested = {"type": "object", "additionalProperties": {"type": ["string", "integer", "boolean"]}}
    return _closed({"if": tested, "fact": TEXT, "then": TARGET}, ("then",))


def _answers() -> Schema:
    """Choices of a question, or usual troubles: a label, or one with more."""
    more = _closed({"label": TEXT, "words": TEXTS, "least": NUMBER, "most": NUMBER, "say": TEXT, "then": TARGET}, ("label",))
    # YAML reads a bare yes and no as true and false; editors then see those as keys.
    return {"type": "object", "additionalProperties": {"anyOf": [TEXT, more]}}


def _target(topics: list[str]) -> Schema:
    return {
        "anyOf": [
            {**IDENTIFIER, "description": f"Tên bước, hoặc {', '.join(ENDS)}."},
            _closed({"guide": {"enum": topics}}, ("guide",)),
            _closed({"call": {"enum": topics}}, ("call",)),
            _closed({"say": TEXT, "then": TARGET}, ("say", "then")),
        ]
    }


def _closed(entries: Mapping[str, Schema], needed: Iterable[str] = ()) -> Schema:
    """A mapping of these entries and no others."""
    made: Schema = {"type": "object", "properties": dict(entries), "additionalProperties": False}
    return {**made, "required": list(needed)} if list(needed) else made
