"""Addresses in Latin letters, number before the street or after it: read into parts and written again."""

import re
from typing import Any

from geo.places.chinese import without_brackets
from geo.places.parts import Address

_AREAS = (
    ("subdistrict", re.compile(r"(.+ (?:subdistrict|sub-district|jiedao|town|township))", re.IGNORECASE)),
    ("district", re.compile(r"(.+ (?:district|county|qu))", re.IGNORECASE)),
    ("city", re.compile(r"(.+ city)", re.IGNORECASE)),
    ("province", re.compile(r"(.+ (?:province|sheng))", re.IGNORECASE)),
    ("community", re.compile(r"(.+ (?:community|village))", re.IGNORECASE)),
)
_INSIDE = (
    ("room", re.compile(r"((?:flat|room|rm\.?|apartment|apt\.?|suite|unit) ?#?[\w-]+)", re.IGNORECASE)),
    ("floor", re.compile(r"((?:floor|level) ?\d+|\d+(?:st|nd|rd|th)? ?(?:floor|/f|f))", re.IGNORECASE)),
    ("building", re.compile(r"((?:building|block|tower) ?[\w-]{1,4})", re.IGNORECASE)),
)
_HOUSE = r"(\d{1,6})(?: ?[-–—/~] ?(\d{1,6}))?(?: ?([A-Za-z])(?![\w']))?"
_BEFORE = re.compile(rf"(?:no\.?|nr\.?|number|#)? ?#?{_HOUSE}(?: +| *$)(.*)", re.IGNORECASE)
_AFTER = re.compile(rf"((?:\d+(?:st|nd|rd|th) )?[^\d#]+?),? (?:no\.?|nr\.?|#)? ?{_HOUSE}(?: +(\S.*))?", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)\b", re.IGNORECASE)
_STREETLIKE = re.compile(
    r"\b(?:road|rd|street|st|avenue|ave|av|lane|ln|boulevard|blvd|drive|dr|alley|highway|hwy|square|sq|way|place|pl|"
    r"terrace|crescent|close|quay|row|walk|court|ct|lu|jie|xiang|dadao|hutong)\b\.?|"
    r"(?:katu|tie|kuja|polku|ranta|aukio|tori|gatan|vägen|straße|strasse|weg|platz)\b",
    re.IGNORECASE,
)


def read(text: str) -> Address:
    """Return the parts of an address in Latin letters, given as `geo.places.names.plain` returns it."""
    left, note = without_brackets(text)
    pieces = [piece for raw in re.split(r"[,;|]", left) if (piece := raw.strip(" .:·-–—"))]
    parts: dict[str, Any] = {"note": note, "chinese": False}
    pieces = _areas(_joined(pieces), parts)
    at = _street_piece(pieces)
    if at is not None:
        _street(pieces.pop(at), parts)
    parts["rest"] = ", ".join(pieces)
    return Address(**parts)


def _joined(pieces: list[str]) -> list[str]:
    """Put a number that stands alone before the street that follows it: "No. 12, Dongfeng Road"."""
    for at, piece in enumerate(pieces[:-1]):
        match = _BEFORE.fullmatch(piece)
        if match and not match[4] and not re.search(r"\d", pieces[at + 1]):
            return [*pieces[:at], f"{piece} {pieces[at + 1]}", *pieces[at + 2 :]]
    return pieces


def _areas(pieces: list[str], parts: dict[str, Any]) -> list[str]:
    left = []
    for piece in pieces:
        for name, pattern in (*_AREAS, *_INSIDE):
            if name not in parts and (match := pattern.fullmatch(piece)):
                parts[name] = match[1]
                break
        else:
            left.append(piece)
    return left


def _street_piece(pieces: list[str]) -> int | None:
    for wanted in (
        lambda piece: _house(piece) and _STREETLIKE.search(piece),
        _house,
        _STREETLIKE.search,
    ):
        for at, piece in enumerate(pieces):
            if wanted(piece):
                return at
    return None


def _house(piece: str) -> tuple[str, re.Match[str]] | None:
    """Return the street and the match of a house number of a piece; None if it has none."""
    before = None if _ORDINAL.match(piece) else _BEFORE.fullmatch(piece)
    if before and _LETTERS.search(before[4]):
        return before[4], before
    after = _AFTER.fullmatch(piece)
    return (after[1], after) if after and _LETTERS.search(after[1]) else None


def _street(piece: str, parts: dict[str, Any]) -> None:
    found = _house(piece)
    if not found:
        parts["street"] = piece
        return
    street, match = found
    leading = match.re is _BEFORE
    first, last, letter = match.groups()[:3] if leading else match.groups()[1:4]
    parts["street"] = street.strip(" .,")
    parts["number"] = int(first)
    if last and int(last) > int(first):
        parts["number_to"] = int(last)
    elif last:
        parts["sub"] = last
    if letter:
        parts["sub"] = letter.upper()
    if not leading and match[5]:
        parts["place"] = match[5]


def write(address: Address) -> str:
    """Return an address as text that `read` reads into the same parts."""
    one = address
    number = ""
    if one.number is not None:
        last = f"-{one.number_to}" if one.number_to is not None else ""
        last = f"-{one.sub}" if one.sub.isdecimal() and not last else last
        number = f"{one.number}{last}{'' if one.sub.isdecimal() else one.sub}"
    street = " ".join(filter(None, (one.street, number, one.place)))
    areas = (one.community, one.subdistrict, one.district, one.city, one.province)
    written = ", ".join(filter(None, (one.building, one.floor, one.room, street, one.rest, *areas)))
    return f"{written} ({one.note})" if one.note else written
