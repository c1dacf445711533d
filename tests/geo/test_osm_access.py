"""Our reading of OSRM's profiles against OSRM's own."""

import random
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import osmium
import osrm
import pytest
from osmium.osm import mutable

from geo.model import Mode
from geo.roads import access, graphs, tags

PACKAGE = Path(osrm.__file__).parent
PROFILES = [PACKAGE / "share" / "profiles" / name for name in ("car.lua", "foot.lua", "bicycle.lua")]
LIBRARY = sorted((PACKAGE / "share" / "profiles" / "lib").glob("*.lua"))

CLASSES = sorted(access.FOOT_CLASSES | access.BICYCLE_CLASSES | access.CAR_CLASSES | {"construction", "bridleway", "x"})
ACCESS = [
    "yes", "no", "private", "destination", "permissive", "designated", "customers", "delivery", "unknown", "military",
    "use_sidepath", "agricultural", "no;yes", "private; permissive", "no;destination", "dismount", "x",
]  # fmt: skip
ONEWAY = ["yes", "no", "-1", "1", "true", "0", "false", "reversible", "alternating", "x"]
LANES = ["lane", "track", "opposite", "opposite_lane", "separate", "no", "shared_lane"]
VALUES: dict[str, list[str]] = {
    **{key + way: ACCESS for key in {*access.CAR_KEYS, *access.FOOT_KEYS, *access.BICYCLE_KEYS}
       for way in ("", ":forward", ":backward")},
    **{f"oneway{what}": ONEWAY for what in ("", ":foot", ":bicycle", ":motorcar", ":motor_vehicle", ":vehicle")},
    **{f"cycleway{side}": LANES for side in ("", ":both", ":left", ":right")},
    **{f"sidewalk{side}": ["separate", "both", "no"] for side in ("", ":both", ":left", ":right")},
    "junction": ["roundabout", "circular", "x"], "area": ["yes", "no"], "service": ["emergency_access", "driveway"],
    "route": ["ferry", "shuttle_train", "bus"], "railway": ["platform", "tram", "construction", "train"],
    "amenity": ["parking", "parking_entrance", "cafe"], "man_made": ["pier", "bridge"], "platform": ["yes"],
    "public_transport": ["platform", "stop"], "bridge": ["yes", "movable"], "motorroad": ["yes", "no"],
    "impassable": ["yes"], "status": ["impassable"], "proposed": ["yes"], "construction": ["yes", "minor", "no"],
    "smoothness": ["impassable", "bad"], "conveying": ["forward", "backward", "yes"], "narrow": ["yes"],
    "maxheight": ["1.8", "2,5", "6'", "none", "x"], "maxheight:forward": ["1.5"], "width": ["1.5 m", "3", "5'11\""],
    "maxlength": ["4", "12 m"], "maxweight": ["1.5", "1500 kg", "4000 lbs", "7.5"], "maxweightrating": ["1"],
    "maxspeed": ["50", "none", "30 mph"], "duration": ["00:10", "PT10M"], "maxwidth:physical:backward": ["1.7"],
}  # fmt: skip

STEP = 0.01
"""Between two places of a test in degrees: farther than anything else of it."""


def some_tags(count: int) -> list[dict[str, str]]:
    """Return so many sets of tags: every class, every single tag on some classes, then mixtures."""
    dice = random.Random(7)
    found = [{"highway": name} for name in CLASSES]
    for key, values in VALUES.items():
        for value in values:
            found += [{key: value}, {"highway": dice.choice(CLASSES), key: value}, {"highway": "service", key: value}]
    while len(found) < count:
        keys = dice.sample(sorted(VALUES), dice.randint(1, 4))
        tags = {key: dice.choice(VALUES[key]) for key in keys}
        found.append(tags | ({"highway": dice.choice(CLASSES)} if dice.random() < 0.9 else {}))
    return found


