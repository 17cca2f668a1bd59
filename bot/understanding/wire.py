"""How the language model is asked: JSON over kept connections. By httpcore alone: httpx above it takes as long again for nothing more."""

import json
from typing import Any
from urllib.parse import quote

import httpcore

Unanswered = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.PoolTimeout)


class BadStatus(Exception):
    """The peer answered, and that it would not. `status`: its HTTP status."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"status {status}")


class Wire:
    """Connections to all peers. Raises one of `Unanswered`, BadStatus, or ValueError where the answer is no JSON object."""

    def __init__(self, token: str, timeout: float, connections: int) -> None:
        """`timeout`: seconds for each step of an exchange: a connection, what is sent, what is read."""
        self._query = f"?token={quote(token, safe='')}"
        self._timeout = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)}
        self._pool = httpcore.AsyncConnectionPool(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=5.0)

    async def get(self, url: str) -> dict[str, Any]:
        return await self._exchange("GET", url, None)

    async def post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._exchange("POST", url, json.dumps(body).encode())

    async def close(self) -> None:
        await self._pool.aclose()

    async def _exchange(self, method: str, url: str, body: bytes | None) -> dict[str, Any]:
        headers = [] if body is None else [(b"content-type", b"application/json")]
        response = await self._pool.request(method, f"{url}{self._query}", headers=headers, content=body, extensions=self._timeout)
        if not 200 <= response.status < 300:
            raise BadStatus(response.status)
        return json_object(json.loads(response.content))


def json_object(value: Any) -> dict[str, Any]:
    """Raises ValueError where it is none."""
    if not isinstance(value, dict):
        raise ValueError("the answer is no JSON object")
    return value
