"""Which place a message names: communes of today, communes and districts of before the merger, with diacritics or without.

    "chau o meo vac"                xã Mèo Vạc of today or the old district: both, to be asked back
    "xã Tả Lủng huyện Đồng Văn"     one old commune, though two were called so
    "đạo đức"                       no place: names that are everyday words count only after "xã", "phường", ...

A name is read where it is the whole message, stands after a word that announces a place, or is written so that it can be nothing else.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .. import yaml_loader
from ..model.errors import Fault, WrittenError
from ..model.place import Gazetteer, Level, Place
from .text import fold, normalise, strip

FILE = "content/places.yml"
_TODAY = re.compile(
    r"\s*,?\b(thi\s+)?(bay gio|gio|hien nay|hien gio|nay|sau (khi )?sap nhap)?\s*(thi\s+)?"
    r"(la|thuoc|thuoc ve|ve|goi la|ten la|nhap vao|nhap ve|thanh|doi thanh)\s+"
    r"(xa|phuong|tinh|huyen|dau|gi|cai gi)(\s+(nao|gi|dau|day|the|a|nhi|vay))*\W*$"
)
"""The question that may stand behind a place's name, without diacritics."""
_STILL = re.compile(
    r"\s*,?\b(bay gio|gio|hien nay|nay)?\s*(co )?con( nua| ton tai| hay)?( khong| ko| k| het| bo)(\s+(nua|a|nhi|the|vay|chau|em|ha))*\W*$"
)
"""«Huyện Vị Xuyên còn không» asks the same."""
_LIVES = re.compile(
    r"(?:da|vang|u|a|thi|nha|xa|que|ban|thon|toi|em|chau|minh|bac|co|chu|ong|ba|con|cu|la|o|tai|ben|thuoc|dang|song|cua|gio|day)"
)
"""Words around a place's name that only tell that the writer is from there: «xã tôi là Mèo Vạc»."""
MOST_WORDS = 4
"""A name of ours has at most so many words, not counting kind and "cũ"."""
_KINDS = {
    "xa": ("xã",),
    "phuong": ("phường",),
    "thi tran": ("thị trấn",),
    "tt": ("thị trấn",),
    "huyen": ("huyện",),
    "h": ("huyện",),
    "thanh pho": ("thành phố",),
    "tp": ("thành phố",),
    "thi xa": ("thành phố",),
}
_LEADS = frozenset(
    (
        "o",
        "tai",
        "ve",
        "len",
        "xuong",
        "duoi",
        "tren",
        "thuoc",
        "que",
        "ben",
        "tu",
        "den",
        "ngoai",
        "trong",
        "ubnd",
        "an",
        "nguoi",
        "dan",
        "vung",
    )
)
_OLD, _NEW = "cu", "moi"


@dataclass(frozen=True, slots=True)
class _Word:
    typed: str
    bare: str

    def is_of(self, name: str, bare_name: str) -> bool:
        """Typed as the name is written, or without any diacritics."""
        return self.typed == name or (self.typed == self.bare == bare_name)


@dataclass(frozen=True, slots=True)
class _Found:
    """A name at one place of a text, and all that may be meant by it."""

    start: int
    end: int
    candidates: tuple[Place, ...]
    announced: bool
    """By a word before it, or by its own diacritics."""
    everyday: bool