def place(number: int, part: float) -> tuple[float, float]:
    """Return a place on the way of a number: 0 and 1 are its ends, -1 and 2 the far ends of what leads to them."""
    return 100 + (number % 100) * STEP + part * 0.001, 20 + (number // 100) * STEP


def write(path: Path, found: list[dict[str, str]]) -> None:
    """Write each set of tags as a way of its own, with a residential street before and behind it."""
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(len(found)):
            for at, part in enumerate((-1, 0, 1, 2)):
                writer.add_node(mutable.Node(id=number * 4 + at + 1, location=place(number, part)))
        for number, way in enumerate(found):
            nodes = [number * 4 + at + 1 for at in range(4)]
            writer.add_way(mutable.Way(id=number * 3 + 1, nodes=nodes[:2], tags={"highway": "residential"}))
            writer.add_way(mutable.Way(id=number * 3 + 2, nodes=nodes[1:3], tags=way))
            writer.add_way(mutable.Way(id=number * 3 + 3, nodes=nodes[2:], tags={"highway": "residential"}))


def engine(folder: Path, mode: Mode) -> osrm.OSRM:
    """Build a graph of ``x.osm.pbf`` as the program does, straight with OSRM."""
    shutil.copytree(PACKAGE / "share" / "profiles", folder / "profiles", dirs_exist_ok=True)
    for program, arguments in (
        ("osrm-extract", ["-p", f"profiles/{mode.value}.lua", "--small-component-size", "1", "x.osm.pbf"]),
        ("osrm-partition", ["--max-cell-sizes", graphs.CELLS, "x.osrm"]),
        ("osrm-customize", ["x.osrm"]),
    ):
        subprocess.run([PACKAGE / "bin" / program, *arguments], cwd=folder, check=True, capture_output=True)
    return osrm.OSRM(
        storage_config=str(folder / "x.osrm"), algorithm="MLD", use_shared_memory=False,
        max_locations_distance_table=-1,
    )  # fmt: skip


def seconds(asked: osrm.OSRM, places: list[tuple[float, float]]) -> np.ndarray:
    """Return the seconds between places, NaN where there is no way."""
    answer = asked.Table(osrm.TableParameters(coordinates=places, annotations=["duration"]))
    return np.array([list(row) for row in answer["durations"]], dtype=float)


@pytest.mark.parametrize("mode", list(Mode))
def test_we_take_up_the_ways_that_osrm_takes_up(tmp_path: Path, mode: Mode) -> None:
    """For 3,000 sets of tags OSRM goes along, against, and sets out from a way exactly where we say it does."""
    found = some_tags(3000)
    write(tmp_path / "x.osm.pbf", found)
    asked = engine(tmp_path, mode)
    wrong = []
    for number, way in enumerate(found):
        times = seconds(asked, [place(number, -0.5), place(number, 1.5)])
        along, against = (not np.isnan(times[pair]) for pair in ((0, 1), (1, 0)))
        nearest = asked.Nearest(osrm.NearestParameters(coordinates=[place(number, 0.5)]))["waypoints"][0]
        truth = access.Use(along, against, nearest["distance"] < 5)
        if (said := access.use(way, mode)) != truth:
            wrong.append((way, said, truth))
    assert wrong == []


NODES: dict[str, list[str]] = {
    **dict.fromkeys((*access.CAR_KEYS, *access.FOOT_KEYS, *access.BICYCLE_KEYS), ACCESS),
    "barrier": ["bollard", "gate", "lift_gate", "wall", "fence", "yes", "kerb", "height_restrictor", "block", "no"],
    "bollard": ["rising", "fixed"], "kerb": ["lowered", "raised"], "highway": ["crossing", "traffic_signals"],
    "sensory": ["audible"], "maxheight": ["1.9", "2.5"],
}  # fmt: skip


@pytest.mark.parametrize("mode", list(Mode))
def test_we_stop_at_the_nodes_at_which_osrm_stops(tmp_path: Path, mode: Mode) -> None:
    """For 1,500 sets of tags of a node OSRM gets past it exactly where we say so."""
    dice = random.Random(3)
    found = [{key: value} for key, values in NODES.items() for value in values]
    while len(found) < 1500:
        found.append({key: dice.choice(NODES[key]) for key in ["barrier", *dice.sample(sorted(NODES), 2)]})
    with osmium.SimpleWriter(str(tmp_path / "x.osm.pbf")) as writer:
        for number, tags_of_node in enumerate(found):
            for at in range(3):
                marks = tags_of_node if at == 1 else {}
                writer.add_node(mutable.Node(id=number * 3 + at + 1, location=place(number, at), tags=marks))
        for number in range(len(found)):
            nodes = [number * 3 + at + 1 for at in range(3)]
            writer.add_way(mutable.Way(id=number + 1, nodes=nodes, tags={"highway": "residential"}))
    asked = engine(tmp_path, mode)
    wrong = []
    for number, tags_of_node in enumerate(found):
        stopped = np.isnan(seconds(asked, [place(number, 0.5), place(number, 1.5)])[0, 1])
        if stopped != access.blocks(tags_of_node, mode):
            wrong.append((tags_of_node, stopped))
    assert wrong == []


def test_every_key_that_osrm_reads_is_kept() -> None:
    """A newer OSRM whose profiles read another tag is noticed."""
    text = "\n".join(file.read_text("utf-8") for file in (*PROFILES, *LIBRARY))
    read = set(re.findall(r"get_value_by_key\s*\(\s*[\"']([^\"']+)[\"']\s*\)", text))
    assert sorted(key for key in read - tags.POINT_KEYS - {"name", "type"} if not tags.is_kept(key)) == []
