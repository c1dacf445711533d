"""Names brought to the form in which two that mean the same are the same."""

import re
import unicodedata
from collections import Counter

NUMERAL = "零〇一二两三四五六七八九十百千"
_VALUES = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}

_NUMERALS = re.compile(f"[{NUMERAL}]+")
_CHINESE = re.compile("[\u3400-\u9fff]")
_BRACKETS = re.compile(r"[(\[{【〔「『《<][^()\[\]{}【】〔〕「」『』《》<>]*[)\]}】〕」』》>]")
_NOT_WORD = re.compile(r"[\W_]+")
# A leading "Guangdong province, Guangzhou city, Yuexiu district, Beijing subdistrict" says where, not what.
_WHERE = re.compile(
    "^(?:中国)?(?:[\u4e00-\u9fff]{2,3}(?:省|自治区))?(?:[\u4e00-\u9fff]{2,3}市(?![场政民立]))?"
    "(?:[\u4e00-\u9fff]{1,3}(?<![小社园校院片厂矿景库营])区(?!委))?(?:[\u4e00-\u9fff]{2,4}街道)?"
)
_SAME_WORDS = (
    (re.compile("(?:股份|责任)?(?:有限)?(?:责任)?公司$"), ""),
    (re.compile("大酒店|宾馆|大饭店|饭店|旅馆|旅店"), "酒店"),
    (re.compile("(?:社区)?居民?委(?:员)?会"), "居委会"),
    (re.compile("幼稚园"), "幼儿园"),
    (
        re.compile("(?:新冠)?(?:肺炎)?(?:病毒)?核酸(?:检测)?(?:采样|检测)?(?:点|站)|(?:便民)?(?:采样|检测)(?:点|站)"),
        "采样点",
    ),
    (re.compile("(?:新冠)?(?:肺炎)?(?:病毒)?(?:疫苗)?(?:临时)?接种(?:点|站)"), "接种点"),
    (re.compile(r"\b(?:co ltd|company limited|ltd|limited|inc|oy|ab|gmbh)$"), ""),
)
_MAY_BE_OTHER_WORD = re.compile(r"公司$|店|宾馆|旅馆|委|幼稚园|[采测种]|酸.*[点站]|(?:ltd|limited|inc|oy|ab|gmbh)$")
# What tells two names apart however alike they are: the second school is not the third, the east gate not the west.
_TELLING = re.compile(
    r"\d+|[东南西北中上下前后左右内外大小新老男女高初]|\b(?:east|west|north|south|upper|lower|old|new|[a-z])\b"
)


def plain(text: str) -> str:
    """Return a text with letters and digits of usual width (NFKC), single spaces and nothing invisible."""
    usual = unicodedata.normalize("NFKC", text)
    if usual.isprintable():
        return " ".join(usual.split())
    seen = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in usual)
    seen = "".join(one for one in seen if unicodedata.category(one) not in ("Cf", "Co", "Cn", "Cs"))
    return unicodedata.normalize("NFKC", " ".join(seen.split()))


def is_chinese(text: str) -> bool:
    """Return whether a text has a Chinese character."""
    return bool(_CHINESE.search(text))


def number(text: str) -> int:
    """Return the value of a number in digits or Chinese numerals; 二〇一 is read digit by digit.

    Raises
    ------
    ValueError
        If a character is neither.
    """
    if text.isdecimal():
        return int(text)
    if any(one in _TENS for one in text):
        return _counted(text)
    if not text or any(one not in _VALUES for one in text):
        raise ValueError(text)
    return int("".join(str(_VALUES[one]) for one in text))


def _counted(text: str) -> int:
    total, ones = 0, 0
    for one in text:
        if one in _TENS:
            total, ones = total + (ones or 1) * _TENS[one], 0
        else:
            ones = _VALUES[one]
    return total + ones


def digits(text: str) -> str:
    """Return a text with its Chinese numerals as digits."""
    return _NUMERALS.sub(lambda match: str(number(match[0])), text)


def key(text: str) -> str:
    """Return the form in which two spellings of a name are the same: no case, width, spaces, marks."""
    return _without_marks(plain(text).casefold())


def _without_marks(usual: str) -> str:
    words = _NOT_WORD.sub(" ", usual).strip()
    return words.replace(" ", "") if " " in words and is_chinese(words) else words


def loose_key(text: str) -> str:
    """Return the form in which two names of the same thing are most often the same; never empty where `key` is not.

    Beyond `key`: no brackets, no leading province, city, district, subdistrict, no company form, one word for hotels,
    committees, testing and vaccination sites, and digits for numerals.
    """
    whole = plain(text).casefold()
    bare = _without_marks(_BRACKETS.sub(" ", whole)) or _without_marks(whole)
    chinese = is_chinese(bare)
    if chinese:
        bare = _without_place(bare)
    if _MAY_BE_OTHER_WORD.search(bare):
        for pattern, word in _SAME_WORDS:
            bare = pattern.sub(word, bare).strip() or bare
    return digits(bare) if chinese else bare


def _without_place(name: str) -> str:
    match = _WHERE.match(name)
    rest = name[match.end() :] if match else name
    return rest if len(rest) >= 2 else name


def told_apart(one: str, other: str) -> bool:
    """Return whether two loose keys differ in a number, a letter, a direction or a size, and so mean two things."""
    return Counter(_TELLING.findall(one)) != Counter(_TELLING.findall(other))
