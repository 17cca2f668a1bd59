"""What people sent is fetched from the platform it came by, never from where a stranger's address leads."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels import media
from bot.channels.base import Unfetched

ORIGINS = ("https://api.telegram.org", "https://*.zdn.vn", "http://127.0.0.1:8081")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.telegram.org/file/bot1:x/a.jpg",
        "https://API.telegram.org/a",
        "https://api.telegram.org:443/a",
        "https://f1-photo.zdn.vn/a?b=c",
        "http://127.0.0.1:8081/x",
    ],
)
def test_the_platforms_own(url: str) -> None:
    assert media.is_from(url, ORIGINS)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.telegram.org/a",
        "https://api.telegram.org.evil.example/a",
        "https://evil.example/api.telegram.org",
        "https://api.telegram.org@evil.example/a",
        "https://user:pass@api.telegram.org/a",
        "https://api.telegram.org:8443/a",
        "https://evilzdn.vn/a",
        "https://zdn.vn/a",
        "https://a.b.zdn.vn/a",
        "https://zdn.vn.evil.example/a",
        "https://evil.example#.zdn.vn",
        "https://evil.example\\.zdn.vn/a",
        "https://evil.example/\t.zdn.vn",
        "https://127.0.0.1/a",
        "http://127.0.0.1:8082/x",
        "http://127.0.0.1/x",
        "http://[::1]:8081/x",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433:8081/x",
        "file:///etc/passwd",
        "ftp://api.telegram.org/a",
        "//api.telegram.org/a",
        "/a",
        "",
        "https://",
        "https://аpi.telegram.org/a",
    ],
)
def test_nobody_elses(url: str) -> None:
    assert not media.is_from(url, ORIGINS)


async def test_redirects_lead_nowhere_and_too_much_is_not_read_to_its_end() -> None:
    asked: list[str] = []

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            asked.append("part")
            yield b"x" * 1000

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.path == "/away":
            return httpx.Response(302, headers={"location": "http://169.254.169.254/"})
        if request.url.path == "/gone":
            return httpx.Response(404)
        return httpx.Response(200, content=endless())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), follow_redirects=True) as http:
        with pytest.raises(httpx.HTTPStatusError):
            await media.fetch(http, "https://api.telegram.org/away", ORIGINS, 5000)
        assert asked == ["api.telegram.org"]
        assert await media.fetch(http, "https://api.telegram.org/gone", ORIGINS, 5000) is Unfetched.GONE
        assert await media.fetch(http, "https://evil.example/a", ORIGINS, 5000) is Unfetched.GONE
        assert await media.fetch(http, "https://api.telegram.org/big", ORIGINS, 5000) is Unfetched.TOO_BIG
    assert asked.count("part") < 10
    assert "evil.example" not in asked
