"""Settings that are wrong are named, with what would be right; secrets stay out of every message."""

from pathlib import Path

import pytest

from bot.model.errors import SettingsError
from bot.settings import load

TOKEN = "4242:made-up-for-tests-and-no-secret"


def loaded(var: Path, **environment: str) -> object:
    return load({"DANLOI_VAR": str(var), **environment}).telegram


def test_without_a_token_there_is_no_telegram(tmp_path: Path) -> None:
    assert loaded(tmp_path) is None
    assert not (tmp_path / "telegram_secret").exists()


def test_a_token_from_the_environment_or_from_var(tmp_path: Path) -> None:
    assert loaded(tmp_path, TELEGRAM_TOKEN=TOKEN) == loaded(tmp_path, TELEGRAM_TOKEN=f" {TOKEN}\n")
    (tmp_path / "telegram_token").write_text(f"{TOKEN}\n")
    assert loaded(tmp_path) == loaded(tmp_path, TELEGRAM_TOKEN=TOKEN)


def test_a_webhook_has_a_secret_that_is_made_once_and_shown_to_nobody_else(tmp_path: Path) -> None:
    webhook = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_RECEIVE": "webhook", "PUBLIC_URL": "https://danloi.example"}
    first = loaded(tmp_path, **webhook)
    assert first == loaded(tmp_path, **webhook)
    secret = (tmp_path / "telegram_secret").read_text()
    assert (tmp_path / "telegram_secret").stat().st_mode & 0o777 == 0o600
    assert secret not in repr(first)
    assert TOKEN not in repr(first)


WRONG = [
    ({"TELEGRAM_TOKEN": "not-a-token-but-a-secret"}, "@BotFather"),
    ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_RECEIVE": "carrier pigeon"}, "polling or webhook"),
    ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_RECEIVE": "webhook"}, "PUBLIC_URL"),
    ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_RECEIVE": "webhook", "PUBLIC_URL": "http://danloi.example"}, "https"),
    ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_RECEIVE": "webhook", "PUBLIC_URL": "https://x.example", "TELEGRAM_SECRET": "short"}, "16 to 256"),
]


@pytest.mark.parametrize(("environment", "remedy"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_wrong_is_named_with_its_remedy(tmp_path: Path, environment: dict[str, str], remedy: str) -> None:
    with pytest.raises(SettingsError, match=remedy) as raised:
        loaded(tmp_path, **environment)
    assert "not-a-token-but-a-secret" not in str(raised.value)


ZALO = {
    "ZALO_OA_APP_ID": "2553928453557884079",
    "ZALO_OA_APP_SECRET": "an-app-secret-made-up",
    "ZALO_OA_ID": "579745863508352884",
    "ZALO_OA_SECRET": "an-oa-secret-made-up",
    "PUBLIC_URL": "https://danloi.example",
}


def test_a_zalo_oa_is_configured_by_four_values_and_a_public_address(tmp_path: Path) -> None:
    assert load({"DANLOI_VAR": str(tmp_path)}).zalo_oa is None
    zalo = load({"DANLOI_VAR": str(tmp_path), **ZALO}).zalo_oa
    assert zalo is not None
    assert (zalo.buttons, zalo.paid, zalo.free_messages, zalo.window_days) == (True, False, 8, 7)
    assert "made-up" not in repr(zalo)
    assert "https://*.zdn.vn" in zalo.media


WRONG_ZALO = [
    *[({**ZALO, name: ""}, name) for name in ZALO],
    ({**ZALO, "ZALO_OA_ID": "https://zalo.me/57"}, "ZALO_OA_ID is a number"),
    ({**ZALO, "ZALO_OA_APP_SECRET": ZALO["ZALO_OA_SECRET"]}, "two different keys"),
    ({**ZALO, "PUBLIC_URL": "http://danloi.example"}, "https"),
    ({**ZALO, "ZALO_SITE_CODE": "a/b"}, "zalo_verifier"),
    ({**ZALO, "ZALO_OA_FREE_MESSAGES": "-1"}, "ZALO_OA_FREE_MESSAGES"),
    ({**ZALO, "ZALO_OA_PER_SECOND": "nan"}, "ZALO_OA_PER_SECOND"),
    ({**ZALO, "ZALO_OA_BUTTONS": "maybe"}, "on or off"),
]


@pytest.mark.parametrize(("environment", "remedy"), WRONG_ZALO, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_wrong_about_the_zalo_oa_is_named(tmp_path: Path, environment: dict[str, str], remedy: str) -> None:
    with pytest.raises(SettingsError, match=remedy) as raised:
        load({"DANLOI_VAR": str(tmp_path), **environment})
    assert "made-up" not in str(raised.value)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "9999", "many", "٩"])
def test_how_long_things_are_kept_has_bounds(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"KEEP_MESSAGES_DAYS='.*' will not do: give a whole number of days from 1 to 365"):
        load({"DANLOI_VAR": str(tmp_path), "KEEP_MESSAGES_DAYS": text})
    kept = load({"DANLOI_VAR": str(tmp_path), "KEEP_MESSAGES_DAYS": "30", "KEEP_PICTURES_HOURS": "2"})
    assert (kept.keep_days, kept.keep_pictures_hours, kept.keep_audit_days) == (30, 2, 730)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "handed over"
    file.write_text("postgresql://danloi:not-a-secret@db/danloi\n")
    named = {"DANLOI_VAR": str(tmp_path), "DATABASE_URL_FILE": str(file)}
    assert load(named).database_url == "postgresql://danloi:not-a-secret@db/danloi"
    assert load({**named, "DATABASE_URL": "sqlite:///x.db"}).database_url == "sqlite:///x.db"
    with pytest.raises(SettingsError, match=r"DATA_KEY_FILE=.* cannot be read"):
        load({"DANLOI_VAR": str(tmp_path), "DATA_KEY_FILE": str(tmp_path / "none")})
