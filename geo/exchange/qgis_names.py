"""What QGIS calls rows and columns, and how it letters the names."""

from typing import Any

from geo.exchange.looks import light
from geo.exchange.qml import Lettering
from geo.language import Language
from geo.model import TABLES


def titles(table: str, lang: Language) -> dict[str, str]:
    """Return what the columns of a table are called."""
    return {column.name: column.title(lang) for column in TABLES[table].columns}


def lettering(style: str, lang: Language, **more: Any) -> Lettering:
    """Return how the names of rows are written in one of our styles; `more` as `geo.exchange.qml.Lettering` has it."""
    first, second = ("name_en", "name") if lang == "en" else ("name", "name_en")
    one = light()["texts"][style]
    look = {key: one[key] for key in ("size", "colour", "halo", "halo_width")}
    flags = {key: one.get(key, False) for key in ("bold", "italic")}
    return Lettering(f"""coalesce(nullif("{first}", ''), "{second}")""", **look, **flags, **more)
