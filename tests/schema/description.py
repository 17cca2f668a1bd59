"""An OpenAPI description of every door, for tests alone: paths as the built application has them, and what may go in and out.

In production no description is made nor served (`openapi_config=None`).
"""

from typing import Any

from litestar import Litestar
from litestar._openapi.plugin import OpenAPIPlugin
from litestar.openapi.config import OpenAPIConfig

from bot.channels import telegram_webhook, zalo_bot_webhook, zalo_oa_webhook

from .bodies import BODIES, KEY, TEXT, Schema

HOOKS = (telegram_webhook.PATH, zalo_bot_webhook.PATH, zalo_oa_webhook.PATH)
NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
STREAM = "text/event-stream"
HTML, JSON, PLAIN, JPEG = "text/html", "application/json", "text/plain", "image/jpeg"

QUERIES: dict[str, tuple[str, ...]] = {
    "/chat.js": ("v",),
    "/desk/static/{name}": ("v",),
    "/desk/sign-in": ("next",),
    "/desk/cases": ("topic",),
    "/desk/cases/{number}": ("after",),
    "/desk/cases/{number}/events": ("after",),
    "/desk/people": ("code", "team", "place", "role", "after", "gone"),
    "/desk/people/add": ("team",),
    "/desk/people/{number}": ("done",),
    "/desk/people/teams": ("code", "place", "after"),
    "/desk/plan": ("done",),
    "/desk/requests": ("all",),
    "/desk/learn": ("doubt", "skip"),
    "/desk/learn/approve": ("export",),
    "/desk/zalo/callback": ("state", "code", "oa_id"),
}
NAMES: dict[str, list[str]] = {
    "/desk/guides/{name}": ["eid_level_2"],
    "/desk/guides/{name}/words": ["eid_level_2"],
    "/desk/static/{name}": ["desk.css"],
}
"""What a name may be, for a door that would otherwise hear of none that there is."""

Answers = dict[int, str | None]
"""The media type of each status that a door may give."""
UNREAD: Answers = {400: JSON, 413: JSON}
ANSWERS: dict[tuple[str, str], Answers] = {
    ("GET", "/"): {200: HTML},
    ("GET", "/chat.js"): {200: "text/javascript"},
    ("GET", "/pictures.js"): {200: "text/javascript"},
    ("GET", "/widget.js"): {200: "text/javascript"},
    ("GET", "/chat.css"): {200: "text/css"},
    ("GET", "/chat/copy/{token}"): {410: JSON},
    ("GET", "/chat/events"): {200: STREAM},
    ("GET", "/chat/shown/{message}"): {200: JPEG, 404: JSON, 410: JSON},
    ("GET", "/healthz"): {200: PLAIN},
    ("GET", "/readyz"): {200: JSON},
    ("GET", "/metrics"): {200: PLAIN},
    ("GET", "/zalo_verifierQwErTy.html"): {200: HTML},
    ("POST", "/chat/session"): {201: JSON, **UNREAD},
    ("POST", "/chat/messages"): {202: JSON, **UNREAD},
    ("POST", "/chat/pictures"): {202: JSON, 415: JSON, **UNREAD},
    ("POST", telegram_webhook.PATH): {200: PLAIN, 400: PLAIN, 413: JSON},
    ("POST", zalo_bot_webhook.PATH): {200: PLAIN, 400: PLAIN, 413: JSON},
    ("POST", zalo_oa_webhook.PATH): {200: PLAIN, 413: JSON},
    ("GET", "/desk"): {303: None},
    ("GET", "/desk/sign-in"): {200: HTML, 303: None},
    ("GET", "/desk/static/{name}"): {200: "text/*", 404: HTML},
    ("GET", "/desk/cases/events"): {200: STREAM},
    ("GET", "/desk/cases/{number}/events"): {200: STREAM, 404: HTML, 409: HTML},
    ("GET", "/desk/cases/{number}/attachments/{attachment}"): {404: HTML, 409: HTML, 410: HTML},
    ("GET", "/desk/zalo/callback"): {303: None, 409: HTML},
    ("POST", "/desk/sign-in"): {303: None, 401: HTML, 400: HTML},
    ("POST", "/desk/sign-out"): {303: None, 400: HTML},
    ("POST", "/desk/password"): {303: None, 400: HTML, 409: HTML},
    ("POST", "/desk/search"): {200: HTML, 400: HTML},
    ("POST", "/desk/people/add"): {200: HTML, 400: HTML, 409: HTML},
    ("POST", "/desk/people/{number}/password"): {200: HTML, 400: HTML, 404: HTML, 409: HTML},
    ("POST", "/desk/cases/{number}/reveal"): {200: HTML, 400: HTML, 404: HTML, 409: HTML},
    ("POST", "/desk/cases/{number}/typing"): {204: None, 400: HTML, 404: HTML, 409: HTML},
    ("POST", "/desk/cases/{number}/picture"): {303: None, 400: HTML, 404: HTML, 409: HTML},
}
PAGE: Answers = {200: HTML, 404: HTML, 409: HTML}
FORM: Answers = {303: None, 400: HTML, 404: HTML, 409: HTML}
"""Where nothing else is said of a page of the desk, and of a form."""


def described(app: Litestar) -> dict[str, Any]:
    """Every route of an application that was built without a description."""
    plugin = app.plugins.get(OpenAPIPlugin)
    plugin._openapi_config = OpenAPIConfig(title="Dẫn Lối", version="tests")
    whole = plugin.provide_openapi().to_schema()
    for path, item in whole["paths"].items():
        for method, operation in item.items():
            _complete(path, method.upper(), operation)
    return {"openapi": "3.1.0", "info": whole["info"], "paths": whole["paths"]}


def undescribed(description: dict[str, Any]) -> set[str]:
    """The routes of which nobody has written what they take and answer."""
    there = {(method.upper(), path) for path, item in description["paths"].items() for method in item}
    bodiless = {f"POST {path}: its body" for method, path in there if method == "POST" and path not in BODIES}
    outside = {(method, path) for method, path in there if not path.startswith("/desk")}
    return bodiless | {f"{method} {path}: its answers" for method, path in outside - set(ANSWERS)}


def unknown(description: dict[str, Any]) -> set[str]:
    """What is written of routes that there are no more."""
    paths = set(description["paths"])
    return ({path for _, path in ANSWERS} | set(BODIES) | set(QUERIES) | set(NAMES)) - paths


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    parameters = [{**one, "schema": _of_path(path, one["schema"])} for one in operation.get("parameters", ()) if one["in"] == "path"]
    parameters += [{"in": "query", "name": name, "schema": TEXT} for name in QUERIES.get(path, ()) if method == "GET"]
    if path.endswith("/events"):
        parameters.append({"in": "header", "name": "Last-Event-ID", "schema": TEXT})
    if path == "/chat/pictures":
        parameters.append({"in": "header", "name": "Idempotency-Key", "required": True, "schema": KEY})
    operation["parameters"] = parameters
    if method == "POST":
        operation["requestBody"] = {"required": True, "content": {name: {"schema": one} for name, one in BODIES.get(path, {}).items()}}
    answers = ANSWERS.get((method, path), FORM if method == "POST" else PAGE)
    operation["responses"] = {str(status): _answer(media_type) for status, media_type in answers.items()}


def _of_path(path: str, schema: Schema) -> Schema:
    if schema["type"] == "integer":
        return NUMBER
    return {"type": "string", "enum": NAMES[path]} if path in NAMES else TEXT


def _answer(media_type: str | None) -> dict[str, Any]:
    return {"description": "", **({} if media_type is None else {"content": {media_type: {}}})}
