"""The ASGI application: `POST /model/parse`, `GET /status`, `PUT /model`, as Rasa answers them; `GET /` says that it lives.

The token stands in the query, as Rasa wants it. Bad requests get 400 (Rasa says 500), too large ones 413, and no text is ever logged.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Tuple
from urllib.parse import parse_qs

from nlu.answer import answer
from nlu.classifier import Read

from . import archive
from .batch import Batches

Message = Dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
MOST_BODY = 64 * 1024
COMMAND = re.compile(r"^/(?P<name>[^{@]+)(@(?P<confidence>[0-9.]+))?(?P<entities>{.+})?(?P<rest>.*)")
"""Rasa takes a text with a slash for the intent itself. Our client never sends one; who speaks Rasa's protocol may."""


class Refused(Exception):
    def __init__(self, status: int, why: str) -> None:
        self.status = status
        super().__init__(why)


class App:
    def __init__(self, model: Path, token: str) -> None:
        """Raises archive.NoModel."""
        self._token = token
        self._model = model
        self._batches = Batches(archive.read(model))

    async def __call__(self, scope: Dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        try:
            status, answer = await self._answer(scope, receive)
        except Refused as refused:
            status, answer = refused.status, {"status": "failure", "code": refused.status, "message": str(refused)}
        body = b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Dict[str, Any], receive: Receive) -> Tuple[int, Any]:
        path, method = scope["path"], scope["method"]
        if path == "/":
            return 200, {"status": "ok"}
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refused(401, "User is not authenticated.")
        if path == "/status" and method == "GET":
            return 200, {"model_file": self._model.name, "model_id": self._model.name, "num_active_training_jobs": 0}
        if path == "/model/parse" and method == "POST":
            return 200, await self._parse(_text(await _body(receive)))
        if path == "/model" and method == "PUT":
            await self._replace(await _body(receive))
            return 204, None
        raise Refused(405 if path in ("/status", "/model/parse", "/model") else 404, "Nothing is here.")

    async def _parse(self, text: str) -> Message:
        if not text.strip():
            return {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}
        command = COMMAND.match(text)
        if command is not None and command["name"].strip():
            return {"text": text, **answer(text, Read([(command["name"].strip(), _confidence(command["confidence"]))]))}
        return {"text": text, **answer(text, await self._batches.read(text))}

    async def _replace(self, body: bytes) -> None:
        """Another model of the same folder; who asks meanwhile is answered by the old one, and a bad file changes nothing."""
        wanted = _object(body).get("model_file")
        model = self._model.parent / Path(str(wanted)).name
        try:
            classifier = await asyncio.get_running_loop().run_in_executor(None, archive.read, model)
        except archive.NoModel as error:
            raise Refused(400, str(error)) from error
        self._batches.classifier, self._model = classifier, model


def _confidence(written: str) -> float:
    try:
        return float(written or 1.0)
    except ValueError:
        return 1.0


def _text(body: bytes) -> str:
    text = _object(body).get("text")
    if not isinstance(text, str):
        raise Refused(400, "No text message defined in request_body.")
    return text


def _object(body: bytes) -> Message:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise Refused(400, "The body is no JSON object.")
    return parsed


async def _body(receive: Receive) -> bytes:
    parts: List[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > MOST_BODY:
            raise Refused(413, "The text is too long.")
        if not message.get("more_body"):
            return b"".join(parts)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
