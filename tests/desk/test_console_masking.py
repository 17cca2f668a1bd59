"""Who sees what of a citizen: before a take, as the owner, afterwards, as a coordinator; and what no citizen ever sees."""

import httpx
import pytest

from bot.channels.webchat import Visitors
from bot.desk.pages.render import initials
from bot.model.case import Outcome
from bot.model.people import Role
from bot.settings import Settings
from bot.store import cases, desk
from bot.store.tables import case, message

from ..talk import Talk
from .helpers import FAR, HERE
from .serving import Browser, Served, Stream, words_of

NAME, PHONE, WORDS = "Sùng Thị Mỷ", "0912345678", "cháu nhà bác đau bụng từ sáng"
NOTE = "bác này nghe kém tai trái"


class Seen:
    """A case of a citizen whose name and number are known, and who may look at it."""

    def __init__(self, served: Served, talk: Talk, number: int, token: str) -> None:
        """`token`: the citizen's own, of the web chat."""
        self.served, self.talk, self.number, self.token = served, talk, number, token
        self.path = f"/desk/cases/{number}"

    async def reveals(self, browser: Browser, what: str) -> str:
        answer = await browser.post(f"{self.path}/reveal", {"what": what})
        return words_of(answer) if answer.status_code == 200 else f"refused {answer.status_code}"

    async def sees(self, browser: Browser) -> dict[str, bool]:
        """Which private things stand anywhere that this browser gets without asking for them by name: pages, lists, the stream."""
        pages = [await browser.page("/desk/cases"), (await browser.post("/desk/search", {})).text]
        page = await browser.get(self.path)
        pages.append(page.text)
        if page.status_code == 200:
            async with browser.listens(f"{self.path}/events") as stream:
                pages.append((await stream.next("head")).data)
                try:
                    while True:
                        pages.append((await stream.next(seconds=0.3)).data)
                except TimeoutError:
                    pass
        everything = "\n".join(pages)
        told = {"name": NAME, "phone": PHONE, "transcript": 'class="line', "notes": NOTE}
        return {"page": page.status_code == 200} | {name: words in everything for name, words in told.items()}

    async def reveals_written_down(self) -> list[tuple[str, str]]:
        trail = await self.served.database.read(lambda tx: desk.trail(tx, f"case:{self.number}"))
        return [(one.actor, one.verb) for one in reversed(trail) if one.verb.startswith("reveal")]


@pytest.fixture
async def seen(served: Served, settings: Settings) -> Seen:
    token, address = Visitors(settings.secrets["visitor_key"]).new()
    talk = await served.house.talk(address.id)
    await served.named(talk, NAME)
    for text in ("xã Đồng Văn mới", WORDS, "vâng", "ừ", "gặp người"):
        await talk.says(text)
    number = (await served.desk.conversation(talk)).open_case
    assert number is not None
    keys = served.database.keyring
    await served.database.run(lambda tx: cases.change(tx, number, phone=PHONE, phone_key=keys.phone_key(PHONE)))
    return Seen(served, talk, number, token)


NOTHING = {"page": False, "name": False, "phone": False, "transcript": False, "notes": False}
PREVIEW = NOTHING | {"page": True}


async def test_from_the_queue_to_the_end_and_after(seen: Seen) -> None:
    served = seen.served
    dinh, mai = (
        await served.browser(await served.helper("dinh", commune=HERE)),
        await served.browser(await served.helper("mai", commune=HERE)),
    )
    far = await served.browser(await served.helper("far", commune=FAR))
    assert await seen.sees(dinh) == await seen.sees(mai) == PREVIEW
    assert "S. T. Mỷ" in await dinh.page(seen.path)
    assert await seen.sees(far) == NOTHING
    for browser in (dinh, mai, far):
        assert [(await seen.reveals(browser, what))[:7] for what in ("phone", "name")] == ["refused"] * 2
    await dinh.post(f"{seen.path}/take")
    await dinh.post(f"{seen.path}/note", {"text": NOTE})
    assert await seen.sees(dinh) == {"page": True, "name": True, "phone": False, "transcript": True, "notes": True}
    assert PHONE in await seen.reveals(dinh, "phone")
    for browser in (mai, far):
        assert not {"name", "phone", "transcript"} & {name for name, is_seen in (await seen.sees(browser)).items() if is_seen}
        assert [(await seen.reveals(browser, what))[:7] for what in ("phone", "name", "")] == ["refused"] * 3
    await dinh.post(f"{seen.path}/close", {"outcome": Outcome.SOLVED})
    assert await seen.sees(dinh) == PREVIEW | {"notes": True}
    assert (await seen.reveals(dinh, "phone"))[:7] == (await seen.reveals(dinh, "name"))[:7] == "refused"
    assert (await seen.sees(mai))["page"] is False
    assert (await served.rows(case, case.c.id == seen.number))[0].phone is None
    (looked,) = await seen.reveals_written_down()
    assert looked == (f"volunteer:{(await served.desk.case(seen.number)).volunteer_id}", "reveal_phone")


