"""The console put together: one router at /desk, closed by default, with its own security headers."""

from collections.abc import Callable, Mapping

from litestar import Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.utils import normalize_path

from ..channels.base import Fetches, Limits
from ..channels.counting import Counts, Rule, limited, network
from ..channels.zalo_oa_tokens import Tokens
from ..model.catalogue import Catalogue
from ..model.clock import Clock
from ..model.errors import DeskError, StoreError
from ..script import Script
from ..settings import Settings
from ..store.database import Database
from ..understanding.places import Places
from .canned import CannedReplies
from .headcount import Headcounter
from .pages.access import AnyRequest, guard
from .pages.answers import away, broken, failed, refused
from .pages.attachment_routes import AttachmentRoutes
from .pages.case_routes import CaseRoutes
from .pages.forms import Forms
from .pages.guide_routes import GuideRoutes
from .pages.learn_routes import LearnRoutes
from .pages.parts import Parts
from .pages.people_routes import PeopleRoutes
from .pages.picture_routes import PictureRoutes
from .pages.queue_routes import QueueRoutes
from .pages.render import Pages
from .pages.request_routes import RequestRoutes
from .pages.search_routes import SearchRoutes
from .pages.sessions import Sessions
from .pages.sign_in_routes import SignInRoutes
from .pages.switch_routes import SwitchRoutes
from .pages.team_routes import TeamRoutes
from .pages.zalo_routes import ZaloRoutes
from .sign_in import SignIn
from .switch import Switch
from .takeover import Takeover
from .voice import Voice

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

SIGN_INS = 30
"""Tries to sign in of one network address in a minute: a whole office may share one."""


def console(csrf_key: str, secure: bool) -> Router:
    """`csrf_key`: signs what forms bring back. `secure`: the console is reached by https."""
    csrf = CSRFConfig(
        secret=csrf_key,
        cookie_name="danloi_desk_csrf",
        cookie_path="/desk",
        cookie_httponly=True,
        cookie_samesite="lax",
        cookie_secure=secure,
    )

    def sign_in(request: AnyRequest) -> str | None:
        return network(request) if request.method == "POST" else None

    return Router(
        "/desk",
        route_handlers=[
            SignInRoutes,
            SwitchRoutes,
            QueueRoutes,
            CaseRoutes,
            AttachmentRoutes,
            PictureRoutes,
            SearchRoutes,
            PeopleRoutes,
            TeamRoutes,
            RequestRoutes,
            LearnRoutes,
            GuideRoutes,
            ZaloRoutes,
        ],
        guards=[guard],
        middleware=[
            limited([Rule("/desk/sign-in", SIGN_INS, sign_in)], Counts()),
            DefineMiddleware(Forms, config=csrf),
        ],
        exception_handlers={DeskError: refused, StoreError: away, HTTPException: failed, Exception: broken},
    )


def parts(
    settings: Settings,
    database: Database,
    takeover: Takeover,
    script: Script,
    known: Catalogue,
    places: Places,
    limits: Mapping[str, Limits],
    clock: Clock,
    files: Mapping[str, Fetches] | None = None,
    zalo: Tokens | None = None,
    queued: Callable[[], None] = lambda: None,
) -> Parts:
    """What the console's routes need. `limits`: of each channel account. `files`: the accounts from which pictures can be fetched.

    `zalo`: where there is a Zalo OA to be authorised for. `queued`: told after each action, for it may have something to be sent.
    """
    topics = {name: topic.title for name, topic in known.topics.items()}
    return Parts(
        database=database,
        clock=clock,
        takeover=takeover,
        script=script,
        places=places,
        known=known,
        root=settings.root,
        topics=topics,
        heads=Headcounter(database, clock),
        sessions=Sessions(database, clock),
        sign_in=SignIn(database, clock),
        pages=Pages(clock, topics, places.gazetteer.title),
        accounts=tuple(limits),
        canned=CannedReplies.load(settings.root, Voice(script)),
        max_text=lambda account: limits[account].max_text if account in limits else 2000,
        switch=Switch(database, clock),
        pictures=lambda account: limits[account].pictures if account in limits else None,
        secure=(settings.public_url or "").startswith("https://"),
        files=files or {},
        zalo=zalo,
        queued=queued,
    )


def is_desk(path: str) -> bool:
    """Whether an address is the console's, also where there is no such page."""
    normal = normalize_path(path)
    return normal == "/desk" or normal.startswith("/desk/")


def dress(headers: MutableScopeHeaders, secure: bool) -> None:
    """On everything of the desk that leaves, refusals too: nothing is kept by browsers but files named by their content."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
