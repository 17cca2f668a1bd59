"""What follows from what a channel said of a send. Pure; the whole policy of sending again is on this page."""

from datetime import datetime, timedelta

from ..model.delivery import Blocked, NotSent, Refused, Result, Sending, Sent, SlowDown, Status, Unknown
from ..store.deliveries import Settlement

MOST_TRIES = 8
"""How often something is sent of which nobody knows whether it arrived, where twice does no harm; then it stays unknown."""
MOST_TRIES_NOT_SENT = 150
"""After that many sends that surely did not leave (some twelve hours), the operator is told and the message counts as failed."""
LONGEST_PAUSE = 300.0


def verdict(result: Result, row: Sending, repeatable: bool, now: datetime) -> Settlement:
    """Sent again only where it surely did not arrive, or may arrive twice without harm: a repeatable channel, a critical message."""
    match result:
        case Sent(external_id, lacking):
            return Settlement(Status.SENT, sent_id=external_id, error=lacking)
        case SlowDown(seconds):
            return Settlement(Status.QUEUED, error="asked to slow down", not_before=now + timedelta(seconds=seconds))
        case NotSent(why):
            return _again(row, why, now, MOST_TRIES_NOT_SENT)
        case Unknown(why):
            if repeatable or row.critical:
                return _again(row, why, now, MOST_TRIES, otherwise=Status.UNKNOWN, doubt=True)
            return Settlement(Status.UNKNOWN, error=why)
        case Blocked(why) | Refused(why):
            return Settlement(Status.FAILED, error=why)


def _again(row: Sending, why: str, now: datetime, most: int, otherwise: Status = Status.FAILED, doubt: bool = False) -> Settlement:
    if row.tries >= most:
        return Settlement(otherwise, error=why)
    pause = min(LONGEST_PAUSE, 2.0 ** (row.tries - 1))
    return Settlement(Status.QUEUED, error=why, not_before=now + timedelta(seconds=pause), doubt=doubt)
