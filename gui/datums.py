"""The datums that a user may choose for coordinates: those with a name, and metric ones that fit the district."""

from geo import datum
from geo.language import tr

NAMED = ("wgs84", "cgcs2000", "gcj02", "bd09")


def fitting(lon: float, lat: float) -> tuple[str, ...]:
    """Return the metric datums that fit a place in degrees: its zone of UTM, and in China its zone of CGCS2000.

    EPSG:4534 to 4554 are the zones of 3 degrees of CGCS2000 without a zone number before the easting, about the
    meridians 75° E to 135° E; EPSG:32601 and on are UTM north, EPSG:32701 and on UTM south.
    """
    zone = int((lon + 180) // 6) % 60 + 1
    utm = f"epsg:{(32600 if lat >= 0 else 32700) + zone}"
    meridian = round(lon / 3) * 3
    if 75 <= meridian <= 135 and 3 <= lat <= 54:
        return f"epsg:{4534 + (meridian - 75) // 3}", utm
    return (utm,)


def title(name: str) -> str:
    """Return what a user reads for a datum: with its name where it is a zone of UTM or CGCS2000."""
    number = int(name.removeprefix("epsg:")) if name.startswith("epsg:") else 0
    if 4534 <= number <= 4554:
        return tr(
            "CGCS2000, 3° zone about {meridian}° E (EPSG:{number})", meridian=75 + 3 * (number - 4534), number=number
        )
    if 32601 <= number <= 32660 or 32701 <= number <= 32760:
        side = "N" if number < 32700 else "S"
        return tr("UTM zone {zone} (EPSG:{number})", zone=f"{number % 100}{side}", number=number)
    return datum.title(name)


def short(name: str) -> str:
    """Return a datum as briefly as the status line needs it."""
    return {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09", "cgcs2000": "CGCS2000"}.get(name, name.upper())


def known(name: str) -> str:
    """Return a datum that settings hold, WGS-84 where that is none."""
    from geo.errors import XunluError

    try:
        return datum.parse(name) if name else "wgs84"
    except XunluError:
        return "wgs84"
