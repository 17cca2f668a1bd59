"""The settings of Zalo Bot: a token makes it; what nobody publishes can be set; whatever is wrong names the variable and the remedy."""

from pathlib import Path

import pytest

from bot.model.errors import SettingsError
from bot.settings import ZaloBotSettings, load

TOKEN = "1903914807132028399:made-up-for-tests-and-no-secret"
WEBHOOK = {"ZALO_BOT_RECEIVE": "webhook", "PUBLIC_URL": "https://danloi.example"}


def loaded(var: Path, **environment: str) -> ZaloBotSettings | None:
    return load({"DANLOI_VAR": str(var), **environment}).zalo_bot


def test_without_a_token_there_is_no_zalo_bot(tmp_path: Path) -> None:
    assert loaded(tmp_path, **WEBHOOK) is None
    assert not (tmp_path / "zalo_bot_secret").exists()


def test_the_token_may_come_from_a_file(tmp_path: Path) -> None:
    assert loaded(tmp_path, ZALO_BOT_TOKEN=f" {TOKEN}\n") == ZaloBotSettings(TOKEN)
    (tmp_path / "zalo_bot_token").write_text(f"{TOKEN}\n")
    assert loaded(tmp_path) == ZaloBotSettings(TOKEN)


def test_a_webhook_has_a_secret_that_only_we_can_read(tmp_path: Path) -> None:
    settings = loaded(tmp_path, ZALO_BOT_TOKEN=TOKEN, **WEBHOOK)
    assert settings is not None
    assert settings.secret == (tmp_path / "zalo_bot_secret").read_text()
    assert (tmp_path / "zalo_bot_secret").stat().st_mode & 0o777 == 0o600
    assert TOKEN not in repr(settings)
    assert settings.secret not in repr(settings)


def test_what_nobody_publishes_can_be_set(tmp_path: Path) -> None:
    given = {
        "ZALO_BOT_API": "https://bot-api.zapps.me/",
        "ZALO_BOT_MAX_TEXT": "1000",
        "ZALO_BOT_MESSAGES_PER_TURN": "1",
        "ZALO_BOT_PER_SECOND": "5",
        "ZALO_BOT_PER_CHAT_SECOND": "0.5",
        "ZALO_BOT_PAUSE": "60",
        "ZALO_BOT_GONE": "403, 410",
    }
    wanted = ZaloBotSettings(TOKEN, "https://bot-api.zapps.me", None, 1000, 1, 5.0, 0.5, 60.0, frozenset({403, 410}))
    assert loaded(tmp_path, ZALO_BOT_TOKEN=TOKEN, **given) == wanted
    assert loaded(tmp_path, ZALO_BOT_TOKEN=TOKEN, ZALO_BOT_GONE="none") == ZaloBotSettings(TOKEN, gone=frozenset())
    named = loaded(tmp_path, ZALO_BOT_TOKEN=TOKEN, ZALO_MEDIA="https://*.zdn.vn, https://files.example:8443 http://127.0.0.1:80")
    assert named == ZaloBotSettings(TOKEN, media=("https://*.zdn.vn", "https://files.example:8443", "http://127.0.0.1:80"))
    assert loaded(tmp_path, ZALO_BOT_TOKEN=TOKEN, ZALO_MEDIA="none") == ZaloBotSettings(TOKEN, media=())


WRONG = [
    ({"ZALO_BOT_TOKEN": "no token at all"}, "Zalo Bot Manager"),
    ({"ZALO_BOT_RECEIVE": "carrier pigeon"}, "polling or webhook"),
    ({"ZALO_BOT_RECEIVE": "webhook"}, "PUBLIC_URL"),
    ({**WEBHOOK, "PUBLIC_URL": "http://danloi.example"}, "https"),
    ({**WEBHOOK, "ZALO_BOT_SECRET": "short"}, "16 to 256"),
    ({"ZALO_BOT_MAX_TEXT": "many"}, "from 200 to"),
    ({"ZALO_BOT_MESSAGES_PER_TURN": "0"}, "from 1 to"),
    ({"ZALO_BOT_PER_SECOND": "-1"}, "is no such number"),
    ({"ZALO_BOT_PAUSE": "long"}, "is no time"),
    ({"ZALO_BOT_GONE": "blocked"}, "codes with commas"),
    *[({"ZALO_MEDIA": odd}, "https://host or") for odd in ("*", "https://*", "https://*.vn", "http://a.vn", "https://a.vn/b", "a.vn")],
]


@pytest.mark.parametrize(("environment", "says"), WRONG)
def test_a_wrong_setting_names_the_remedy(tmp_path: Path, environment: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as raised:
        loaded(tmp_path, **{"ZALO_BOT_TOKEN": TOKEN, **environment})
    assert "made-up" not in str(raised.value)
