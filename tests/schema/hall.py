"""The whole assistant over real HTTP, in a thread of its own for a client that waits for each answer; and who may knock at its doors."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import requests
from anyio.from_thread import BlockingPortal, start_blocking_portal
from requests.auth import AuthBase
from schemathesis import Case, Response
from structlog.testing import capture_logs

from bot.channels import zalo_oa_webhook
from bot.channels.webchat import Visitors
from bot.desk.pages.access import COOKIE
from bot.model.candidate import Doubt, Guess
from bot.model.people import Role
from bot.model.privacy import RequestKind
from bot.settings import Settings
from bot.store import candidates
from bot.store import requests as data_requests
from bot.store.database import Database, Tx
from bot.written import Written

from ..channels.doors import BROKEN, SECRETS, ZALO_OA, nowhere, platforms
from ..conftest import Clock
from ..desk.helpers import Helper
from ..desk.serving import CSRF_COOKIE, Browser, Served
from ..fakes.zalo_oa import ZaloServer
from ..talk import Talk

Knock = Case[Any]
SENT_AT = "1795400000000"


class Trusted(AuthBase):
    """All that a door outside the desk may ask for; an event of the OA is signed over the very bytes that are sent."""

    def __init__(self, zalo: ZaloServer, token: str) -> None:
        self._zalo, self._token = zalo, token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update({"Authorization": f"Bearer {self._token}", **SECRETS})
        if urlsplit(request.url or "").path == ZALO_OA:
            raw = request.body or b""
            assert isinstance(raw, bytes | str)
            signed = self._zalo.signed(raw if isinstance(raw, bytes) else raw.encode(), SENT_AT)
            request.headers.update({**signed, zalo_oa_webhook.TIMESTAMP: SENT_AT})
        return request


@dataclass
class Desk:
    """Who works at the desk: one person of each role, with a visitor of their own; and another whenever they were signed out or removed."""

    served: Served
    somebody: Helper
    visitors: dict[Role, Talk]
    _known: dict[Role, tuple[Helper, Browser]] = field(default_factory=dict)
    _came: Iterator[int] = field(default_factory=count)

    async def signed_in(self, role: Role) -> tuple[Helper, Browser]:
        token = self._known[role][1].client.cookies.get(COOKIE) if role in self._known else None
        who = await self.served.parts.sessions.read(token, renew=False)
        if who is None or who.role != role:
            helper = await self.served.helper(f"{role}-{next(self._came)}", commune=None, role=role)
            self._known[role] = helper, await self.served.browser(helper)
            await self._known[role][1].csrf()
        return self._known[role]

    async def stranger(self) -> Browser:
        browser = await self.served.browser()
        await browser.csrf()
        return browser

    async def case_of(self, role: Role) -> int:
        """Their visitor's open case, which they have taken."""
        helper, _ = await self.signed_in(role)
        if (number := await self._open(role)) is None:
            await self.visitors[role].says("gặp người")
            number = await self._open(role)
        assert number is not None
        case = await self.served.desk.case(number)
        if case.volunteer_id not in (None, helper.id):
            await Helper(self.served.desk, case.volunteer_id).passes_on(case, None)
        if case.volunteer_id != helper.id:
            await helper.takes(case)
        return number

    async def _open(self, role: Role) -> int | None:
        return (await self.served.desk.conversation(self.visitors[role])).open_case


class Hall:
    def __init__(self, portal: BlockingPortal, desk: Desk, trusted: Trusted) -> None:
        self.trusted = trusted
        self.app = desk.served.app
        self._portal, self._desk = portal, desk
        self._session = requests.Session()

    def knocks(self, case: Knock, **more: Any) -> Response:
        """What is answered, and not a word of a mistake of ours in the log. No redirect is followed."""
        self._session.cookies.clear()
        with capture_logs() as logs:
            response = case.call(self._desk.served.url, self._session, allow_redirects=False, **more)
        assert not BROKEN & {str(entry["event"]) for entry in logs}, logs
        return response

    def token(self) -> dict[str, Any]:
        """What the browser of a stranger sends along with a form."""
        return _brought(self._portal.call(self._desk.stranger))

    def signed_in(self, role: Role) -> dict[str, Any]:
        """What the browser of somebody of that role sends along."""
        _, browser = self._portal.call(self._desk.signed_in, role)
        return _brought(browser)

    def about(self, case: Knock, role: Role) -> None:
        """Every second number is that of what there is: a case that who knocks has taken, somebody of the desk, the first of its kind."""
        number = case.path_parameters.get("number")
        if isinstance(number, int) and number > 0 and number % 2:
            kind = case.path.split("/")[2]
            there = self._portal.call(self._desk.case_of, role) if kind == "cases" else self._desk.somebody.id if kind == "people" else 1
            case.path_parameters["number"] = there

    def with_person(self) -> None:
        """A person speaks with the visitor, so that pictures are taken."""
        self._portal.call(self._desk.case_of, Role.VOLUNTEER)

    def everything(self) -> dict[str, list[Any]]:
        return self._portal.call(self._desk.served.everything)

    def leaves(self) -> None:
        self._session.close()


def _asked(tx: Tx, now: datetime) -> None:
    """Something to be learnt, and somebody who wants to know what is kept of them."""
    candidates.add(tx, 1, 1, Doubt.NOT_UNDERSTOOD, "cái mã ấy", Guess("eid_otp", 0.3, None), now)
    data_requests.open_or_find(tx, RequestKind.SEE, "web", now, now, conversation_id=1)


def _brought(browser: Browser) -> dict[str, Any]:
    return {"cookies": dict(browser.client.cookies), "headers": {"x-csrftoken": browser.client.cookies[CSRF_COOKIE]}}


@contextmanager
def open_hall(settings: Settings, database: Database, written: Written, clock: Clock) -> Iterator[Hall]:
    served, zalo = Served(settings, database, written, clock), nowhere(clock)
    tokens = {role: Visitors(settings.secrets["visitor_key"]).new() for role in Role}
    visitors = {role: Talk(served.house, address) for role, (_, address) in tokens.items()}
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_opened(served, zalo, visitors)) as desk:
        hall = Hall(portal, desk, Trusted(zalo, tokens[Role.VOLUNTEER][0]))
        yield hall
        hall.leaves()


@asynccontextmanager
async def _opened(served: Served, zalo: ZaloServer, visitors: dict[Role, Talk]) -> AsyncIterator[Desk]:
    async with platforms(served.house, zalo) as others:
        served.others = others
        served.parts = replace(served.parts, zalo=others[1].tokens)
        await served.start()
        await served.site.chat.start(served.house.app.door)
        for visitor in visitors.values():
            await served.house.app.door.consent(visitor.address, "1")
            await visitor.says("gặp người")
        somebody = await served.helper("somebody", commune=None)
        await served.database.run(lambda tx: _asked(tx, served.clock()))
        # A stream goes on for as long as it is listened to: here it greets, and ends.
        served.site.chat.hang_up()
        served.parts.closing.set()
        yield Desk(served, somebody, visitors)
        await served.stop()
