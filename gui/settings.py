"""What a person sets for the program itself, kept between starts; what belongs to a project travels in its file."""

from dataclasses import dataclass, field, fields
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

RECENT = 8


@dataclass
class Settings:
    """The program's settings; each field is stored under its own name.

    Parameters
    ----------
    language
        ``zh``, ``en``, or empty for the system's.
    recent
        The projects opened last, the latest first.
    effort_s
        Seconds that a plan may take to improve, 1 to 600.
    sheets_language
        The language of the route sheets; empty for the window's.
    overpass
        The address of the server that streets are downloaded from.
    basemaps, basemap_keys
        The user's own base maps, and the keys by the name of the source, as JSON; a project never holds a key.
    basemaps_fetched
        For which projects the user has chosen which base map of the web, as `gui.basemaps` writes it.
    map_style
        The name of the style that the map wears.
    datum, degrees
        What the coordinates in the status line are given in, as `geo.datum.parse` returns it, and how degrees are
        written there: ``decimal`` or ``dms``.
    layout
        How a map was laid out for paper last, as `layers.layout` writes it.
    furniture
        What stands on the map beside the map, names of `layers.screenfurniture` with commas between.
    table_columns
        Which columns the table shows and how, as `gui.tablecolumns` writes it.
    geometry, state
        Where the window and its panels stand, as Qt writes them, in base64.
    """

    language: str = ""
    recent: list[str] = field(default_factory=list)
    effort_s: int = 10
    sheets_language: str = ""
    overpass: str = "https://overpass-api.de/api/interpreter"
    map_style: str = "light"
    datum: str = "wgs84"
    degrees: str = "decimal"
    layout: str = ""
    furniture: str = "bar"
    geometry: str = ""
    state: str = ""
    table_columns: str = ""
    basemaps: str = ""
    basemap_keys: str = ""
    basemaps_fetched: list[str] = field(default_factory=list)

    def remember(self, path: Path) -> None:
        """Put a project first among the recent ones."""
        name = str(path.resolve())
        self.recent = [name, *(other for other in self.recent if other != name)][:RECENT]

    def existing(self) -> list[Path]:
        """Return the recent projects whose files are still there."""
        return [path for path in map(Path, self.recent) if path.is_file()]


def user_store() -> QSettings:
    """Return the place where this user's settings are kept."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Xunlu", "Xunlu")


def load(store: QSettings) -> Settings:
    """Return the settings kept in a store; what is missing or spoilt there stands at its default."""
    settings = Settings()
    for item in fields(Settings):
        default = getattr(settings, item.name)
        stored = store.value(item.name)
        if isinstance(default, list):
            listed = [stored] if isinstance(stored, str) and stored else stored
            setattr(settings, item.name, [str(each) for each in listed] if isinstance(listed, list) else default)
        elif isinstance(default, int):
            setattr(settings, item.name, int(stored) if str(stored).isdecimal() else default)
        elif isinstance(stored, str):
            setattr(settings, item.name, stored)
    settings.effort_s = min(max(settings.effort_s, 1), 600)
    return settings


def save(settings: Settings, store: QSettings) -> None:
    """Keep the settings in a store."""
    for item in fields(Settings):
        store.setValue(item.name, getattr(settings, item.name))
    store.sync()


def packed(state: QByteArray) -> str:
    """Return a window state of Qt as text."""
    return bytes(state.toBase64().data()).decode("ascii")


def unpacked(text: str) -> QByteArray:
    """Return a window state of Qt from its text."""
    return QByteArray.fromBase64(QByteArray(text.encode("ascii")))
