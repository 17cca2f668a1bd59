"""Any form with anything in it: refused or done, never a mistake of ours."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.desk import sign_in as signing_in
from bot.desk.pages import render
from bot.model.case import Outcome
from bot.model.people import Role

from .routes import posts
from .serving import CSRF, Served

NAMES = sorted(
    {name for path in (render.FOLDER / "templates").glob("*.html") for name in re.findall(r'\bname="([a-z_]+)"', path.read_text("utf-8"))}
    - {CSRF, "viewport"}
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(
        ["1", "0", "-1", "4", "off", "phone", "name", "yes", "2026-01-01", "9" * 30, *Outcome, *Role, "x" * 5000, "0912345678"]
    ),
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), TEXTS, max_size=8)


@pytest.mark.timeout(300)
async def test_no_form_is_a_mistake_of_ours(served_on_each: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served = served_on_each
    monkeypatch.setattr(signing_in, "verify", lambda hashed, text: False)
    assert len(NAMES) > 12
    talk = await served.house.talk("an")
    number, count = 0, 0

    async def everything(fields: dict[str, str], key: str) -> None:
        """One set of fields into every form, by who has the case."""
        nonlocal number, count
        count += 1
        who = await served.helper(f"helper{count}", commune=None, role=Role.ADMIN)
        browser = await served.browser(who)
        if (await served.desk.conversation(talk)).open_case is None:
            await talk.says("gặp người")
        number = (await served.desk.conversation(talk)).open_case or number
        await browser.post(f"/desk/cases/{number}/take")
        form = {**fields, "key": fields.get("key", key), CSRF: await browser.csrf()}
        for way in posts(served):
            if way.path in ("/desk/sign-out",):
                continue
            with capture_logs() as logs:
                answer = await browser.client.request(
                    way.method, way.path.replace("{number:int}", str(number)).replace("{message:int}", "1"), data=form
                )
            assert answer.status_code < 500, (way, fields, answer.status_code, logs)
            assert answer.status_code != 403, (way, fields)
        await browser.client.aclose()

    await everything({}, "k" * 16)
    drawn: list[tuple[dict[str, str], str]] = []

    @settings(max_examples=25, database=None, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(FIELDS, st.text("abc_-", min_size=8, max_size=12))
    def draw(fields: dict[str, str], key: str) -> None:
        drawn.append((fields, key))

    draw()
    for fields, key in drawn:
        await everything(fields, key)
