"""What Zalo's numbers mean. HTTP is 200 on errors too: the number in the body's `error` decides, and 0 is success.

Source: the tables of the PyPI package zalo-sdk 0.3.0 (`ZaloOAException.py`) and notes of a second project; Zalo's own portal may say more.
An error is an answer: the message surely was not sent.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Meaning(Enum):
    SLOW = auto()
    """Too fast for the whole app."""
    PLAIN = auto()
    """Not in this form: the same words as plain text may go."""
    EXPIRED = auto()
    """What was uploaded is there no more: upload it again, once."""
    TOKEN = auto()
    """The access token is over: renew it once, try once more."""
    AUTHORISE = auto()
    """We may not speak for this OA (any more): an admin must authorise us."""
    OPERATOR = auto()
    """Nothing goes out before the operator has mended something at Zalo; what waits keeps its place."""
    QUOTA = auto()
    """No message is left for this one; it failed, and the operator reads of it."""
    CLOSED = auto()
    """The citizen must write first: too long ago, or never."""
    GONE = auto()
    """The citizen does not want to hear from us, or is gone."""
    OURS = auto()
    """Our mistake: it will never be taken."""


@dataclass(frozen=True, slots=True)
class Code:
    meaning: Meaning
    why: str


_S, _P, _T, _A, _O = Meaning.SLOW, Meaning.PLAIN, Meaning.TOKEN, Meaning.AUTHORISE, Meaning.OPERATOR
_Q, _C, _G, _B = Meaning.QUOTA, Meaning.CLOSED, Meaning.GONE, Meaning.OURS
CODES = {
    -32: Code(_S, "the app's rate limit"),
    -100: Code(Meaning.EXPIRED, "an attachment has expired"),
    -124: Code(_T, "the access token is invalid"),
    -201: Code(_P, "a parameter is invalid"),
    -204: Code(_O, "the OA was deleted"),
    -205: Code(_O, "the OA does not exist"),
    -209: Code(_A, "this API is not switched on for the app"),
    -210: Code(_P, "a parameter is over its limit"),
    -211: Code(_Q, "the OA's quota is used up"),
    -212: Code(_A, "this API is not registered for the OA"),
    -213: Code(_G, "the person does not follow the OA"),
    -216: Code(_T, "the access token is invalid"),
    -217: Code(_G, "the person has blocked invitations of the OA"),
    -218: Code(_Q, "the quota for this person is used up"),
    -219: Code(_A, "the app is disabled or was removed from the OA"),
    -220: Code(_T, "the access token has expired"),
    -221: Code(_O, "the OA is not verified"),
    -222: Code(_G, "the person can not be reached"),
    -223: Code(_A, "the OA has not authorised the app"),
    -224: Code(_O, "the OA needs a package for this"),
    -227: Code(_G, "the person is banned, or was away for more than 45 days"),
    -230: Code(_C, "the person has not written for 7 days"),
    -232: Code(_C, "the person has never written, or too long ago"),
    -233: Code(_P, "this kind of message is not supported"),
    -240: Code(_B, "this version of the API is switched off"),
    -244: Code(_G, "the person has restricted this kind of message"),
    -305: Code(_C, "the person has not written for 48 hours"),
    -311: Code(_Q, "the quota of replies is used up"),
    -320: Code(_O, "the app has no Zalo Cloud account"),
    -321: Code(_O, "the Zalo Cloud account is empty"),
}


def code(error: int) -> Code:
    """What that number means; one that we do not know is a refusal."""
    return CODES.get(error, Code(_B, "an error that is not in our table"))
