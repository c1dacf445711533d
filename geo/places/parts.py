"""The parts of an address."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["", "odd", "even"]


@dataclass(frozen=True)
class Address:
    """An address in parts, each empty where it is not said.

    Attributes
    ----------
    province, city, district, subdistrict, community
        With their endings, as in 广东省, 越秀区, 北京街道; in English too ("Yuexiu District").
    road
        The street that the `street` goes off, where two are named one after the other.
    street
        The street that the number counts on; without a number the last one named.
    number, number_to
        The house number, and the last one of a range.
    sub
        What tells houses of one number apart: ``1`` for 之一, a letter, 甲.
    side
        Which numbers of a range are meant, where it says so.
    place
        A named estate, tower or the like; with no street, whatever the text says.
    building, unit, floor, room
        With their endings, as in 3号楼, 2单元, 12楼, 1201室.
    rest
        What was not understood.
    note
        What stood in brackets.
    chinese
        Whether it is written in Chinese.
    """

    province: str = ""
    city: str = ""
    district: str = ""
    subdistrict: str = ""
    community: str = ""
    road: str = ""
    street: str = ""
    number: int | None = None
    number_to: int | None = None
    sub: str = ""
    side: Side = ""
    place: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    rest: str = ""
    note: str = ""
    chinese: bool = True
