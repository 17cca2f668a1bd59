"""A Zalo Official Account as a channel for citizens: events by webhook, replies by the API for consultation messages."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from litestar.handlers import HTTPRouteHandler
from prometheus_client import Counter

from .. import metrics
from ..model.clock import Clock
from ..model.delivery import Blocked, Budget, NotSent, Outgoing, Refused, Result, Sent, SlowDown, Unknown
from ..model.moving import Way
from .base import Door, Limits, Markup, Pictures, Unfetched
from .media import Linked
from .zalo_oa_api import Api, NoAnswer, NotAsked, Patience
from .zalo_oa_codes import Meaning, code
from .zalo_oa_messages import LONGEST_PAYLOAD, MOST_BUTTONS, Numbered, buttoned, fitting, pictured
from .zalo_oa_tokens import AUTHORISE, Tokens
from .zalo_oa_updates import Echo, Membership, Nothing, Said, Unreadable, read
from .zalo_oa_webhook import verifier, webhook

log = structlog.get_logger(__name__)

IGNORED = Counter("danloi_zalo_oa_ignored", "Events of the Zalo OA that nothing followed from", ["event"])
MOST_WORDS = 1500
"""Of one message of ours: what is left of 2,000 is for the numbered lines that stand for its buttons."""
MOST_PICTURE = 1_000_000
"""Bytes; Zalo takes 1 MB, and does not say which."""
UPLOADS = 2
NO_PICTURE = "(ảnh không gửi được)"
PER_TURN = 4
"""Messages of one turn: what else is due before the citizen writes again (a promise, a person's words) has room, too."""
PAUSE_SLOW = 60.0
PAUSE_TOKEN = 5.0
PAUSE_OPERATOR = 300.0
OF_THE_OA = -211
"""The one quota that is not one person's."""
MOST_SEEN = 10_000


@dataclass(frozen=True, slots=True)
class Ways:
    """What is not sure of Zalo, and an operator may set; where each comes from stands in the settings."""

    budget: Budget
    buttons: bool
    """Whether buttons are tried; where Zalo refuses them, numbered lines are sent instead, and buttons not tried again until a restart."""
    per_second: float


class ZaloOa:
    def __init__(
        self,
        app: str,
        oa: str,
        secret: str | None,
        api: Api,
        tokens: Tokens,
        numbered: Numbered,
        ways: Ways,
        clock: Clock,
        *,
        patience: Patience | None = None,
        site_code: str | None = None,
        media: Collection[str] = (),
    ) -> None:
        """`secret`: the OA's secret key, by which events are signed. `site_code`: proves to Zalo that the domain is ours.

        `media`: the origins where Zalo keeps what people send.
        """
        patience = patience or Patience()
        self.account = account(oa)
        self.tokens = tokens
        self.limits = Limits(
            Markup.PLAIN,
            max_text=MOST_WORDS,
            max_buttons=MOST_BUTTONS if ways.buttons else 0,
            messages_per_turn=PER_TURN,
            per_second=ways.per_second,
            per_chat_second=2,
            per_chat_burst=PER_TURN,
            send_timeout=4 * (patience.connect + patience.answer) + 3,
            budget=ways.budget,
            pictures=Pictures(caption=MOST_WORDS, most_bytes=MOST_PICTURE),
        )
        self._app = app
        self._oa = oa
        self._secret = secret
        self._api = api
        self._numbered = numbered
        self._clock = clock
        self._site_code = site_code
        self._files = Linked(media, patience.connect, patience.answer)
        self._door: Door | None = None
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._held: str | None = None

    @property
    def way(self) -> Way:
        return Way(self.account, "Zalo", f"https://zalo.me/{self._oa}")

    @property
    def trouble(self) -> str | None:
        return self._held or self.tokens.trouble

    @property
    def routes(self) -> Sequence[HTTPRouteHandler]:
        """What is to be mounted on the HTTP server."""
        proof = [verifier(self._site_code)] if self._site_code else []
        return [webhook(self.take, self._app, self._secret), *proof]

    async def start(self, door: Door) -> None:
        self._door = door
        await self.tokens.start()
        metrics.token_expires(self.account, lambda: self.tokens.until)

    async def stop(self) -> None:
        await self.tokens.stop()

    async def close(self) -> None:
        await self._api.close()
        await self._files.close()

    # --- what comes in

    async def fetch(self, reference: str, most: int) -> bytes | Unfetched:
        return await self._files.fetch(reference, most)

    async def take(self, raw: Any) -> None:
        """What one event leads to. Raises StoreError where it could not be stored; an unreadable one is reported and left."""
        assert self._door is not None, "start the channel first"
        try:
            event = read(raw, self.account, self._oa)
        except Unreadable as error:
            log.error("event_unreadable", why=str(error))
            IGNORED.labels("unreadable").inc()
            return
        match event:
            case Said(inbound):
                await self._door(self._files.followed(inbound))
            case Membership(address, follows, key, at):
                if key not in self._seen:
                    await self._door.reach(address, follows, at)
                    self._remember(key)
            case Echo(address, sent_id, text, at):
                await self._door.echo(address, sent_id, text, at or self._clock())
            case Nothing(why, name):
                log.debug("event_ignored", why=why, kind=name)
                IGNORED.labels(name).inc()

    def _remember(self, key: str) -> None:
        self._seen[key] = None
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)

    # --- what goes out

    async def send(self, out: Outgoing) -> Result:
        if out.picture is not None:
            return await self._show(out, out.picture)
        return await self._write(out)

    async def _write(self, out: Outgoing) -> Result:
        """With buttons where Zalo takes them; refused, at once as numbered text, for a refusal means that nothing was shown."""
        message = buttoned(out) if self.limits.max_buttons else None
        if message is not None:
            result = await self._say(out, message)
            if not isinstance(result, _NotLikeThis):
                return result
            log.warning("buttons_refused", why=result.why, message=out.id, remedy="ZALO_OA_BUTTONS=off spares the question")
        plain = await self._say(out, {"text": fitting(out, self._numbered)})
        if isinstance(plain, _NotLikeThis):
            log.error("message_refused", why=plain.why, message=out.id)
            return Refused(plain.why)
        if message is not None and isinstance(plain, Sent):
            self.limits = replace(self.limits, max_buttons=0)
        return plain

    async def _show(self, out: Outgoing, picture: bytes) -> Result:
        """Uploaded, then named by a message. A picture that Zalo does not take leaves its words; one that it has lost goes up once more."""
        result: Result | _NotLikeThis = Refused("")
        for _ in range(UPLOADS):
            uploaded = await self._upload(out, picture)
            if not isinstance(uploaded, str):
                result = uploaded
                break
            result = await self._say(out, pictured(out, uploaded))
            if not isinstance(result, _Expired):
                break
        if not isinstance(result, _NotLikeThis):
            return result
        log.warning("picture_refused", why=result.why, message=out.id)
        words = await self._write(replace(out, text=f"{out.text}\n\n{NO_PICTURE}", picture=None))
        return replace(words, lacking=result.why) if isinstance(words, Sent) else words

    async def _upload(self, out: Outgoing, picture: bytes) -> "str | Result | _NotLikeThis":
        """The name that Zalo gives the picture. Whatever goes wrong on the way, nobody was shown anything."""
        try:
            answer = await self._asked(lambda access: self._api.upload(access, picture))
        except (NotAsked, NoAnswer) as error:
            return NotSent(str(error))
        if answer is None:
            return SlowDown(PAUSE_TOKEN)
        if _error(answer) is None:
            return NotSent("an answer without a number")
        return self._trouble(answer, out) or _attachment_id(answer) or _NotLikeThis("an upload that got no name")

    async def _say(self, out: Outgoing, message: Mapping[str, Any]) -> "Result | _NotLikeThis":
        try:
            answer = await self._asked(lambda access: self._api.message(access, out.address.id, message))
        except NotAsked as error:
            return NotSent(str(error))
        except NoAnswer as error:
            return Unknown(str(error))
        if answer is None:
            return SlowDown(PAUSE_TOKEN)
        if _error(answer) is None:
            return Unknown("an answer without a number")
        return self._trouble(answer, out) or Sent(_message_id(answer))

    async def _asked(self, ask: Callable[[str], Awaitable[Mapping[str, Any]]]) -> Mapping[str, Any] | None:
        """Zalo's answer; a token that it refuses is renewed, once. None: there is none to ask with. Raises NotAsked, NoAnswer."""
        access = await self.tokens.current()
        answer = None if access is None else await ask(access)
        if access is not None and answer is not None and _is_about_the_token(answer):
            access = await self.tokens.refused(access)
            answer = None if access is None else await ask(access)
        return answer

    def _trouble(self, answer: Mapping[str, Any], out: Outgoing) -> "Result | _NotLikeThis | None":
        """What follows from Zalo's number; None where it is success."""
        error = _error(answer) or 0
        if error == 0:
            self._held = None
            return None
        known = code(error)
        why = f"Zalo {error}: {known.why}"
        match known.meaning:
            case Meaning.SLOW:
                return SlowDown(PAUSE_SLOW)
            case Meaning.PLAIN:
                return _NotLikeThis(why)
            case Meaning.EXPIRED:
                return _Expired(why)
            case Meaning.TOKEN:
                self._held = f"Zalo refuses a token that it has just given: look at the app, then {AUTHORISE}"
                return SlowDown(PAUSE_OPERATOR)
            case Meaning.AUTHORISE:
                self._held = f"{why}: {AUTHORISE}"
            case Meaning.OPERATOR:
                self._held = f"{why}: look at the OA in Zalo's own console"
            case Meaning.QUOTA:
                if error == OF_THE_OA:
                    self._held = f"{why}: buy a package, or wait until people write again"
                return Refused(why)
            case Meaning.CLOSED | Meaning.GONE:
                log.warning("zalo_address_closed", why=why, message=out.id)
                return Blocked(why)
            case Meaning.OURS:
                return Refused(why)
        log.error("zalo_holds_everything", why=self._held)
        return SlowDown(PAUSE_OPERATOR)


@dataclass(frozen=True, slots=True)
class _NotLikeThis:
    """Refused in this form; the same words in another may go."""

    why: str


class _Expired(_NotLikeThis):
    """What the message names is there no more."""


def account(oa: str) -> str:
    """The name of the account: another OA's people are other people to us."""
    return f"zalo_oa:{oa}"


def _error(answer: Mapping[str, Any]) -> int | None:
    """The number of an answer, also where it came as text."""
    error = answer.get("error")
    try:
        return None if isinstance(error, bool) else int(error)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None


def _message_id(answer: Mapping[str, Any]) -> str | None:
    data = answer.get("data")
    found = data.get("message_id") if isinstance(data, dict) else None
    return str(found)[:150] if isinstance(found, str | int) and not isinstance(found, bool) else None


def _attachment_id(answer: Mapping[str, Any]) -> str | None:
    data = answer.get("data")
    found = data.get("attachment_id") if isinstance(data, dict) else None
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_PAYLOAD else None


def _is_about_the_token(answer: Mapping[str, Any]) -> bool:
    error = _error(answer)
    return error is not None and error != 0 and code(error).meaning is Meaning.TOKEN
