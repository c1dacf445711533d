"""A seeded city of any size for benchmarks: sites, streets and what else a project's map reads, in memory."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.store import frames
from geo.store.tables import Tables

WEST, SOUTH, EAST, NORTH = 113.0, 22.9, 113.6, 23.4
NAMED = ("areas", "subdistricts", "railways", "closures", "landmarks", "routes", "stops", "teams", "plans")
CLASSES = ("primary", "secondary", "tertiary", "residential", "service")
SHARES = (0.03, 0.07, 0.15, 0.55, 0.2)


def _places(random: np.random.Generator, count: int) -> np.ndarray:
    """Return degrees, shape (count, 2): half of them around a centre, half all over."""
    places = random.uniform((WEST, SOUTH), (EAST, NORTH), (count, 2))
    places[: count // 2] = random.normal((113.3, 23.15), (0.06, 0.05), (count // 2, 2))
    return places


def sites(count: int) -> gpd.GeoDataFrame:
    """Return so many sites of three kinds."""
    random = np.random.default_rng(1)
    data = {
        "kind": random.choice(["school", "hotel", "clinic"], count),
        "name": "点位",
        "name_en": "Site",
        "risk": random.choice(["low", "medium", "high"], count, p=[0.8, 0.15, 0.05]),
        "interval_days": np.nan,
    }
    index = pd.Index([f"s{k:07d}" for k in range(count)], dtype="str", name="id")
    return gpd.GeoDataFrame(data, index=index, geometry=shapely.points(_places(random, count)), crs=4326)


def streets(count: int) -> gpd.GeoDataFrame:
    """Return so many pieces of street, each with a bend."""
    random = np.random.default_rng(2)
    start = _places(random, count)
    ends = start[:, None] + np.cumsum(random.normal(0, 0.0008, (count, 2, 2)), axis=1)
    lines = shapely.linestrings(np.concatenate([start[:, None], ends], axis=1))
    data = {"highway": random.choice(CLASSES, count, p=SHARES), "oneway": False, "bridge": False, "tunnel": False}
    empty = frames.empty("streets")
    frame = gpd.GeoDataFrame(data, geometry=lines, crs=4326)
    frame.index = pd.Index([f"r{k}" for k in range(count)], dtype="str", name="id")
    for name in empty.columns:
        if name not in frame:
            frame[name] = "" if empty[name].dtype == "str" else 0
    return frame


def inspections(count: int) -> pd.DataFrame:
    """Return a visit at every third of so many sites, passed or in vain, so that all sorts of statuses occur."""
    random = np.random.default_rng(3)
    visited = np.arange(0, count, 3)
    days = np.datetime64("2021-05-01") + random.integers(0, 40, len(visited)).astype("timedelta64[D]")
    data = {
        "site": [f"s{k:07d}" for k in visited.tolist()],
        "date": days.astype(str),
        "state": random.choice(["done", "no_access", "planned"], len(visited), p=[0.85, 0.05, 0.1]),
        "result": "passed",
        "started": "",
    }
    return pd.DataFrame(data)


def tables(site_count: int, street_count: int) -> Tables:
    """Return a project in memory."""
    held = {name: frames.empty(name) for name in (*NAMED, "findings", "settings", "kinds", "inspections")}
    kinds = pd.DataFrame(
        {
            "code": ["school", "hotel", "clinic"],
            "symbol": ["school", "quarantine_hotel", "vaccination_site"],
            "name": ["学校", "酒店", "接种点"],
            "name_en": ["School", "Hotel", "Clinic"],
            "interval_low": 14.0,
            "interval_medium": 7.0,
            "interval_high": 3.0,
        },
        index=["a", "b", "c"],
    )
    settings = pd.DataFrame({"key": ["today"], "value": ["2021-06-02"]}, index=["today"])
    held |= {"sites": sites(site_count), "streets": streets(street_count), "kinds": kinds, "settings": settings}
    held["inspections"] = inspections(site_count)
    return Tables(Path("city.gpkg"), held)
