"""What leaves the console: headers on every answer, pages that run nothing of their own, trouble as a page, nothing private in logs."""

import json
import re
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.desk import console
from bot.desk.pages import render
from bot.desk.pages.access import COOKIE
from bot.model.errors import StoreBusy
from bot.model.people import Role
from bot.store import cases
from bot.store.tables import attachment, message

from .conftest import PASSWORD
from .helpers import Helper
from .routes import ask, ways
from .serving import CSRF, Browser, Served, words_of

PHONE = "0912345678"
TEMPLATES = sorted((render.FOLDER / "templates").glob("*.html"))
PAGES = {
    "sign_in",
    "password",
    "queue",
    "case",
    "search",
    "trouble",
    "trouble_part",
    "revealed",
    "line",
    "case_head",
    "statuses",
    "attachment",
}
"""Templates that the tour below must have shown."""


def is_dressed(answer: httpx.Response) -> bool:
    headers = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers.get("content-security-policy", "").split(";"))
    return (
        policy.get("default-src") == policy.get("base-uri") == policy.get("frame-ancestors") == "'none'"
        and policy.get("script-src") == policy.get("style-src") == policy.get("form-action") == "'self'"
        and "unsafe" not in headers["content-security-policy"]
        and "*" not in headers["content-security-policy"]
        and headers.get("x-content-type-options") == "nosniff"
        and headers.get("x-frame-options") == "DENY"
        and headers.get("referrer-policy") == "same-origin"
        and headers.get("cross-origin-opener-policy") == "same-origin"
        and "camera=()" in headers.get("permissions-policy", "")
        and headers.get("cache-control") in ("no-store", "public, max-age=300", "public, max-age=31536000, immutable")
        and len(headers.get_list("content-security-policy")) == len(headers.get_list("cache-control")) == 1
    )


@pytest.fixture
async def admin(served: Served, hashed: str) -> Helper:
    await served.case("an", "làm định danh mức 2 thế nào")
    return await served.helper("admin", commune=None, role=Role.ADMIN, password=hashed)


async def test_every_answer_is_dressed(served: Served, admin: Helper) -> None:
    helper = await served.helper("dinh", commune=None)
    for who in (None, helper, admin):
        for way in ways(served):
            answer = await ask(await served.browser(who), way)
            assert is_dressed(answer), (way, answer.status_code, answer.headers)
            kept = answer.headers["cache-control"] != "no-store"
            assert kept is (way.path.startswith("/desk/static") and answer.status_code == 200), way


async def test_files_of_a_page_are_dressed_and_kept(served: Served) -> None:
    browser = await served.browser()
    page = await browser.page("/desk/sign-in")
    files = re.findall(r'(?:src|href)="(/desk/static/[^"]+)"', page)
    assert len(files) >= 4
    for file in files:
        answer = await browser.get(file)
        assert (answer.status_code, is_dressed(answer)) == (200, True)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    for lost in ("/desk/static/none.js", "/desk/static/..%2fbase.html", "/desk/static/LICENSES.md", "/desk/static/desk.js%00"):
        answer = await browser.get(lost)
        assert (answer.status_code, is_dressed(answer)) == (404, True), lost


TROUBLES: list[tuple[str, str, int, dict[str, Any]]] = [
    ("GET", "/desk/none", 404, {}),
    ("GET", "/desk/cases/x", 404, {}),
    ("GET", "/desk/cases/1/none/at/all", 404, {}),
    ("GET", "/desk/%00", 404, {}),
    ("PUT", "/desk/cases", 405, {}),
    ("GET", "/desk/shift", 405, {}),
    ("DELETE", "/desk/cases/1", 405, {}),
    ("GET", "/desk//none", 404, {}),
    ("GET", "/desk/", 303, {}),
    ("POST", "/desk/shift", 403, {}),
    ("POST", "/desk/shift", 415, {"json": {"hours": "4"}}),
    ("POST", "/desk/shift", 413, {"data": {"hours": "4" * 100_000}}),
    ("GET", "/desk/cases", 400, {"headers": {"Host": "a b"}}),
]


