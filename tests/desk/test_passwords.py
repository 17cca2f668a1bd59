"""Passwords: hashed, refused where they are easily guessed, made to be read aloud. Few hashings, for each takes its time on purpose."""

import re
import unicodedata
from time import process_time

import pytest
from argon2 import PasswordHasher

from bot.desk.passwords import complaint, hash_password, needs_rehash, one_time, verify

CHOSEN = "Mận trắng đầu bản"


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_password(CHOSEN)


def test_the_right_password_alone_is_right(hashed: str) -> None:
    assert hashed.startswith("$argon2id$")
    assert CHOSEN not in hashed
    assert verify(hashed, CHOSEN)
    assert not verify(hashed, CHOSEN.lower())


def test_however_the_keyboard_composes_it(hashed: str) -> None:
    assert verify(hashed, unicodedata.normalize("NFD", CHOSEN))


def test_two_hashes_of_one_password_differ(hashed: str) -> None:
    assert hash_password(CHOSEN) != hashed


@pytest.mark.parametrize("nothing", [None, "", "not a hash", "$argon2id$v=19$m=8"])
def test_where_there_is_no_password_none_is_right(nothing: str | None) -> None:
    assert not verify(nothing, CHOSEN)


def test_a_name_that_nobody_has_takes_as_long(hashed: str) -> None:
    assert _work(None) > 0.5 * _work(hashed)


def _work(hashed: str | None) -> float:
    begins = process_time()
    assert not verify(hashed, "no such password")
    return process_time() - begins


def test_what_no_keyboard_types_does_no_harm(hashed: str) -> None:
    assert not verify(hashed, "\ud83d" * 12)


def test_a_hash_of_less_work_is_to_be_made_anew(hashed: str) -> None:
    assert not needs_rehash(hashed)
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(CHOSEN))


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "ít nhất 10"),
        ("mận trắng", "ít nhất 10"),
        ("x" * 201, "dài quá"),
        ("aaaaaaaaaaaa", "lặp lại"),
        ("TNV-000017", "trùng với mã"),
        ("tnv 000 017", "trùng với mã"),
        ("1234567890", "dễ bị đoán"),
        ("Mật khẩu 123", "dễ bị đoán"),
        ("Tuyên Quang 2026!", "dễ bị đoán"),
    ],
)
def test_what_is_easily_guessed_is_refused(password: str, why: str) -> None:
    assert why in (complaint(password, "tnv-000017") or "")


@pytest.mark.parametrize("password", [CHOSEN, "kmtp-4h7w-x3qn", "tnv-000017 đi chợ", "1234567890 quả mận", "🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃"])
def test_the_rest_will_do(password: str) -> None:
    assert complaint(password, "tnv-000017") is None


def test_a_first_password_is_easily_read_aloud_and_never_the_same() -> None:
    made = {one_time() for _ in range(500)}
    assert len(made) == 500
    assert [one for one in made if not re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", one) or re.search("[lo01]", one)] == []
    assert [one for one in made if complaint(one, "tnv-000017")] == []
