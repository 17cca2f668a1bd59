"""The places that citizens name: today's communes, and the communes and districts of before 2025-07-01 with what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    COMMUNE = "commune"
    """A commune of today."""
    OLD_COMMUNE = "old_commune"
    OLD_DISTRICT = "old_district"
    """Districts are no more: an old one stands for the communes that its land belongs to now."""


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    """What links, taps and cases call it: "xa_dong_van", "xa_ta_lung_huyen_dong_van_cu", "huyen_dong_van_cu"."""
    kind: str
    """xã, phường, thị trấn, huyện, thành phố."""
    name: str
    level: Level
    district: str
    """The old district that it lies in, with its kind: "huyện Đồng Văn". A district's own name where it is one."""
    now: tuple[str, ...]
    """The ids of today's communes that it belongs to; its own where it is one."""

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def is_old(self) -> bool:
        return self.level is not Level.COMMUNE


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All places, by id."""

    places: Mapping[str, Place] = field(default_factory=dict)

    def get(self, name: str | None) -> Place | None:
        return self.places.get(name) if name else None

    def made_of(self, place: Place) -> tuple[Place, ...]:
        """The old communes, or parts of them, that became a commune of today."""
        return tuple(old for old in self.places.values() if old.level is Level.OLD_COMMUNE and place.id in old.now)

    def now(self, place: Place) -> tuple[Place, ...]:
        """Today's communes that it belongs to."""
        return tuple(self.places[name] for name in place.now)

    def commune(self, name: str | None) -> Place | None:
        """Today's commune of that place, where there is just one."""
        now = self.now(place) if (place := self.get(name)) else ()
        return now[0] if len(now) == 1 else None

    def label(self, place: Place) -> str:
        """What tells it from others of its name: "Xã Đồng Văn (mới)", "Xã Tả Lủng (huyện Mèo Vạc cũ)"."""
        within = place.district if place.level is Level.OLD_COMMUNE and place.district != place.title else ""
        told = f"{place.title} ({f'{within} cũ' if within else 'cũ' if place.is_old else 'mới'})"
        return told[:1].upper() + told[1:]

    def title(self, name: str) -> str:
        """What a place is called before people; an id that is none of ours stays as it is."""
        place = self.places.get(name)
        if place is None:
            return name
        return f"{place.title} (cũ)" if place.is_old else place.title
