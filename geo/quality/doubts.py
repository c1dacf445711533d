"""What a doubt about a row is, and the kinds there are."""

from dataclasses import dataclass
from enum import StrEnum

from geo.language import Language, tr
from geo.store.edits import RowChange


class DoubtKind(StrEnum):
    """The kinds of doubt, the gravest first."""

    NULL_ISLAND = "null_island"
    SWAPPED = "swapped"
    WRONG_SIGN = "wrong_sign"
    OUT_OF_RANGE = "out_of_range"
    OUTSIDE = "outside"
    DATUM = "datum"
    NO_POSITION = "no_position"
    SAME_CODE = "same_code"
    SAME_NAME = "same_name"
    NEAR_NAME = "near_name"
    WRONG_SUBDISTRICT = "wrong_subdistrict"
    NO_SUBDISTRICT = "no_subdistrict"
    FAR_FROM_STREET = "far_from_street"
    NO_NAME = "no_name"
    NO_KIND = "no_kind"
    UNKNOWN_KIND = "unknown_kind"
    BAD_WINDOWS = "bad_windows"

    def title(self, lang: Language | None = None) -> str:
        """Return the name of the kind in a language."""
        return {
            DoubtKind.NULL_ISLAND: tr("Coordinates are zero", lang),
            DoubtKind.SWAPPED: tr("Longitude and latitude swapped", lang),
            DoubtKind.WRONG_SIGN: tr("Wrong sign of a coordinate", lang),
            DoubtKind.OUT_OF_RANGE: tr("No place on Earth", lang),
            DoubtKind.OUTSIDE: tr("Outside of the district", lang),
            DoubtKind.DATUM: tr("Another datum is likely", lang),
            DoubtKind.NO_POSITION: tr("No coordinates", lang),
            DoubtKind.SAME_CODE: tr("Same code", lang),
            DoubtKind.SAME_NAME: tr("Same name, same place", lang),
            DoubtKind.NEAR_NAME: tr("Nearly the same name nearby", lang),
            DoubtKind.WRONG_SUBDISTRICT: tr("Lies in another subdistrict", lang),
            DoubtKind.NO_SUBDISTRICT: tr("No subdistrict", lang),
            DoubtKind.FAR_FROM_STREET: tr("Far from any street", lang),
            DoubtKind.NO_NAME: tr("No name", lang),
            DoubtKind.NO_KIND: tr("No kind", lang),
            DoubtKind.UNKNOWN_KIND: tr("Unknown kind", lang),
            DoubtKind.BAD_WINDOWS: tr("Opening times cannot be read", lang),
        }[self]

    @property
    def merges(self) -> bool:
        """Return whether the sites of the doubt may be one site, to be merged."""
        return self in (DoubtKind.SAME_CODE, DoubtKind.SAME_NAME, DoubtKind.NEAR_NAME)


@dataclass(frozen=True)
class Doubt:
    """One thing that is likely wrong.

    Attributes
    ----------
    kind
        What kind of thing.
    sites
        The ids of the sites concerned; of likely duplicates the one to keep comes first.
    text
        What is wrong, for a reader.
    fix
        The changes that mend it; empty where only a person can tell how.
    mergeable
        Whether the sites are so surely one that a bulk fix may merge them.
    """

    kind: DoubtKind
    sites: tuple[str, ...]
    text: str
    fix: tuple[RowChange, ...] = ()
    mergeable: bool = False

    @property
    def fixable(self) -> bool:
        """Return whether `geo.quality.mending.fix_edit` does anything about it."""
        return bool(self.fix) or self.mergeable
