"""The HTTP server: mounts every part's routes, limits who asks too much, and answers errors in Vietnamese."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
import uvicorn
from litestar import Litestar, MediaType, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, BeforeMessageSendHookHandler, ControllerRouterHandler, Message, Receive, Scope, Send

from .channels.base import Routed
from .channels.counting import Counts, limited
from .channels.webchat import Seen, Visitors, WebChat
from .channels.webchat_limits import limits
from .channels.webchat_pictures import PictureRoutes, ShownPictures
from .channels.webchat_ports import Ports
from .channels.webchat_routes import WebChatRoutes
from .desk import console, copies
from .desk.pages import answers
from .desk.pages.parts import Parts
from .health import Health, probes
from .model.clock import Clock, now, today
from .model.errors import SettingsError
from .model.message import Address
from .receive import Door
from .replies.formats import render
from .replies.words import Words
from .settings import Settings
from .store import attachments, conversations, holdings, messages
from .store.database import Database, Tx

log = structlog.get_logger(__name__)

MOST_BODY = 64 * 1024
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than a proxy keeps it, or the proxy writes into one that was just closed."""
ERRORS = {
    400: "Yêu cầu không đúng dạng.",
    404: "Không có trang này.",
    405: "Không dùng được theo cách này.",
    413: "Tin nhắn dài quá. Bà con viết gọn lại giúp nhé.",
    429: "Bà con gửi nhanh quá. Xin chờ một phút rồi gửi tiếp nhé.",
    500: "Trợ lý gặp lỗi. Xin thử lại sau giây lát.",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)

Ready = Callable[[], Awaitable[bool]]


class Site:
    """The web side of a running assistant; how it is stands in `health`."""

    def __init__(
        self, settings: Settings, database: Database, words: Words, nlu_ready: Ready, others: Sequence[Routed] = (), clock: Clock = now
    ) -> None:
        """`others`: the channels beside the web chat, for their routes and their troubles. The desk moves in before the start."""
        self.desk: Parts | None = None
        self.around: Callable[[Any], Any] = _as_it_is
        """What is put around the whole application, where somebody measures it."""
        self.chat = WebChat()
        self.chat.page = settings.public_url
        self._others = others
        self._settings = settings
        self._database = database
        self._words = words
        self._clock = clock
        at_home = settings.public_url is None and settings.host in ("127.0.0.1", "::1", "localhost")
        self.health = Health(database, nlu_ready, others, settings.secrets["metrics_token"], at_home)
        self._app: Litestar | None = None
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.address = ""

    def prepare(self, door: Door) -> None:
        """Put the application together. Nothing else of this process runs meanwhile, so it is done before anything holds an office."""
        routes: list[ControllerRouterHandler] = [*probes(self.health), *(route for channel in self._others for route in channel.routes)]
        if self.desk is not None:
            routes.append(console.console(self._settings.secrets["session_key"], self.desk.secure))
        self._app = build(self._ports(door), self._settings.embed_origins, routes=routes, desk=self.desk)

    async def start(self, door: Door, port: int) -> None:
        """Listen. Raises SettingsError where the port is taken."""
        if self._app is None:
            self.prepare(door)
        assert self._app is not None
        listener = _listen(self._settings.host, port)
        self.address = self._settings.public_url or f"http://{self._settings.host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            _parting(self.around(self._app), self.health),
            access_log=False,
            log_config=None,
            lifespan="on",
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=5,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="http")
        while not self._server.started:
            if self._task.done():
                await self._task
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End the streams, finish what was asked, close. Until then what comes is taken in."""
        self.chat.hang_up()
        if self.desk is not None:
            self.desk.closing.set()
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
        await self.chat.stop()

    def _ports(self, door: Door) -> Ports:
        def words(block: str) -> str:
            return self._words.text(f"web.{block}", today(now()))

        visitors = Visitors(self._settings.secrets["visitor_key"])
        to_html = partial(render, "html")
        return Ports(self.chat, visitors, self._history, door.consent, self._person, self._picture, to_html, words, copy=self._copy)

    async def _history(self, address: Address, after: int) -> Seen:
        def read(tx: Tx) -> Seen:
            found = conversations.who_speaks(tx, self._database.keyring, address)
            return Seen([]) if found is None else Seen(messages.shown_since(tx, found[0], after, self._clock()), found[1])

        return await self._database.read(read)

    async def _picture(self, address: Address, message_id: int) -> bytes | None:
        def read(tx: Tx) -> bytes | None:
            found = conversations.find(tx, self._database.keyring, address)
            return None if found is None else attachments.for_reader(tx, found, message_id, self._clock())

        return await self._database.read(read)

    async def _person(self, address: Address) -> bool:
        def read(tx: Tx) -> bool:
            found = conversations.find(tx, self._database.keyring, address)
            return found is not None and conversations.with_person(tx, found)

        return await self._database.read(read)

    async def _copy(self, token: str) -> str | None:
        keys, moment = self._database.keyring, now()

        def take(tx: Tx) -> dict[str, Any] | None:
            found = holdings.take_copy(tx, token, moment)
            return None if found is None else holdings.copy(tx, keys, found, internal=False)

        whole = await self._database.run(take)
        return None if whole is None else copies.text(whole)


def _parting(app: ASGIApp, health: Health) -> ASGIApp:
    """While this process is about to stop, each answer is its connection's last: the next question goes to somebody else."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def last(message: Message) -> None:
            if message["type"] == "http.response.start" and health.draining:
                MutableScopeHeaders(message)["Connection"] = "close"
            await send(message)

        await app(scope, receive, last)

    return answer


