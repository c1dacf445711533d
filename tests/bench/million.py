"""A project of many sites as a city might have them, made from a seed; also by hand: python -m tests.bench.million."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from geo.model import TABLES
from geo.sample.sites import KINDS
from geo.store import blank, bulk, geometry, rows
from geo.store.connection import connect, transaction
from geo.store.edits import empty_row

TODAY = date(2021, 6, 2)
BOX = (112.95, 22.55, 114.05, 23.95)
"""West, south, east and north of the city."""

DISTRICTS = "越秀 海珠 荔湾 天河 白云 黄埔 番禺 花都 南沙 增城 从化".split()  # noqa: SIM905
ROADS = "东风中路 中山五路 北京路 环市东路 农林下路 寺右新马路 先烈中路 广州大道北 人民南路 沿江东路".split()  # noqa: SIM905
WORDS = "和平 建设 光明 东华 珠光 梅花 大塘 流花 登峰 农林 白云 六榕 华乐 黄花岗 洪桥 盐运西 榨粉 诗书".split()  # noqa: SIM905
WINDOWS = ("08:30-12:00; 14:00-17:30", "08:00-20:00", "", "09:00-17:00")
AT_ONCE = 20_000


def write_million(path: Path, sites: int = 1_000_000, inspections: int = 100_000, seed: int = 7) -> Path:
    """Write a project and return its path; the same arguments give the same rows, in about 20 s a million."""
    dice = np.random.default_rng(seed)
    blank.create_file(path)
    with closing(connect(path, read_only=False)) as db, transaction(db):
        db.execute("UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = 'sites'",
                   (BOX[0], BOX[1], BOX[2], BOX[3]))  # fmt: skip
        for table, made in (
            ("settings", _settings()),
            ("kinds", _kinds()),
            ("subdistricts", _subdistricts(dice)),
            ("inspections", _inspections(dice, sites, inspections)),
        ):
            _insert(db, table, made)
        with bulk.set_aside(db, TABLES["sites"], sites):
            _insert(db, "sites", _sites(dice, sites))
    return path


def site_id(number: int) -> str:
    """Return the id of a site by its number."""
    return str(UUID(int=(number + 1) * 0x9E3779B97F4A7C15_F39CC0605CEDC835 % 2**128))


def _insert(db: Any, table: str, made: Iterator[dict[str, Any]]) -> None:
    names = rows.columns(TABLES[table])
    marks = ", ".join("?" * (len(names) + 1))
    query = f"INSERT INTO {table} (id, {', '.join(names)}) VALUES ({marks})"
    empty = empty_row(table)
    # An empty date is kept as NULL.
    nothing = {name: rows.to_sql(TABLES[table], name, [empty[name]])[0] for name in names if name != "geometry"}
    db.executemany(query, ([row["id"], *(row.get(name, nothing.get(name)) for name in names)] for row in made))


def _settings() -> Iterator[dict[str, Any]]:
    values = {"name": "百万点位", "name_en": "A million sites", "today": TODAY.isoformat()}
    yield from ({"id": f"setting-{key}", "key": key, "value": value} for key, value in values.items())


def _kinds() -> Iterator[dict[str, Any]]:
    for code, zh, en, _prefix, minutes, days in KINDS:
        low, medium, high = days or (None, None, None)
        yield {"id": f"kind-{code}", "code": code, "name": zh, "name_en": en, "symbol": code, "service_min": minutes,
               "interval_low": low, "interval_medium": medium, "interval_high": high}  # fmt: skip


def _subdistricts(dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Give a grid of 12 by 15 subdistricts."""
    xs, ys = np.linspace(BOX[0], BOX[2], 13), np.linspace(BOX[1], BOX[3], 16)
    for number in range(180):
        x, y = number % 12, number // 12
        shape = shapely.MultiPolygon([shapely.box(xs[x], ys[y], xs[x + 1], ys[y + 1])])
        risk = str(dice.choice(["low", "medium", "high"], p=[0.8, 0.15, 0.05]))
        name = DISTRICTS[number % 11] + WORDS[number % 18] + "街道"
        yield {"id": f"sub-{number}", "code": f"{number:03}", "name": name, "risk": risk,
               "geometry": geometry.encode(shape)}  # fmt: skip


def _inspections(dice: np.random.Generator, sites: int, count: int) -> Iterator[dict[str, Any]]:
    at, ago = dice.integers(0, sites, count).tolist(), dice.integers(0, 60, count).tolist()
    results = dice.choice(["passed", "findings"], count, p=[0.8, 0.2]).tolist()
    for number in range(count):
        day = (TODAY - timedelta(days=ago[number])).isoformat()
        yield {"id": f"inspection-{number}", "site": site_id(at[number]), "date": day, "state": "done",
               "result": results[number], "inspectors": "[]"}  # fmt: skip


def _sites(dice: np.random.Generator, count: int) -> Iterator[dict[str, Any]]:
    """Give sites in dense quarters and thinly between them; one in a thousand waits for its place."""
    middles = dice.uniform(BOX[:2], BOX[2:], (300, 2))
    spread = dice.uniform(0.002, 0.02, 300)
    for start in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - start)
        quarter = dice.integers(0, 300, size)
        lonlat = middles[quarter] + dice.normal(size=(size, 2)) * spread[quarter, None]
        thin = dice.random(size) < 0.25
        lonlat[thin] = dice.uniform(BOX[:2], BOX[2:], (int(thin.sum()), 2))
        lonlat = np.clip(lonlat, BOX[:2], BOX[2:])
        cell = ((lonlat - BOX[:2]) / (np.array(BOX[2:]) - BOX[:2]) * [12, 15]).astype(int).clip(0, [11, 14])
        blobs = geometry.encode_all(list(shapely.points(lonlat)))
        yield from _rows(dice, start, blobs, (cell[:, 1] * 12 + cell[:, 0]).tolist())


def _rows(
    dice: np.random.Generator, start: int, blobs: Sequence[bytes | None], homes: list[int]
) -> Iterator[dict[str, Any]]:
    size = len(blobs)
    kind = dice.choice(len(KINDS), size, p=[0.3, 0.05, 0.1, 0.1, 0.25, 0.05, 0.15]).tolist()
    risk = dice.choice(["low", "medium", "high"], size, p=[0.8, 0.15, 0.05]).tolist()
    word, road, door = (dice.integers(0, most, size).tolist() for most in (18, 10, 900))
    phone, windows, waits = (
        dice.integers(1000, 9999, size).tolist(),
        dice.integers(0, 4, size).tolist(),
        dice.random(size),
    )
    for at in range(size):
        code, zh, _en, prefix, _minutes, _days = KINDS[kind[at]]
        row = {"id": site_id(start + at), "code": f"{prefix}-{start + at:07}", "kind": code, "risk": risk[at]}
        row["name"] = f"{WORDS[word[at]]}{zh}第{start + at}号"
        row["subdistrict"] = f"sub-{homes[at]}"
        row["address"] = f"{DISTRICTS[homes[at] % 11]}区{ROADS[road[at]]}{door[at] + 1}号"
        row["contact"], row["phone"] = f"{WORDS[word[at]][0]}主任", f"020-8333{phone[at]}"
        row["windows"] = WINDOWS[windows[at]]
        if waits[at] > 0.001:
            row |= {"geometry": blobs[at], "placed_by": "given", "confidence": 1.0}
        yield row


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("--sites", type=int, default=1_000_000)
    wanted = asked.parse_args()
    write_million(wanted.out, wanted.sites)
