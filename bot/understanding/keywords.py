"""Reading without the model: scored phrases for the commonest topics, so that people are still led somewhere while it is away.

A phrase counts as much as its weight; the best topics are offered, rarely believed: confidences stay where the bot asks back unless a
phrase is plain and alone. Phrases are folded; "*" stands for up to three words.
"""
# ruff: noqa: E501  (lists of words read better on one line)

import re
from collections.abc import Iterable

from nlu.cues import aspect

from ..model.meaning import Meaning, Reading

_PHRASES: dict[str, dict[float, str]] = {
    "eid_about": {
        3: "dinh danh dien tu la gi, vneid la gi, vneid de lam gi, muc 1 khac muc 2, muc 1 * muc 2 khac, de an 06, dinh danh la gi",
        2: "co bat buoc, de lam gi, loi ich, la gi",
    },
    "eid_level_1": {
        4: "muc 1, muc do 1, muc mot",
        3: "dang ky tai khoan tren dien thoai, tu dang ky tai nha, tao tai khoan vneid, dang ky tai khoan vneid",
    },
    "eid_level_2": {
        4: "dinh danh muc 2, dang ky muc 2, lam muc 2, len muc 2, nang muc 2, muc do 2",
        3: "muc 2, muc hai, lam dinh danh, dang ky dinh danh",
        1: "dinh danh",
    },
    "eid_status": {
        4: "da duyet chua, duoc duyet chua, duyet chua, chua thay tin nhan, bao gio co tai khoan, chua co tai khoan, kiem tra tai khoan, dang muc may",
        2: "chua thay, bao gio co, kiem tra",
    },
    "eid_activate": {5: "kich hoat", 2: "da duoc cap tai khoan, bao da cap"},
    "eid_login": {
        4: "dang nhap vneid, khong dang nhap duoc, dang nhap khong duoc, dang nhap the nao",
        3: "dang nhap",
        2: "van tay khi dang nhap",
    },
    "eid_password": {5: "quen mat khau, doi mat khau, sai mat khau, lay lai mat khau, mat mat khau", 3: "mat khau"},
    "eid_passcode": {5: "passcode, pass code, ma 6 so, cau hoi bao mat"},
    "eid_otp": {
        5: "khong nhan duoc ma, ma * khong ve, chua nhan duoc ma, khong co ma, ma het han, khong thay ma",
        4: "otp, ma xac thuc",
        2: "tin nhan ma",
    },
    "eid_locked": {5: "bi khoa, mo khoa, khoa tai khoan, xoa tai khoan, huy tai khoan"},
    "eid_new_device": {
        5: "doi dien thoai, dien thoai moi, may moi, mat dien thoai, mat may, may cu, hai may, 2 may, thiet bi la, thiet bi moi, huy lien ket",
        2: "thiet bi",
    },
    "eid_phone_number": {
        5: "doi so dien thoai, doi sim, mat sim, sim moi, so moi, sim khong chinh chu, doi so, so dien thoai * nguoi khac, so cu",
        2: "sim, so dien thoai",
    },
    "eid_wrong_data": {
        5: "sai thong tin, thong tin sai, sai ten, sai ngay sinh, sai que quan, sai dia chi, khong khop, thong tin * sai, sai ho ten, bi sai",
        2: "sai",
    },
    "vneid_install": {
        5: "cai vneid, tai vneid, cai app, tai app, cai ung dung, tai ung dung, cap nhat vneid, cap nhat ung dung, ung dung * loi, bi vang, bi treo, bao tri",
        3: "cai dat, cap nhat, tai ve",
        1: "loi",
    },
    "vneid_face_nfc": {5: "quet mat, quet khuon mat, khuon mat, nfc, doc chip, quet the, quet qr, nhan dien mat"},
    "eid_no_smartphone": {
        5: "khong co dien thoai thong minh, khong biet dung dien thoai, dien thoai cuc gach, cuc gach, khong biet chu, nguoi gia, cu gia, dung chung may",
        3: "lam ho bo, lam ho me, lam ho ong, lam ho ba, dang ky ho, khong co dien thoai, ong ba gia",
    },
    "eid_child": {
        5: "dinh danh cho con, dinh danh cho tre, dinh danh cho be, tai khoan cho con, vneid cho con, vneid cho tre, dinh danh tre em, dinh danh cho chau, duoi 14 tuoi",
        2: "cho con, tre em, cho be, con toi",
    },
    "eid_foreigner": {5: "nguoi nuoc ngoai, quoc tich nuoc ngoai, nguoi trung quoc, chong tay, vo nguoi nuoc, quoc tich"},
    "scam_suspected": {
        5: "goi dien xung, xung cong an, xung la, tu xung, doi otp, xin otp, hoi otp, link la, duong link, lua dao, gia cong an, gia mao, gui link, bat cai app, yeu cau cai",
        2: "goi dien, co nguoi goi, nghi ngo, link",
    },
    "scam_victim": {
        6: "bi lua mat, bi lua roi, lo doc otp, lo chuyen tien, da chuyen tien cho, mat het tien, bi chiem, bi hack, lo cai app",
        3: "bi lua, mat tien roi",
    },
    "talk_to_human": {5: "gap nguoi, gap can bo, gap nhan vien, noi chuyen voi nguoi, nho nguoi giup, can nguoi giup, tu van vien"},
    "greet": {2: "xin chao, chao ban, chao em, chao ad"},
    "thanks": {3: "cam on"},
    "menu": {4: "danh muc, menu, bat dau lai"},
    "step_stuck": {2: "khong lam duoc, khong thay nut, bao loi, khong duoc"},
}
_SURE = 0.8
"""The most that keywords ever claim."""
_HALF = 4.0
"""The score at which keywords claim half of that for a topic that stands alone."""


def read(folded: str, known: Iterable[str], away: str | None = None) -> Meaning:
    """What the phrases say, best first; nothing where none of them occurs."""
    wanted = frozenset(known)
    scores = {topic: score for topic, patterns in _PATTERNS.items() if topic in wanted and (score := _score(patterns, folded))}
    total = sum(score**2 for score in scores.values())
    ranking = [
        Reading(topic, round(_SURE * score / (score + _HALF) * 2 * score**2 / (total + score**2), 4)) for topic, score in scores.items()
    ]
    best = tuple(sorted(ranking, key=lambda reading: -reading.confidence))
    return Meaning(ranking=best, aspect=aspect(folded), by="keywords" if best else "none", away=away)


def _score(patterns: tuple[tuple[float, re.Pattern[str]], ...], folded: str) -> float:
    """The heaviest phrase counts whole, every lighter one a little."""
    found = sorted((weight for weight, pattern in patterns if pattern.search(folded)), reverse=True)
    return found[0] + 0.3 * sum(found[1:]) if found else 0.0


def _pattern(phrases: str) -> re.Pattern[str]:
    alternatives = "|".join(phrase.strip().replace(" * ", r"(?: \w+){0,3} ") for phrase in phrases.split(","))
    return re.compile(rf"\b(?:{alternatives})\b")


_PATTERNS = {topic: tuple((weight, _pattern(phrases)) for weight, phrases in weighted.items()) for topic, weighted in _PHRASES.items()}
