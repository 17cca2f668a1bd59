"""How fast an account and each chat on it may be written to. Kept in memory by the one elected sender of the account."""

from ..channels.base import Limits


class Pace:
    """Two rules at once: so many messages a second in all, and so many to one chat. Times are seconds of a monotonic clock."""

    def __init__(self, limits: Limits) -> None:
        self._gap = 1 / limits.per_second
        self._chat_gap = 1 / limits.per_chat_second
        self._chat_ahead = self._chat_gap * (limits.per_chat_burst - 1)
        self._burst = max(1.0, limits.per_second)
        self._next = 0.0
        self._chats: dict[int, float] = {}
        """Until when the messages to a chat would have lasted at its steady pace."""

    def room(self, now: float) -> int:
        """How many messages may start now: what a full second allows, less what that second has seen."""
        return max(0, int((now + self._burst * self._gap - max(self._next, now)) / self._gap + 1e-9))

    def resting(self, now: float) -> list[int]:
        """The conversations that must not be written to just yet."""
        self._chats = {chat: until for chat, until in self._chats.items() if until > now}
        return [chat for chat, until in self._chats.items() if until - self._chat_ahead > now]

    def note(self, chat: int, now: float) -> None:
        """A message to that chat starts now."""
        self._next = max(self._next, now) + self._gap
        if self._chat_gap > 0.01:
            self._chats[chat] = max(self._chats.get(chat, now), now) + self._chat_gap

    def pause(self, until: float) -> None:
        """The platform asked the whole account to wait."""
        self._next = max(self._next, until + self._burst * self._gap)

    def wait(self, now: float) -> float | None:
        """Seconds until something that must wait now may go; None where nothing waits for pace."""
        times = [until - self._chat_ahead - now for until in self._chats.values() if until - self._chat_ahead > now]
        if not self.room(now):
            times.append(max(self._next - self._burst * self._gap - now, 0.0) + self._gap)
        return min(times, default=None)
