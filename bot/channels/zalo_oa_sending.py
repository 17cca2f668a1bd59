"""How a reply reaches a person through Zalo's OA: buttons or numbers, pictures uploaded first, and what follows from a refusal."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from ..model.delivery import Blocked, NotSent, Outgoing, Refused, Result, Sent, SlowDown, Unknown
from .zalo_oa_api import Api, NoAnswer, NotAsked
from .zalo_oa_codes import Meaning, code
from .zalo_oa_messages import LONGEST_PAYLOAD, Numbered, buttoned, fitting, pictured
from .zalo_oa_tokens import AUTHORISE, Tokens

log = structlog.get_logger(__name__)

UPLOADS = 2
NO_PICTURE = "(ảnh không gửi được)"
PAUSE_SLOW = 60.0
PAUSE_TOKEN = 5.0
PAUSE_OPERATOR = 300.0
OF_THE_OA = -211
"""The one quota that is not one person's."""


class Sending:
    """`buttons`: whether Zalo takes them, as far as is known. `held`: why nothing is sent, for the operator; None where all is well."""

    def __init__(self, api: Api, tokens: Tokens, numbered: Numbered, buttons: bool) -> None:
        self._api = api
        self._tokens = tokens
        self._numbered = numbered
        self.buttons = buttons
        self.held: str | None = None

    async def send(self, out: Outgoing) -> Result:
        if out.picture is not None:
            return await self._show(out, out.picture)
        return await self._write(out)

    async def _write(self, out: Outgoing) -> Result:
        """With buttons where Zalo takes them; refused, at once as numbered text, for a refusal means that nothing was shown."""
        message = buttoned(out) if self.buttons else None
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
            self.buttons = False
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
        access = await self._tokens.current()
        answer = None if access is None else await ask(access)
        if access is not None and answer is not None and _is_about_the_token(answer):
            access = await self._tokens.refused(access)
            answer = None if access is None else await ask(access)
        return answer

    def _trouble(self, answer: Mapping[str, Any], out: Outgoing) -> "Result | _NotLikeThis | None":
        """What follows from Zalo's number; None where it is success."""
        error = _error(answer) or 0
        if error == 0:
            self.held = None
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
                self.held = f"Zalo refuses a token that it has just given: look at the app, then {AUTHORISE}"
                return SlowDown(PAUSE_OPERATOR)
            case Meaning.AUTHORISE:
                self.held = f"{why}: {AUTHORISE}"
            case Meaning.OPERATOR:
                self.held = f"{why}: look at the OA in Zalo's own console"
            case Meaning.QUOTA:
                if error == OF_THE_OA:
                    self.held = f"{why}: buy a package, or wait until people write again"
                return Refused(why)
            case Meaning.CLOSED | Meaning.GONE:
                log.warning("zalo_address_closed", why=why, message=out.id)
                return Blocked(why)
            case Meaning.OURS:
                return Refused(why)
        log.error("zalo_holds_everything", why=self.held)
        return SlowDown(PAUSE_OPERATOR)


@dataclass(frozen=True, slots=True)
class _NotLikeThis:
    """Refused in this form; the same words in another may go."""

    why: str


class _Expired(_NotLikeThis):
    """What the message names is there no more."""


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