@pytest.mark.parametrize(("method", "path", "status", "more"), TROUBLES)
@pytest.mark.parametrize("signed_in", [False, True])
async def test_trouble_is_a_page_in_vietnamese(
    served: Served, admin: Helper, method: str, path: str, status: int, more: dict[str, Any], signed_in: bool
) -> None:
    browser = await served.browser(admin if signed_in else None)
    answer = await browser.client.request(method, path, **more)
    assert (answer.status_code, is_dressed(answer)) == (status, True), answer.headers
    if status != 303:
        assert answer.headers["content-type"].startswith("text/html")
        assert 'lang="vi"' in answer.text
        assert "Chưa được" in answer.text
        assert not re.search(r"Not Found|Method|Error|Exception|Traceback|detail", answer.text)
    assert bool(answer.headers.get("allow")) is (status == 405)
    assert (await browser.client.request("GET", "/none")).json() == {"message": "Không có trang này."}  # the rest of the site as before


LEADS = ("src", "href", "action", "hx-get", "hx-post", "hx-put", "hx-delete")


class Looked(HTMLParser):
    """What a page would run or fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.config: dict[str, Any] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        if tag == "style" or (tag == "script" and not named.get("src", "").startswith("/desk/static/")):
            self.wrong.append(f"<{tag}> inline")
        for name, value in named.items():
            if name == "style" or name.startswith(("on", "hx-on", "hx-vars", "data-hx-on")) or "javascript:" in value.lower():
                self.wrong.append(f"{tag} {name}={value}")
            if name in LEADS and (not value.startswith(("/", "#", "tel:", "?", "data:image")) or value.startswith("//")):
                self.wrong.append(f"{tag} {name} leads away: {value}")
        if tag in ("iframe", "object", "embed", "base"):
            self.wrong.append(f"<{tag}>")
        if named.get("name") == "htmx-config":
            self.config = json.loads(named["content"])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_anything_that_runs(template: Any) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|hx-on|hx-vars|hx-vals='?js|javascript:|\|\s*safe\b|autoescape", source)
    for script in re.findall(r"<script[^>]*>", source):
        assert 'src="{{ asset(' in script


@pytest.fixture
async def toured(served: Served, admin: Helper) -> AsyncIterator[list[str]]:
    """The console's pages as they come, in each state; and the stream's fragments."""
    loader: Any = served.parts.pages._environment.loader
    shown: set[str] = set()
    find = loader.get_source

    def noting(environment: Any, name: str) -> Any:
        shown.add(name.removesuffix(".html"))
        return find(environment, name)

    loader.get_source = noting
    (case,) = await served.house.cases()
    helper, browser = await served.helper("dinh", commune=None), await served.browser()
    seen = [await browser.page("/desk/sign-in"), (await browser.signs_in("admin", "sai rồi nhé")).text]
    stranger = await browser.get("/desk/none")
    mine, over = await served.browser(helper), await served.browser(admin)

    async def look(*by: Browser) -> None:
        for one in by:
            seen.extend([await one.page("/desk/cases"), await one.page(f"/desk/cases/{case.id}")])

    await look(mine, over)
    await mine.post(f"/desk/cases/{case.id}/take")
    await mine.post(f"/desk/cases/{case.id}/say", {"text": "Chào bác"})
    await mine.post(f"/desk/cases/{case.id}/note", {"text": "bác nghe kém"})
    keys = served.database.keyring
    await served.database.run(lambda tx: cases.change(tx, case.id, phone=PHONE, phone_key=keys.phone_key(PHONE), language="Mông"))
    (first, *_) = [row for row in await served.rows(message) if row.direction == "in"]
    picture = {"message_id": first.id, "media_type": "image/jpeg", "data": b"", "expires_at": served.clock() + timedelta(days=1)}
    await served.database.run(lambda tx: tx.execute(attachment.insert().values(picture)).rowcount)
    await look(mine, over)
    seen.append((await mine.post(f"/desk/cases/{case.id}/reveal", {"what": "phone"})).text)
    seen.append((await mine.post(f"/desk/cases/{case.id}/say", {"text": "Bác đọc mã OTP nhé"})).text)
    seen.append((await mine.post(f"/desk/cases/{case.id}/say", {"text": " "}, headers={"HX-Request": "true"})).text)
    async with mine.listens(f"/desk/cases/{case.id}/events?after=1") as stream:
        seen.extend([(await stream.next("head")).data, (await stream.next("line")).data])
        await served.house.deliver()
        seen.append((await stream.next("status")).data)
    async with mine.listens("/desk/cases/events") as stream:
        seen.append((await stream.next("queue")).data)
    await mine.post(f"/desk/cases/{case.id}/close", {"outcome": "solved"})
    await look(mine, over)
    seen.extend([await mine.page("/desk/password"), (await mine.post("/desk/search", {"status": "closed"})).text, stranger.text])
    for way in ways(served):  # and whatever others there are
        answer = await ask(over if way.method == "GET" else await served.browser(admin), way)
        if answer.headers.get("content-type", "").startswith("text/html"):
            seen.append(answer.text)
    assert shown >= PAGES, PAGES - shown
    yield seen
    loader.get_source = find


async def test_no_page_runs_anything_of_its_own(toured: list[str]) -> None:
    assert len(toured) > 30
    whole = [page for page in toured if "<html" in page]
    assert len(whole) > 20
    for page in toured:
        looked = Looked(page)
        assert looked.wrong == [], page
        if page in whole:
            wanted = {"allowEval": False, "allowScriptTags": False, "selfRequestsOnly": True, "includeIndicatorStyles": False}
            assert looked.config.items() >= wanted.items()


async def test_the_look_finds_what_runs() -> None:
    for page in (
        '<p style="a">',
        "<style>",
        "<script>",
        "<a onclick=x>",
        "<a href='javascript:x'>",
        "<a href=//evil>",
        "<div hx-on:click=x>",
    ):
        assert Looked(page).wrong, page


async def test_a_database_that_is_away_is_told_and_loses_no_words(served_on_each: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served = served_on_each
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser = await served.browser(dinh)
    await browser.post(f"/desk/cases/{case.id}/take")
    words, key = "Bác ra công an xã nhé", "k" * 32

    async def rename(table: str, name: str) -> None:
        await served.database.run(lambda tx: tx.execute(text(f"ALTER TABLE {table} RENAME TO {name}")).rowcount)
        served.database.engine.dispose()  # what PostgreSQL has prepared finds the table under any name

    await rename("message", "gone")
    with capture_logs() as logs:
        said = await browser.post(f"/desk/cases/{case.id}/say", {"text": words}, key=key)
        page = await browser.get(f"/desk/cases/{case.id}")
        quick = await browser.post(f"/desk/cases/{case.id}/say", {"text": words}, key=key, headers={"HX-Request": "true"})
    await rename("gone", "message")
    for answer in (said, page, quick):
        assert (answer.status_code, is_dressed(answer), answer.headers["retry-after"]) == (503, True, "5")
        assert "Máy chủ đang bận" in words_of(answer)
    assert f">{words}</textarea>" in said.text
    assert "<html" not in quick.text
    assert [log["event"] for log in logs] == ["desk_store_failed"] * 3
    assert words not in repr(logs)
    assert (await browser.post(f"/desk/cases/{case.id}/say", {"text": words}, key=key)).status_code == 303
    assert await served.said() == [f"**Dinh:** {words}"]

    async def busy(transaction: Any) -> Any:
        raise StoreBusy("The database server does not answer.")

    monkeypatch.setattr(served.database, "read", busy)
    for path in ("/desk/cases", f"/desk/cases/{case.id}/events", "/desk/sign-in"):
        answer = await browser.get(path)
        assert (answer.status_code, is_dressed(answer)) == (503, True), path
    answer = await browser.client.post("/desk/sign-in", data={CSRF: await browser.csrf(), "code": "dinh", "password": PASSWORD})
    assert answer.status_code == 503


@pytest.mark.parametrize(("where", "kind", "verb"), [("cases/1", "head", "read"), ("cases/1", "head", "run"), ("cases", "queue", "read")])
async def test_a_stream_whose_database_goes_away_ends_quietly(
    served: Served, admin: Helper, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, where: str, kind: str, verb: str
) -> None:
    async def busy(transaction: Any) -> Any:
        raise StoreBusy("The database server does not answer.")

    monkeypatch.setattr("bot.desk.pages.case_routes.LOOKS", timedelta(seconds=0.2))
    browser = await served.browser(admin)
    async with browser.listens(f"/desk/{where}/events") as stream:
        await stream.next(kind)
        monkeypatch.setattr(served.database, verb, busy)
        await stream.ends()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_mistake_of_ours_is_a_page_too(served: Served, admin: Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await served.browser(admin)

    def broken(*_: Any) -> Any:
        raise RuntimeError("hỏng")

    monkeypatch.setattr("bot.desk.pages.queue_routes.look", broken)
    with capture_logs() as logs:
        answer = await browser.get("/desk/cases")
    assert (answer.status_code, is_dressed(answer)) == (500, True)
    assert "Bàn hỗ trợ gặp lỗi" in words_of(answer)
    assert "hỏng" not in answer.text
    assert [(log["event"], log["route"]) for log in logs] == [("desk_failed", "/desk/cases")]


async def test_open_pages_do_not_hold_up_a_stop(served: Served, admin: Helper) -> None:
    """A new version is started while pages are open: their streams end, at once, and come again to the next."""
    browser = await served.browser(admin)
    async with browser.listens("/desk/cases/events") as queue, browser.listens("/desk/cases/1/events") as case:
        await queue.next("queue")
        await case.next("head")
        served.parts.closing.set()
        await queue.ends(seconds=2)
        await case.ends(seconds=2)


async def test_nothing_private_is_logged_or_stands_in_an_address(
    served: Served, admin: Helper, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole day of the desk, with its mishaps."""
    words, note, wrong = "Bác ra công an xã nhé", "bác nghe kém tai trái", "sai rồi nhé"
    told = "tôi tên Sùng Thị Mỷ ở Lũng Cú"
    addresses: list[str] = []
    caplog.set_level("DEBUG")

    def broken(*_: Any) -> Any:
        raise RuntimeError("hỏng")

    async def asked(request: httpx.Request) -> None:
        addresses.append(str(request.url))

    async def answered(answer: httpx.Response) -> None:
        addresses.extend(answer.headers.get(name, "") for name in ("location", "hx-redirect"))

    with capture_logs() as logs:
        browser = await served.browser()
        browser.client.event_hooks = {"request": [asked], "response": [answered]}
        await browser.signs_in("admin", wrong)
        await browser.signs_in("admin", PASSWORD)
        talk = await served.house.talk("binh")
        await talk.says(told)
        await talk.says("gặp người")
        number = (await served.desk.conversation(talk)).open_case
        keys, case = served.database.keyring, f"/desk/cases/{number}"
        assert number is not None
        await served.database.run(lambda tx: cases.change(tx, number, phone=PHONE, phone_key=keys.phone_key(PHONE)))
        await browser.post(f"{case}/take")
        await browser.post(f"{case}/say", {"text": words})
        await browser.post(f"{case}/say", {"text": f"{words} rồi đọc mã OTP"})
        await browser.post(f"{case}/note", {"text": note})
        assert PHONE in (await browser.post(f"{case}/reveal", {"what": "phone"})).text
        found = await browser.post("/desk/search", {"person": PHONE, "note": note})
        assert "<article" in found.text
        await browser.client.post(f"{case}/say", data={"text": words})
        await browser.client.post(f"{case}/say", content=words.encode() * 10_000)
        async with browser.listens(f"{case}/events") as stream:
            await stream.next("line")
        await served.database.run(lambda tx: tx.execute(text("ALTER TABLE case_note RENAME TO gone")).rowcount)
        await browser.post(f"{case}/note", {"text": note})
        await served.database.run(lambda tx: tx.execute(text("ALTER TABLE gone RENAME TO case_note")).rowcount)
        with monkeypatch.context() as patch:
            patch.setattr("bot.desk.takeover.checked", broken)
            assert (await browser.post(f"{case}/say", {"text": words})).status_code == 500
        await browser.post(f"{case}/pass-on", {"reason": note})
        secrets = [browser.client.cookies[COOKIE], await browser.csrf()]
        await browser.post("/desk/sign-out")
        await served.house.deliver()
    assert {"sign_in_failed", "case_taken", "desk_store_failed", "desk_failed"} <= {log["event"] for log in logs}
    troubles = "".join("".join(traceback.format_exception(log["exc_info"])) for log in logs if "exc_info" in log)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    everything = "\n".join([repr(logs), troubles, *ours, *addresses])
    assert "/desk/cases" in everything
    for private in (PASSWORD, wrong, words, note, told, "Mỷ", PHONE, *secrets):
        assert private not in everything, private
        assert httpx.QueryParams({"": private})[""] == private
        assert str(httpx.QueryParams({"": private}))[1:] not in everything, private


def test_the_console_knows_its_own_addresses() -> None:
    for path in ("/desk", "/desk/", "//desk/x", "/desk//x", "/desk/cases/1"):
        assert console.is_desk(path), path
    for path in ("/", "/deskevil", "/chat/desk", ""):
        assert not console.is_desk(path), path
