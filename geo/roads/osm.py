"""Read OpenStreetMap extracts (.osm.pbf, .osm, .osm.gz, .osm.bz2) into rows of a project's tables."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import XunluError
from geo.language import tr
from geo.progress import Report, part, silent
from geo.roads import coast, extract_areas, extract_places, extract_streets, pbf, tags
from geo.roads.extract_areas import Areas, Coast, Railways
from geo.roads.extract_places import AMENITIES, Places
from geo.roads.extract_rows import EVERY, Clip, Row
from geo.roads.extract_streets import Streets

ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
"""How the name of a file ends that can be read."""

ATTRIBUTION = "© OpenStreetMap contributors"
"""What a map with these data has to say; the licence (ODbL) asks for it."""

_BYTES_PER_NODE = {".pbf": 8, ".osm": 110, ".gz": 14, ".bz2": 10}
_NODES_IN_MEMORY = 40_000_000
"""Beyond so many nodes their places are kept in a file instead: 16 bytes each."""


@dataclass(frozen=True)
class Wanted:
    """What to take from an extract.

    Attributes
    ----------
    clip
        The area, a shape in degrees or west, south, east, north; everything if None. What reaches into it is taken
        whole; sites, house numbers, landmarks and subdistricts only where their middle lies inside.
    admin_level
        The ``admin_level`` of the administrative areas that become subdistricts; none if None.
    amenities
        Which keys of `AMENITIES` become sites.
    streets, parks, buildings, railways, addresses, landmarks
        Whether to take these; water comes with parks.
    """

    clip: BaseGeometry | tuple[float, float, float, float] | None = None
    admin_level: int | None = None
    amenities: frozenset[str] = frozenset()
    streets: bool = True
    parks: bool = True
    buildings: bool = False
    railways: bool = True
    addresses: bool = True
    landmarks: bool = True

    @property
    def areas(self) -> frozenset[str]:
        """Return the kinds of areas that are wanted."""
        return frozenset({"park", "water"} if self.parks else ()) | ({"building"} if self.buildings else set())


@dataclass(frozen=True)
class Extract:
    """What was read: rows by table, each with an id that the same object always gets."""

    path: Path
    rows: Mapping[str, list[Row]]
    nameless: int
    """How many sites have no name in OpenStreetMap and were named by their address or kind."""

    def counts(self) -> dict[str, int]:
        """Return how many rows there are for each table that has any."""
        return {table: len(rows) for table, rows in self.rows.items() if rows}


def is_extract(path: Path) -> bool:
    """Return whether a file is an OpenStreetMap extract by its name."""
    return path.name.lower().endswith(ENDINGS)


def read(path: Path, wanted: Wanted | None = None, report: Report = silent) -> Extract:
    """Read what is wanted of an OpenStreetMap file.

    The file is read twice, or three times with areas. Memory grows with what is taken, and with 16 bytes per node of
    the file up to 40 million nodes; beyond, these lie in a temporary file.

    Parameters
    ----------
    path
        The file.
    wanted
        What to take; `Wanted()` if left out.
    report
        Told how far it is.

    Raises
    ------
    XunluError
        If the file cannot be read, is no such file, or is damaged, or an amenity is not known.
    Cancelled
        If `report` asks to stop.
    """
    wanted = wanted or Wanted()
    if unknown := sorted(wanted.amenities - AMENITIES.keys()):
        raise XunluError(
            tr("“{kind}” is no kind of site that OpenStreetMap knows.", kind=unknown[0]),
            tr("There are {kinds}.", kinds=", ".join(AMENITIES)),
        )
    _check(path)
    clip = Clip(wanted.clip)
    places = Places(wanted.amenities, addresses=wanted.addresses, landmarks=wanted.landmarks)
    reading = _Reading(wanted, clip, places)
    with _told(path), _index(path) as index:
        if path.suffix.lower() == ".pbf":
            pbf.check(path, part(report, 0.0, 0.1))
        reading.whole(path, index, part(report, 0.1, 0.7))
        rows = dict(places.rows())
        if reading.streets is not None:
            rows |= reading.streets.rows(_tagged_nodes(path), part(report, 0.7, 0.95))
    rows |= reading.areas.rows() | reading.railways.rows()
    # The sea lies below everything else.
    rows["areas"] = reading.coast.row(reading.box) + rows["areas"]
    # Areas give sites too, so these are asked for once more.
    rows |= places.rows()
    report(1.0, tr("The extract is read."))
    return Extract(path, rows, places.nameless)


class _Reading:
    """Hand each object of a file to whoever may want it."""

    def __init__(self, wanted: Wanted, clip: Clip, places: Places) -> None:
        self._wanted, self._clip, self._places = wanted, clip, places
        self.streets = Streets(clip) if wanted.streets else None
        self.areas = Areas(clip, places, wanted.areas, wanted.admin_level)
        self.railways = Railways(clip)
        self.coast = Coast()
        self.box: coast.Bounds | None = None

    def whole(self, path: Path, index: str, report: Report) -> None:
        """Read the whole file once."""
        processor = osmium.FileProcessor(osmium.io.File(str(path))).with_locations(index)
        with_areas = bool(self._wanted.areas or self._wanted.amenities or self._wanted.addresses)
        if with_areas or self._wanted.admin_level is not None:
            processor = processor.with_areas(osmium.filter.KeyFilter(*extract_areas.KEYS, *extract_places.KEYS))
        keys = {*extract_streets.KEYS, *extract_places.KEYS, *extract_areas.KEYS, "restriction", "type"}
        processor = processor.with_filter(osmium.filter.KeyFilter(*sorted(keys)))
        self.box = _box(processor.header, self._clip)
        expected = path.stat().st_size / 100
        for count, thing in enumerate(processor):
            if count % EVERY == 0:
                report(count / (count + expected + 1), tr("Reading {file}", file=path.name))
            self._take(thing)

    def _take(self, thing: object) -> None:
        if isinstance(thing, osmium.osm.Node):
            self._take_node(thing, _tags(thing.tags))
        elif isinstance(thing, osmium.osm.Way):
            said = _tags(thing.tags)
            if self.streets is not None:
                self.streets.add(thing, said)
            if self._wanted.railways:
                self.railways.add(thing, said)
            if self._wanted.parks and said.get("natural") == "coastline":
                self.coast.add(thing)
        elif isinstance(thing, osmium.osm.Area):
            self.areas.add(thing, _tags(thing.tags))
        elif isinstance(thing, osmium.osm.Relation) and self.streets is not None:
            said = _tags(thing.tags)
            if said.get("type") == "restriction":
                self.streets.add_restriction(thing, said)

    def _take_node(self, node: osmium.osm.Node, said: dict[str, str]) -> None:
        if self._places.wants(said) and node.location.valid():
            lon, lat = node.location.lon, node.location.lat
            if self._clip.holds_point(lon, lat):
                self._places.add(f"node/{node.id}", said, shapely.Point(lon, lat))


def _tags(found: Iterable[osmium.osm.Tag]) -> dict[str, str]:
    return {tag.k: tag.v for tag in found}


def _box(header: osmium.io.Header, clip: Clip) -> coast.Bounds | None:
    """Return the box that is read: that of the area asked for within that of the file, None if neither is known."""
    said = header.box()
    boxes = [clip.area.bounds] if clip.area is not None else []
    if said.valid():
        boxes.append((said.bottom_left.lon, said.bottom_left.lat, said.top_right.lon, said.top_right.lat))
    if not boxes:
        return None
    west, south, east, north = (pick(box[at] for box in boxes) for at, pick in enumerate((max, max, min, min)))
    return (west, south, east, north) if west < east and south < north else None


def _tagged_nodes(path: Path) -> Iterator[osmium.osm.Node]:
    # Not osmium's filter of ids as well: it takes 4 MB for each 33 million ids in which there is one of ours.
    processor = osmium.FileProcessor(osmium.io.File(str(path)), osmium.osm.NODE)
    processor = processor.with_filter(osmium.filter.KeyFilter(*sorted(tags.POINT_KEYS_ALONE | {"highway"})))
    return (node for node in processor if isinstance(node, osmium.osm.Node))


def _check(path: Path) -> None:
    if not is_extract(path):
        raise XunluError(
            tr("{file} is no OpenStreetMap file by its name.", file=path.name),
            tr("Choose a file that ends in .osm.pbf, .osm, .osm.gz or .osm.bz2."),
        )
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise XunluError(
            tr("{file} cannot be read: {reason}.", file=path, reason=error.strerror),
            tr("Check the name of the file and the right to read it."),
        ) from error
    if empty:
        raise XunluError(tr("{file} is empty.", file=path.name), tr("Fetch the file once more."))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what osmium says of a file into a sentence that says what to do."""
    try:
        yield
    # UnicodeDecodeError is a ValueError: names that are no UTF-8.
    except (RuntimeError, ValueError, OverflowError, osmium.InvalidLocationError) as error:
        raise XunluError(
            tr("{file} is damaged or no OpenStreetMap file: {reason}", file=path.name, reason=str(error)[:200]),
            tr("Fetch the file once more; nothing was imported."),
        ) from error


@contextmanager
def _index(path: Path) -> Iterator[str]:
    """Give the sort of index that holds the places of the nodes of a file."""
    nodes = path.stat().st_size / _BYTES_PER_NODE.get(path.suffix.lower(), 8)
    if nodes < _NODES_IN_MEMORY:
        yield "flex_mem"
        return
    with tempfile.TemporaryDirectory(prefix="xunlu-nodes-", ignore_cleanup_errors=True) as folder:
        yield f"sparse_file_array,{Path(folder) / 'nodes'}"