async def test_who_passed_it_on_reads_it_no_more(seen: Seen) -> None:
    served = seen.served
    dinh = await served.browser(await served.helper("dinh", commune=HERE))
    mai = await served.browser(await served.helper("mai", commune=None))
    await dinh.post(f"{seen.path}/take")
    await dinh.post(f"{seen.path}/pass-on", {"reason": "cần người rành hơn"})
    await mai.post(f"{seen.path}/take")
    assert not {"name", "phone", "transcript"} & {name for name, is_seen in (await seen.sees(dinh)).items() if is_seen}
    assert (await seen.reveals(dinh, "phone"))[:7] == "refused"
    assert (await seen.sees(mai))["transcript"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
async def test_who_oversees_reads_but_the_name_is_a_look_that_is_written_down(seen: Seen, role: Role) -> None:
    served = seen.served
    who = await served.helper("over", commune=None, role=role)
    over, dinh = await served.browser(who), await served.browser(await served.helper("dinh", commune=HERE))
    for step in ("waits", "taken", "closed"):
        if step == "taken":
            await dinh.post(f"{seen.path}/take")
        if step == "closed":
            await dinh.post(f"{seen.path}/close", {"outcome": Outcome.SOLVED})
        assert await seen.sees(over) == {"page": True, "name": False, "phone": False, "transcript": True, "notes": False}, step
        assert (await seen.reveals(over, "phone"))[:7] == "refused", step
    assert await seen.reveals_written_down() == []
    assert NAME in await seen.reveals(over, "name")
    assert await seen.reveals_written_down() == [(f"volunteer:{who.id}", "reveal_name")]


async def test_a_number_finds_its_case_but_is_not_shown(seen: Seen) -> None:
    browser = await seen.served.browser(await seen.served.helper("dinh", commune=HERE))
    found = await browser.post("/desk/search", {"person": PHONE})
    assert f'href="{seen.path}"' in found.text
    assert found.text.count(PHONE) == 1  # in the field, as it was typed
    far = await seen.served.browser(await seen.served.helper("far", commune=FAR))
    assert seen.path not in (await far.post("/desk/search", {"person": PHONE})).text


async def test_no_note_and_no_reason_ever_reaches_a_citizen(seen: Seen) -> None:
    served, secret = seen.served, "chớ-nói-với-bà-con"
    dinh = await served.browser(await served.helper("dinh", commune=None))
    mai = await served.browser(await served.helper("mai", commune=None))
    await dinh.post(f"{seen.path}/take")
    await dinh.post(f"{seen.path}/note", {"text": f"một {secret}"})
    await dinh.post(f"{seen.path}/pass-on", {"reason": f"hai {secret}"})
    await mai.post(f"{seen.path}/take")
    await mai.post(f"{seen.path}/say", {"text": "Chào bác, cháu đây"})
    await mai.post(f"{seen.path}/give-back", {"result": f"ba {secret}"})
    await seen.talk.says("gặp người")
    await mai.post(f"{seen.path}/take")
    await mai.post(f"{seen.path}/close", {"outcome": Outcome.PARTLY, "result": f"bốn {secret}"})
    sent = await served.house.deliver()
    over = await served.browser(await served.helper("over", commune=None, role=Role.COORDINATOR))
    assert (await over.page(seen.path)).count(secret) == 3
    rows = await served.rows(message)
    assert any("Chào bác, cháu đây" in row.text for row in rows)
    assert secret not in "\n".join([*sent, *(f"{row.text}{row.data}" for row in rows)])
    async with httpx.AsyncClient(base_url=served.url, timeout=20, verify=False) as page:
        headers = {"Authorization": f"Bearer {seen.token}"}
        async with page.stream("GET", "/chat/events", headers=headers) as history:
            assert history.status_code == 200
            stream, visible = Stream(history), [row for row in rows if row.direction == "in" or row.status == "sent"]
            shown = "".join([(await stream.next()).data for _ in visible])
    assert "Chào bác, cháu đây" in shown
    assert secret not in shown


def test_a_name_is_shortened() -> None:
    assert [initials(name) for name in ("Sùng Thị Mỷ", "Mỷ", "", None, "  ", "a b")] == ["S. T. Mỷ", "M.", "", "", "", "a. b"]
