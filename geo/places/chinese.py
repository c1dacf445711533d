"""Chinese addresses, largest part first: read into parts and written again."""

import re
from typing import Any

from geo.places.names import NUMERAL, digits, number
from geo.places.parts import Address, Side

_N = rf"(?:\d{{1,6}}|[{NUMERAL}]{{1,7}})"
_H = "[\u4e00-\u9fff]"
_ROADLIKE = "路|街|巷|大道|大街|横|直|坊|里"

# Each part stands at the start of what the larger ones left; the looks ahead keep 城市花园路 and 开发区大道 whole.
_HEADS = (
    ("province", "省区", re.compile(rf"(?:中国)?({_H}{{2,8}}?(?:省|自治区|特别行政区))(?!{_ROADLIKE})")),
    ("city", "市州区", re.compile(rf"((?:(?![路街巷号]){_H}){{2,7}}?(?:市|自治州|地区))(?!场|政|民|立|{_ROADLIKE})")),
    (
        "district",
        "区县旗市",
        re.compile(
            rf"((?:(?![路街巷号镇]){_H}){{1,7}}?(?:(?<![社小园校院片厂库矿景住])区|县(?!城)|自治旗)|"
            rf"(?:(?![路街巷号镇]){_H}){{2,6}}?市)(?!场|政|民|立|[东南西北中]路|{_ROADLIKE})"
        ),
    ),
    (
        "subdistrict",
        "街镇乡",
        re.compile(rf"((?:(?![路巷号道]){_H}){{1,7}}?(?:街道|镇|乡))(?:办事处|街道办|办)?(?!{_ROADLIKE}|街道)"),
    ),
    (
        "community",
        "社村居",
        re.compile(
            rf"((?:(?![路街巷号道]){_H}){{1,9}}?(?:社区|村(?:社区)?)(?:(?:居民|村民)委员会|居委会|村委会)?|"
            rf"(?:(?![路街巷号道]){_H}){{1,9}}?(?:居委会|村委会))(?!{_ROADLIKE}|(?<=村)[东南西北中前后大新横直{NUMERAL}]{{1,2}}(?:路|街|巷))"
        ),
    ),
)

_SIDE_WORDS = ("单号", "双号", "单数", "双数", "奇数", "偶数")
_NOT_A_HOUSE = "线|楼|栋|幢|座|出|门|口|馆|仓|厅|铺|档|室|房|单元|层|F|年|月|日|米|公|路|街|巷|弄堂|#"
_LETTER = "[A-Za-z甲乙丙丁戊](?![a-z])"
_AFTER = rf"(?:之({_N})(?!{_H}*楼)|-({_N}))?({'|'.join(_SIDE_WORDS)})?"
_NUMBER = re.compile(
    rf"(?:门牌)?第?({_LETTER})?({_N})({_LETTER})?(?:之({_N}))?(?:号?[-~—–至到、/]({_N})({_LETTER})?)?"
    rf"(?:号(?!{_NOT_A_HOUSE})|弄(?!堂)|(?<=\d)(?![\dA-Za-z号弄、/~—–-]|之|{_NOT_A_HOUSE})){_AFTER}"
)
_NUMBER_AHEAD = rf"(?=第?[甲乙丙丁A-Z]?{_N}(?:[A-Za-z]|之{_N})?(?:号?[-~—–至到、/]{_N})?号(?!{_NOT_A_HOUSE}))"
_DIRECTION = rf"(?:[东南西北中上下](?=\d|[{NUMERAL}]+号|$|段)|(?=[{NUMERAL}东南西北中]段)[{NUMERAL}东南西北中]段)?"
_STREET = re.compile(
    rf"(?:{_H}|[A-Za-z]){{1,12}}?\d{{0,3}}"
    rf"(?:大道(?:[东南西北中]路)?|大街|公路|胡同|步行街|路(?!口)|街(?!道|口|坊|市)|巷(?!口)|"
    rf"(?<![街通频轨隧])道(?=\d|[{NUMERAL}]+号|$)|(?<!公)里(?=\d|$|[{NUMERAL}]+号)|坊(?=\d|$|[{NUMERAL}]+号))"
    rf"{_DIRECTION}(?:\d{{1,2}}段)?"
)
_NAMELESS_STREET = re.compile(rf"(?:{_H}|[A-Za-z]){{1,12}}?{_NUMBER_AHEAD}")

