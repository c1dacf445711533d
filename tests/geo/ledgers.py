"""Ledgers as offices have them, written to real files for the tests of reading and importing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import shapely

TITLES = ("编号", "名称", "类型", "地址", "街道", "联系人", "电话", "经度", "纬度", "开放时间", "停留时间", "风险")
ROWS = (
    ("A1", "甲酒店", "隔离酒店", "东风路1号", "东山", "张三", "020-12", "113.30", "23.12", "08:30-17:30", "20", "高"),
    ("A2", "乙学校", "学校", "东风路3号", "东山", "李四", "13800000000", "113.31", "23.13", "24小时", "30分钟", "低"),
    ("A3", "丙社区", "社区居委会", "中山路5号", "农林", "", "", "", "", "08:00-12:00；14:00-18:00", "", ""),
)  # fmt: skip


def csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", mark: str = ",", head: str = "") -> Path:
    """Write rows as a text file with a separator, below a head of lines."""
    text = head + "\r\n".join(mark.join(row) for row in rows) + "\r\n"
    path.write_bytes(text.encode(encoding))
    return path


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], merged: Sequence[str] = ()) -> Path:
    """Write sheets of rows as a workbook; merge cells of the first one."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for area in merged:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return path


def gis(path: Path, rows: Sequence[Sequence[str]] = ROWS, crs: str = "EPSG:4326", **how: Any) -> Path:
    """Write the rows that have a place as a GIS file, as its ending says."""
    placed = [row for row in rows if row[7]]
    shapes = [shapely.Point(float(row[7]), float(row[8])) for row in placed]
    frame = gpd.GeoDataFrame(
        {"编号": [r[0] for r in placed], "name": [r[1] for r in placed], "地址": [r[3] for r in placed]},
        geometry=shapes,
        crs="EPSG:4326",
    )
    frame.to_crs(crs).to_file(path, **how)
    return path


def large(path: Path, rows: int, spoilt: int) -> Path:
    """Write a ledger of many sites, of which some, evenly spread, have coordinates that are none."""
    every = rows // spoilt
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("编号,点位名称,类型,地址,联系人,联系电话,经度,纬度,开放时间,停留时间\r\n")
        for k in range(rows):
            lon = f"{113.2 + k % 997 / 5000:.6f}" if k % every else "待定"
            file.write(
                f"P{k:06d},点位{k},隔离酒店,东风路{k}号,张三,1380000{k % 10000:04d},{lon},"
                f"{23.1 + k % 991 / 10000:.6f},08:30-17:30,20\r\n"
            )
    return path