class Places:
    """Finds places in texts. `gazetteer` holds them all."""

    def __init__(self, gazetteer: Gazetteer, everyday: Iterable[str] = (), also: Mapping[str, str] | None = None) -> None:
        """`everyday`: names that are common words or people's names too. `also`: other spellings of a name."""
        self.gazetteer = gazetteer
        self._everyday = frozenset(map(fold, everyday))
        self._names: dict[str, list[tuple[tuple[str, ...], Place]]] = defaultdict(list)
        spellings: dict[str, list[str]] = defaultdict(list)
        for spelling, name in (also or {}).items():
            spellings[name].append(spelling)
        for place in gazetteer.places.values():
            for name in (place.name, *spellings[place.name]):
                self._names[fold(normalise(name))].append((tuple(normalise(name).split()), place))
        self._begins = frozenset(key.partition(" ")[0] for key in self._names)

    @classmethod
    def load(cls, root: Path) -> "Places":
        """Raises WrittenError."""
        try:
            written = yaml_loader.load((root / FILE).read_text(encoding="utf-8"))
            return cls(Gazetteer({place.id: place for place in _places(written)}), written["everyday"], written["also"])
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise WrittenError([Fault(FILE, None, f"không đọc được: {error!r}", "sửa theo đúng các mục bên cạnh")]) from error

    def named(self, text: str, expected: bool = False) -> tuple[Place, ...]:
        """What the text says of a place: nothing, one place, or several of one name, of which one must be asked for.

        Where several places are named, the smallest counts, and the others tell which of its name is meant.
        `expected`: a place was asked for, so that a bare name is one though it be an everyday word.
        """
        words = _words(text)
        found = _meant(list(self._found(words)), len(words), expected)
        if not found:
            return ()
        narrowed = [_narrowed(one.candidates, [other.candidates for other in found if other is not one]) for one in found]
        return min(narrowed, key=lambda candidates: (min(_size(place) for place in candidates), len(candidates)))

    def is_all(self, text: str) -> bool:
        """Whether the text is nothing but a place: its name, its kind, "cũ" or "mới"."""
        return self._covers(_words(text))

    def tells_home(self, text: str) -> bool:
        """Whether the text only tells that the writer is from a place: «xã tôi là Mèo Vạc»."""
        words = _words(text)
        told = next((at for at, word in enumerate(words) if not _LIVES.fullmatch(word.bare)), len(words))
        return any(self._covers(words[at:]) for at in range(1, told + 1))

    def _covers(self, words: Sequence[_Word]) -> bool:
        found = list(self._found(words))
        return bool(_meant(found, len(words), expected=False)) and _cover(found) == len(words)

    def what_became(self, text: str) -> tuple[Place, ...]:
        """The place of which the text only asks what it is today: «xã Lũng Táo giờ là xã nào», «huyện Vị Xuyên còn không»."""
        composed = unicodedata.normalize("NFC", text)
        bare = strip(composed.lower())
        asked = _TODAY.search(bare) or _STILL.search(bare)
        head = "" if asked is None else composed[: asked.start()]
        return self.named(head) if head and self._covers(_words(head)) else ()

    def _found(self, words: Sequence[_Word]) -> Iterator[_Found]:
        at = 0
        while at < len(words):
            if words[at].bare not in self._begins:
                at += 1
                continue
            one = next((found for size in range(MOST_WORDS, 0, -1) if (found := self._at(words, at, at + size))), None)
            if one is not None:
                yield one
            at = one.end if one is not None else at + 1

    def _at(self, words: Sequence[_Word], start: int, end: int) -> _Found | None:
        """The name that stands from `start` to `end`, if it is meant as a place there."""
        if end > len(words):
            return None
        key = " ".join(word.bare for word in words[start:end])
        named = [place for name, place in self._names.get(key, ()) if _is_written(words[start:end], name)]
        if not named:
            return None
        kinds, before = _kind_before(words, start)
        candidates = [place for place in named if place.kind in kinds] or (named if "xã" in kinds else []) if kinds else named
        after = words[end].bare if end < len(words) else ""
        if after in (_OLD, _NEW):
            candidates = [place for place in candidates if place.is_old == (after == _OLD)] or candidates
            end += 1
        if not candidates:
            return None
        announced = bool(kinds) or self._is_announced(words, start, key)
        return _Found(before, end, _without_doubles(candidates), announced, key in self._everyday)

    def _is_announced(self, words: Sequence[_Word], start: int, key: str) -> bool:
        """Whether a name without its kind can be nothing but a place: after «ở», «về», …; or in its own diacritics."""
        if key in self._everyday:
            return False
        after_lead = start > 0 and words[start - 1].bare in _LEADS
        return after_lead or any(word.typed != word.bare for word in words[start : start + len(key.split())])