def _as_it_is(app: Any) -> Any:
    return app


class _Server(uvicorn.Server):
    """Signals are the composition root's: uvicorn would raise SIGTERM again and kill the process before anything was stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def build(
    ports: Ports,
    embed_origins: tuple[str, ...] = (),
    counts: Counts | None = None,
    routes: Sequence[ControllerRouterHandler] = (),
    desk: Parts | None = None,
) -> Litestar:
    """The application with every part's routes. `embed_origins` may show the widget in their pages; `counts`: who asks how much.

    `routes`: those of the other channels and of the desk. `desk`: what the latter need.
    """
    app = Litestar(
        [WebChatRoutes, PictureRoutes, ShownPictures, *routes],
        request_max_body_size=MOST_BODY,
        middleware=[limited(limits(ports.visitors), Counts() if counts is None else counts)],
        compression_config=CompressionConfig("gzip", exclude=["/events$", "/attachments/", "/shown/", "/pictures/"]),
        exception_handlers={HTTPException: _refused, Exception: _failed},
        before_send=[_safe_headers(embed_origins, desk)],
        openapi_config=None,
        logging_config=None,
    )
    app.state.webchat, app.state.desk = ports, desk
    return app


def _safe_headers(embed_origins: tuple[str, ...], desk: Parts | None) -> BeforeMessageSendHookHandler:
    """On everything that leaves, refusals and errors too."""
    policy = " ".join((f"{POLICY}; frame-ancestors 'self'", *embed_origins))

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders(message)
            if desk is not None and console.is_desk(scope["path"]):
                console.dress(headers, desk.secure)
            headers.setdefault("Content-Security-Policy", policy)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "no-referrer")

    return add


def _refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Our own words where we raised it, the usual ones otherwise; never the framework's. The desk's are a page."""
    if request.app.state.desk is not None and console.is_desk(request.url.path):
        return answers.failed(request, error)
    ours = not error.detail.isascii()
    message = error.detail if ours else ERRORS.get(error.status_code, ERRORS[400 if error.status_code < 500 else 500])
    headers = {"Retry-After": "60", **(error.headers or {})} if error.status_code == 429 else error.headers
    return Response({"message": message}, status_code=error.status_code, headers=headers, media_type=MediaType.JSON)


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    log.error("request_failed", path=request.url.path, exc_info=error)
    return Response({"message": ERRORS[500]}, status_code=500)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, its connections send the body without waiting for the head to be acknowledged: asyncio looks at the name.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(f"Cannot listen on {host}:{port} ({error.strerror}): set HOST or PORT, or stop what uses it.") from error
    return listener
