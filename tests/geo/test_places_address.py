"""Addresses into parts and back."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.places import names
from geo.places.address import Address, parse, street_key, write

WRITTEN: dict[str, dict[str, Any]] = {
    "广东省广州市越秀区北京街道中山五路219号": {
        "province": "广东省", "city": "广州市", "district": "越秀区", "subdistrict": "北京街道", "street": "中山五路",
        "number": 219,
    },
    "广东省，广州市，越秀区，东风路 12 号": {
        "province": "广东省", "city": "广州市", "district": "越秀区", "street": "东风路", "number": 12,
    },
    "越秀区北京街中山五路２１９号三楼": {
        "district": "越秀区", "road": "北京街", "street": "中山五路", "number": 219, "floor": "3楼",
    },
    "广州市越秀区农林街道办事处东皋大道3号": {
        "city": "广州市", "district": "越秀区", "subdistrict": "农林街道", "street": "东皋大道", "number": 3,
    },
    "梅花村街道梅花村社区居委会共和西路3号": {
        "subdistrict": "梅花村街道", "community": "梅花村社区居委会", "street": "共和西路", "number": 3,
    },
    "东风东路750号广联大厦12楼1201室": {
        "street": "东风东路", "number": 750, "place": "广联大厦", "floor": "12楼", "room": "1201室",
    },
    "连新路171号大院5号楼2单元301": {
        "street": "连新路", "number": 171, "place": "大院", "building": "5号楼", "unit": "2单元", "room": "301",
    },
    "淘金花园3栋2单元501室": {"place": "淘金花园", "building": "3栋", "unit": "2单元", "room": "501室"},
    "环市东路368号": {"street": "环市东路", "number": 368},
    "广州大道中114号": {"street": "广州大道中", "number": 114},
    "人民南路四段11号": {"street": "人民南路四段", "number": 11},
    "中山6路12号之一": {"street": "中山6路", "number": 12, "sub": "1"},
    "中山六路一百二十三号": {"street": "中山六路", "number": 123},
    "东风路七五〇号": {"street": "东风路", "number": 750},
    "东风东路750": {"street": "东风东路", "number": 750},
    "水荫路甲12号": {"street": "水荫路", "number": 12, "sub": "甲"},
    "东风西路12A号": {"street": "东风西路", "number": 12, "sub": "A"},
    "东风西路12号A座": {"street": "东风西路", "number": 12, "building": "A座"},
    "人民北路12-14号": {"street": "人民北路", "number": 12, "number_to": 14},
    "人民北路12、14号": {"street": "人民北路", "number": 12, "number_to": 14},
    "先烈中路100号-102号": {"street": "先烈中路", "number": 100, "number_to": 102},
    "先烈中路100-1号": {"street": "先烈中路", "number": 100, "sub": "1"},
    "东风路12-30号双号": {"street": "东风路", "number": 12, "number_to": 30, "side": "even"},
    "东风路（单号）1-19号": {"street": "东风路", "number": 1, "number_to": 19, "side": "odd"},
    "德政中路（近地铁站）12号": {"street": "德政中路", "number": 12, "note": "近地铁站"},
    "恒福里5号": {"street": "恒福里", "number": 5},
    "麓景西12号": {"street": "麓景西", "number": 12},
    "延安西路123弄4号": {"street": "延安西路", "number": 123, "place": "4号"},
    "地铁5号线淘金站B出口": {"place": "地铁5号线淘金站B出口"},
    "城市花园路1号": {"street": "城市花园路", "number": 1},
    "开发区大道8号": {"street": "开发区大道", "number": 8},
    "No. 12, Dongfeng Road": {"street": "Dongfeng Road", "number": 12},
    "12 Dongfeng Rd": {"street": "Dongfeng Rd", "number": 12},
    "Mannerheimintie 12": {"street": "Mannerheimintie", "number": 12},
    "Mannerheimintie 12 B 5": {"street": "Mannerheimintie", "number": 12, "sub": "B", "place": "5"},
    "350 5th Avenue": {"street": "5th Avenue", "number": 350},
    "Flat 5, 12A Main Street": {"street": "Main Street", "number": 12, "sub": "A", "room": "Flat 5"},
    "Postikuja 2, 2. krs./Floor 2": {"street": "Postikuja", "number": 2, "rest": "2. krs./Floor 2"},
    "Room 501, 12-14 Dongfeng East Road, Yuexiu District, Guangzhou": {
        "street": "Dongfeng East Road", "number": 12, "number_to": 14, "room": "Room 501",
        "district": "Yuexiu District", "rest": "Guangzhou",
    },
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_an_address_is_taken_apart(text: str) -> None:
    """Each part of an address, as offices write it, stands where it belongs and nowhere else."""
    found = {name: value for name, value in asdict(parse(text)).items() if value not in ("", None)}
    found.pop("chinese", None)
    assert found == WRITTEN[text]
    assert parse(write(parse(text))) == parse(text)


PIECES = [
    "广东省", "广州市", "越秀区", "北京街道", "梅花村", "社区",
    "居委会", "中山", "六路", "东风", "东路", "大道", "中", "街",
    "巷", "里", "坊", "路", "市", "区", "镇", "村", "号", "号楼", "栋", "座", "单元", "楼", "层",
    "室", "之", "一", "十",
    "百", "12", "3", "750", "1201", "-", "、", "至", "甲", "A", "b", "（", "）", "(", ")", "单号",
    "双号", "近地铁站", "，",
    " ", ",", ".", "No.", "Road", "St", "弄", "段", "办事处", "#", "F", "ß", "ﬁ", "½", "\u200b", "\n",
]  # fmt: skip


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
@example("No. ,,, 5")
def test_any_text_is_an_address_and_writing_it_is_stable(text: str) -> None:
    """Nothing raises; an address written and read is written the same again."""
    written = write(parse(text))
    again = write(parse(written))
    assert write(parse(again)) == again
    names.loose_key(text)
    street_key(text)


chinese_parts = st.fixed_dictionaries(
    {
        "province": st.sampled_from(["", "广东省"]),
        "city": st.sampled_from(["", "广州市"]),
        "district": st.sampled_from(["", "越秀区", "增城区"]),
        "subdistrict": st.sampled_from(["", "北京街道", "梅花村街道", "太平镇"]),
        "community": st.sampled_from(["", "瑶池社区", "杨箕村"]),
        "street": st.sampled_from(["中山五路", "广州大道中", "一德路", "恒福里", "德政三巷", "北京路", "都府坊"]),
        "number": st.integers(1, 9999),
        "sub": st.sampled_from(["", "1", "12", "A", "甲"]),
        "place": st.sampled_from(["", "广联大厦", "大院"]),
        "building": st.sampled_from(["", "3栋", "5号楼", "A座"]),
        "unit": st.sampled_from(["", "2单元"]),
        "floor": st.sampled_from(["", "12楼", "负1层"]),
        "room": st.sampled_from(["", "1201室", "3铺"]),
        "note": st.sampled_from(["", "近地铁站"]),
    }
)


@given(chinese_parts)
def test_an_address_survives_being_written_and_read(parts: dict[str, Any]) -> None:
    """An address built of parts, written in one line and read again, has the same parts."""
    address = Address(**parts)
    assert parse(write(address)) == address


@given(st.sampled_from(["Dongfeng East Road", "Mannerheimintie", "5th Avenue"]), st.integers(1, 999), st.booleans())
def test_a_latin_address_survives_being_written_and_read(street: str, number: int, with_range: bool) -> None:
    """The same for a street in Latin letters."""
    address = Address(street=street, number=number, district="Yuexiu District", chinese=False)
    if with_range:
        address = replace(address, number_to=number + 2)
    assert parse(write(address)) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中山6路", "中山六路"), ("Dongfeng E Rd.", "Dongfeng East Road"), ("Dongfeng Dong Lu", "dongfeng east road"),
        ("６路", "六路"), ("Zhongshan 6th Road", "Zhongshan 6 Rd"),
    ],
)  # fmt: skip
def test_two_spellings_of_a_street_are_one(one: str, other: str) -> None:
    """Digits, numerals, width, case and usual short forms make no other street."""
    assert street_key(one) == street_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("广州市越秀区花园大酒店", "花园宾馆"), ("（越秀）东山冷链有限公司", "东山冷链"), ("第3中学", "第三中学"),
        ("矿泉街道瑶池社区居民委员会", "瑶池居委会"), ("五仙观检测点", "五仙观核酸采样点"), ("Arctic Oy", "ARCTIC"),
    ],
)  # fmt: skip
def test_two_names_of_one_thing_are_one_loosely(one: str, other: str) -> None:
    """Prefixes of place, brackets, company forms and words for the same kind make no other name."""
    assert names.loose_key(one) == names.loose_key(other)


@given(st.integers(1, 9999))
def test_numbers_are_read_in_chinese(value: int) -> None:
    """A number spelt digit by digit, and one up to 99 spelt in words, has its value."""
    spelt = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))
    assert names.number(spelt) == value
    tens, ones = divmod(value % 100, 10)
    words = f"{'〇一二三四五六七八九'[tens]}十{'〇一二三四五六七八九'[ones] if ones else ''}".removeprefix("〇")
    assert names.number(words) == (value % 100 if tens else 10 + ones)


def test_the_second_school_is_not_the_third() -> None:
    """A number or a direction tells two names apart, another word alone does not."""
    assert names.told_apart("第2幼儿园", "第3幼儿园")
    assert names.told_apart("东校区", "西校区")
    assert not names.told_apart("越华实验学校", "粤华实验学校")