_BUILDING = rf"(?:{_N}|[A-Z甲乙丙丁]{{1,2}}\d?|[东南西北])(?:号楼|栋|幢|座|#楼?)"
_UNIT = rf"(?:{_N}|[A-Z])(?:单元|梯)"
_FLOOR = rf"(?:[负B-])?{_N}(?:楼|层|F(?![A-Za-z]))"
_ROOM = rf"[A-Z]?{_N}[A-Z]?(?:[-、]\d+)*(?:号?[室房铺]|号?档)|[A-Z]?\d{{3,5}}$"
_TAIL = (("building", _BUILDING), ("unit", _UNIT), ("floor", _FLOOR), ("room", _ROOM))
_TAILS = tuple((name, re.compile(pattern)) for name, pattern in _TAIL)
_ANY_TAIL = re.compile("|".join(f"(?:{pattern})" for _, pattern in _TAIL))

_SPACE = re.compile(r"(?<=[0-9A-Za-z]) (?=[0-9A-Za-z])| ")
_COMMA = re.compile(r"(?<=[0-9A-Za-z])[,;，；]+(?=[0-9A-Za-z])|[,;:，；：。|]+")
_SIDES: dict[str, Side] = {"单": "odd", "奇": "odd", "双": "even", "偶": "even"}


def read(text: str) -> Address:
    """Return the parts of a Chinese address, given as `geo.places.names.plain` returns it."""
    left, note = without_brackets(text)
    left = _COMMA.sub(lambda match: "、" if _between(match) else "", left)
    left = _SPACE.sub(lambda match: " " if _between(match) else "", left)
    parts: dict[str, Any] = {"note": note}
    for name, endings, pattern in _HEADS:
        if any(one in left for one in endings) and (match := pattern.match(left)):
            parts[name], left = match[1], left[match.end() :]
    left = _street(left, parts)
    left = _house(left, parts)
    if parts.get("number") is not None and not parts.get("side") and note in _SIDE_WORDS:
        parts["side"], parts["note"] = _SIDES[note[0]], ""
    _inside(left, parts)
    return Address(**parts)


def _between(match: re.Match[str]) -> bool:
    """Return whether what matched stands between two letters or digits, where it keeps them apart."""
    around = match.string[match.start() - 1 : match.start()] + match.string[match.end() : match.end() + 1]
    return match.start() > 0 and len(around) == 2 and around.isascii() and around.isalnum()


def without_brackets(text: str) -> tuple[str, str]:
    """Return a text without what stands in round or square brackets, and that, in order."""
    outside: list[str] = []
    inside: list[str] = []
    depth = 0
    for one in text:
        if one in "([{【〔":
            depth += 1
            inside.append(" ")
        elif one in ")]}】〕":
            depth = max(depth - 1, 0)
        else:
            (inside if depth else outside).append(one)
    return " ".join("".join(outside).split()), " ".join("".join(inside).split())


def _street(left: str, parts: dict[str, Any]) -> str:
    names = []
    while match := _STREET.match(left):
        names.append(match[0])
        left = left[match.end() :]
    if not names and (match := _NAMELESS_STREET.match(left)):
        names.append(match[0])
        left = left[match.end() :]
    if names:
        parts["road"], parts["street"] = "".join(names[:-1]), names[-1]
    return left


def _house(left: str, parts: dict[str, Any]) -> str:
    match = _NUMBER.match(left)
    if not match:
        return left
    before, first, letter, sub, last, _, sub_after, dash_after, side = match.groups()
    parts["number"] = number(first)
    later = number(last) if last else None
    parts["sub"] = letter or before or (str(number(sub or sub_after)) if sub or sub_after else "")
    if dash_after and later is None:
        later = number(dash_after)
    # 100-1 is house 1 of number 100; 100-102 is two numbers.
    if later is not None and later > parts["number"]:
        parts["number_to"] = later
    elif later is not None and not parts["sub"]:
        parts["sub"] = str(later)
    if side:
        parts["side"] = _SIDES[side[0]]
    return left[match.end() :].lstrip()


def _inside(left: str, parts: dict[str, Any]) -> None:
    first = _ANY_TAIL.search(left)
    at = first.start() if first else len(left)
    parts["place"] = left[:at]
    left = left[at:]
    for name, pattern in _TAILS:
        if match := pattern.match(left):
            parts[name] = digits(match[0])
            left = left[match.end() :]
    parts["rest"] = left


def write(address: Address) -> str:
    """Return an address as text that `read` reads into the same parts."""
    one = address
    head = one.province + one.city + one.district + one.subdistrict + one.community + one.road + one.street
    inside = one.place + one.building + one.unit + one.floor + one.room + one.rest
    return head + _written_number(one) + inside + (f"（{one.note}）" if one.note else "")


def _written_number(address: Address) -> str:
    if address.number is None:
        return ""
    sub = f"之{address.sub}" if address.sub.isdecimal() else address.sub
    last = "" if address.number_to is None else f"-{address.number_to}"
    side = {"odd": "单号", "even": "双号"}.get(address.side, "")
    return f"{address.number}{sub}{last}号{side}"