def forget() -> None:
    """Remember no text any more."""
    _words.cache_clear()


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[_Word, ...]:
    return tuple(_Word(word, strip(word)) for word in normalise(text).split())


def _meant(found: list[_Found], length: int, expected: bool) -> list[_Found]:
    """Those that are surely meant as places: announced, or the neighbour of one that is, or all that was said."""
    if found and _cover(found) == length and (expected or not all(one.everyday and not one.announced for one in found)):
        return found
    edges = {edge for one in found if one.announced for edge in (one.start, one.end)}
    return [one for one in found if one.announced or one.start in edges or one.end in edges]


def _cover(found: list[_Found]) -> int:
    """How many words the names take up."""
    return sum(one.end - one.start for one in found)


def _narrowed(candidates: tuple[Place, ...], others: list[tuple[Place, ...]]) -> tuple[Place, ...]:
    """Of places of one name, those that lie where the rest of the text says."""
    named = [place for other in others for place in other]
    districts = {place.district for place in named if place.level is Level.OLD_DISTRICT}
    today = {place.id for place in named if place.level is Level.COMMUNE}
    smaller = [place for place in candidates if place.level is not Level.OLD_DISTRICT]
    return tuple(place for place in smaller if place.district in districts or {*place.now} & today) or candidates


def _is_written(words: Sequence[_Word], name: tuple[str, ...]) -> bool:
    return len(words) == len(name) and all(word.is_of(part, strip(part)) for word, part in zip(words, name, strict=True))


def _kind_before(words: Sequence[_Word], start: int) -> tuple[tuple[str, ...], int]:
    """The kinds that the words before a name say («thị trấn»), and where they begin."""
    for size in (2, 1):
        said = " ".join(word.bare for word in words[max(0, start - size) : start])
        if start >= size and said in _KINDS:
            return _KINDS[said], start - size
    return (), start


def _without_doubles(candidates: Iterable[Place]) -> tuple[Place, ...]:
    """Without old communes that wholly became the commune of the same name: whichever is meant, the answer is one."""
    listed = tuple(dict.fromkeys(candidates))
    today = {place.id for place in listed if place.level is Level.COMMUNE}
    return tuple(place for place in listed if not (place.level is Level.OLD_COMMUNE and len(place.now) == 1 and {*place.now} <= today))


def _size(place: Place) -> int:
    return (Level.OLD_COMMUNE, Level.COMMUNE, Level.OLD_DISTRICT).index(place.level)


def _places(written: Mapping[str, Any]) -> Iterator[Place]:
    communes = [_commune(entry) for entry in written["communes"]]
    yield from communes
    parts: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    districts: dict[str, list[str]] = defaultdict(list)
    for entry, commune in zip(written["communes"], communes, strict=True):
        for old in entry["of"]:
            told = old if isinstance(old, dict) else {"name": old}
            district = _lower(told.get("district", entry["district"]))
            parts[(told.get("kind", "xã"), told["name"], district)].append(commune.id)
            districts[district].append(commune.id)
    names = [(kind, name) for kind, name, _ in parts]
    for (kind, name, district), now in parts.items():
        shared = names.count((kind, name)) > 1
        label = _id(f"{kind} {name} {district}" if shared else f"{kind} {name}", old=True)
        yield Place(label, kind, name, Level.OLD_COMMUNE, district, tuple(dict.fromkeys(now)))
    for district, now in districts.items():
        kind = next(kind for kind in ("huyện", "thành phố") if district.startswith(kind))
        name = district.removeprefix(kind).strip()
        yield Place(_id(district, old=True), kind, name, Level.OLD_DISTRICT, district, tuple(dict.fromkeys(now)))


def _commune(entry: Mapping[str, Any]) -> Place:
    kind = entry.get("kind", "xã")
    made = _id(f"{kind} {entry['name']}")
    return Place(made, kind, entry["name"], Level.COMMUNE, _lower(entry["district"]), (made,))


def _id(title: str, old: bool = False) -> str:
    return f"{fold(title).replace(' ', '_')}{'_cu' if old else ''}"


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
